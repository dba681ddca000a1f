"""Pieces and their versions, as far as a person may see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from zhijian.content.document import difference
from zhijian.content.enums import HANDED_OVER, ArticleState
from zhijian.content.models import Article, ImportRecord, Revision, WorkingCopy
from zhijian.content.queries.drafts import draft_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import CONTENT_ROLES
from zhijian.organisations.queries import in_scope
from zhijian.review.queries import reviews_by_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.content.document import Difference
    from zhijian.organisations.models import User

THING_KIND = "content.article"
PRESENT = timedelta(seconds=90)
FIELD_NAMES = {
    "title": "标题", "author": "作者", "digest": "摘要", "cover": "封面", "item_class": "类别", "origin": "来源方式",
    "source_name": "稿源", "source_url": "原文地址",
}  # fmt: skip


def visible_articles(*, actor: User) -> QuerySet[Article]:
    """Return the pieces of the bodies whose content this person works on, and those put before them by a review."""
    own = in_scope(actor=actor, roles=CONTENT_ROLES)
    shown = reviews_by_role(actor=actor).filter(thing_kind=THING_KIND).values("thing_id")
    return Article.objects.filter(own | Q(pk__in=shown)).select_related(
        "organisation", "current_revision", "created_by"
    )


def find_article(*, actor: User, article_id: int) -> Article:
    """Return one piece of the actor's scope. Raises Missing."""
    article = visible_articles(actor=actor).filter(pk=article_id).first()
    if article is None:
        raise Missing
    return article


def unfinished_articles(organisation_ids: Iterable[int]) -> dict[int, int]:
    """Count by body the pieces that nobody has finished: drafts, returned ones, those under review. One query."""
    open_states = (*HANDED_OVER, ArticleState.IN_REVIEW)
    rows = Article.objects.filter(organisation__in=list(organisation_ids), state__in=open_states).order_by()
    return dict(rows.values_list("organisation").annotate(number=Count("pk")))


def approved_articles(*, actor: User) -> QuerySet[Article]:
    """Return the approved pieces of the bodies whose content this person works on, newest first, to publish from."""
    own = in_scope(actor=actor, roles=CONTENT_ROLES)
    rows = Article.objects.filter(own, state=ArticleState.APPROVED)
    return rows.select_related("organisation", "current_revision").order_by("-changed_at")


def revisions_of(article: Article) -> list[Revision]:
    """Return the versions of a piece, newest first, without their bodies."""
    rows = article.revisions.defer("document", "plain_text").select_related("created_by")
    return list(rows.order_by("-number"))


def find_revision(article: Article, number: int) -> Revision:
    """Return one version by its number. Raises Missing."""
    row = article.revisions.select_related("created_by").filter(number=number).first()
    if row is None:
        raise Missing
    return row


def revision_with_hash(article_id: int, content_hash: str) -> Revision | None:
    """Return the newest version of a piece that has this fingerprint."""
    return Revision.objects.filter(article_id=article_id, content_hash=content_hash).order_by("-number").first()


def author_ids(article_id: int) -> set[int]:
    """Return everybody who wrote a version of the piece: any of them may have written part of the present one."""
    return set(Revision.objects.filter(article_id=article_id).values_list("created_by_id", flat=True))


def compare(old: Revision, new: Revision) -> tuple[list[tuple[str, str, str]], Difference]:
    """Return (field name, before, after) of the changed fields, and the difference of the bodies."""
    before, after = draft_of(old), draft_of(new)
    changed = [
        (label, shown_field(old, name), shown_field(new, name))
        for name, label in FIELD_NAMES.items()
        if getattr(before, name) != getattr(after, name)
    ]
    return changed, difference(before.document, after.document)


def shown_field(revision: Revision, name: str) -> str:
    """Return a field of a version in the words a person reads."""
    if name in {"item_class", "origin"}:
        return str(getattr(revision, f"get_{name}_display")())
    if name == "cover":
        return "有" if revision.cover else "无"
    return str(getattr(revision, name))


def holds_file(article: Article, sha256: str) -> bool:
    """Tell whether a version of the piece shows this picture, as its cover or in its body."""
    if article.revisions.filter(cover=sha256).exists():
        return True
    rows = article.revisions.annotate(words=Cast("document", TextField())).filter(words__contains=sha256)
    return any(sha256 in draft_of(row).files for row in rows.iterator())


def import_record_of(article: Article) -> ImportRecord | None:
    """Return how the piece came in, None when it was written here."""
    return ImportRecord.objects.select_related("imported_by").filter(article=article).first()


def working_copy(*, actor: User, article: Article) -> WorkingCopy | None:
    """Return what this person typed into the piece and has not saved as a version; None when there is nothing."""
    return WorkingCopy.objects.filter(article=article, person=actor).exclude(fields={}).first()


def others_editing(*, actor: User, article: Article) -> list[User]:
    """Return who else has the editor of this piece open at the moment."""
    alive = WorkingCopy.objects.filter(article=article, seen_at__gte=clock.now() - PRESENT).exclude(person=actor)
    return [row.person for row in alive.select_related("person").order_by("person_id")]
