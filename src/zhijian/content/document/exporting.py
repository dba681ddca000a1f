from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from zhijian.content.document.nodes import Document, Node
from zhijian.content.document.spans import SPAN

MARK_TAGS = {"strong": "strong", "em": "em", "underline": "u", "strike": "s"}
PLAIN_TAGS = {"bullet_list": "ul", "list_item": "li", "blockquote": "blockquote", "table_row": "tr"}


def to_html(document: Document, image_url: Callable[[str], str]) -> str:
    """Return clean, semantic HTML without style, script or class other than ``align-…``.

    ``image_url`` turns an image's file into its address. Every word and address is escaped. Blocks that are still
    marked carry ``data-marked``: nothing a reader could miss is left out. Words of ``with_spans`` stand in ``mark``.
    """
    return "\n".join(_block(block, image_url) for block in document.blocks)


def _block(item: Node, image_url: Callable[[str], str]) -> str:
    if item.is_textblock:
        tag = f"h{item.attribute('level')}" if item.kind == "heading" else "p"
        return f"<{tag}{_shared(item)}>{_inline(item.content)}</{tag}>"
    if item.kind == "image":
        return _figure(item, image_url)
    if item.kind == "horizontal_rule":
        return f"<hr{_shared(item)}>"
    if item.kind == "table":
        return _table(item, image_url)
    if item.kind in {"table_cell", "table_header"}:
        return _cell(item, image_url)
    tag, extra = PLAIN_TAGS.get(item.kind, "ol"), _order(item)
    return f"<{tag}{extra}{_shared(item)}>{''.join(_block(child, image_url) for child in item.content)}</{tag}>"


def _order(item: Node) -> str:
    start = item.attribute("order") if item.kind == "ordered_list" else 1
    return "" if start == 1 else f' start="{start}"'


def _shared(item: Node) -> str:
    align, marked = item.attribute("align"), item.marked
    return (f' class="align-{align}"' if align else "") + (f' data-marked="{escape(marked)}"' if marked else "")


def _figure(item: Node, image_url: Callable[[str], str]) -> str:
    width = item.attribute("width")
    size = f' width="{width}"' if width else ""
    source, alt = escape(image_url(item.attribute("file"))), escape(item.attribute("alt"))
    caption = f"<figcaption>{escape(item.attribute('caption'))}</figcaption>" if item.attribute("caption") else ""
    return f'<figure{_shared(item)}><img src="{source}" alt="{alt}"{size}>{caption}</figure>'


def _table(item: Node, image_url: Callable[[str], str]) -> str:
    rows = list(item.content)
    head = 0
    while head < len(rows) and rows[head].content and all(cell.kind == "table_header" for cell in rows[head].content):
        head += 1
    parts = (("thead", rows[:head]), ("tbody", rows[head:]))
    inner = "".join(f"<{tag}>{''.join(_block(row, image_url) for row in some)}</{tag}>" for tag, some in parts if some)
    return f"<table{_shared(item)}>{inner}</table>"


def _cell(item: Node, image_url: Callable[[str], str]) -> str:
    tag = "th" if item.kind == "table_header" else "td"
    spans = "".join(f' {name}="{item.attribute(name)}"' for name in ("colspan", "rowspan") if item.attribute(name) != 1)
    return f"<{tag}{spans}>{''.join(_block(child, image_url) for child in item.content)}</{tag}>"


def _inline(children: tuple[Node, ...]) -> str:
    pieces = []
    for href, run in groupby(children, key=_address):
        inner = "".join("<br>" if child.kind == "hard_break" else _formatted(child) for child in run)
        pieces.append(f'<a href="{escape(href)}" rel="noopener">{inner}</a>' if href else inner)
    return "".join(pieces)


def _address(child: Node) -> str | None:
    return next((mark.href for mark in child.marks if mark.href), None)


def _formatted(child: Node) -> str:
    words = escape(child.text, quote=False)
    for mark in reversed(child.marks):
        tag = MARK_TAGS.get(mark.name)
        if mark.name.startswith(SPAN):
            words = f'<mark class="{escape(mark.name.removeprefix(SPAN))}">{words}</mark>'
        words = f"<{tag}>{words}</{tag}>" if tag else words
    return words


def to_copy_text(document: Document) -> str:
    """Return plain words for pasting by hand: a blank line between blocks, numbered lists, tabs between cells.

    Pictures become 〔图片：说明〕， a link's address follows its words in full-width brackets.
    """
    return "\n\n".join("\n".join(_copy_lines(block)) for block in document.blocks)


def _copy_lines(item: Node) -> Iterator[str]:
    if item.is_textblock:
        yield _copy_inline(item.content)
    elif item.kind == "image":
        yield f"〔图片：{item.attribute('caption') or item.attribute('alt') or '无说明'}〕"
    elif item.kind == "horizontal_rule":
        yield "——————"
    elif item.kind == "table":
        for row in item.content:
            yield "\t".join(
                " ".join(line for child in cell.content for line in _copy_lines(child)) for cell in row.content
            )
    elif item.kind in {"bullet_list", "ordered_list"}:
        yield from _copy_list(item)
    else:
        for child in item.content:
            yield from _copy_lines(child)


def _copy_list(item: Node) -> Iterator[str]:
    for number, entry in enumerate(item.content, start=item.attribute("order") or 1):
        label = f"{number}. " if item.kind == "ordered_list" else "• "
        for index, line in enumerate(_copy_lines(entry)):
            yield (label if index == 0 else "   ") + line


def _copy_inline(children: tuple[Node, ...]) -> str:
    pieces = []
    for href, run in groupby(children, key=_address):
        words = "".join("\n" if child.kind == "hard_break" else child.text for child in run)
        pieces.append(f"{words}（{href}）" if href and href != words else words)
    return "".join(pieces)
