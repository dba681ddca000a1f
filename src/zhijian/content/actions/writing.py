"""Writing: a new piece, a new version, what is typed in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.content.actions.screening import screen_revision
from zhijian.content.document import plain_text
from zhijian.content.enums import ArticleState, ItemClass, Origin
from zhijian.content.models import Article, Revision, WorkingCopy
from zhijian.content.queries import THING_KIND, Draft, document_data, draft_from_fields, draft_of, find_article
from zhijian.files.queries import visible_files
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.actions import pinyin_key
from zhijian.review.actions import void

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import Organisation, User

LONGEST = {"title": 120, "author": 32, "digest": 240, "source_name": 80, "source_url": 500}
LABELS = {"title": "标题", "author": "作者", "digest": "摘要", "source_name": "稿源", "source_url": "原文地址"}
UNDER_REVIEW = (ArticleState.IN_REVIEW, ArticleState.APPROVED)
VOIDING = {
    ArticleState.IN_REVIEW: "稿件正在审核。保存修改会使这次审核作废，要重新送审。请确认后再保存。",
    ArticleState.APPROVED: "稿件已通过审核。保存修改会使审核作废，没发出的发布任务会停下，要重新送审。请确认后再保存。",
}


class EditConflict(Refused):
    """Somebody saved a version after the editor was opened. Nothing is lost: `mine` is what was being saved."""

    def __init__(self, *, article: Article, current: Revision, mine: Draft, actor: User) -> None:
        self.who = saver_of(current, actor=actor)
        super().__init__(f"这一页打开以后，{self.who}保存了第 {current.number} 版。请对照两份文字，决定怎样合并。")
        self.article, self.current, self.mine = article, current, mine


def saver_of(revision: Revision, *, actor: User) -> str:
    """Say who saved a version as its reader reads it: a person with two windows open is in conflict with themselves."""
    return "您在另一个窗口" if revision.created_by_id == actor.pk else str(revision.created_by)


@transaction.atomic
def create_article(*, actor: User, organisation: Organisation, draft: Draft, note: str = "") -> Article:
    """Begin a piece of a body with its first version. Raises Refused without the right or with bad fields."""
    require(Permission.ARTICLE_CREATE, actor=actor, thing=organisation)
    article = begin_article(actor=actor, organisation=organisation, draft=draft, note=note)
    _record(EventName.ARTICLE_CREATED, article, actor)
    return article


def begin_article(*, actor: User, organisation: Organisation, draft: Draft, note: str) -> Article:
    """Write the rows of a new piece; the caller has checked the right and tells the audit log."""
    _refuse_bad_draft(actor, draft, known=())
    moment = clock.now()
    article = Article.objects.create(organisation=organisation, created_by=actor, created_at=moment, changed_at=moment)
    _write_revision(article, draft, number=1, note=note, actor=actor)
    return article


@transaction.atomic
def save_revision(
    *,
    actor: User,
    article_id: int,
    base_number: int,
    draft: Draft,
    note: str = "",
    gives_up_review: bool = False,
) -> Revision:
    """Save a new version upon version `base_number`; saving what is there already changes nothing.

    A piece under review or approved needs `gives_up_review`: the review ends with this act. Raises EditConflict when
    somebody saved in between, Refused with reasons, Missing.
    """
    article = locked_article(actor, article_id)
    require(Permission.ARTICLE_EDIT, actor=actor, thing=article)
    current = article.newest
    if draft.content_hash == current.content_hash:
        _forget_working_copy(article, actor)
        return current
    if current.number != base_number:
        raise EditConflict(article=article, current=current, mine=draft, actor=actor)
    _refuse_bad_draft(actor, draft, known=draft_of(current).files)
    _end_review(article, actor, gives_up_review=gives_up_review)
    revision = _write_revision(article, draft, number=current.number + 1, note=note, actor=actor)
    _forget_working_copy(article, actor)
    _record(EventName.ARTICLE_REVISED, article, actor, {"number": revision.number, "version": revision.content_hash})
    return revision


def _end_review(article: Article, actor: User, *, gives_up_review: bool) -> None:
    if article.state not in UNDER_REVIEW:
        return
    if not gives_up_review:
        raise Refused(VOIDING[ArticleState(article.state)])
    void(thing_kind=THING_KIND, thing_id=article.pk, actor=actor, reason="稿件有修改")
    article.refresh_from_db(fields=["state"])


def _write_revision(article: Article, draft: Draft, *, number: int, note: str, actor: User) -> Revision:
    revision = Revision.objects.create(
        article=article, number=number, title=draft.title, author=draft.author, digest=draft.digest,
        document=document_data(draft.document), plain_text=plain_text(draft.document).text, cover=draft.cover,
        item_class=draft.item_class, origin=draft.origin, source_name=draft.source_name, source_url=draft.source_url,
        content_hash=draft.content_hash, note=note.strip()[:200], created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    article.current_revision, article.changed_at = revision, revision.created_at
    article.title, article.item_class, article.sort_key = draft.title, draft.item_class, pinyin_key(draft.title)
    article.save(update_fields=["current_revision", "changed_at", "title", "item_class", "sort_key"])
    screen_revision(article=article, revision=revision)
    return revision


def draft_problems(draft: Draft) -> list[str]:
    """Give what is wrong with the fields themselves; an unfinished draft is no problem, submission asks for more."""
    problems = [
        f"{LABELS[name]}最长 {limit} 个字，现在有 {len(getattr(draft, name))} 个。"
        for name, limit in LONGEST.items()
        if len(getattr(draft, name)) > limit
    ]
    if draft.item_class not in ItemClass.values or draft.origin not in Origin.values:
        problems.append("类别或来源方式不认识，请重新选择。")
    if draft.source_url and urlsplit(draft.source_url).scheme not in {"http", "https"}:
        problems.append("原文地址要以 http:// 或 https:// 开头。")
    return problems


def _refuse_bad_draft(actor: User, draft: Draft, *, known: tuple[str, ...]) -> None:
    """Pictures must be ones this person may use: naming another body's file would publish it."""
    problems = draft_problems(draft)
    asked = set(draft.files) - set(known)
    seen = visible_files(actor=actor).filter(sha256__in=asked).values_list("sha256", flat=True) if asked else ()
    if asked - set(seen):
        problems.append("有图片没有上传到本单位。请删去后重新插入。")
    if problems:
        raise Refused(problems)


@transaction.atomic
def autosave(*, actor: User, article_id: int, base_number: int, fields: Mapping[str, Any]) -> WorkingCopy:
    """Keep what a person has typed since version `base_number`, for them alone. It is no act and leaves no audit row.

    Raises Refused, Missing, InvalidDocument.
    """
    article = find_article(actor=actor, article_id=article_id)
    require(Permission.ARTICLE_EDIT, actor=actor, thing=article)
    draft_from_fields(fields)
    moment = clock.now()
    values = {"base_number": base_number, "fields": dict(fields), "saved_at": moment, "seen_at": moment}
    row, _ = WorkingCopy.objects.update_or_create(article=article, person=actor, defaults=values)
    return row


@transaction.atomic
def keep_presence(*, actor: User, article_id: int) -> None:
    """Note that this person has the editor of the piece open. No act, no audit row. Raises Refused, Missing."""
    article = find_article(actor=actor, article_id=article_id)
    require(Permission.ARTICLE_EDIT, actor=actor, thing=article)
    moment = clock.now()
    WorkingCopy.objects.update_or_create(
        article=article,
        person=actor,
        defaults={"seen_at": moment},
        create_defaults={"seen_at": moment, "base_number": article.newest.number},
    )


@transaction.atomic
def drop_working_copy(*, actor: User, article_id: int) -> None:
    """Throw away what this person typed and did not save as a version. Raises Missing."""
    _forget_working_copy(find_article(actor=actor, article_id=article_id), actor)


def _forget_working_copy(article: Article, actor: User) -> None:
    WorkingCopy.objects.filter(article=article, person=actor).delete()


def locked_article(actor: User, article_id: int) -> Article:
    """Return a piece of the actor's scope, locked until the transaction ends. Raises Missing."""
    find_article(actor=actor, article_id=article_id)
    # The row first, alone: read together with its joined version, a waiter would get the new row with the old join.
    # Without its key, so that a delivery that points at the piece need not wait (docs/dev/adr/0050).
    Article.objects.select_for_update(no_key=True).get(pk=article_id)
    return Article.objects.select_related("organisation", "current_revision__created_by").get(pk=article_id)


def _record(event: EventName, article: Article, actor: User, data: Mapping[str, object] | None = None) -> None:
    record(
        event,
        actor=actor,
        organisation_id=article.organisation_id,
        thing_kind=THING_KIND,
        thing_id=article.pk,
        data=data,
    )
