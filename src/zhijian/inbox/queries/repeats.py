"""Telling a second click from a page that somebody else overtook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhijian.inbox.enums import EntryKind
from zhijian.inbox.models import Answer, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import User

KINDS: Final = {
    "accept": EntryKind.ACCEPTED,
    "assign": EntryKind.ASSIGNED,
    "return": EntryKind.RETURNED,
    "chase": EntryKind.CHASED,
    "extend": EntryKind.EXTENDED,
    "ask": EntryKind.ASKED,
    "resume": EntryKind.RESUMED,
    "answer": EntryKind.SUBMITTED,
}


def did_just_now(*, actor: User, case_id: int, act: str, given: Mapping[str, Any]) -> bool:
    """Tell whether the last thing that happened to a case is this very act, with these words, by this person.

    `given` holds the fields of the act's form. Not bound to what the person may see: who handed a case over may not
    see it any more, and learns nothing by this that they did not do themselves. Notes of others change no case.
    """
    rows = Entry.objects.filter(case_id=case_id).exclude(kind=EntryKind.NOTE).order_by("-id")
    last = rows.first()
    if last is None or last.kind != KINDS.get(act) or last.actor_id != actor.pk:
        return False
    return _same_words(last, given) and _same_choice(last, given)


def _same_words(last: Entry, given: Mapping[str, Any]) -> bool:
    words = (given.get("reason") or given.get("text") or "").strip()
    if last.kind != EntryKind.SUBMITTED:
        return words in last.text and bool(words or last.kind == EntryKind.ACCEPTED)
    answer = Answer.objects.filter(case_id=last.case_id).order_by("-number").first()
    return answer is not None and answer.text == words


def _same_choice(last: Entry, given: Mapping[str, Any]) -> bool:
    """Compare the body a case was handed to, or the days it was given."""
    to, days = given.get("to"), given.get("days")
    chosen = {"to": to.pk if to is not None else None, "days": days}
    return all(chosen[name] == last.data[name] for name in ("to", "days") if name in last.data)
