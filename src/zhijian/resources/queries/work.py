"""What waits for a person: what the bodies they keep lack, and a line each for a branch."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.queries import visible_accounts
from zhijian.resources.enums import Lack
from zhijian.resources.models import Statement
from zhijian.resources.queries.liaison import to_follow_up, visible_entries
from zhijian.resources.queries.papers import ending_licences, rules_to_review, visible_licences, visible_rules
from zhijian.resources.queries.survey import Survey, kept_bodies
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from zhijian.organisations.models import Organisation, User
    from zhijian.resources.models import LiaisonEntry, Licence, RuleDocument

KIND = "保障与资质"
MOST_WORK = 20
# Who hosts more bodies than this sees them as a branch.
MOST_BODIES = 5
OWN_LINES = (Lack.LICENCE_OVER, Lack.LICENCE_ENDS, Lack.REVIEW_DUE)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=clock.BEIJING)


def _new_year() -> datetime:
    return datetime.combine(clock.today().replace(month=1, day=1), time.min, clock.BEIJING)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what the few bodies this person hosts lack and what ends there, whom to ask again, a line for a branch."""
    if not actor.holds(*KEEPERS):
        return []
    hosted = kept_bodies(actor=actor).filter(in_scope(actor=actor, roles=[Role.HOST_OFFICER], field=""))
    bodies = list(hosted.order_by("path")[: MOST_BODIES + 1])
    if len(bodies) > MOST_BODIES:
        bodies = []
    near = Q(organisation__in=[body.pk for body in bodies])
    talks = to_follow_up(visible_entries(actor=actor))[:MOST_WORK]
    items = [*_of_bodies(actor, bodies), *_of_papers(actor, near)] if bodies else []
    items += [_talk(row) for row in talks]
    if actor.holds(Role.SUPERVISING_OFFICER) or not bodies:
        items += _of_branch(actor, in_scope(actor=actor, roles=KEEPERS) & ~near)
    return items


def _of_bodies(actor: User, bodies: list[Organisation]) -> Iterator[WorkItem]:
    """Yield a line for each body that lacks something with no line of its own."""
    survey = Survey(kept_bodies(actor=actor).filter(pk__in=[body.pk for body in bodies]))
    for body in bodies:
        lacks = [lack for lack in survey.of(body).lacks if lack not in OWN_LINES]
        if lacks:
            yield WorkItem(
                title="；".join(lack.label for lack in lacks), url=f"/desk/resources/bodies/{body.pk}/", kind=KIND,
                organisation=body.short_name, state="要补齐", since=_new_year(),
            )  # fmt: skip


def _of_papers(actor: User, kept: Q) -> Iterator[WorkItem]:
    for row in ending_licences(visible_licences(actor=actor).filter(kept))[:MOST_WORK]:
        yield _licence(row)
    for rule in rules_to_review(visible_rules(actor=actor).filter(kept))[:MOST_WORK]:
        yield _rule(rule)


def _licence(row: Licence) -> WorkItem:
    assert row.ends_on is not None  # noqa: S101 - only licences with a last day end
    return WorkItem(
        title=f"许可证{'已到期' if row.ends_on < clock.today() else '快到期'}：{row.number}",
        url=f"/desk/resources/licences/{row.pk}/", kind=KIND, organisation=row.organisation.short_name,
        state="要续期", since=row.created_at, due=_moment(row.ends_on),
    )  # fmt: skip


def _rule(row: RuleDocument) -> WorkItem:
    assert row.review_by is not None  # noqa: S101 - only rules with a day of review are overdue
    return WorkItem(
        title=f"制度该复核了：{row.title}", url=f"/desk/resources/rules/{row.pk}/", kind=KIND,
        organisation=row.organisation.short_name, state="要复核", since=row.created_at, due=_moment(row.review_by),
    )  # fmt: skip


def _talk(row: LiaisonEntry) -> WorkItem:
    assert row.follow_up_on is not None  # noqa: S101 - only entries with a day of following up are due
    return WorkItem(
        title=f"跟进平台对接：{row.asked[:40]}", url=f"/desk/resources/liaison/{row.pk}/", kind=KIND,
        organisation=row.organisation.short_name, state="要跟进", since=row.created_at,
        due=_moment(row.follow_up_on),
    )  # fmt: skip


def _of_branch(actor: User, above: Q) -> Iterator[WorkItem]:
    home = actor.organisation.short_name if actor.organisation else ""
    stated = Statement.objects.filter(organisation=OuterRef("organisation"), year=clock.today().year)
    accounts = (
        visible_accounts(actor=actor, roles=KEEPERS)
        .order_by()
        .filter(above, ~Exists(stated), organisation__is_active=True, state__in=LIVE_STATES)
    )
    silent = accounts.values("organisation").distinct().count()
    ending = ending_licences(visible_licences(actor=actor).filter(above))
    due = rules_to_review(visible_rules(actor=actor).filter(above))
    lines = (
        (silent, "个单位今年没有填保障情况", "?lack=no_statement"),
        (len(ending), "份许可证到期、快到期", "licences/?ends=1"),
        (due.count(), "份制度该复核了", "rules/?state=review_due"),
    )
    for number, words, query in lines:
        if number:
            yield WorkItem(
                title=f"{number:,} {words}", url=f"/desk/resources/{query}", kind=KIND, organisation=home,
                state="要处理", since=_new_year(),
            )  # fmt: skip
