"""Sending a piece to review, taking it back, throwing it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.content.actions.screening import screen_revision
from zhijian.content.actions.writing import locked_article
from zhijian.content.document import marked_blocks, plain_text
from zhijian.content.enums import ArticleState, ItemClass, Origin
from zhijian.content.queries import (
    PLATFORMS,
    THING_KIND,
    author_ids,
    checked,
    draft_of,
    named,
    picture_gaps,
    platform_issues,
    route_for,
)
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.review import actions as review
from zhijian.screening import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.content.document import Document
    from zhijian.content.models import Article, Revision
    from zhijian.content.queries import Draft
    from zhijian.organisations.models import User
    from zhijian.review.models import Review

SHOWN = 3


def why_not_submit(*, actor: User, article: Article, targets: Sequence[str] = ()) -> list[str]:
    """Give every reason why the present version cannot go to review.

    `targets` are the platforms (keys of `queries.PLATFORMS`) it is meant for: what they would refuse is a reason too,
    because a cover that is added after the review ends the review.
    """
    revision = article.newest
    reasons = why_not(Permission.ARTICLE_SUBMIT, actor=actor, thing=article)
    if not reasons:
        named_targets = [sentence for code in targets for sentence in unfit_for(article=article, platform=code)]
        reasons = [*_unready(draft_of(revision)), *_unmended(article, revision), *named_targets]
    return reasons


def unfit_for(*, article: Article, platform: str) -> list[str]:
    """Say what a platform would refuse in the present version. It stops nobody who does not mean to send it there."""
    issues = platform_issues(article=article, draft=draft_of(article.newest), platform=platform)
    return [f"要发{PLATFORMS[platform]}：{issue.message}" for issue in issues if issue.blocking]


def _unready(draft: Draft) -> list[str]:
    by_class, by_origin = draft.item_class == ItemClass.REPRINT, draft.origin == Origin.REPRINT
    reprint = by_class or by_origin
    sentences = [
        (not draft.title, "还没有标题，请先写标题。"),
        (not plain_text(draft.document).text.strip(), "正文还是空的，请先写正文。"),
        (reprint and not draft.source_name, "转载要写明稿源单位（只转载党委、政府网站和主管部门确定的稿源）。"),
        (reprint and not draft.source_url, "转载要填原文地址，审核人员要核对原文。"),
        (by_class and not by_origin, "类别是转载，来源方式却是原创。请把来源方式改成转载。"),
    ]
    return [sentence for broken, sentence in sentences if broken] + [
        *_unfinished_blocks(draft.document),
        *_left_gaps(draft),
    ]


def _left_gaps(draft: Draft) -> list[str]:
    gaps = picture_gaps(draft)
    places = list(dict.fromkeys(gap.place for gap in gaps))
    shown = "、".join(places[:SHOWN]) + (f"等 {len(places)} 处" if len(places) > SHOWN else "")
    return [f"{shown}还留着图片占位{named(gaps)}，请补上图片或删掉这一行。"] if gaps else []


def _unfinished_blocks(document: Document) -> list[str]:
    marked = marked_blocks(document)
    silent = sum(item.kind == "image" and not item.attribute("alt").strip() for _, item in document.walk())
    reasons: list[str] = []
    if marked:
        shown = "、".join(f"“{block.text[:12]}”（{block.label}）" for block in marked[:SHOWN])
        more = f"等 {len(marked)} 处" if len(marked) > SHOWN else ""
        reasons.append(f"导入时标出的内容还没有处理：{shown}{more}。请逐处保留或删除。")
    if silent:
        reasons.append(f"有 {silent} 张图片没有文字说明，读屏的人看不到内容。请在图片上补写。")
    return reasons


def _unmended(article: Article, revision: Revision) -> list[str]:
    blocking = [one for one in checked(article, revision).blocking if not one.is_gap]
    apart = [one for one in blocking if one.severity == Severity.VETO or one.is_private]
    rest = [one for one in blocking if one not in apart]
    reasons = [f"检查发现{named(rest)}必须处理：请改正，确属误报的写明理由后放行。"] if rest else []
    if apart:
        who = "请改正；严重错误和个人信息确属误报的，只能由没有参与写稿的审核人员在稿件页写明理由放行，放行后再送审。"
        reasons.append(f"检查发现{named(apart)}必须处理：{who}")
    return reasons


@transaction.atomic
def submit_article(*, actor: User, article_id: int, targets: Sequence[str] = ()) -> Review:
    """Send the present version to review on the route of its class; `targets` as for `why_not_submit`.

    Raises Refused with every reason, Missing.

    The version is looked at once more first: rules may have changed since it was saved.
    """
    article = locked_article(actor, article_id)
    revision = article.newest
    screen_revision(article=article, revision=revision)
    reasons = why_not_submit(actor=actor, article=article, targets=targets)
    if reasons:
        raise Refused(reasons)
    opened = review.submit(
        thing_kind=THING_KIND, thing_id=article.pk, version_hash=revision.content_hash, title=revision.title,
        url=f"/desk/articles/{article.pk}/", item_class=revision.item_class, organisation=article.organisation,
        author_ids=sorted(author_ids(article.pk)), actor=actor,
        route=route_for(organisation=article.organisation, item_class=revision.item_class),
    )  # fmt: skip
    article.state, article.returned_comment, article.returned_field = ArticleState.IN_REVIEW, "", ""
    article.changed_at = clock.now()
    article.save(update_fields=["state", "returned_comment", "returned_field", "changed_at"])
    return opened


def why_not_discard(*, actor: User, article: Article) -> list[str]:
    """Give every reason why a piece cannot be thrown away."""
    return why_not(Permission.ARTICLE_DISCARD, actor=actor, thing=article)


@transaction.atomic
def discard_article(*, actor: User, article_id: int) -> Article:
    """Throw a draft away; its versions stay readable to the body. Raises Refused, Missing."""
    article = locked_article(actor, article_id)
    require(Permission.ARTICLE_DISCARD, actor=actor, thing=article)
    article.state, article.changed_at = ArticleState.DISCARDED, clock.now()
    article.save(update_fields=["state", "changed_at"])
    _record(EventName.ARTICLE_DISCARDED, article, actor, {})
    return article


def _record(event: EventName, article: Article, actor: User, data: dict[str, object]) -> None:
    record(
        event,
        actor=actor,
        organisation_id=article.organisation_id,
        thing_kind=THING_KIND,
        thing_id=article.pk,
        data=data,
    )
