"""What WeChat would refuse or silently change, told before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zhijian.connectors.contract import Issue
from zhijian.connectors.wechat import limits
from zhijian.connectors.wechat.render import image_keys, marked, replace_sources, style_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.connectors.contract import Bundle, Limit, MediaRef, Piece

_UPLOADED_ADDRESS = "https://mmbiz.qpic.cn/" + "x" * 140
"""An uploaded picture's address is longer than our key, and counts towards the size of the body."""


def issues_of(bundle: Bundle) -> list[Issue]:
    """List every issue of a bundle, in the order of its pieces."""
    found = list(_bundle_issues(bundle))
    for number, piece in enumerate(bundle.pieces):
        found += [Issue(number, field, message, blocking) for field, message, blocking in _piece_issues(piece, bundle)]
    return found


def _bundle_issues(bundle: Bundle) -> Iterator[Issue]:
    if not bundle.pieces:
        yield Issue(0, "pieces", "没有稿件。请至少放入一篇。")
    if len(bundle.pieces) > limits.PIECES.value:
        yield Issue(limits.PIECES.value, "pieces", f"一次最多发 {limits.PIECES.value} 篇。请拆成两次。")


def _piece_issues(piece: Piece, bundle: Bundle) -> Iterator[tuple[str, str, bool]]:
    if not piece.title.strip():
        yield "title", "标题是空的。请填写标题。", True
    yield from _too_long("title", "标题", piece.title, limits.TITLE)
    yield from _too_long("author", "作者", piece.author, limits.AUTHOR)
    yield from _too_long("digest", "摘要", piece.digest, limits.DIGEST)
    if piece.digest and len(bundle.pieces) > 1:
        yield "digest", "多篇一起发时，微信不显示摘要。", False
    yield from _cover_issues(piece.cover)
    yield from _body_issues(piece)
    yield from _address_issues(piece, bundle)


def _too_long(field: str, name: str, text: str, limit: Limit) -> Iterator[tuple[str, str, bool]]:
    if len(text) > limit.value:
        yield field, f"{name}有 {len(text)} 个字，微信最多 {limit.value} 个字。请缩短。", True


def _cover_issues(cover: MediaRef | None) -> Iterator[tuple[str, str, bool]]:
    if cover is None:
        yield "cover", "缺少封面图片。请选一张封面。", True
        return
    if cover.media_type not in limits.COVER_IMAGE_TYPES:
        yield "cover", "封面格式微信不支持。请换成 JPG 或 PNG。", True
    if cover.size > limits.COVER_IMAGE.value:
        yield "cover", "封面超过 10 MB。请压缩后再传。", True


def _body_issues(piece: Piece) -> Iterator[tuple[str, str, bool]]:
    styled = style_body(piece.body)
    sources = image_keys(styled)
    if not piece.body.strip():
        yield "body", "正文是空的。请填写正文。", True
    sized = replace_sources(styled, dict.fromkeys(sources, _UPLOADED_ADDRESS))
    if len(sized) >= limits.CONTENT_CHARS.value:
        yield "body", f"正文连同排版有 {len(sized)} 个字符，微信要求少于 2 万。请删减，或拆成几篇。", True
    if len(sized.encode()) >= limits.CONTENT_BYTES.value:
        yield "body", "正文超过 1 MB。请删减，或拆成几篇。", True
    yield from _image_issues(sources, {image.key: image for image in piece.images})
    if "<a " in piece.body and "<a " not in styled:
        yield "body", "微信正文不能点外部链接。链接会改成文末注释。", False


def _image_issues(sources: list[str], known: dict[str, MediaRef]) -> Iterator[tuple[str, str, bool]]:
    for number, source in enumerate(sources, start=1):
        image = known.get(source)
        if image is None:
            yield "body", f"第 {number} 张图片没有上传到本系统，微信会把它去掉。请重新上传。", True
            continue
        if image.media_type not in limits.BODY_IMAGE_TYPES:
            yield "body", f"第 {number} 张图片格式微信不支持。请换成 JPG 或 PNG。", True
        if image.size >= limits.BODY_IMAGE.value:
            yield "body", f"第 {number} 张图片超过 1 MB。请压缩后再传。", True


def _address_issues(piece: Piece, bundle: Bundle) -> Iterator[tuple[str, str, bool]]:
    address = marked(piece.source_url or bundle.marker_url, bundle.key)
    if urlsplit(address).scheme not in {"http", "https"}:
        yield "source_url", "“阅读原文”的地址不对。请检查本系统的网站地址设置。", True
    if len(address.encode()) > limits.SOURCE_URL.value:
        yield "source_url", "“阅读原文”的地址太长。请缩短网页地址。", True
