"""Versions as the rooms that send and show them need them: frozen, with their fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.content.document import image_files, plain_text, to_html
from zhijian.content.models import Revision
from zhijian.content.queries.articles import THING_KIND
from zhijian.content.queries.drafts import draft_of
from zhijian.lib.errors import Missing
from zhijian.review.queries import is_approved

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from zhijian.content.document import Document


@dataclass(frozen=True, slots=True)
class ApprovedPiece:
    """One approved version, whole. `images` are the SHA-256 of the pictures of the body in reading order."""

    article_id: int
    revision_id: int
    number: int
    organisation_id: int
    organisation_name: str
    content_hash: str
    title: str
    author: str
    digest: str
    document: Document
    images: tuple[str, ...]
    cover: str
    item_class: str
    origin: str
    source_name: str
    source_url: str
    written_at: datetime

    def html(self, image_url: Callable[[str], str]) -> str:
        """Return the body as clean HTML; `image_url` gives the address of a picture by its SHA-256."""
        return to_html(self.document, image_url)

    @property
    def text(self) -> str:
        """Return the words of the body, a line for each block."""
        return plain_text(self.document).text


def piece_for_delivery(revision_id: int) -> ApprovedPiece:
    """Return a version that may be sent. Raises Missing unless exactly this version's approval stands now."""
    revision = Revision.objects.select_related("article__organisation").filter(pk=revision_id).first()
    if revision is None or not is_approved(
        thing_kind=THING_KIND, thing_id=revision.article_id, version_hash=revision.content_hash
    ):
        raise Missing("这一版没有通过审核，或审核已经失效，不能发布。")
    return _piece(revision)


def public_piece(revision_id: int) -> ApprovedPiece:
    """Return a version for readers. The caller (portal) has checked with `publishing` that it is out. Raises Missing.

    An approval that was lost after publication does not hide what readers have already got: taking it down is an act.
    """
    revision = Revision.objects.select_related("article__organisation").filter(pk=revision_id).first()
    if revision is None:
        raise Missing
    return _piece(revision)


def _piece(revision: Revision) -> ApprovedPiece:
    draft = draft_of(revision)
    body = revision.article.organisation
    return ApprovedPiece(
        article_id=revision.article_id,
        revision_id=revision.pk,
        number=revision.number,
        organisation_id=body.pk,
        organisation_name=body.short_name,
        content_hash=revision.content_hash,
        title=draft.title,
        author=draft.author,
        digest=draft.digest,
        document=draft.document,
        images=image_files(draft.document),
        cover=draft.cover,
        item_class=draft.item_class,
        origin=draft.origin,
        source_name=draft.source_name,
        source_url=draft.source_url,
        written_at=revision.created_at,
    )
