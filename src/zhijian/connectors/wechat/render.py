"""From our clean HTML to what WeChat shows: every style inline, foreign links as footnotes, every picture uploaded."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import lxml.html
from lxml import etree

from zhijian.connectors.contract import Rendered
from zhijian.connectors.hashing import payload_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhijian.connectors.contract import Bundle, MediaRef, Piece

MARKER: Final = "zk"
"""Query parameter of content_source_url that carries the idempotency key."""

ALLOWED: Final = frozenset({
    "p", "h2", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "figure", "img",
    "figcaption", "strong", "em", "u", "a", "br", "hr",
})  # fmt: skip
_DROPPED_WHOLE: Final = frozenset({"script", "style", "iframe", "object", "embed", "form", "svg", "template"})
_BASE_STYLE: Final = "font-size:17px;line-height:1.8;color:#1f2328;word-break:break-word"
# Short on purpose: the style counts towards the 20 000 characters.
_STYLES: Final[dict[str, str]] = {
    "p": "margin:0 0 1em",
    "h2": "font-size:20px;margin:1.6em 0 .8em;padding-left:10px;border-left:4px solid #b3282d",
    "h3": "font-size:18px;margin:1.4em 0 .7em",
    "h4": "font-size:17px;margin:1.2em 0 .6em",
    "ul": "margin:0 0 1em;padding-left:1.6em",
    "ol": "margin:0 0 1em;padding-left:1.6em",
    "li": "margin:.3em 0",
    "table": "border-collapse:collapse;width:100%;font-size:15px;margin:0 0 1em",
    "th": "border:1px solid #d0d7de;padding:6px 8px;background:#f6f8fa;text-align:left",
    "td": "border:1px solid #d0d7de;padding:6px 8px",
    "blockquote": "margin:0 0 1em;padding:.6em 1em;background:#f6f8fa;border-left:3px solid #d0d7de;color:#57606a",
    "figure": "margin:0 0 1em;text-align:center",
    "figcaption": "font-size:14px;color:#57606a;margin-top:.4em",
    "img": "max-width:100%;height:auto",
    "a": "color:#0b57d0",
    "hr": "border:0;border-top:1px solid #d0d7de;margin:1.6em 0",
}
_KEPT_ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "img": frozenset({"src", "alt"}),
    "a": frozenset({"href"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
}


def marked(url: str, key: str) -> str:
    """Return the address with our idempotency key as a query parameter."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != MARKER]
    return urlunsplit(parts._replace(query=urlencode([*query, (MARKER, key)])))


def key_in(url: str) -> str:
    """Return the idempotency key an address carries, or "". The platform may give it back with `&` as `&amp;`."""
    try:
        return dict(parse_qsl(urlsplit(unescape(url)).query)).get(MARKER, "")
    except ValueError:
        return ""


def render_bundle(bundle: Bundle) -> Rendered:
    """Render all pieces. Pictures and covers still stand under our own keys; `articles_for` puts in the platform's."""
    several = len(bundle.pieces) > 1
    articles = [_article(piece, bundle, several=several) for piece in bundle.pieces]
    media = {ref.key: ref for piece in bundle.pieces for ref in _media_of(piece)}
    payload = {"articles": articles}
    return Rendered("wechat", bundle.key, payload, payload_hash(payload, media), media)


def articles_for(
    payload: Mapping[str, Any], images: Mapping[str, str], covers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the articles as the platform wants them, with uploaded addresses and media ids in place of our keys."""
    return [_with_uploads(article, images, covers) for article in payload["articles"]]


def image_keys(html: str) -> list[str]:
    """Return every picture source in order, repeated ones once."""
    return list(dict.fromkeys(str(node.get("src", "")) for node in _tree(html).iter("img")))


def replace_sources(html: str, sources: Mapping[str, str]) -> str:
    """Put the new sources in; one that is not in the mapping stays and is found by `image_keys`."""
    tree = _tree(html)
    for node in tree.iter("img"):
        node.set("src", sources.get(str(node.get("src", "")), str(node.get("src", ""))))
    return _inner_html(tree)


def visible_text(html: str) -> str:
    """Return the text a reader sees, without any white space: what survives the platform's own tidying."""
    return "".join(str(_tree(html).text_content()).split())


def style_body(body: str) -> str:
    """Turn clean semantic HTML into one inline-styled section. Tags outside the allowed list lose their mark-up."""
    tree = _tree(body)
    _clean(tree)
    links = list(_number_foreign_links(tree))
    for node in tree.iter():
        style = _STYLES.get(str(node.tag))
        if style and node is not tree:
            node.set("style", style)
    notes = "".join(f'<p style="{_STYLES["figcaption"]}">[{number}] {url}</p>' for number, url in links)
    return f'<section style="{_BASE_STYLE}">{_inner_html(tree)}{notes}</section>'


def _article(piece: Piece, bundle: Bundle, *, several: bool) -> dict[str, Any]:
    return {
        "article_type": "news",
        "title": piece.title,
        "author": piece.author,
        # The platform keeps a digest only for a single article.
        "digest": "" if several else piece.digest,
        "content": style_body(piece.body),
        "content_source_url": marked(piece.source_url or bundle.marker_url, bundle.key),
        "thumb_media_id": piece.cover.key if piece.cover else "",
        "need_open_comment": int(piece.allow_comments),
        "only_fans_can_comment": 0,
    }


def _media_of(piece: Piece) -> Iterator[MediaRef]:
    yield from piece.images
    if piece.cover is not None:
        yield piece.cover


def _with_uploads(article: Mapping[str, Any], images: Mapping[str, str], covers: Mapping[str, str]) -> dict[str, Any]:
    content = replace_sources(article["content"], images)
    return {**article, "content": content, "thumb_media_id": covers.get(article["thumb_media_id"], "")}


def _tree(html: str) -> lxml.html.HtmlElement:
    try:
        return lxml.html.fragment_fromstring(html, create_parent="div")
    except (etree.ParserError, ValueError):
        return lxml.html.fragment_fromstring("", create_parent="div")


def _inner_html(tree: lxml.html.HtmlElement) -> str:
    head = lxml.html.fragment_fromstring("<b></b>")
    head.text = tree.text
    start = str(lxml.html.tostring(head, encoding="unicode"))[len("<b>") : -len("</b>")]
    return start + "".join(str(lxml.html.tostring(child, encoding="unicode")) for child in tree)


def _clean(tree: lxml.html.HtmlElement) -> None:
    for node in list(tree.iterdescendants()):
        if not isinstance(node.tag, str) or node.tag in _DROPPED_WHOLE:
            node.drop_tree()
        elif node.tag not in ALLOWED:
            node.drop_tag()
        else:
            _keep_attributes(node)


def _keep_attributes(node: lxml.html.HtmlElement) -> None:
    kept = _KEPT_ATTRIBUTES.get(str(node.tag), frozenset())
    for name in set(node.attrib) - kept:
        del node.attrib[name]


def _number_foreign_links(tree: lxml.html.HtmlElement) -> Iterator[tuple[int, str]]:
    """Turn links that WeChat would cut out into numbered notes: it only lets through links to its own articles."""
    number = 0
    for node in list(tree.iter("a")):
        href = str(node.get("href", ""))
        if href.startswith(("https://mp.weixin.qq.com/", "http://mp.weixin.qq.com/")):
            continue
        if href.startswith(("http://", "https://")):
            number += 1
            mark = lxml.html.fragment_fromstring(f"<b>[{number}]</b>")
            node.append(mark)
            mark.drop_tag()
            yield number, _escaped(href)
        node.drop_tag()


def _escaped(text: str) -> str:
    holder = lxml.html.fragment_fromstring("<b></b>")
    holder.text = text
    return str(lxml.html.tostring(holder, encoding="unicode"))[len("<b>") : -len("</b>")]
