from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from django.db.models import Count

from zhijian.drives.enums import LATE_STANDINGS, Act, DriveState, TargetState
from zhijian.drives.models import Drive, Target
from zhijian.drives.queries.drives import with_standing
from zhijian.drives.rules import run_scope
from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from zhijian.organisations.models import User

MOST_WORK: Final = 50
UNSAID: Final = (TargetState.WAITING, TargetState.REFUSED)


def due_moment(day: date) -> datetime:
    """Return the end of a deadline's day."""
    return datetime.combine(day, time(23, 59), tzinfo=clock.BEIJING)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return a line for each drive that waits for this person: to answer, to decide, to urge or to end."""
    answering = _answering(actor) if actor.holds(Role.HOST_OFFICER) else ()
    running = _running(actor) if actor.holds(Role.SUPERVISING_OFFICER) else ()
    return [*answering, *running]


def _answering(actor: User) -> Iterator[WorkItem]:
    rows = Target.objects.filter(
        in_scope(actor=actor, roles=[Role.HOST_OFFICER]), drive__state=DriveState.SENT, state__in=UNSAID
    ).exclude(act=Act.KEEP)
    counts = dict(rows.order_by().values_list("drive").annotate(number=Count("pk"))[:MOST_WORK])
    for drive in _drives(counts):
        yield _item(drive, f"{drive.title}：{counts[drive.pk]:,} 个账号要答复", "清理整合", "没有答复")


def _running(actor: User) -> Iterator[WorkItem]:
    sent = Drive.objects.filter(run_scope(actor=actor), state=DriveState.SENT)
    asked = Target.objects.filter(drive__in=sent, state=TargetState.ASKED).exclude(asked_by=actor)
    counts = dict(asked.order_by().values_list("drive").annotate(number=Count("pk"))[:MOST_WORK])
    for drive in _drives(counts):
        yield _item(drive, f"{drive.title}：{counts[drive.pk]:,} 个账号申请保留", "清理整合", "待决定")
    past = with_standing(Target.objects.filter(drive__in=sent.filter(due_on__lt=clock.today())))
    late = past.filter(standing__in=LATE_STANDINGS).order_by().values_list("drive").annotate(number=Count("pk"))
    numbers = dict(late[:MOST_WORK])
    for drive in _drives(numbers):
        yield _item(drive, f"{drive.title}：{numbers[drive.pk]:,} 个账号没有办结", "清理整合", "已过期限")


def _drives(counts: dict[int, int]) -> Iterator[Drive]:
    yield from Drive.objects.filter(pk__in=counts).select_related("organisation").order_by("due_on", "pk")


def _item(row: Drive, title: str, kind: str, state: str) -> WorkItem:
    return WorkItem(
        title=title, url=f"/desk/drives/{row.pk}/", kind=kind, organisation=row.organisation.short_name, state=state,
        since=row.sent_at or row.created_at, due=due_moment(row.due_on),
    )  # fmt: skip
