"""Publishing by hand: the package goes to a person, the address of the post comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.connectors.contract import PlatformError
from zhijian.connectors.handoff.connector import hand_back
from zhijian.connectors.handoff.render import zip_package
from zhijian.content.queries import piece_for_delivery
from zhijian.files.actions import store_picture
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing.actions import outcomes
from zhijian.publishing.actions.moving import Overtaken, move
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.queries import THING_KIND, find_delivery, host_patterns, package_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import User
    from zhijian.publishing.models import Delivery


def why_not_download(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why the package is not handed out: the person, the state, an approval that was lost."""
    reasons = why_not(Permission.DELIVERY_HAND_OFF, actor=actor, thing=delivery)
    if not reasons and not _still_approved(delivery):
        reasons.append("稿件的审核已失效，不要再发。已经发出的，请登记网址；没有发出的，请取消。")
    return reasons


def why_not_confirm(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why an address cannot be brought back."""
    return why_not(Permission.DELIVERY_HAND_OFF, actor=actor, thing=delivery)


@transaction.atomic
def note_download(*, actor: User, delivery_id: int) -> bytes:
    """Return the package as a ZIP archive and write down who took it. Raises Refused, Missing."""
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    reasons = why_not_download(actor=actor, delivery=delivery)
    if reasons:
        raise Refused(reasons)
    try:
        archive = zip_package(package_of(delivery))
    except PlatformError as error:
        raise Refused(error.hint_zh or "打包没有成功，请联系系统管理员。") from error
    record(
        EventName.DELIVERY_HANDED_OFF,
        actor=actor,
        organisation_id=delivery.organisation_id,
        thing_kind=THING_KIND,
        thing_id=delivery.pk,
        data={"downloaded": True, "payload": delivery.payload_hash},
    )
    return archive


@transaction.atomic
def confirm_hand_off(
    *,
    actor: User,
    delivery_id: int,
    urls: Sequence[str],
    proof: tuple[str, bytes] | None = None,
) -> Delivery:
    """Close a hand-off with the addresses of what was posted, and a screenshot (name, bytes) where there is one.

    One address for the whole push, or one for each piece. Raises Refused (not an address of this platform), Missing.
    """
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    require(Permission.DELIVERY_HAND_OFF, actor=actor, thing=delivery)
    given = [url.strip() for url in urls if url.strip()]
    patterns = host_patterns(delivery.account.platform)
    try:
        state = hand_back(delivery.progress, given, patterns or ["*.cn", "*.com"])
    except PlatformError as error:
        raise Refused(error.hint_zh) from error
    stored = (
        store_picture(actor=actor, organisation=delivery.organisation, name=proof[0], data=proof[1]) if proof else None
    )
    try:
        move(
            delivery, DeliveryState.PUBLISHED, actor=actor, event=EventName.DELIVERY_HAND_OFF_CONFIRMED,
            data={"urls": given}, progress=state, proof_url=given[0], proof_file=stored.sha256 if stored else "",
            receipt={"state": "published", "urls": given}, published_at=clock.now(), submitted_at=clock.now(),
        )  # fmt: skip
    except Overtaken as overtaken:
        raise Refused("刚才有人处理了这次发布，请刷新页面看最新情况。") from overtaken
    outcomes.announce(delivery, tuple(given))
    return delivery


def _still_approved(delivery: Delivery) -> bool:
    try:
        for item in delivery.items.all():
            piece_for_delivery(item.revision_id)
    except Missing:
        return False
    return True
