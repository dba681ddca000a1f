"""Making an answer findable, and noticing where two bodies answer the same question differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.knowledge.enums import Confidentiality, ConflictState
from zhijian.knowledge.models import Conflict, Question
from zhijian.knowledge.queries.drafts import THING_KIND, draft_of_version
from zhijian.knowledge.queries.finding import in_force
from zhijian.knowledge.queries.questions import find_conflict
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.wording import meant_grams, plain
from zhijian.search.actions import drop_wordings, keep_wordings
from zhijian.search.queries import find_wordings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.knowledge.models import QuestionVersion
    from zhijian.organisations.models import User

NEARLY_SAME = 0.6
"""Two questions are nearly the same when they share this part of their pairs of characters (2·common / sum)."""
CANDIDATES = 20


def enter_index(entry: Question) -> None:
    """Let the version in force of an entry be found by its question and its similar wordings."""
    version = entry.approved_version
    if version is None:
        leave_index(entry)
        return
    keep_wordings(
        thing_kind=THING_KIND, thing_id=entry.pk, organisation=entry.organisation,
        wordings=draft_of_version(version).wordings, valid_from=version.valid_from, valid_to=version.valid_to,
        is_public=version.confidentiality == Confidentiality.PUBLIC,
    )  # fmt: skip
    _close_conflicts(entry)
    if version.confidentiality == Confidentiality.PUBLIC:
        _note_conflicts(entry, version)


def leave_index(entry: Question) -> None:
    """Let an entry be found no more."""
    drop_wordings(thing_kind=THING_KIND, thing_id=entry.pk)
    _close_conflicts(entry)


def rebuild_index() -> int:
    """Make the index of all answers again from the entries; return how many there are."""
    rows = list(Question.objects.filter(approved_version__isnull=False).values_list("pk", flat=True))
    for pk in rows:
        with transaction.atomic():
            enter_index(Question.objects.select_related("organisation", "approved_version").get(pk=pk))
    return len(rows)


def _close_conflicts(entry: Question) -> None:
    """What stood between a version that is no more in force and another one is over."""
    rows = Conflict.objects.filter(first=entry) | Conflict.objects.filter(second=entry)
    gone = rows.exclude(first_version=entry.approved_version).exclude(second_version=entry.approved_version)
    gone.filter(state=ConflictState.OPEN).update(state=ConflictState.GONE)


def _note_conflicts(entry: Question, version: QuestionVersion) -> None:
    likeness = dict(_alike(entry, draft_of_version(version).wordings))
    others = in_force().filter(pk__in=likeness).exclude(organisation=entry.organisation)
    for other in others.filter(approved_version__confidentiality=Confidentiality.PUBLIC):
        theirs = other.approved_version
        if theirs is not None and plain(theirs.answer) != plain(version.answer):
            _keep_conflict(entry, version, other, theirs, likeness[other.pk])


def _alike(entry: Question, wordings: Iterable[str]) -> Iterable[tuple[int, float]]:
    best: dict[int, float] = {}
    for wording in wordings:
        mine = set(meant_grams(wording))
        for hit in find_wordings(thing_kind=THING_KIND, text=wording, limit=CANDIDATES):
            theirs = set(meant_grams(hit.text))
            share = 2 * len(mine & theirs) / max(len(mine) + len(theirs), 1)
            if hit.thing_id != entry.pk and share >= NEARLY_SAME:
                best[hit.thing_id] = max(share, best.get(hit.thing_id, 0.0))
    return best.items()


def _keep_conflict(
    entry: Question, version: QuestionVersion, other: Question, theirs: QuestionVersion, likeness: float
) -> None:
    (first, first_version), (second, second_version) = sorted(
        [(entry, version), (other, theirs)], key=lambda pair: pair[0].pk
    )
    Conflict.objects.get_or_create(
        first_version=first_version,
        second_version=second_version,
        defaults={"first": first, "second": second, "likeness": likeness, "found_at": clock.now()},
    )


def why_not_settle(*, actor: User, conflict: Conflict) -> list[str]:
    """Give every reason why this person cannot say why both answers stand."""
    if conflict.state != ConflictState.OPEN:
        return [f"这一处{conflict.get_state_display()}，不用再处理。"]
    return why_not(Permission.CONFLICT_SETTLE, actor=actor, thing=conflict)


@transaction.atomic
def settle_conflict(*, actor: User, conflict_id: int, reason: str) -> Conflict:
    """Say why both answers are right (two districts, two kinds of people). Raises Refused, Missing."""
    find_conflict(actor=actor, conflict_id=conflict_id)
    rows = Conflict.objects.select_for_update(of=("self",))
    conflict = rows.select_related("first__organisation", "second__organisation").get(pk=conflict_id)
    reasons = why_not_settle(actor=actor, conflict=conflict)
    if not reason.strip():
        reasons.append("请写明为什么两个答案都对。")
    if reasons:
        raise Refused(reasons)
    conflict.state, conflict.settled_by, conflict.settled_at = ConflictState.SETTLED, actor, clock.now()
    conflict.settled_reason = reason.strip()[:200]
    conflict.save(update_fields=["state", "settled_by", "settled_at", "settled_reason"])
    for entry in (conflict.first, conflict.second):
        record(
            EventName.CONFLICT_SETTLED, actor=actor, organisation_id=entry.organisation_id, thing_kind=THING_KIND,
            thing_id=entry.pk, data={"conflict": conflict.pk},
        )  # fmt: skip
    return conflict
