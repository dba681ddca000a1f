"""What a reviewer sees of an answer, and of a question and answer that are to become public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.access.permissions import Permission
from zhijian.access.rules import may
from zhijian.inbox.models import Answer, Case, Publication, PublicationVersion
from zhijian.inbox.queries.answers import blocking_of, findings_in
from zhijian.inbox.queries.cases import photos_of
from zhijian.inbox.queries.clocks import running_clock
from zhijian.inbox.queries.masking import privacy_findings
from zhijian.knowledge.queries import PRIVATE_LINK
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.review.models import Review


class AnswerSubject:
    """The provider of `inbox.answer` for the review page (`review.subjects`)."""

    label = "留言答复"
    template = "inbox/subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the case until the transaction ends: the thing before its review (docs/dev/adr/0050)."""
        Case.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return question and answer; of a confidential case only to those who may see it or sign as the head."""
        case = Case.objects.select_related("organisation").get(pk=review.thing_id)
        opens = may(Permission.CASE_VIEW, actor=actor, thing=case)
        if case.is_confidential and not opens and not self._is_head(case, actor):
            return {"closed": True}
        answer = _answer(review)
        text = f"{answer.text}\n{answer.right_address}" if answer else ""
        return {
            "case": case,
            "answer": answer,
            "photos": photos_of(case),
            "clock": running_clock(case),
            "findings": findings_in(case.organisation, text),
            "may_open": opens,
        }

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Refuse an approving signature over a wording that is gone or holds a serious error."""
        _ = actor
        answer = _answer(review)
        if answer is None:
            return ["没有找到送审的这一稿，请退回重新送审。"]
        case = Case.objects.select_related("organisation").get(pk=review.thing_id)
        _, vetoes = blocking_of(case.organisation, f"{answer.text}\n{answer.right_address}")
        return [f"答复里有严重错误“{vetoes[0][:12]}”，请退回修改。"] if vetoes else []

    def _is_head(self, case: Case, actor: User) -> bool:
        return holds_role(actor=actor, roles=[Role.HEAD], organisation=case.organisation)


class PublicationSubject:
    """The provider of `inbox.publication` for the review page."""

    label = "公开留言"
    template = "inbox/publication_subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the publication until the transaction ends."""
        Publication.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return the masked text under review beside what the citizen wrote."""
        _ = actor
        publication = Publication.objects.select_related("case__sent_answer", "case__organisation").get(
            pk=review.thing_id
        )
        return {
            "publication": publication,
            "case": publication.case,
            "version": _version(review),
            "photos": photos_of(publication.case),
        }

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Refuse an approving signature while personal information can still be found in the text."""
        _ = actor
        version = _version(review)
        if version is None:
            return ["没有找到送审的这一稿，请退回重新送审。"]
        words = f"{version.title}\n{version.question}\n{version.answer}\n{version.place}"
        _, vetoes = blocking_of(version.publication.organisation, words)
        serious = [f"公开稿里有严重错误“{vetoes[0][:12]}”，请退回修改。"] if vetoes else []
        return [*unmasked_reasons(version.publication, words), *serious]


def unmasked_reasons(publication: Publication, text: str) -> list[str]:
    """Give the reason why a text cannot become public: something personal is still legible."""
    private = privacy_findings(publication.organisation, text)
    found = [one for one in private if "*" not in one.excerpt or one.rule_id == PRIVATE_LINK]
    if not found:
        return []
    return [f"还有没遮盖的个人信息：{'、'.join(f'“{one.excerpt[:12]}”' for one in found[:3])}。请遮盖后再送审。"]


def _answer(review: Review) -> Answer | None:
    rows = Answer.objects.select_related("written_by", "right_body")
    return rows.filter(case_id=review.thing_id, content_hash=review.version_hash).first()


def _version(review: Review) -> PublicationVersion | None:
    rows = PublicationVersion.objects.select_related("publication__organisation", "written_by")
    return rows.filter(publication_id=review.thing_id, content_hash=review.version_hash).first()
