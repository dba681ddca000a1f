"""What a reviewer sees of an answer: the exact version, what it would replace, and what screening found."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from zhijian.knowledge.models import Question
from zhijian.knowledge.queries.drafts import draft_of_version, screen_answer
from zhijian.knowledge.queries.questions import version_with_hash

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.review.models import Review


class AnswerSubject:
    """The provider of `knowledge.answer` for the review page (`review.subjects`)."""

    label = "答问"
    template = "knowledge/subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the entry until the transaction ends, as an edit does before it reaches the review."""
        Question.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return the version under review with its findings and its difference from the answer in force."""
        _ = actor
        version = version_with_hash(review.thing_id, review.version_hash)
        if version is None:
            return {"version": None}
        entry = Question.objects.select_related("organisation", "approved_version").get(pk=review.thing_id)
        before = entry.approved_version
        return {
            "entry": entry,
            "version": version,
            "findings": screen_answer(organisation=entry.organisation, draft=draft_of_version(version)),
            "before": before,
            "difference": difference(before.answer, version.answer) if before is not None else [],
        }

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Refuse an approving signature over a version that is gone, replaced, or has a serious finding."""
        _ = actor
        version = version_with_hash(review.thing_id, review.version_hash)
        if version is None:
            return ["没有找到送审的这一版，请退回重新送审。"]
        found = screen_answer(organisation=version.entry.organisation, draft=draft_of_version(version))
        serious = [one.excerpt for one in found if one.is_serious]
        return [f"“{serious[0][:12]}”属严重错误，请退回修改。"] if serious else []


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Return the words of two answers as (kind, text), kind equal, insert or delete, for `{% diff %}`."""
    segments: list[tuple[str, str]] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            segments.append(("equal", before[start:end]))
            continue
        segments += [("delete", before[start:end])] if end > start else []
        segments += [("insert", after[new_start:new_end])] if new_end > new_start else []
    return segments
