"""Proposing a look-back when a rule changes, and telling beforehand how much it would find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from procrastinate.contrib.django import app

from zhijian.audit.events import EventName
from zhijian.knowledge.queries import shipped_ruleset, term_rule_id, terms_begun, terms_by_id
from zhijian.lib import clock
from zhijian.lookback.actions.findings import NIGHTS_BACK
from zhijian.lookback.actions.judging import bodies_of, rules_of
from zhijian.lookback.actions.looking import MOST_TERMS, note
from zhijian.lookback.enums import Cause, FindingState, LookBackState
from zhijian.lookback.models import Finding, LookBack
from zhijian.lookback.queries.archive import count_texts, newest_texts
from zhijian.lookback.queries.lookbacks import last_whole, standing_proposals
from zhijian.organisations.models import Organisation
from zhijian.screening import scan

if TYPE_CHECKING:
    from zhijian.lookback.queries.archive import Text
    from zhijian.screening import RuleSet

ESTIMATE_TASK: Final = "lookback.estimate"
LOOK_AGAIN_TASK: Final = "lookback.look_again"
NEWEST: Final = 2_000
LONGEST_TITLE: Final = 200


@transaction.atomic
def propose_for_term(*, term_id: int, organisation_id: int) -> LookBack:
    """Propose to look back by a term in force; terms approved one after the other come into one proposal."""
    rows = standing_proposals(cause=Cause.TERM).filter(organisation=organisation_id).order_by("-pk")
    row = rows.select_for_update(no_key=True).first()
    if row is None or len(row.term_ids) >= MOST_TERMS:
        row = LookBack(organisation_id=organisation_id, cause=Cause.TERM, created_at=clock.now())
    row.term_ids = sorted({*row.term_ids, term_id})
    row.title, row.estimate, is_new = _title(row.term_ids), {}, row.pk is None
    row.save()
    if is_new:
        note(EventName.LOOKBACK_PROPOSED, row, None)
    _ask_for_estimate(row.pk)
    return row


def propose_for_begun_terms() -> int:
    """Propose to look back by terms that were approved for a later day which has come; return how many. Nightly."""
    begun = [term for term in terms_begun(days=NIGHTS_BACK) if not _was_asked(term.pk)]
    for term in begun:
        propose_for_term(term_id=term.pk, organisation_id=term.organisation_id)
    return len(begun)


def _was_asked(term_id: int) -> bool:
    return LookBack.objects.filter(term_ids__contains=[term_id]).exists()


def ask_to_look_again(*, rule_id: str, organisation_id: int) -> None:
    """Have it judged in the background what a rule found at a body and below, if it found anything."""
    if Finding.objects.filter(rule_id=rule_id).exists():
        transaction.on_commit(
            lambda: app.configure_task(LOOK_AGAIN_TASK).defer(rule_id=rule_id, organisation_id=organisation_id)
        )


def _title(term_ids: list[int]) -> str:
    words = [term.wrong for term in terms_by_id(term_ids)]
    more = f"等 {len(words)} 条" if len(words) > 3 else ""  # noqa: PLR2004 - three are read at a glance
    return f"用语{'、'.join(f'“{word}”' for word in words[:3])}{more}"[:LONGEST_TITLE]


def _ask_for_estimate(look_back_id: int) -> None:
    lock = f"lookback.run.{look_back_id}"
    transaction.on_commit(lambda: app.configure_task(ESTIMATE_TASK, lock=lock).defer(look_back_id=look_back_id))


def estimate(*, look_back_id: int) -> LookBack:
    """Scan the newest texts by the proposed rules and write down how many they hit; nothing found is kept.

    A proposal that would find nothing in anything there is ends by itself: there is nothing to decide.
    """
    row = LookBack.objects.select_related("organisation").get(pk=look_back_id)
    texts = newest_texts(path=row.organisation.path, limit=NEWEST)
    sets = rules_of(row, bodies_of(texts))
    hit = sum(_is_hit(text, sets[text.organisation.pk]) for text in texts)
    whole = count_texts(path=row.organisation.path) <= len(texts)
    return _write_estimate(look_back_id, row.term_ids, {"texts": len(texts), "hit": hit, "whole": whole})


def _is_hit(text: Text, ruleset: RuleSet) -> bool:
    return text.words is not None and bool(ruleset.rules) and bool(scan(text.words, ruleset))


@transaction.atomic
def _write_estimate(look_back_id: int, term_ids: list[int], told: dict[str, int | bool]) -> LookBack:
    row = LookBack.objects.select_for_update(no_key=True).get(pk=look_back_id)
    if row.state != LookBackState.PROPOSED or row.term_ids != term_ids:
        return row
    row.estimate = told
    row.save(update_fields=["estimate"])
    if told["whole"] and not told["hit"] and row.cause == Cause.TERM:
        row.state, row.finished_at = LookBackState.DISMISSED, clock.now()
        row.note = "已发内容里没有命中，不用回查。"
        row.save(update_fields=["state", "finished_at", "note"])
        note(EventName.LOOKBACK_DISMISSED, row, None)
    return row


def propose_for_rules() -> list[LookBack]:
    """Propose a whole look-back to bodies whose last one was made by other shipped rules than those of today.

    The system's own work. Top bodies that never looked back are asked as well; one standing proposal is enough.
    """
    version = shipped_ruleset().version
    asked = set(standing_proposals(cause=Cause.RULES).values_list("organisation", flat=True))
    looked = LookBack.objects.filter(state=LookBackState.DONE, term_ids=[], categories=[]).values("organisation")
    bodies = Organisation.objects.filter(is_active=True)
    bodies = (bodies.filter(parent=None) | bodies.filter(pk__in=looked)).exclude(pk__in=asked).distinct()
    last = last_whole(list(bodies))
    return [
        _propose_whole(body, version)
        for body in bodies
        if last.get(body.pk) != version and not _declined(body, version) and count_texts(path=body.path)
    ]


def _declined(body: Organisation, version: str) -> bool:
    rows = LookBack.objects.filter(organisation=body, cause=Cause.RULES, shipped_version=version)
    return rows.filter(state=LookBackState.DISMISSED).exists()


@transaction.atomic
def _propose_whole(body: Organisation, version: str) -> LookBack:
    row = LookBack.objects.create(
        organisation=body, cause=Cause.RULES, title="内置规则有更新，回查全部内容", shipped_version=version,
        created_at=clock.now(),
    )  # fmt: skip
    note(EventName.LOOKBACK_PROPOSED, row, None)
    _ask_for_estimate(row.pk)
    return row


@transaction.atomic
def let_term_go(*, term_id: int) -> int:
    """End the open findings of a term that is out of use: there is no rule any more. Return how many.

    A standing proposal asks about it no more, and ends when it asks about nothing else.
    """
    for row in standing_proposals(cause=Cause.TERM).filter(term_ids__contains=[term_id]).select_for_update():
        _leave_out(row, term_id)
    rows = Finding.objects.filter(rule_id=term_rule_id(term_id), state=FindingState.OPEN)
    return rows.update(state=FindingState.LAPSED, state_at=clock.now())


def _leave_out(row: LookBack, term_id: int) -> None:
    left = [pk for pk in row.term_ids if pk != term_id]
    if left:
        row.term_ids, row.title, row.estimate = left, _title(left), {}
        row.save(update_fields=["term_ids", "title", "estimate"])
        _ask_for_estimate(row.pk)
        return
    row.state, row.finished_at, row.note = LookBackState.DISMISSED, clock.now(), "用语已停用，不用回查。"
    row.save(update_fields=["state", "finished_at", "note"])
    note(EventName.LOOKBACK_DISMISSED, row, None)
