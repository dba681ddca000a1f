"""How a piece will look on each platform, and what the platform will say to it, before anything is sent.

The limits and the mark-up are those of the connectors that send: a preview promises nothing they would not do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import lxml.html
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from zhijian.connectors.contract import Bundle, MediaRef, Piece
from zhijian.connectors.registry import connector_for
from zhijian.content.document import to_html, word_count
from zhijian.content.queries.articles import working_copy
from zhijian.content.queries.drafts import draft_from_fields, draft_of
from zhijian.content.queries.showing import picture_url
from zhijian.files.queries import file_facts, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.connectors.contract import Issue, Limit
    from zhijian.content.models import Article
    from zhijian.content.queries.drafts import Draft
    from zhijian.organisations.models import User

PLATFORMS = {"wechat": "公众号", "website": "网站", "handoff": "通用手工分发"}
SIGNATURE = 16


@dataclass(frozen=True, slots=True)
class Preview:
    """One piece on one platform. `over` is what the platform would cut off the title; `html` or `text` is the body.

    `words` counts the body; `saved` tells the version they come from, 0 for words that were only saved automatically.
    """

    code: str
    title: str
    over: str
    author: str
    digest: str
    cover: str
    html: SafeString
    text: str
    issues: tuple[Issue, ...]
    limits: tuple[str, ...]
    words: int
    saved: int

    @property
    def blocking(self) -> int:
        return sum(issue.blocking for issue in self.issues)


def preview_of(*, actor: User, article: Article, platform: str) -> Preview:
    """Return how the piece looks on a platform (a key of PLATFORMS): what this person typed last, else the version."""
    draft, saved = _latest(actor, article)
    piece = _piece(article, draft)
    connector, bundle = connector_for(platform), _bundle(piece)
    limits = connector.capabilities.limits
    most = limits["title"].value if "title" in limits else len(piece.title)
    by_hand = connector.capabilities.manual
    return Preview(
        code=platform,
        title=piece.title[:most],
        over=piece.title[most:],
        author=piece.author,
        digest=piece.digest,
        cover=piece.cover.key if piece.cover else "",
        html=SafeString("") if by_hand else _body(platform, bundle),
        text=connector.render(bundle).payload["pieces"][0]["text"] if by_hand else "",
        issues=tuple(connector.validate(bundle)),
        limits=_limit_sentences(limits),
        words=word_count(draft.document),
        saved=saved,
    )


def platform_issues(*, article: Article, draft: Draft, platform: str) -> list[Issue]:
    """Return what a platform (a key of PLATFORMS) will say to these words: what it refuses, what it changes."""
    return connector_for(platform).validate(_bundle(_piece(article, draft)))


def _bundle(piece: Piece) -> Bundle:
    return Bundle((piece,), key="preview", marker_url=f"{settings.ZHIJIAN_BASE_URL}/")


def _latest(actor: User, article: Article) -> tuple[Draft, int]:
    revision = article.newest
    copy = working_copy(actor=actor, article=article)
    if copy is not None and copy.base_number == revision.number:
        return draft_from_fields(copy.fields), 0
    return draft_of(revision), revision.number


def _piece(article: Article, draft: Draft) -> Piece:
    addresses = _addresses(article, draft)
    facts = file_facts(draft.files)
    media = {
        sha256: MediaRef(addresses[sha256], row.media_type, row.size, sha256, partial(read_bytes, sha256))
        for sha256, row in facts.items()
    }
    return Piece(
        title=draft.title,
        body=to_html(draft.document, lambda sha256: addresses.get(sha256, "")),
        author=(draft.author or article.organisation.short_name)[:SIGNATURE],
        digest=draft.digest,
        images=tuple(ref for sha256, ref in media.items() if sha256 != draft.cover or sha256 in draft.files[1:]),
        cover=media.get(draft.cover),
    )


def _addresses(article: Article, draft: Draft) -> dict[str, str]:
    """A picture that no version holds yet is shown from the files of the body."""
    held = set(draft_of(article.newest).files)
    return {
        sha256: picture_url(article.pk, sha256) if sha256 in held else reverse("files:file", args=[sha256])
        for sha256 in draft.files
    }


def _body(platform: str, bundle: Bundle) -> SafeString:
    """Return the body as the platform gets it; the page brings the looks, because its policy refuses inline style."""
    payload = connector_for(platform).render(bundle).payload
    body = payload["articles"][0]["content"] if "articles" in payload else payload["pieces"][0]["body"]
    tree = lxml.html.fragment_fromstring(body, create_parent="div")
    for node in tree.iter():
        node.attrib.pop("style", None)
    html = str(lxml.html.tostring(tree, encoding="unicode"))
    return mark_safe(html)  # noqa: S308 - to_html escaped every word, the connector kept only its own list of tags


def _limit_sentences(limits: Mapping[str, Limit]) -> tuple[str, ...]:
    names = {"title": "标题最多 {} 个字", "digest": "摘要最多 {} 个字"}
    sizes = {"image": "每张图片不超过 {} MB", "cover": "封面不超过 {} MB"}
    words = [sentence.format(limits[name].value) for name, sentence in names.items() if name in limits]
    return (*words, *(text.format(limits[name].value // 1024**2) for name, text in sizes.items() if name in limits))
