"""The package a person copies from: text laid out for the platform, numbered files, a checklist."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import lxml.html
from lxml import etree

from zhijian.connectors.contract import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from zhijian.connectors.contract import Bundle, MediaRef, Piece

_BLOCKS: Final = frozenset({"p", "h2", "h3", "h4", "li", "blockquote", "figcaption", "tr", "hr"})
_EPOCH: Final = (2020, 1, 1, 0, 0, 0)  # a fixed date keeps the archive byte for byte the same


@dataclass(frozen=True, slots=True)
class PlatformGuide:
    """What a person needs to know about one platform. Numbers are advice; None: not known, so not said."""

    code: str
    name_zh: str
    title_chars: int | None = None
    text_chars: int | None = None
    images: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PackageFile:
    name: str
    media: MediaRef


@dataclass(frozen=True, slots=True)
class PackagePiece:
    """One piece, ready to copy. `files` in the order in which the pictures stand; the cover comes first."""

    title: str
    text: str
    files: tuple[PackageFile, ...]
    source_url: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    platform: str
    pieces: tuple[PackagePiece, ...]
    checklist: tuple[str, ...]
    note: str = ""


def build_package(bundle: Bundle, guide: PlatformGuide) -> Package:
    """Lay the bundle out for one platform."""
    several = len(bundle.pieces) > 1
    pieces = tuple(
        _piece(piece, guide, prefix=f"{number}-" if several else "")
        for number, piece in enumerate(bundle.pieces, start=1)
    )
    return Package(guide.name_zh, pieces, _STEPS, guide.note)


def zip_package(package: Package) -> bytes:
    """Pack everything into one archive. Raises PlatformError when a picture is not the approved one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _entries(package):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def plain_text(body: str) -> str:
    """Return the body as text to paste: paragraphs apart, list marks, 【图 n】 where a picture stands."""
    try:
        tree = lxml.html.fragment_fromstring(body, create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    for number, node in enumerate(list(tree.iter("img")), start=1):
        node.tail = f"\n【图 {number}】\n{node.tail or ''}"
    for node in list(tree.iterdescendants()):
        _break_lines(node)
    lines = (" ".join(line.split()) for line in str(tree.text_content()).splitlines())
    return "\n\n".join(line for line in lines if line)


def readme(package: Package) -> str:
    """Return the text file that stands first in the archive."""
    steps = "\n".join(f"{number}. {check}" for number, check in enumerate(package.checklist, start=1))
    names = "\n".join(
        f"- {_text_name(package, number)}：{piece.title}" for number, piece in enumerate(package.pieces, 1)
    )
    warnings = "\n".join(f"- 《{piece.title}》：{warning}" for piece in package.pieces for warning in piece.warnings)
    about = f"\n\n关于这个平台\n{package.note}" if package.note else ""
    notes = f"{about}\n\n请留意\n{warnings}" if warnings else about
    return (
        f"{package.platform} 人工发布包\n\n内容已审定，请勿改动文字和图片。\n\n稿件\n{names}\n\n步骤\n{steps}{notes}\n"
    )


_STEPS: Final = (
    "登录本单位的账号，确认没有登错号。",
    "粘贴标题和正文，不要改字。",
    "按文件名的顺序上传图片。",
    "预览一遍，再发布。",
    "复制发布后的网址，粘贴回本系统。",
)


def _piece(piece: Piece, guide: PlatformGuide, *, prefix: str) -> PackagePiece:
    text = plain_text(piece.body)
    files = tuple(_files(piece, prefix))
    return PackagePiece(piece.title, text, files, piece.source_url, tuple(_warnings(piece, text, guide)))


def _files(piece: Piece, prefix: str) -> Iterator[PackageFile]:
    if piece.cover is not None:
        yield PackageFile(f"{prefix}封面.{_ending(piece.cover)}", piece.cover)
    by_key: Mapping[str, MediaRef] = {image.key: image for image in piece.images}
    for number, key in enumerate(_picture_keys(piece.body), start=1):
        if key in by_key:
            yield PackageFile(f"{prefix}图{number}.{_ending(by_key[key])}", by_key[key])


def _picture_keys(body: str) -> list[str]:
    try:
        tree = lxml.html.fragment_fromstring(body, create_parent="div")
    except (etree.ParserError, ValueError):
        return []
    return [str(node.get("src", "")) for node in tree.iter("img")]


def _warnings(piece: Piece, text: str, guide: PlatformGuide) -> Iterator[str]:
    if guide.title_chars is not None and len(piece.title) > guide.title_chars:
        yield f"标题有 {len(piece.title)} 个字，该平台一般不超过 {guide.title_chars} 个字。"
    if guide.text_chars is not None and len(text) > guide.text_chars:
        yield f"正文有 {len(text)} 个字，该平台一般不超过 {guide.text_chars} 个字。"
    if guide.images is not None and len(piece.images) > guide.images:
        yield f"图片有 {len(piece.images)} 张，该平台一般不超过 {guide.images} 张。"


def _ending(media: MediaRef) -> str:
    return EXTENSIONS.get(media.media_type, "bin")


def _break_lines(node: lxml.html.HtmlElement) -> None:
    if node.tag == "br":
        node.tail = f"\n{node.tail or ''}"
    elif node.tag in {"td", "th"}:
        node.tail = f"　{node.tail or ''}"
    elif node.tag in _BLOCKS:
        start = "" if _begins_item(node) else "\n"
        node.text = f"{start}{_list_mark(node)}{node.text or ''}"
        node.tail = f"\n{node.tail or ''}"


def _begins_item(node: lxml.html.HtmlElement) -> bool:
    """Tell whether a block stands right behind the mark of its list item: mark and words belong on one line."""
    parent = node.getparent()
    return parent is not None and parent.tag == "li" and node.getprevious() is None


def _list_mark(node: lxml.html.HtmlElement) -> str:
    parent = node.getparent()
    if node.tag != "li" or parent is None:
        return ""
    if parent.tag != "ol":
        return "· "
    siblings: Sequence[lxml.html.HtmlElement] = list(parent.iterchildren("li"))
    return f"{siblings.index(node) + 1}. "


def _text_name(package: Package, number: int) -> str:
    return f"{number}-正文.txt" if len(package.pieces) > 1 else "正文.txt"


def _entries(package: Package) -> Iterator[tuple[str, bytes]]:
    # A byte order mark: the text editor of older Windows would otherwise guess another encoding.
    yield "请先读我.txt", readme(package).encode("utf-8-sig")
    for number, piece in enumerate(package.pieces, start=1):
        source = f"\n\n原文：{piece.source_url}" if piece.source_url else ""
        yield _text_name(package, number), f"{piece.title}\n\n{piece.text}{source}\n".encode("utf-8-sig")
        for file in piece.files:
            yield file.name, file.media.read()
