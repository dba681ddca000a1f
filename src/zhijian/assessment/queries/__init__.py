"""Bulletins as their office and citizens read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhijian.assessment.enums import EDITABLE, BulletinState
from zhijian.assessment.models import Bulletin, BulletinVersion
from zhijian.assessment.queries.drafting import NUMERALS, first_sections, first_title, quarter_period
from zhijian.assessment.queries.papers import COLUMNS, lines_of, pdf_document, rows_of, sheet_of, word_document
from zhijian.assessment.rules import READERS, WRITERS
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.review.models import Review

__all__ = [
    "BULLETIN_KIND",
    "COLUMNS",
    "NUMERALS",
    "BulletinSubject",
    "find_bulletin",
    "first_sections",
    "first_title",
    "lines_of",
    "pdf_document",
    "public_bulletin",
    "public_bulletins",
    "quarter_period",
    "rows_of",
    "sheet_of",
    "visible_bulletins",
    "word_document",
    "work_items",
]

BULLETIN_KIND: Final = "assessment.bulletin"


def visible_bulletins(*, actor: User) -> QuerySet[Bulletin]:
    """Return the bulletins of the bodies in the actor's scope."""
    rows = Bulletin.objects.filter(in_scope(actor=actor, roles=READERS))
    return rows.select_related("organisation", "newest", "created_by")


def find_bulletin(*, actor: User, bulletin_id: int) -> Bulletin:
    """Return one bulletin of the actor's scope. Raises Missing."""
    row = visible_bulletins(actor=actor).filter(pk=bulletin_id).first()
    if row is None:
        raise Missing
    return row


def public_bulletins() -> QuerySet[Bulletin]:
    """Return what citizens may read, the newest first."""
    rows = Bulletin.objects.filter(state=BulletinState.PUBLISHED, published__isnull=False)
    return rows.select_related("organisation", "published").order_by("-published_at", "-pk")


def public_bulletin(bulletin_id: int) -> BulletinVersion:
    """Return the published version of a bulletin. Raises Missing."""
    row = public_bulletins().filter(pk=bulletin_id).first()
    if row is None or row.published is None:
        raise Missing("没有这份通报。它可能已经撤回。")
    return BulletinVersion.objects.select_related("bulletin__organisation").get(pk=row.published.pk)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the bulletins that wait to be finished or mended."""
    rows = visible_bulletins(actor=actor).filter(in_scope(actor=actor, roles=WRITERS), state__in=EDITABLE)
    return [
        WorkItem(
            title=row.title, url=f"/desk/bulletins/{row.pk}/", kind="改通报", organisation=row.organisation.short_name,
            state=row.get_state_display(), since=row.created_at,
        )
        for row in rows.order_by("pk")[:20]
    ]  # fmt: skip


class BulletinSubject:
    """The provider of `assessment.bulletin` for the review page (`review.subjects`)."""

    label = "通报"
    template = "assessment/subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the bulletin until the transaction ends."""
        Bulletin.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return the exact version under review with its table."""
        _ = actor
        version = BulletinVersion.objects.filter(bulletin=review.thing_id, content_hash=review.version_hash).last()
        if version is None:
            return {"version": None}
        return {"version": version, "heads": [label for _, label in COLUMNS], "rows": lines_of(version.figures)}

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Refuse an approving signature over a version that is gone."""
        _ = actor
        found = BulletinVersion.objects.filter(bulletin=review.thing_id, content_hash=review.version_hash).exists()
        return [] if found else ["没有找到送审的这一版，请退回重新送审。"]
