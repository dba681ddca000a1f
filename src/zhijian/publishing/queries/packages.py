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
    return build_package(bundle, _guide(delivery.account.platform, delivery.account.kind))


def host_patterns(platform: str) -> list[str]:
    """Return the host names under which posts of a platform are found, with everything below them."""
    try:
        hosts = load_platforms().platform(platform).hosts
    except UnknownPlatform:
        return []
    return [f"*.{host.partition('/')[0]}" for host in hosts]


def _guide(platform: str, kind: str) -> PlatformGuide:
    try:
        note = load_platforms().platform(platform).note
    except UnknownPlatform:
        note = ""
    return PlatformGuide(platform, platform_label(platform, kind), note=note)
