"""HTML pages and pasted HTML, read into lines."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from zhijian.content.document.nodes import Mark, Node, node, paragraph, text
from zhijian.content.document.parsing import link_problem
from zhijian.content.importing.furniture import metadata_pairs, remember
from zhijian.content.importing.plain import BULLET, decode, tidy
from zhijian.content.importing.results import IMPORT_LIMITS, ImportedImage, ImportRefused, Line, Page
from zhijian.content.importing.structure import assemble
from zhijian.content.importing.webpage_parts import (
    HINTS,
    hidden,
    is_layout,
    main_part,
    metadata_cells,
    picture_source,
    styled_marks,
    table_grid,
)

DROPPED: Final = frozenset(
    {
        "script",
        "style",
        "nav",
        "footer",
        "noscript",
        "template",
        "iframe",
        "form",
        "button",
        "input",
        "select",
        "textarea",
        "aside",
        "svg",
        "canvas",
        "object",
        "embed",
        "audio",
        "video",
        "head",
        "link",
        "meta",
        "title",
    }
)
BLOCKS: Final = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "ul",
        "ol",
        "li",
        "blockquote",
        "figure",
        "figcaption",
        "pre",
        "dl",
        "dt",
        "dd",
        "center",
        "address",
        "body",
        "html",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "fieldset",
        "tbody",
        "tr",
        "td",
        "th",
    }
)
HEADINGS: Final = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
MARK_TAGS: Final = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "strike": "strike",
    "del": "strike",
}
PARAGRAPHS: Final = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd"})
BULLET_LETTERS: Final = frozenset("·lØnuüv§-•●o")
CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*(gb\w+|big5)", re.IGNORECASE)
ATTACHMENT: Final = re.compile(r"附件|\.(?:docx?|xlsx?|pdf|wps|ofd|zip|rar)\b", re.IGNORECASE)
DEPTH: Final = 200
ICON_PIXELS: Final = 40


@dataclass(frozen=True, slots=True)
class _Place:
    """What surrounds the words now being read."""

    marks: tuple[Mark, ...] = ()
    heading: int = 0
    list_kind: str = ""
    level: int = 0
    order: int = 1
    quoted: bool = False
    paragraph: bool = False
    align: str = ""
    inside: bool = True
    depth: int = 0


@dataclass(slots=True)
class _Reader:
    page: Page
    main: Tag | None
    lines: list[tuple[Line, bool]] = field(default_factory=list)
    buffer: list[Node] = field(default_factory=list)
    bullet: bool = False

    def read(self, tag: Tag, place: _Place) -> None:
        for child in tag.children:
            if isinstance(child, Tag):
                self._tag(child, replace(place, depth=place.depth + 1))
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                words = re.sub(r"[ \t\r\n]+", " ", str(child))
                self._add(words, place)

    def _add(self, words: str, place: _Place) -> None:
        if words and (words.strip() or self.buffer):
            self.buffer.append(text(words, place.marks))

    def _tag(self, tag: Tag, place: _Place) -> None:
        if tag.name in DROPPED:
            return
        if place.depth > DEPTH:
            # Nested beyond any real page: the words are kept, the structure is not worth the stack.
            self._add(tidy(tag.get_text(" ")), place)
            return
        if hidden(tag):
            self.page.take_out("hidden", tidy(tag.get_text(" ")))
            return
        place = replace(place, inside=place.inside or tag is self.main)
        if tag.name == "br":
            self._break(place)
        elif tag.name == "hr":
            self._block(node("horizontal_rule"), place)
        elif tag.name == "img":
            self._image(tag, place)
        elif tag.name == "table":
            self._table(tag, place)
        elif tag.name in BLOCKS:
            self._container(tag, place)
        else:
            self._inline(tag, place)

    def _break(self, place: _Place) -> None:
        """One break inside a paragraph is a break; two, or one in bare text, end the paragraph."""
        doubled = bool(self.buffer) and self.buffer[-1].kind == "hard_break"
        if doubled or not place.paragraph:
            self.flush(place)
        elif self.buffer:
            self.buffer.append(node("hard_break"))

    def _block(self, block: Node, place: _Place) -> None:
        self.flush(place)
        self.lines.append((Line(block), place.inside))

    def _inline(self, tag: Tag, place: _Place) -> None:
        ignored = "mso-list:ignore" in str(tag.get("style", "")).lower().replace(" ", "")
        if ignored and tidy(tag.get_text()) in BULLET_LETTERS:
            self.bullet = True
            return
        names = styled_marks(tag) | ({MARK_TAGS[tag.name]} if tag.name in MARK_TAGS else set())
        marks = {mark.name: mark for mark in place.marks} | {name: Mark(name) for name in names}
        href = tag.get("href") if tag.name == "a" else None
        if isinstance(href, str) and link_problem(href.strip()) is None:
            marks["link"] = Mark("link", href.strip())
        self.read(tag, replace(place, marks=tuple(marks.values())))

    def _container(self, tag: Tag, place: _Place) -> None:
        self.flush(place)
        inner = self._inner(tag, place)
        self.read(tag, inner)
        self.flush(inner)

    def _inner(self, tag: Tag, place: _Place) -> _Place:
        align = re.search(r"text-align:\s*(center|right)", str(tag.get("style", ""))) or re.search(
            r"^(center|right)$", str(tag.get("align", "center" if tag.name == "center" else "")).lower()
        )
        place = replace(
            place,
            align=align.group(1) if align else place.align,
            heading=HEADINGS.get(tag.name, place.heading),
            quoted=place.quoted or tag.name == "blockquote",
            paragraph=place.paragraph or tag.name in PARAGRAPHS,
        )
        if tag.name in {"ul", "ol"}:
            level = place.level + 1 if place.list_kind else 0
            place = replace(place, list_kind="bullet_list" if tag.name == "ul" else "ordered_list", level=level)
        return place

    def _image(self, tag: Tag, place: _Place) -> None:
        if any(
            str(tag.get(side, "")).removesuffix("px").isdigit()
            and int(str(tag.get(side)).removesuffix("px")) <= ICON_PIXELS
            for side in ("width", "height")
        ):
            return
        alt = tidy(str(tag.get("alt", "")))[:200]
        image = _embedded(picture_source(tag), alt)
        if image and len(self.page.images) < IMPORT_LIMITS.images:
            self._block(node("image", file=f"import:{len(self.page.images)}", alt=alt), place)
            self.page.images.append(image)
        elif place.inside:
            self.flush(place)
            name = alt or "没有说明"
            self.page.take_out("missing_image", name)
            self.lines.append((Line(paragraph(f"〔此处原有图片：{name}〕"), marked="missing_image"), place.inside))

    def _table(self, tag: Tag, place: _Place) -> None:
        self.flush(place)
        pairs = metadata_cells(tag)
        if pairs:
            remember(self.page, pairs)
            self.page.take_out("metadata", " ".join(f"{key}：{value}" for key, value in pairs.items()))
        elif is_layout(tag):
            self.read(tag, replace(place, paragraph=False))
            self.flush(place)
        else:
            self._data_table(tag, place)

    def _data_table(self, tag: Tag, place: _Place) -> None:
        rows = [
            node(
                "table_row",
                [
                    node("table_header" if cell.name == "th" else "table_cell", self._cell(cell), **spans)
                    for cell, spans in row
                ],
            )
            for row in table_grid(tag)
        ]
        if rows:
            self._block(node("table", rows), place)

    def _cell(self, cell: Tag) -> tuple[Node, ...]:
        inner = _Reader(self.page, None)
        inner.read(cell, _Place(paragraph=True))
        inner.flush(_Place())
        return assemble([line for line, _ in inner.lines]) or (paragraph(),)

    def flush(self, place: _Place) -> None:
        """End the paragraph that is being read."""
        children, self.buffer = _trimmed(self.buffer), []
        bullet, self.bullet = self.bullet, False
        if not children:
            return
        if len(self.lines) >= IMPORT_LIMITS.lines:
            raise ImportRefused(f"这个页面超过 {IMPORT_LIMITS.lines:,} 段。请只复制正文部分。")
        self.lines.append((_line(children, place, bullet=bullet), place.inside))


def _line(children: list[Node], place: _Place, *, bullet: bool) -> Line:
    kind = "heading" if place.heading else "paragraph"
    attributes = {"level": place.heading} if place.heading else {}
    block = node(kind, children, align=place.align or None, **attributes)
    bold = all(any(mark.name == "strong" for mark in child.marks) for child in children if child.text.strip())
    line = Line(block, place.list_kind, place.level, place.order, emphatic=bold, centred=place.align == "center")
    if place.heading:
        return replace(line, list_kind="")
    if place.quoted and not place.list_kind:
        return replace(line, block=node("blockquote", [block]))
    found = BULLET.match(children[0].text)
    if bullet or (found and not place.list_kind and len(children[0].text) > found.end()):
        kept = [
            replace(children[0], text=children[0].text[found.end() :] if found else children[0].text),
            *children[1:],
        ]
        return replace(line, list_kind="bullet_list", block=node("paragraph", kept))
    return line


def _trimmed(children: list[Node]) -> list[Node]:
    """Drop spaces and breaks at both ends and runs of spaces between."""
    cleaned = [replace(child, text=_inner_spaces(child.text)) if child.kind == "text" else child for child in children]
    while cleaned and not cleaned[0].text.strip():
        cleaned.pop(0)
    while cleaned and not cleaned[-1].text.strip():
        cleaned.pop()
    if cleaned:
        cleaned[0] = replace(cleaned[0], text=cleaned[0].text.lstrip())
        cleaned[-1] = replace(cleaned[-1], text=cleaned[-1].text.rstrip())
    return cleaned


def _inner_spaces(words: str) -> str:
    core = tidy(words)
    return (" " if words[:1].isspace() else "") + core + (" " if core and words[-1:].isspace() else "")


def _embedded(source: str, alt: str) -> ImportedImage | None:
    match = re.match(r"data:(image/(?:png|jpeg|gif|webp|bmp));base64,", source, re.IGNORECASE)
    if not match or len(source) > IMPORT_LIMITS.image_bytes * 4 // 3:
        return None
    try:
        data = base64.b64decode(source[match.end() :], validate=False)
    except binascii.Error:
        return None
    return ImportedImage(data, match.group(1).lower(), alt)


def read_html(source: str | bytes) -> Page:
    """Read a page, or a pasted piece of one, keeping headings, lists, tables, links and emphasis."""
    markup = source if isinstance(source, str) else _decoded(source)
    soup = BeautifulSoup(markup, "lxml")
    page = Page([], original=_visible_text(soup))
    main = main_part(soup) if re.search(r"<(?:html|body)\b", markup[:5000], re.IGNORECASE) else None
    _read_hints(page, soup)
    reader = _Reader(page, main)
    reader.read(soup, _Place(inside=main is None))
    reader.flush(_Place(inside=main is None))
    page.lines = list(_kept(page, reader.lines))
    return page


def _decoded(data: bytes) -> str:
    if CHARSET.search(data[:4096]):
        return data.decode("gb18030", errors="replace")
    return decode(data)[0]


def _visible_text(soup: BeautifulSoup) -> str:
    body = soup.body or soup
    return "\n".join(line for line in (tidy(words) for words in body.get_text("\n").splitlines()) if line)


def _read_hints(page: Page, soup: BeautifulSoup) -> None:
    for name, selectors in HINTS.items():
        for selector, attribute in selectors:
            tag = soup.select_one(selector)
            value = tidy(str(tag.get(attribute, "")) if attribute else tag.get_text(" ")) if tag else ""
            if value and not getattr(page, name):
                setattr(page, name, value)


def _kept(page: Page, lines: list[tuple[Line, bool]]) -> Iterator[Line]:
    """Keep the main part; outside it only attachments stay, and metadata rows are read."""
    for line, inside in lines:
        if inside or (
            line.is_text and ATTACHMENT.search(line.words) and any(child.marks for child in line.block.content)
        ):
            yield line
            continue
        pairs = metadata_pairs(line.words) if line.is_text else {}
        remember(page, pairs)
        page.take_out("metadata" if pairs else "frame", "" if line.words == page.title else line.words)
