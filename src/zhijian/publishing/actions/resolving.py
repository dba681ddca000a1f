"""After a doubt or a failure: look again, try again, or let two people tell what they saw."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.channels.enums import WEBSITE
from zhijian.connectors.handoff.client import address_fault
from zhijian.connectors.progress import open_intent
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.publishing.actions import outcomes
from zhijian.publishing.actions.moving import ApprovalGone, Overtaken, hurry, keep, move, shorten
from zhijian.publishing.actions.planning import LOST
from zhijian.publishing.enums import ON_THE_WAY, DeliveryState, Verdict
from zhijian.publishing.models import Delivery, Sighting
from zhijian.publishing.queries import THING_KIND, find_delivery, host_patterns

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

READING_BACK: Final = timedelta(minutes=40)
"""How long the system reads back by itself before people are asked: the platform's queue counts as slow after 30."""
PEOPLE: Final = 2


def why_not_read_back(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why there is nothing to look up on the platform now."""
    reasons = why_not(Permission.DELIVERY_RESOLVE, actor=actor, thing=delivery)
    if delivery.state not in ON_THE_WAY:
        reasons.append(f"这次发布{delivery.get_state_display()}，没有要核对的。")
    return reasons


@transaction.atomic
def read_back_now(*, actor: User, delivery_id: int) -> Delivery:
    """Let a worker look at the platform at once. Raises Refused, Missing."""
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    reasons = why_not_read_back(actor=actor, delivery=delivery)
    if reasons:
        raise Refused(reasons)
    rows = type(delivery).objects.filter(pk=delivery.pk, state__in=ON_THE_WAY)
    rows.update(next_attempt_at=clock.now())
    record(
        EventName.DELIVERY_READ_BACK_ASKED,
        actor=actor,
        organisation_id=delivery.organisation_id,
        thing_kind=THING_KIND,
        thing_id=delivery.pk,
        data={"state": delivery.state},
    )
    hurry(delivery.pk)
    return delivery


def why_not_retry(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why a failed delivery cannot be tried again."""
    reasons = why_not(Permission.DELIVERY_RESOLVE, actor=actor, thing=delivery)
    if delivery.state != DeliveryState.FAILED:
        reasons.append(f"这次发布{delivery.get_state_display()}，不用再发。")
    return reasons


@transaction.atomic
def retry_delivery(*, actor: User, delivery_id: int) -> Delivery:
    """Try a failed delivery again, reading back first what it left on the platform. Raises Refused, Missing."""
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    reasons = why_not_retry(actor=actor, delivery=delivery)
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            move(
                delivery, DeliveryState.SENDING, actor=actor, attempts=0, next_attempt_at=clock.now(),
                read_back_first=bool(delivery.progress), problem="", problem_kind="",
                started_at=delivery.started_at or clock.now(),
            )  # fmt: skip
            delivery.items.update(is_live=True)
    except ApprovalGone as gone:
        raise Refused(LOST) from gone
    except IntegrityError as error:
        raise Refused("同一版已经另外安排到这个账号，请在那里查看，这一次请取消。") from error
    except Overtaken as overtaken:
        raise Refused("刚才有人处理了这次发布，请刷新页面看最新情况。") from overtaken
    hurry(delivery.pk)
    return delivery


def why_not_report(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why a person's word is not taken (yet) for what is on the platform."""
    reasons = why_not(Permission.DELIVERY_RESOLVE, actor=actor, thing=delivery)
    if delivery.state != DeliveryState.UNKNOWN:
        reasons.append("只有“结果待核实”的发布才由人工核对。")
    elif clock.now() < doubt_since(delivery) + READING_BACK:
        reasons.append("系统还在自动核对。四十分钟后仍不能确定，再由两个人分别核对。")
    if sightings_now(delivery).filter(person=actor).exists():
        reasons.append("您已经核对过，请另一个人再核对一次。")
    return reasons


def doubt_since(delivery: Delivery) -> Any:
    """Return when the doubt began: when the unanswered step was begun."""
    begun = open_intent(delivery.progress)
    return begun[1] if begun else delivery.started_at or delivery.planned_at


def sightings_now(delivery: Delivery) -> QuerySet[Sighting]:
    """Return what people saw since the present doubt began; words about an earlier doubt decide nothing."""
    return delivery.sightings.filter(seen_at__gte=doubt_since(delivery))


@transaction.atomic
def report_sighting(*, actor: User, delivery_id: int, verdict: str, url: str = "") -> Delivery:
    """Take down what a person saw on the platform; two people who say the same decide it.

    "已经发出" needs the address of the post. Raises Refused, Missing.
    """
    find_delivery(actor=actor, delivery_id=delivery_id)
    Delivery.objects.select_for_update().get(pk=delivery_id)  # two people at once are heard one after the other
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    require(Permission.DELIVERY_RESOLVE, actor=actor, thing=delivery)
    reasons = why_not_report(actor=actor, delivery=delivery)
    fault = address_fault(url, host_patterns(delivery.account.platform)) if verdict == Verdict.IS_OUT else None
    if fault is not None and not delivery.connection.settings.get("sandbox"):
        reasons.append(fault.value)
    if reasons:
        raise Refused(reasons)
    delivery.sightings.filter(seen_at__lt=doubt_since(delivery)).delete()
    Sighting.objects.create(
        delivery=delivery, person=actor, verdict=Verdict(verdict), url=url.strip(), seen_at=clock.now()
    )
    record(
        EventName.DELIVERY_UNKNOWN,
        actor=actor,
        organisation_id=delivery.organisation_id,
        thing_kind=THING_KIND,
        thing_id=delivery.pk,
        data={"seen": verdict},
    )
    agreeing = list(sightings_now(delivery).filter(verdict=verdict).order_by("seen_at"))
    if len(agreeing) >= PEOPLE:
        _decide(delivery, Verdict(verdict), actor, agreeing[-1].url)
    elif sightings_now(delivery).count() >= PEOPLE:
        sightings_now(delivery).delete()
        raise_disagreement(delivery)
    return delivery


def raise_disagreement(delivery: Delivery) -> None:
    """Two people saw different things: both words are dropped, the row says why."""
    try:
        keep(delivery, problem="两个人核对的结果不一致，请重新到平台后台核对。")
    except Overtaken as overtaken:
        raise Refused("系统刚才核对出了结果，请刷新页面看最新情况。") from overtaken


def _decide(delivery: Delivery, verdict: Verdict, actor: User, url: str) -> None:
    try:
        if verdict is Verdict.IS_OUT:
            move(
                delivery, DeliveryState.PUBLISHED, actor=actor, data={"by_people": True}, published_at=clock.now(),
                next_attempt_at=None, proof_url=url, problem="", problem_kind="",
            )  # fmt: skip
            outcomes.announce(delivery, (url,))
        else:
            move(
                delivery, DeliveryState.FAILED, actor=actor, data={"by_people": True}, next_attempt_at=None,
                problem_kind="by_people", problem="两个人核对：平台上没有这条内容。可以再发一次。",
            )  # fmt: skip
    except Overtaken as overtaken:
        raise Refused("系统刚才核对出了结果，请刷新页面看最新情况。") from overtaken


def why_not_take_down(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why a piece cannot be taken off our own website here."""
    reasons = why_not(Permission.DELIVERY_RESOLVE, actor=actor, thing=delivery)
    if delivery.connector != WEBSITE:
        reasons.append("其他平台上的内容请到平台后台删除。")
    if delivery.state != DeliveryState.PUBLISHED:
        reasons.append(f"这次发布{delivery.get_state_display()}，不用下线。")
    return reasons


@transaction.atomic
def take_down(*, actor: User, delivery_id: int, reason: str) -> Delivery:
    """Take a piece off our own website at once, with a reason. Raises Refused, Missing."""
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    reasons = why_not_take_down(actor=actor, delivery=delivery)
    if not reason.strip():
        reasons.append("请写明下线的原因。")
    if reasons:
        raise Refused(reasons)
    try:
        move(
            delivery, DeliveryState.REMOVED, actor=actor, next_attempt_at=None, lease="", lease_until=None,
            problem=shorten(reason.strip()), problem_kind="taken_down",
        )  # fmt: skip
    except Overtaken as overtaken:
        raise Refused("刚才有人处理了这次发布，请刷新页面看最新情况。") from overtaken
    return delivery
