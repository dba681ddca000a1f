"""Who is told what of a finding on its way: the answer, the day of an order, a claim and what was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from zhijian.inspection.enums import AppealState, FindingState
from zhijian.inspection.models import Order
from zhijian.inspection.rules import HOSTS, WATCHERS, supervises
from zhijian.lib import clock
from zhijian.notify.actions import Telling, notify, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.queries import holders, own_holders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.inspection.models import Appeal, Finding, Reply
    from zhijian.organisations.models import User

SOON: Final = timedelta(days=1)


def tell_of_answer(finding: Finding, reply: Reply) -> None:
    """Tell who issued the order that it was answered."""
    order = finding.order
    notify(
        people=[order.issued_by], kind=NoticeKind.INSPECTION, url=_page(finding),
        title=f"已反馈，等您复查：{order.number} {_named(finding)}", dedup_key=f"inspection.reply {reply.pk}",
    )  # fmt: skip


def tell_of_claim(finding: Finding, row: Appeal) -> None:
    """Tell those who may decide a claim that one waits: neither who claims nor who issued the order."""
    body, order = finding.account.organisation, getattr(finding, "order", None)
    apart = {row.by_id, order.issued_by_id if order else None}
    people = [
        one for one in holders(organisation=body, roles=WATCHERS) if one.pk not in apart and supervises(one, body)
    ]
    notify(
        people=people, kind=NoticeKind.INSPECTION, title=f"申诉等您裁定：{_named(finding)}", url=_page(finding),
        dedup_key=f"inspection.appeal {row.pk}",
    )  # fmt: skip


def tell_of_decision(finding: Finding, row: Appeal) -> None:
    """Tell who claimed, and who answers for the account, what was decided; the reason stays inside."""
    body = finding.account.organisation
    told = "认定误报，已核销" if row.state == AppealState.ACCEPTED else "维持结论"
    notify(
        people=[row.by, *own_holders(organisations=[body], roles=HOSTS).get(body.pk, [])], kind=NoticeKind.INSPECTION,
        title=f"申诉{told}：{_named(finding)}", text=row.decision, url=_page(finding),
        dedup_key=f"inspection.decision {row.pk}",
    )  # fmt: skip


def tell_due_orders() -> None:
    """Tell hosts once of an order due within a day, and hosts and issuer once of one past its day."""
    now = clock.now()
    rows = Order.objects.filter(finding__state=FindingState.ORDERED, due_at__lt=now + SOON)
    orders = list(rows.select_related("finding__account__organisation", "issued_by").order_by("pk"))
    hosts = own_holders(organisations={one.finding.account.organisation for one in orders}, roles=HOSTS)
    notify_many(
        kind=NoticeKind.INSPECTION,
        tellings=[_overdue(one, hosts) if one.due_at < now else _due_soon(one, hosts) for one in orders],
    )


def _due_soon(order: Order, hosts: Mapping[int, Sequence[User]]) -> Telling:
    until = order.due_at.astimezone(clock.BEIJING)
    return Telling(
        people=hosts.get(order.finding.account.organisation_id, []), url=_page(order.finding),
        title=f"请在{until:%-m月%-d日 %H:%M}前反馈：{order.number} {_named(order.finding)}",
        dedup_key=f"inspection.due-soon {order.pk}",
    )  # fmt: skip


def _overdue(order: Order, hosts: Mapping[int, Sequence[User]]) -> Telling:
    return Telling(
        people=[*hosts.get(order.finding.account.organisation_id, []), order.issued_by], url=_page(order.finding),
        title=f"整改超期没有反馈：{order.number} {_named(order.finding)}",
        dedup_key=f"inspection.overdue {order.pk}",
    )  # fmt: skip


def _named(finding: Finding) -> str:
    return f"{finding.account.name}，{finding.title}"


def _page(finding: Finding) -> str:
    return f"/desk/inspection/findings/{finding.pk}/"
