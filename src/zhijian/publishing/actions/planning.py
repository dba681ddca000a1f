"""Choosing what goes where and when, with everything that stands against it told beforehand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.channels.enums import WEBSITE, WECHAT
from zhijian.channels.queries import (
    SENDING_STATES,
    capabilities_of,
    connector_of,
    find_connection,
    quota_left,
    why_not_send,
)
from zhijian.content.queries import approved_articles, piece_for_delivery
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing.actions.moving import ApprovalGone, Overtaken, approval_guard, hurry, move, shorten
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, DeliveryItem
from zhijian.publishing.queries import THING_KIND, build_bundle, find_delivery, piece_address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from zhijian.channels.models import Connection
    from zhijian.content.queries import ApprovedPiece
    from zhijian.organisations.models import User

MOST_PIECES: Final = 8
FARTHEST: Final = timedelta(days=90)
GRACE: Final = timedelta(minutes=5)
LOST: Final = "稿件的审核已失效，不能再发。请改好后重新送审。"


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """What stands against a plan (`reasons`), and what will look different on the platform (`notes`)."""

    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_plan(
    *, actor: User, connection: Connection, revision_ids: Sequence[int], scheduled_at: datetime | None = None
) -> PlanCheck:
    """Check one push to one account: person, account, pieces, platform, time. The page shows all of it."""
    reasons = why_not(Permission.DELIVERY_PLAN, actor=actor, thing=connection)
    if reasons:
        return PlanCheck(reasons)
    reasons += [*_account_reasons(connection), *_time_reasons(scheduled_at)]
    pieces, faults = _pieces(actor, revision_ids)
    reasons += [*faults, *_amount_reasons(connection, revision_ids), *_twice_reasons(connection, pieces)]
    if not pieces or faults:
        return PlanCheck(reasons)
    blocking, notes = _platform_issues(connection, pieces)
    return PlanCheck(reasons + blocking, [*notes, *_older_versions(connection, pieces)])


@transaction.atomic
def plan_delivery(
    *, actor: User, connection_id: int, revision_ids: Sequence[int], scheduled_at: datetime | None = None
) -> Delivery:
    """Plan one push: `revision_ids` in the order readers see them, 1 to 8; `scheduled_at` None means at once.

    Raises Refused with every reason, Missing.
    """
    connection = find_connection(actor=actor, connection_id=connection_id)
    check = check_plan(actor=actor, connection=connection, revision_ids=revision_ids, scheduled_at=scheduled_at)
    if check.reasons:
        raise Refused(check.reasons)
    pieces, _ = _pieces(actor, revision_ids)
    delivery = _created(actor, connection, pieces, scheduled_at or clock.now())
    record(
        EventName.DELIVERY_PLANNED,
        actor=actor,
        organisation_id=delivery.organisation_id,
        thing_kind=THING_KIND,
        thing_id=delivery.pk,
        data={"account": delivery.account_id, "versions": [piece.content_hash for piece in pieces]},
    )
    hurry(delivery.pk, at=scheduled_at)
    return delivery


@transaction.atomic
def plan_deliveries(
    *,
    actor: User,
    connection_ids: Sequence[int],
    revision_ids: Sequence[int],
    scheduled_at: datetime | None = None,
) -> list[Delivery]:
    """Plan the same pieces for several accounts, all or none; a website gets a delivery for each piece.

    Raises Refused with every reason, each with the name of its account, Missing.
    """
    if not connection_ids:
        raise Refused("请至少选一个账号。")
    planned, reasons = [], []
    for connection_id in connection_ids:
        connection = find_connection(actor=actor, connection_id=connection_id)
        for some in pushes_of(connection, revision_ids):
            try:
                planned.append(
                    plan_delivery(
                        actor=actor, connection_id=connection_id, revision_ids=some, scheduled_at=scheduled_at
                    )
                )
            except Refused as refused:
                reasons += [f"{connection.account.name}：{reason}" for reason in refused.reasons]
    if reasons:
        raise Refused(list(dict.fromkeys(reasons)))
    return planned


def why_not_cancel(*, actor: User, delivery: Delivery) -> list[str]:
    """Give every reason why a delivery cannot be called off."""
    return why_not(Permission.DELIVERY_CANCEL, actor=actor, thing=delivery)


@transaction.atomic
def cancel_delivery(*, actor: User, delivery_id: int, reason: str = "") -> Delivery:
    """Call off what is not on its way. Raises Refused, Missing."""
    delivery = find_delivery(actor=actor, delivery_id=delivery_id)
    reasons = why_not_cancel(actor=actor, delivery=delivery)
    if reasons:
        raise Refused(reasons)
    try:
        move(
            delivery, DeliveryState.CANCELLED, actor=actor, next_attempt_at=None, lease="", lease_until=None,
            problem=shorten(reason.strip() or delivery.problem),
        )  # fmt: skip
    except Overtaken as overtaken:
        raise Refused("刚才已经开始发送，不能取消了。请刷新页面看最新情况。") from overtaken
    return delivery


def pushes_of(connection: Connection, revision_ids: Sequence[int]) -> list[list[int]]:
    """Return the pushes a choice of pieces becomes on this account: a website takes each piece by itself."""
    if connection.connector == WEBSITE:
        return [[revision_id] for revision_id in revision_ids]
    return [list(revision_ids)]


def _account_reasons(connection: Connection) -> list[str]:
    reasons = list(why_not_send(connection))
    if connection.account.state not in SENDING_STATES:
        reasons.append(f"账号{connection.account.get_state_display()}，不能发布。")
    if connection.connector == WECHAT and quota_left(connection, "freepublish/submit") == 0:
        reasons.append("这个账号今天的发布次数已用完，请改到明天零点以后。")
    return reasons


def _time_reasons(scheduled_at: datetime | None) -> list[str]:
    if scheduled_at is None:
        return []
    if scheduled_at < clock.now() - GRACE:
        return ["发布时间已经过了，请重新选择，或选“马上发布”。"]
    if scheduled_at > clock.now() + FARTHEST:
        return ["发布时间最远是 90 天以后。"]
    return []


def _pieces(actor: User, revision_ids: Sequence[int]) -> tuple[list[ApprovedPiece], list[str]]:
    pieces, faults = [], []
    for number, revision_id in enumerate(revision_ids, start=1):
        try:
            pieces.append(piece_for_delivery(revision_id))
        except Missing:
            faults.append(f"第 {number} 篇没有通过审核，或审核已经失效，不能发布。")
    own = approved_articles(actor=actor).filter(pk__in=[piece.article_id for piece in pieces])
    allowed = set(own.values_list("pk", flat=True))
    faults += [f"《{piece.title}》不在您的管理范围内。" for piece in pieces if piece.article_id not in allowed]
    return pieces, faults


def _amount_reasons(connection: Connection, revision_ids: Sequence[int]) -> list[str]:
    if not revision_ids:
        return ["请至少选一篇稿件。"]
    if len(set(revision_ids)) != len(revision_ids):
        return ["同一篇稿件选了两次，请去掉一次。"]
    most = 1 if connection.connector == WEBSITE else min(MOST_PIECES, capabilities_of(connection).max_pieces)
    if len(revision_ids) > most:
        return [f"这个账号一次最多发 {most} 篇，请分开安排。"]
    return []


def _twice_reasons(connection: Connection, pieces: Sequence[ApprovedPiece]) -> list[str]:
    live = DeliveryItem.objects.filter(
        account=connection.account_id, revision__in=[piece.revision_id for piece in pieces], is_live=True
    )
    return [
        f"《{item.title}》的这一版在这个账号上已有一次发布（{item.delivery.get_state_display()}），不能重复发。"
        for item in live.select_related("delivery")
    ]


def _platform_issues(connection: Connection, pieces: Sequence[ApprovedPiece]) -> tuple[list[str], list[str]]:
    revision_ids = [piece.revision_id for piece in pieces]
    addresses = addresses_for(pieces)
    issues = connector_of(connection).validate(build_bundle(revision_ids, key="0" * 32, addresses=addresses))
    several = len(pieces) > 1

    def worded(number: int, message: str) -> str:
        return f"《{pieces[number].title[:20]}》{message}" if several and number < len(pieces) else message

    blocking = [worded(issue.piece, issue.message) for issue in issues if issue.blocking]
    return blocking, [worded(issue.piece, issue.message) for issue in issues if not issue.blocking]


def addresses_for(pieces: Sequence[ApprovedPiece]) -> dict[str, str]:
    """Return our public pages of the pieces that are out on the website, and the marker page.

    A page that is only planned is not named: it may be called off, and readers would find nothing there.
    """
    on_site = DeliveryItem.objects.filter(
        article__in=[piece.article_id for piece in pieces],
        is_live=True,
        delivery__connector=WEBSITE,
        delivery__state=DeliveryState.PUBLISHED,
    )
    known = set(on_site.values_list("article_id", flat=True))
    own = {str(one.revision_id): piece_address(one.article_id) for one in pieces if one.article_id in known}
    return {"marker": piece_address(0).removesuffix("pieces/0/"), **own}


def _older_versions(connection: Connection, pieces: Sequence[ApprovedPiece]) -> list[str]:
    older = DeliveryItem.objects.filter(
        account=connection.account_id,
        article__in=[piece.article_id for piece in pieces],
        is_live=True,
        delivery__state=DeliveryState.PUBLISHED,
    ).exclude(revision__in=[piece.revision_id for piece in pieces])
    titles = list(dict.fromkeys(older.values_list("title", flat=True)))
    if connection.connector == WEBSITE:
        return [f"《{title}》的旧版会被这一版替换。" for title in titles]
    return [f"《{title}》的旧版已在这个账号上发布，平台上会有两条，旧的请到平台后台处理。" for title in titles]


def _created(actor: User, connection: Connection, pieces: Sequence[ApprovedPiece], at: datetime) -> Delivery:
    title = pieces[0].title if len(pieces) == 1 else f"{pieces[0].title[:100]}（等 {len(pieces)} 篇）"
    delivery = Delivery.objects.create(
        organisation_id=connection.organisation_id, account_id=connection.account_id, connection_id=connection.pk,
        connector=connection.connector, key=secrets.token_hex(16), title=title[:120], planned_by=actor,
        planned_at=clock.now(), scheduled_at=at, next_attempt_at=at,
    )  # fmt: skip
    try:
        with approval_guard():
            for position, piece in enumerate(pieces, start=1):
                DeliveryItem.objects.create(
                    delivery=delivery, position=position, account_id=connection.account_id,
                    article_id=piece.article_id, revision_id=piece.revision_id, version_hash=piece.content_hash,
                    title=piece.title, files=[*dict.fromkeys([*piece.images, *([piece.cover] if piece.cover else [])])],
                )  # fmt: skip
    except ApprovalGone as gone:
        raise Refused(LOST) from gone
    except IntegrityError as error:
        raise Refused("刚才有人把同一版安排到了这个账号，请刷新页面看最新情况。") from error
    return delivery
