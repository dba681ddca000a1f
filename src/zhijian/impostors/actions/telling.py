"""Who is told what: new reports to who handles them, guides of what was confirmed, everybody of a late platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.impostors.queries.work import overdue_cases
from zhijian.impostors.rules import HANDLERS, VIEWERS
from zhijian.lib import clock
from zhijian.notify.actions import Telling, notify, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import RelationKind
from zhijian.organisations.queries import holders, relations_of

if TYPE_CHECKING:
    from zhijian.impostors.models import Case
    from zhijian.organisations.models import User


def tell_of_report(case: Case, *, actor: User | None) -> None:
    """Tell who handles the body's cases of a report, once a day for each case."""
    people = [one for one in holders(organisation=case.organisation, roles=HANDLERS) if one != actor]
    notify(
        people=people, kind=NoticeKind.INSPECTION, title=f"有人举报疑似仿冒账号：{case.name}", url=page_of(case),
        dedup_key=f"impostors.report {case.pk} {clock.today()}",
    )  # fmt: skip


def tell_guides(case: Case, *, withdrawn: bool = False) -> None:
    """Copy a finding, or its withdrawal, to the publicity and cyberspace offices that guide the body."""
    body = case.organisation.short_name
    title = f"{body}撤回了对“{case.name}”的仿冒认定" if withdrawn else f"{body}认定“{case.name}”为仿冒账号"
    for relation in relations_of(case.organisation):
        if relation.kind == RelationKind.GUIDING:
            notify(
                people=holders(organisation=relation.other, roles=VIEWERS), kind=NoticeKind.INSPECTION,
                title=f"抄送：{title}", url=page_of(case),
                dedup_key=f"impostors.confirmed {case.pk} {case.version} {relation.other_id}",
            )  # fmt: skip


def tell_overdue_cases() -> None:
    """Tell who handles a case once that the platform's time is over."""
    notify_many(
        kind=NoticeKind.ALARM,
        tellings=[
            Telling(
                people=list(holders(organisation=case.organisation, roles=HANDLERS)), url=page_of(case),
                title=f"平台超期没有处置仿冒账号：{case.name}，请催办或报网信部门",
                dedup_key=f"impostors.overdue {case.pk} {case.due_at}",
            )
            for case in overdue_cases()
        ],
    )  # fmt: skip


def page_of(case: Case) -> str:
    """Return the address of a case's page."""
    return f"/desk/impostors/{case.pk}/"
