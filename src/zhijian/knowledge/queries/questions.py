"""Entries as the people who keep them see them: their own bodies', and those in force above that bind them too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from zhijian.knowledge.enums import ConflictState, QuestionState
from zhijian.knowledge.models import Conflict, Question, QuestionVersion
from zhijian.knowledge.queries.drafts import THING_KIND
from zhijian.knowledge.rules import QUESTION_KEEPERS, QUESTION_WRITERS
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import bodies_in_scope, in_scope, pack_codes
from zhijian.policy import queries as policy
from zhijian.review.queries import sees_thing
from zhijian.review.routes import route_for

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User
    from zhijian.review.routes import Route

MOST_WORK = 100
COMPLAINTS = 5
"""So many visitors must have said that an answer did not help, and more than said it did, before its owner is asked."""


def visible_questions(*, actor: User) -> QuerySet[Question]:
    """Return the entries of the bodies in the actor's scope, and those in force of the bodies above them."""
    above = {pk for body in bodies_in_scope(actor=actor) for pk in body.ancestor_ids}
    own = in_scope(actor=actor, roles=BUSINESS_ROLES)
    rows = Question.objects.filter(own | Q(organisation__in=above, approved_version__isnull=False))
    return rows.select_related("organisation", "current_version__created_by", "approved_version")


def questions_in_force(*, path: str) -> QuerySet[Question]:
    """Return the entries of a branch (`path` of its body) that have an answer in force, with that answer.

    For the system's own work: the scope is the caller's to ask for. Cut it by id, never by offset.
    """
    rows = Question.objects.filter(organisation__path__startswith=path, approved_version__isnull=False)
    return rows.select_related("organisation", "approved_version")


def find_question(*, actor: User, question_id: int) -> Question:
    """Return one entry of the actor's scope. Raises Missing."""
    row = visible_questions(actor=actor).filter(pk=question_id).first()
    if row is None:
        raise Missing
    return row


def sees_whole_question(*, actor: User, question: Question) -> bool:
    """Tell whether this person may see versions not in force: at the entry's own body, or asked to review it."""
    if Question.objects.filter(in_scope(actor=actor, roles=BUSINESS_ROLES), pk=question.pk).exists():
        return True
    return sees_thing(actor=actor, thing_kind=THING_KIND, thing_id=question.pk)


def versions_of(question: Question) -> list[QuestionVersion]:
    """Return the versions of an entry, the newest first."""
    return list(QuestionVersion.objects.filter(entry=question).select_related("created_by").order_by("-number"))


def version_with_hash(question_id: int, content_hash: str) -> QuestionVersion | None:
    """Return the newest version of an entry with this digest, None where there is none."""
    rows = QuestionVersion.objects.filter(entry=question_id, content_hash=content_hash)
    return rows.select_related("created_by", "entry__organisation").order_by("-number").first()


def question_author_ids(question_id: int) -> set[int]:
    """Return everybody who wrote a version of an entry: none of them may sign."""
    return set(QuestionVersion.objects.filter(entry=question_id).values_list("created_by_id", flat=True))


def answer_route(organisation: Organisation) -> Route:
    """Return the review route of answers at a body. Raises Refused when no pack has one."""
    rules = policy.resolve(pack_codes(organisation), on=clock.today())
    try:
        found = policy.review_route(rules, item_class="answer", level=organisation.level)
    except policy.NoValue as error:
        raise Refused("规则包里没有答复的审核流程，请联系系统管理员。") from error
    return route_for(found, organisation=organisation, name="、".join(stage.name for stage in found.stages))


def confirm_days(organisation: Organisation) -> int:
    """Return after how many days an answer in force is looked at again (`answers.confirm_days`)."""
    days: int = policy.resolve(pack_codes(organisation), on=clock.today()).value("answers.confirm_days").value
    return days


def reminded_until() -> date:
    """Return up to which day what lapses is put before its owner now (`answers.remind_days` of the national pack)."""
    days: int = policy.resolve([], on=clock.today()).value("answers.remind_days").value
    return clock.today() + timedelta(days=days)


def visible_conflicts(*, actor: User) -> QuerySet[Conflict]:
    """Return the differing answers in which a body of the actor's scope takes part. Both sides are public answers."""
    mine = in_scope(actor=actor, field="first__organisation") | in_scope(actor=actor, field="second__organisation")
    rows = Conflict.objects.filter(mine, first__approved_version=F("first_version"))
    return rows.filter(second__approved_version=F("second_version")).select_related(
        "first__organisation", "second__organisation", "first_version", "second_version", "settled_by"
    )


def find_conflict(*, actor: User, conflict_id: int) -> Conflict:
    """Return one pair of differing answers of the actor's scope. Raises Missing."""
    row = visible_conflicts(actor=actor).filter(pk=conflict_id).first()
    if row is None:
        raise Missing
    return row


@dataclass(frozen=True, slots=True)
class Lapse:
    """What is about to lapse of an answer in force, by when, and what to do."""

    kind: str
    state: str
    due: date


def lapse_of(question: Question) -> Lapse | None:
    """Tell what is due of an answer in force: a new term (it stops being shown), or a fresh look. None: nothing yet."""
    version, until = question.approved_version, reminded_until()
    if version is None:
        return None
    if version.valid_to is not None and version.valid_to <= until:
        return Lapse("续答问", "有效期将到" if version.valid_to >= clock.today() else "已过有效期", version.valid_to)
    if question.confirm_by is not None and question.confirm_by <= until:
        return Lapse("复核答问", "该复核了", question.confirm_by)
    return None


def question_work(*, actor: User) -> list[WorkItem]:
    """Return the entries this person must write on, confirm or mend, and the differing answers to explain."""
    return [*_unfinished(actor), *_lapsing(actor), *_unhelpful(actor), *_differing(actor)]


def _unfinished(actor: User) -> list[WorkItem]:
    mine = Q(state=QuestionState.RETURNED) | Q(state=QuestionState.DRAFT, created_by=actor)
    rows = Question.objects.filter(in_scope(actor=actor, roles=QUESTION_WRITERS)).filter(mine)
    rows = rows.select_related("organisation").order_by("-state", "changed_at")[:MOST_WORK]
    return [
        _item(row, "改答问", f"退回：{row.returned_comment[:40]}", row.changed_at)
        if row.state == QuestionState.RETURNED
        else _item(row, "写答问", row.get_state_display(), row.changed_at)
        for row in rows
    ]


def _lapsing(actor: User) -> list[WorkItem]:
    until = reminded_until()
    near = Q(confirm_by__lte=until) | Q(approved_version__valid_to__lte=until)
    rows = Question.objects.filter(in_scope(actor=actor, roles=QUESTION_KEEPERS), approved_version__isnull=False)
    rows = rows.filter(near).select_related("organisation", "approved_version").order_by("confirm_by")[:MOST_WORK]
    lapses = [(row, lapse_of(row)) for row in rows]
    return [
        _item(
            row,
            lapse.kind,
            lapse.state,
            row.changed_at,
            datetime.combine(lapse.due, time(23, 59), tzinfo=clock.BEIJING),
        )
        for row, lapse in lapses
        if lapse is not None
    ]


def _unhelpful(actor: User) -> list[WorkItem]:
    rows = Question.objects.filter(in_scope(actor=actor, roles=QUESTION_KEEPERS), approved_version__isnull=False)
    rows = rows.filter(unhelped__gte=COMPLAINTS, unhelped__gt=F("helped")).select_related("organisation")
    told = [(row, f"{row.unhelped} 位访客说没有解决") for row in rows.order_by("-unhelped")[:MOST_WORK]]
    return [_item(row, "改进答问", state, row.changed_at) for row, state in told]


def _differing(actor: User) -> list[WorkItem]:
    mine = in_scope(actor=actor, roles=QUESTION_KEEPERS, field="first__organisation")
    mine |= in_scope(actor=actor, roles=QUESTION_KEEPERS, field="second__organisation")
    rows = visible_conflicts(actor=actor).filter(mine, state=ConflictState.OPEN).order_by("found_at")[:MOST_WORK]
    return [
        WorkItem(
            title=row.first_version.question,
            url=f"/desk/answers/conflicts/{row.pk}/",
            kind="核对答案",
            organisation=f"{row.first.organisation.short_name}、{row.second.organisation.short_name}",
            state="两家答案不一致",
            since=row.found_at,
        )
        for row in rows
    ]


def _item(row: Question, kind: str, state: str, since: datetime, due: datetime | None = None) -> WorkItem:
    return WorkItem(
        title=row.title, url=f"/desk/answers/{row.pk}/", kind=kind, organisation=row.organisation.short_name,
        state=state, since=since, due=due,
    )  # fmt: skip
