"""A version as a page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zhijian.content.document import Span, to_html, with_spans
from zhijian.content.queries.drafts import draft_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.content.models import Revision
    from zhijian.content.queries.checking import Checked, Found


def picture_url(article_id: int, sha256: str) -> str:
    """Return the address of a picture of a piece, for everybody who may see the piece."""
    return reverse("content:picture", args=[article_id, sha256])


def page_html(revision: Revision, spans: Iterable[Span] = ()) -> SafeString:
    """Return the body of a version as HTML, the words of `spans` marked.

    `to_html` escapes every word and address, so the result is safe.
    """
    document = with_spans(draft_of(revision).document, spans)
    html = to_html(document, lambda sha256: picture_url(revision.article_id, sha256))
    return mark_safe(html)  # noqa: S308 - built from the parsed document, every word escaped by to_html


def marked_page(revision: Revision, report: Checked) -> dict[str, SafeString]:
    """Return `title`, `digest` and `html` of a version with what stands in it marked, and what somebody answers for."""
    shown = [(one, _look(one)) for one in report.open]
    shown += [(one, f"{_look(one)} waived") for one, _ in report.answered_for]
    body = [Span(one.block, one.start, one.end, look) for one, look in shown if one.block]
    return {
        "title": _marked_words(revision.title, [entry for entry in shown if entry[0].part == "title"]),
        "digest": _marked_words(revision.digest, [entry for entry in shown if entry[0].part == "digest"]),
        "html": page_html(revision, body),
    }


def _look(found: Found) -> str:
    return f"found found-{found.severity}"


def _marked_words(words: str, shown: list[tuple[Found, str]]) -> SafeString:
    pieces: list[tuple[str, str, str]] = []
    done = 0
    for found, look in sorted(shown, key=lambda entry: entry[0].start):
        if found.start >= done:
            pieces.append((words[done : found.start], look, words[found.start : found.end]))
            done = found.end
    return format_html("{}{}", format_html_join("", '{}<mark class="{}">{}</mark>', pieces), words[done:])
