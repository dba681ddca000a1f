"""What a citizen does with the private link: add a word, rate, ask for it to be done again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from zhijian.audit.events import EventName
from zhijian.inbox.actions.clocks import due_sentence, start_clock
from zhijian.inbox.actions.handling import end_pause
from zhijian.inbox.actions.moving import lock, make_move, note_change, record_case, write_entry
from zhijian.inbox.actions.publishing import retract_publication
from zhijian.inbox.actions.telling import tell_rated, tell_reopened
from zhijian.inbox.enums import CLOSED_STATES, CaseState, EntryKind, Move, Satisfaction
from zhijian.inbox.models import Case, Entry, Rating
from zhijian.inbox.queries.cases import rating_of
from zhijian.inbox.queries.clocks import rules_of
from zhijian.inbox.queries.showing import find_by_key
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_WORD: Final = 2_000
LONGEST_COMMENT: Final = 300
MOST_WORDS: Final = 20


def add_problems(case: Case, text: str) -> list[str]:
    """Give every reason why a word cannot be added."""
    words = Entry.objects.filter(case=case, kind=EntryKind.WORD).count()
    checks = [
        (not text.strip(), "请写下要补充的话。"),
        (len(text) > LONGEST_WORD, f"一次最多写 {LONGEST_WORD:,} 个字，现在有 {len(text):,} 个。"),
        (words >= MOST_WORDS, "补充的次数太多了。请拨打 12345，或重新写一条留言。"),
        (case.state in CLOSED_STATES, "这件留言已经答复。对答复有疑问，可以要求重办，或重新写一条留言。"),
    ]
    return [sentence for broken, sentence in checks if broken]


@transaction.atomic
def add_word(*, number: str, key: str, text: str, token: str = "") -> Case:
    """Add a word to a case; one that waited for the citizen goes on. `token` keeps a second click from doubling it.

    Raises Refused with every reason, Missing.
    """
    case = lock(find_by_key(number=number, key=key).pk)
    if token and Entry.objects.filter(case=case, kind=EntryKind.WORD, data__token=token).exists():
        return case
    _add(case, text, token)
    return case


def add_follower_word(case_id: int, text: str) -> Case:
    """Add what a follower wrote to the open case; runs inside the transaction of the callback. Raises Refused."""
    case = lock(case_id)
    _add(case, text, "")
    return case


def _add(case: Case, text: str, token: str) -> None:
    reasons = add_problems(case, text)
    if reasons:
        raise Refused(reasons)
    note_change(case, last_word_at=clock.now())
    write_entry(case, EntryKind.WORD, text.strip(), actor=None, data={"token": token} if token else None)
    record_case(EventName.CASE_ADDED_TO, case, None, {})
    if case.state == CaseState.WAITING:
        end_pause(case, actor=None, text="已收到您的补充。")


@transaction.atomic
def rate_case(*, number: str, key: str, satisfaction: int, comment: str = "") -> Case:
    """Say once what the answer was worth. Raises Refused, Missing."""
    case = lock(find_by_key(number=number, key=key).pk)
    reasons = []
    if case.state not in CLOSED_STATES:
        reasons.append("答复以后才能评价。")
    if satisfaction not in Satisfaction.values:
        reasons.append("请选择一项评价。")
    if len(comment) > LONGEST_COMMENT:
        reasons.append(f"评价的话最长 {LONGEST_COMMENT} 个字。")
    if rating_of(case) is not None:
        reasons.append("您已经评价过了，谢谢。")
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            rating = Rating.objects.create(
                case=case, satisfaction=satisfaction, comment=comment.strip(), rated_at=clock.now()
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("您已经评价过了，谢谢。") from error
    note_change(case)
    write_entry(case, EntryKind.RATED, Satisfaction(satisfaction).label, actor=None)
    record_case(EventName.CASE_RATED, case, None, {"satisfaction": satisfaction})
    tell_rated(case, rating)
    return case


def reopen_until(case: Case) -> datetime | None:
    """Return until when the citizen may ask for it to be done again; None when it cannot be asked at all."""
    days = rules_of(case.organisation).integer("reply.reopen_within_days", message_kind=case.kind)
    if not days or case.closed_at is None:
        return None
    return case.closed_at + timedelta(days=days)


def why_not_reopen(case: Case) -> list[str]:
    """Give every reason why a case cannot be done again (policy `reply.reopen_within_days`; once)."""
    if case.state not in CLOSED_STATES:
        return ["还没有答复，不用要求重办；有话可以直接补充。"]
    if case.reopened_at is not None:
        return ["已经重办过一次。仍有问题的，请重新写一条留言，或拨打 12345。"]
    until = reopen_until(case)
    if until is None or until < clock.now():
        return ["要求重办的期限已过。仍有问题的，请重新写一条留言。"]
    return []


@transaction.atomic
def reopen_case(*, number: str, key: str, reason: str) -> Case:
    """Have an answered case done again, once, with a time of its own. Raises Refused with every reason, Missing."""
    case = lock(find_by_key(number=number, key=key).pk)
    reasons = why_not_reopen(case)
    if not reason.strip():
        reasons.append("请写明哪里没有解决。")
    if len(reason) > LONGEST_WORD:
        reasons.append(f"一次最多写 {LONGEST_WORD:,} 个字。")
    if reasons:
        raise Refused(reasons)
    row = start_clock(case, organisation=case.organisation, start=clock.now())
    make_move(
        case, Move.REOPEN, reopened_at=clock.now(), closed_at=None, due_at=row.due_at, last_word_at=clock.now()
    )  # fmt: skip
    retract_publication(case)
    text = f"要求重办：{reason.strip()} {due_sentence(row)}"
    write_entry(case, EntryKind.REOPENED, text, actor=None)
    record_case(EventName.CASE_REOPENED, case, None, {})
    tell_reopened(case, row)
    return case
