"""What an entry does when its review moves. Called by the receivers, inside the transaction of the signature."""

from __future__ import annotations

from zhijian.audit.events import EventName
from zhijian.knowledge.actions.indexing import enter_index, leave_index
from zhijian.knowledge.actions.questions import next_look, question_locked, record_question
from zhijian.knowledge.enums import QuestionState
from zhijian.knowledge.queries.questions import version_with_hash
from zhijian.lib import clock


def follow_approved_answer(*, question_id: int, content_hash: str) -> None:
    """All stages have signed: this version is in force from now on, instead of the one before."""
    entry = question_locked(question_id)
    version = version_with_hash(question_id, content_hash)
    if version is None or entry.current_version_id != version.pk:
        return
    entry.state, entry.approved_version, entry.changed_at = QuestionState.APPROVED, version, clock.now()
    entry.confirm_by, entry.helped, entry.unhelped = next_look(entry.organisation), 0, 0
    entry.confirmed_at, entry.confirmed_by = entry.changed_at, None
    entry.withdrawn_by, entry.withdrawn_at, entry.withdrawn_reason = None, None, ""
    entry.save()
    enter_index(entry)
    record_question(EventName.QUESTION_IN_FORCE, entry, None, {"version": content_hash})


def follow_returned_answer(*, question_id: int, comment: str) -> None:
    """A reviewer sent the newest version back: its writers see why. What is in force stays so."""
    entry = question_locked(question_id)
    entry.state, entry.returned_comment, entry.changed_at = QuestionState.RETURNED, comment, clock.now()
    entry.save(update_fields=["state", "returned_comment", "changed_at"])


def follow_taken_back_answer(*, question_id: int) -> None:
    """The submitter took the newest version back."""
    entry = question_locked(question_id)
    entry.state, entry.changed_at = QuestionState.DRAFT, clock.now()
    entry.save(update_fields=["state", "changed_at"])


def follow_voided_answer(*, question_id: int, content_hash: str) -> None:
    """An approval ended: the version it covered is out of force with it (PostgreSQL holds the same)."""
    entry = question_locked(question_id)
    if entry.approved_version is None or entry.approved_version.content_hash != content_hash:
        return
    entry.approved_version, entry.changed_at = None, clock.now()
    if entry.state == QuestionState.APPROVED:
        entry.state = QuestionState.DRAFT
    entry.save(update_fields=["approved_version", "changed_at", "state"])
    leave_index(entry)
