"""A version as a page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from zhijian.content.document import to_html
from zhijian.content.queries.drafts import draft_of

if TYPE_CHECKING:
    from zhijian.content.models import Revision


def picture_url(article_id: int, sha256: str) -> str:
    """Return the address of a picture of a piece, for everybody who may see the piece."""
    return reverse("content:picture", args=[article_id, sha256])


def page_html(revision: Revision) -> SafeString:
    """Return the body of a version as HTML. `to_html` escapes every word and address, so the result is safe."""
    html = to_html(draft_of(revision).document, lambda sha256: picture_url(revision.article_id, sha256))
    return mark_safe(html)  # noqa: S308 - built from the parsed document, every word escaped by to_html
