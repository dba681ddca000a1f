"""What a reviewer sees of a piece: the exact version, what changed since they saw it last, and what screening found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.access.permissions import Permission
from zhijian.access.rules import may, why_not
from zhijian.content.models import Article
from zhijian.content.queries.articles import THING_KIND, compare, revision_with_hash
from zhijian.content.queries.checking import checked, found_on_pictures, named
from zhijian.content.queries.history import history_of
from zhijian.content.queries.routes import unread_pictures_block
from zhijian.content.queries.showing import marked_page
from zhijian.content.rules import waivable
from zhijian.review.enums import ReviewState, StageState
from zhijian.review.queries import reviews_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.content.models import Revision
    from zhijian.content.queries.checking import Found
    from zhijian.organisations.models import User
    from zhijian.review.models import Review


class ArticleSubject:
    """The provider of `content.article` for the review page (`review.subjects`)."""

    label = "稿件"
    template = "content/subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the piece until the transaction ends, as an edit does before it reaches the review."""
        Article.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return the version under review with its report and its difference from the one this person saw last."""
        revision = revision_with_hash(review.thing_id, review.version_hash)
        if revision is None:
            return {"revision": None}
        article = Article.objects.select_related("organisation").get(pk=review.thing_id)
        earlier, why = _earlier(review, actor)
        report = checked(article, revision)
        changed, difference = compare(earlier, revision) if earlier else ([], None)
        return {
            "article": article,
            "revision": revision,
            "shown": marked_page(revision, report),
            "checked": report,
            "open_findings": [
                {"found": one, "reasons": _waiver_reasons(actor, article, one)}
                for one in (*report.unread, *report.open)
            ],
            "earlier": earlier,
            "earlier_why": why,
            "changed_fields": changed,
            "difference": difference,
            "may_open": may(Permission.ARTICLE_VIEW, actor=actor, thing=article),
            "is_current": article.current_revision_id == revision.pk,
            "timeline": history_of(article),
        }

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Refuse an approving signature over a version that is gone or has unmended serious findings.

        The last signature also waits until every picture is read, unless a reviewer looked at it and signed for it.
        """
        _ = actor
        revision = revision_with_hash(review.thing_id, review.version_hash)
        if revision is None:
            return ["没有找到送审的这一版，请退回作者重新送审。"]
        article = Article.objects.select_related("organisation").get(pk=review.thing_id)
        report = checked(article, revision)
        known = {one.id for one in report.open}
        newly = [one for one in found_on_pictures(article, revision) if one.blocks and one.id not in known]
        blocking = [*report.blocking, *newly]
        reasons = []
        if blocking:
            reasons = [f"还有必须处理的问题：{named(blocking)}。请退回修改，确属误报的先写明理由放行。"]
        if report.unread and _is_last(review) and unread_pictures_block(article.organisation):
            reasons.append(_unread_sentence(report.unread))
        return reasons


def _is_last(review: Review) -> bool:
    """Tell whether the stage that waits is the last one: its signature approves the version."""
    return sum(stage.state != StageState.SIGNED for stage in review.stages.all()) <= 1


def _unread_sentence(unread: Sequence[Found]) -> str:
    places = "、".join(dict.fromkeys(one.place for one in unread))
    what_next = "一般等一两分钟就好；一直读不成的，请看过原图，在检查报告里写明理由放行，或者退回换图。"
    return f"图片还没有读完：{places}。{what_next}"


def _waiver_reasons(actor: User, article: Article, found: Found) -> list[str]:
    return why_not(Permission.FINDING_WAIVE, actor=actor, thing=waivable(article, found))


def _earlier(review: Review, actor: User) -> tuple[Revision | None, str]:
    """Find the version to compare with: the last one this person signed, else the last one that was approved."""
    older = [row for row in reviews_of(thing_kind=THING_KIND, thing_id=review.thing_id) if row.pk < review.pk]
    signed = [row for row in older if actor.pk in _signer_ids(row)]
    approved = [row for row in older if _was_approved(row)]
    for rows, why in ((signed, "您上次看过的"), (approved, "上次通过的"), (older, "上次送审的")):
        if rows:
            return revision_with_hash(review.thing_id, rows[0].version_hash), why
    return None, ""


def _was_approved(review: Review) -> bool:
    """An approval that an edit ended later was an approval all the same."""
    ended = review.state in {ReviewState.APPROVED, ReviewState.VOIDED}
    return ended and all(stage.state == StageState.SIGNED for stage in review.stages.all())


def _signer_ids(review: Review) -> set[int]:
    return {signature.person_id for stage in review.stages.all() for signature in stage.signatures.all()}
