"""What a person needs who carries a piece over by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.connectors.handoff.render import PlatformGuide, build_package
from zhijian.policy.queries import UnknownPlatform, load_platforms
from zhijian.publishing.queries.bundles import build_bundle
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from zhijian.connectors.handoff.render import Package
    from zhijian.publishing.models import Delivery


def package_of(delivery: Delivery) -> Package:
    """Return the copy-ready package of a delivery for its platform. Raises Missing."""
    revision_ids = list(delivery.items.order_by("position").values_list("revision_id", flat=True))
    bundle = build_bundle(revision_ids, key=delivery.key, addresses=delivery.addresses)
    return build_package(bundle, guide_of(delivery.account.platform, delivery.account.kind))


def host_patterns(platform: str) -> list[str]:
    """Return the host names under which posts of a platform are found, with everything below them."""
    try:
        hosts = load_platforms().platform(platform).hosts
    except UnknownPlatform:
        return []
    return [f"*.{host.partition('/')[0]}" for host in hosts]


def guide_of(platform: str, kind: str) -> PlatformGuide:
    """Return what a person is told of a platform who carries a piece over by hand."""
    label = platform_label(platform, kind)
    try:
        known = load_platforms().platform(platform)
    except UnknownPlatform:
        return PlatformGuide(platform, label)
    return PlatformGuide(platform, label, known.title_chars, known.text_chars, known.images, note=known.note)
