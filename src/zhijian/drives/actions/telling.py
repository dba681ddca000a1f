"""Who is told what: bodies that they are asked, the office that somebody wants to keep, the body what was decided."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.drives.enums import LATE_STANDINGS, Act, DriveState
from zhijian.drives.models import Drive
from zhijian.drives.queries import targets_of, with_standing
from zhijian.drives.queries.local_rules import LocalRules
from zhijian.lib import clock
from zhijian.notify.actions import Telling, notify, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holders, own_holders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.drives.models import Target
    from zhijian.organisations.models import Organisation, User

CHUNK: Final = 500


def tell_of_targets(drive: Drive, targets: Iterable[Target]) -> int:
    """Tell each body once how many of its accounts a drive names; return how many bodies have nobody to tell."""
    asked = [target for target in targets if target.act != Act.KEEP]
    until = f"{drive.due_on:%-m月%-d日}"
    key = f"drives.sent {drive.pk} {max((target.pk for target in asked), default=0)}"
    return _tell(drive, asked, f"请在{until}前答复并办理", "", key)


def _tell(drive: Drive, targets: Iterable[Target], lead: str, tail: str, key: str) -> int:
    counts = Counter(target.organisation for target in targets)
    bodies, silent = list(counts), 0
    for start in range(0, len(bodies), CHUNK):
        part = bodies[start : start + CHUNK]
        people = dict(_people(part))
        silent += len(part) - len(people)
        notify_many(
            kind=NoticeKind.INSPECTION,
            tellings=[
                Telling(
                    people[body.pk],
                    f"{lead} {counts[body]} 个账号{tail}：{drive.title}",
                    f"/desk/drives/{drive.pk}/",
                    f"{key} {body.pk}",
                )
                for body in part
                if body.pk in people
            ],
        )
    return silent


def _people(bodies: list[Organisation]) -> Iterator[tuple[int, list[User]]]:
    """Yield who answers for each body: its own officers, else those from above who hold the role over it."""
    own = own_holders(organisations=bodies, roles=[Role.HOST_OFFICER])
    for body in bodies:
        people = own.get(body.pk) or list(holders(organisation=body, roles=[Role.HOST_OFFICER]))
        if people:
            yield body.pk, people


def tell_of_request(target: Target) -> None:
    """Tell the office that asks that a body wants to keep an account."""
    office = target.drive.organisation
    own = own_holders(organisations=[office], roles=[Role.SUPERVISING_OFFICER]).get(office.pk)
    notify(
        people=own or holders(organisation=office, roles=[Role.SUPERVISING_OFFICER]),
        kind=NoticeKind.REVIEW, title=f"{target.organisation.short_name}申请保留“{target.account.name}”",
        url=f"/desk/drives/targets/{target.pk}/", dedup_key=f"drives.asked {target.pk} {target.version}",
    )  # fmt: skip


def tell_of_decision(target: Target, *, accepted: bool, text: str) -> None:
    """Tell who asked, and the officers of the body, what was decided; the reason stays inside."""
    people = dict(_people([target.organisation])).get(target.organisation_id, [])
    asker = [target.asked_by] if target.asked_by else []
    word = "准予保留" if accepted else "不同意保留，请办理"
    notify(
        people=[*people, *asker], kind=NoticeKind.INSPECTION if accepted else NoticeKind.RETURNED,
        title=f"{word}：“{target.account.name}”", text=text, url=f"/desk/drives/targets/{target.pk}/",
        dedup_key=f"drives.decided {target.pk} {target.version}",
    )  # fmt: skip


def warn_due() -> list[int]:
    """Remind the bodies whose accounts are not done that a deadline is near, once for each deadline.

    The system's own work. Return the drives.
    """
    rules = LocalRules()
    running = Drive.objects.filter(state=DriveState.SENT, warned_on=None, due_on__gte=clock.today())
    return [drive_id for drive_id in running.order_by("pk").values_list("pk", flat=True) if _warn(drive_id, rules)]


@transaction.atomic
def _warn(drive_id: int, rules: LocalRules) -> bool:
    rows = Drive.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    drive = rows.get(pk=drive_id)
    rule = rules.find(drive.organisation, "drive.remind_days")
    if drive.state != DriveState.SENT or drive.warned_on or rule is None:
        return False
    if drive.due_on > clock.today() + timedelta(days=rule.value):
        return False
    left = list(with_standing(targets_of(drive)).filter(standing__in=LATE_STANDINGS))
    days = (drive.due_on - clock.today()).days
    when = "今天" if days == 0 else f"还有 {days} 天"
    _tell(drive, left, f"{when}截止，还有", "没有办结", f"drives.warned {drive.pk} {drive.due_on}")
    drive.warned_on = clock.today()
    drive.save(update_fields=["warned_on"])
    return True
