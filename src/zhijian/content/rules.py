from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.content.enums import ArticleState
from zhijian.content.queries import author_ids, visible_articles
from zhijian.organisations.enums import REVIEWER_ROLES, Role
from zhijian.organisations.queries import holds_role
from zhijian.screening import Severity

if TYPE_CHECKING:
    from zhijian.content.models import Article
    from zhijian.content.queries import Found
    from zhijian.organisations.models import Organisation, User

WRITERS = (Role.EDITOR, Role.HOST_OFFICER)
WAIVERS = (*WRITERS, *REVIEWER_ROLES)


@dataclass(frozen=True, slots=True)
class Waivable:
    """A finding of one severity in one piece: what `content:finding:waive` is asked about.

    `is_unread`: no finding, but a picture nobody has read; who sets it aside has looked at it.
    `is_private`: personal data that may not be published whole.
    """

    article: Article
    severity: str
    is_unread: bool = False
    is_private: bool = False


def waivable(article: Article, found: Found) -> Waivable:
    """Return what the permission is asked about for one finding."""
    return Waivable(
        article, found.severity, is_unread=found.is_unread, is_private=found.is_private and found.blocks
    )  # fmt: skip


@rule(Permission.ARTICLE_VIEW)
def article_view(*, actor: User, thing: Article) -> list[str]:
    """The body's own content people see a piece, and those before whom a review has put it."""
    seen = visible_articles(actor=actor).filter(pk=thing.pk).exists()
    return [] if seen else ["这篇稿件不在您的管理范围内。"]


@rule(Permission.ARTICLE_CREATE)
def article_create(*, actor: User, thing: Organisation) -> list[str]:
    """Writers of a body begin its pieces."""
    return _writer_reasons(actor, thing, f"您不是{thing}的采编或主办人员，不能为它写稿。")


@rule(Permission.ARTICLE_EDIT)
def article_edit(*, actor: User, thing: Article) -> list[str]:
    """Writers of the body edit its pieces; who edits becomes an author and cannot review (谁写谁不审)."""
    if thing.state == ArticleState.DISCARDED:
        return ["这篇稿件已作废，不能再改。"]
    return _writer_reasons(
        actor, thing.organisation, f"稿件由{thing.organisation}的采编或主办人员修改；要改请退回给他们。"
    )


@rule(Permission.ARTICLE_SUBMIT)
def article_submit(*, actor: User, thing: Article) -> list[str]:
    """Writers of the body send to review what is not under review already."""
    if thing.state not in {ArticleState.DRAFT, ArticleState.RETURNED}:
        return [f"稿件{thing.get_state_display()}，不用再送审。"]
    return _writer_reasons(actor, thing.organisation, f"稿件由{thing.organisation}的采编或主办人员送审。")


@rule(Permission.ARTICLE_DISCARD)
def article_discard(*, actor: User, thing: Article) -> list[str]:
    """Only a piece that nobody reviews and nothing may send is thrown away."""
    ways = {
        ArticleState.IN_REVIEW: "稿件正在审核，请先撤回再作废。",
        ArticleState.APPROVED: "稿件已通过审核，可能已经发布。要停用请先修改成草稿。",
        ArticleState.DISCARDED: "稿件已经作废。",
    }
    if thing.state in ways:
        return [ways[ArticleState(thing.state)]]
    return _writer_reasons(actor, thing.organisation, f"稿件由{thing.organisation}的采编或主办人员作废。")


@rule(Permission.ARTICLE_HAND_OVER)
def article_hand_over(*, actor: User, thing: Organisation) -> list[str]:
    """Pieces go over with the duties of their body (机构改革) by the hand of who supervises both."""
    allowed = holds_role(actor=actor, roles=[Role.SUPERVISING_OFFICER], organisation=thing)
    return [] if allowed else [f"稿件由管辖{thing}的主管人员移交。"]


@rule(Permission.FINDING_WAIVE)
def finding_waive(*, actor: User, thing: Waivable) -> list[str]:
    """Set aside a false alarm: writers and reviewers; a serious wording error by a reviewer who wrote none of it.

    So are personal data that must not be published whole, such as an identity number, and a picture that was not
    read: somebody else than its writer looks at it.
    """
    body = thing.article.organisation
    if thing.article.state == ArticleState.DISCARDED:
        return ["这篇稿件已作废。"]
    if thing.is_unread:
        return _looker_reasons(actor, thing.article)
    if thing.severity != Severity.VETO and not thing.is_private:
        allowed = holds_role(actor=actor, roles=WAIVERS, organisation=body)
        return [] if allowed else [f"问题由{body}的采编或审核人员放行。"]
    what, mend = ("个人信息", "遮去") if thing.is_private else ("严重错误", "改正")
    if actor.pk in author_ids(thing.article.pk):
        return [f"{what}不能由写稿的人放行，请{mend}，或请审核人员看过后放行。"]
    reviewer = holds_role(actor=actor, roles=REVIEWER_ROLES, organisation=body)
    return [] if reviewer else [f"{what}只能由{body}的审核人员放行。"]


def _looker_reasons(actor: User, article: Article) -> list[str]:
    if actor.pk in author_ids(article.pk):
        return ["没有读完的图片不能由写稿的人放行，请等一等、换一张，或请审核人员看过原图后放行。"]
    reviewer = holds_role(actor=actor, roles=REVIEWER_ROLES, organisation=article.organisation)
    return [] if reviewer else [f"没有读完的图片由{article.organisation}的审核人员看过原图后放行。"]


def _writer_reasons(actor: User, body: Organisation, sentence: str) -> list[str]:
    return [] if holds_role(actor=actor, roles=WRITERS, organisation=body) else [sentence]
