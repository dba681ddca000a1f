"""A look-back: started by a person, carried on batch by batch, cancelled, done. Rows are the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.knowledge.queries import ruleset_for, shipped_ruleset, terms_in_force
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lookback.actions.judging import bodies_of, judge, rules_of
from zhijian.lookback.actions.telling import tell_of_end
from zhijian.lookback.enums import Cause, LookBackState, Stage
from zhijian.lookback.models import LookBack
from zhijian.lookback.queries.archive import answers_after, articles_after, count_texts, more_accounts, posts_after
from zhijian.lookback.queries.lookbacks import find_look_back, running_at
from zhijian.screening import Category

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.lookback.queries.archive import Text
    from zhijian.organisations.models import Organisation, User

THING_KIND: Final = "lookback.lookback"
RUN_TASK: Final = "lookback.run"
AT_ONCE: Final = 300
MOST_TERMS: Final = 200
LONGEST_TITLE: Final = 200
ONE_RUNNING: Final = "lookback_one_running_per_body"
BUSY: Final = "这个单位的另一次回查正在进行，完成或取消后再开始。"


def why_not_start(*, actor: User, organisation: Organisation) -> list[str]:
    """Give every reason why a look-back cannot begin at a body."""
    reasons = why_not(Permission.LOOKBACK_RUN, actor=actor, thing=organisation)
    return [*reasons, *([BUSY] if running_at(organisation) else [])]


@transaction.atomic
def start_look_back(
    *, actor: User, organisation: Organisation, words: Sequence[str] = (), categories: Sequence[str] = ()
) -> LookBack:
    """Look back by the terms with these wrong words, by some categories, or (neither given) by the whole set.

    Raises Refused with every reason: no right, one runs already, words that are no term in force there.
    """
    terms = dict(terms_in_force(organisation).filter(wrong__in=list(words)).values_list("wrong", "pk"))
    reasons = why_not(Permission.LOOKBACK_RUN, actor=actor, thing=organisation)
    reasons += [f"“{word}”不是{organisation.short_name}在用的用语，请核对。" for word in words if word not in terms]
    if len(words) > MOST_TERMS:
        reasons.append(f"一次最多回查 {MOST_TERMS} 条用语，请分几次，或者按全部规则回查。")
    if reasons:
        raise Refused(reasons)
    row = LookBack.objects.create(
        organisation=organisation, cause=Cause.BY_HAND, title=_title(list(words), list(categories)),
        term_ids=sorted(terms.values()), categories=sorted(categories), created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    return _begin(row, actor)


def _title(words: list[str], categories: list[str]) -> str:
    if words:
        named = "、".join(f"“{word}”" for word in words[:3]) + (f"等 {len(words)} 条" if len(words) > 3 else "")  # noqa: PLR2004 - three are read at a glance
        return f"用语{named}"[:LONGEST_TITLE]
    if categories:
        return "、".join(Category(one).label for one in categories)[:LONGEST_TITLE]
    return "全部规则"


@transaction.atomic
def start_proposed(*, actor: User, look_back_id: int) -> LookBack:
    """Begin a proposed look-back. Raises Refused, Missing."""
    row = _locked(actor, look_back_id)
    require(Permission.LOOKBACK_RUN, actor=actor, thing=row.organisation)
    if row.state != LookBackState.PROPOSED:
        raise Refused(f"这次回查{row.get_state_display()}，不用再开始。")
    return _begin(row, actor)


@transaction.atomic
def start_again(*, actor: User, look_back_id: int) -> LookBack:
    """Look back once more by the same rules. Raises Refused, Missing."""
    row = _locked(actor, look_back_id)
    require(Permission.LOOKBACK_RUN, actor=actor, thing=row.organisation)
    if row.state in {LookBackState.PROPOSED, LookBackState.RUNNING}:
        raise Refused(f"这次回查{row.get_state_display()}，不用重来。")
    new = LookBack.objects.create(
        organisation=row.organisation, cause=Cause.BY_HAND, title=row.title, term_ids=row.term_ids,
        categories=row.categories, created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    return _begin(new, actor)


def _begin(row: LookBack, actor: User) -> LookBack:
    now = clock.now()
    row.state, row.started_by, row.started_at, row.beat_at = LookBackState.RUNNING, actor, now, now
    row.ruleset_version, row.shipped_version = ruleset_for(row.organisation).version, shipped_ruleset().version
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if ONE_RUNNING not in str(error):
            raise
        raise Refused(BUSY) from error
    note(EventName.LOOKBACK_STARTED, row, actor)
    lock = f"lookback.run.{row.pk}"
    transaction.on_commit(lambda: app.configure_task(RUN_TASK, lock=lock).defer(look_back_id=row.pk))
    return row


@transaction.atomic
def dismiss(*, actor: User, look_back_id: int) -> LookBack:
    """Decide against a proposed look-back. Raises Refused, Missing."""
    row = _locked(actor, look_back_id)
    require(Permission.LOOKBACK_RUN, actor=actor, thing=row.organisation)
    if row.state != LookBackState.PROPOSED:
        raise Refused(f"这次回查{row.get_state_display()}，不用再决定。")
    return _end(row, LookBackState.DISMISSED, EventName.LOOKBACK_DISMISSED, actor)


@transaction.atomic
def cancel(*, actor: User, look_back_id: int) -> LookBack:
    """Stop a running look-back; what it found stays. Raises Refused, Missing."""
    row = _locked(actor, look_back_id)
    require(Permission.LOOKBACK_RUN, actor=actor, thing=row.organisation)
    if row.state != LookBackState.RUNNING:
        raise Refused(f"这次回查{row.get_state_display()}，不用取消。")
    return _end(row, LookBackState.CANCELLED, EventName.LOOKBACK_CANCELLED, actor)


def _end(row: LookBack, state: LookBackState, event: EventName, actor: User | None) -> LookBack:
    row.state, row.finished_at = state, clock.now()
    row.save(update_fields=["state", "finished_at"])
    note(event, row, actor, texts=row.done, found=row.found)
    return row


def carry_on(*, look_back_id: int) -> LookBack:
    """Carry a look-back on to its end from where it stands; each batch is a transaction of its own.

    A batch and the mark it leaves are written together or not at all: a worker killed in the middle loses and doubles
    nothing.
    """
    while step(look_back_id):
        pass
    return LookBack.objects.get(pk=look_back_id)


@transaction.atomic
def step(look_back_id: int) -> bool:
    """Do one batch under the lock of the look-back; False when there is nothing left to do."""
    rows = LookBack.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation", "started_by")
    row = rows.get(pk=look_back_id)
    if row.state != LookBackState.RUNNING:
        return False
    if row.total is None:
        row.total = count_texts(path=row.organisation.path)
    texts, read, more = _next(row)
    if texts:
        outcome = judge(texts, rules_of(row, bodies_of(texts)), look_back=row)
        row.found, row.ended = row.found + outcome.found, row.ended + outcome.ended
    row.done += read
    row.total, row.beat_at = max(row.total, row.done), clock.now()
    row.save()
    if not more:
        _finish(row)
    return more


def _next(row: LookBack) -> tuple[list[Text], int, bool]:
    """Read the next batch and move the marks; return the texts, how many were read, and whether there may be more."""
    path = row.organisation.path
    if row.stage == Stage.POSTS:
        texts, read, marks = posts_after(path=path, account=row.after_account, post=row.after_thing, limit=AT_ONCE)
        row.after_account, row.after_thing = marks
        return texts, read, bool(read) or more_accounts(path=path, account=row.after_account)
    reading = articles_after if row.stage == Stage.ARTICLES else answers_after
    texts, row.after_thing = reading(path=path, after=row.after_thing, limit=AT_ONCE)
    if not texts:
        row.stage, row.after_thing = (Stage.ANSWERS if row.stage == Stage.ARTICLES else Stage.POSTS), 0
    return texts, len(texts), True


def _finish(row: LookBack) -> None:
    row.total = row.done
    row.save(update_fields=["total"])
    _end(row, LookBackState.DONE, EventName.LOOKBACK_FINISHED, None)
    tell_of_end(row)


def _locked(actor: User, look_back_id: int) -> LookBack:
    find_look_back(actor=actor, look_back_id=look_back_id)
    rows = LookBack.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    return rows.get(pk=look_back_id)


def note(event: EventName, row: LookBack, actor: User | None, **data: Any) -> None:
    """Write the audit row of what happened to a look-back."""
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND, thing_id=row.pk,
        data={"cause": row.cause, **data},
    )  # fmt: skip
