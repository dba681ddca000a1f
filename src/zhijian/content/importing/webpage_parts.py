"""Judging the parts of an HTML page: what is hidden, where the article is, which tables hold data."""

import re
from collections.abc import Mapping
from typing import Final

from bs4 import BeautifulSoup, Tag

from zhijian.content.importing.furniture import metadata_pairs
from zhijian.content.importing.patterns import METADATA_KEYS
from zhijian.content.importing.plain import tidy

HINTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "title": (
        ('meta[name="ArticleTitle" i]', "content"),
        ("#activity-name", ""),
        ("#thread_subject", ""),
        ('meta[property="og:title"]', "content"),
        ("h1", ""),
        ("title", ""),
    ),
    "source": (('meta[name="ContentSource" i]', "content"), ("#js_name", "")),
    "author": (('meta[name="Author" i]', "content"),),
    "published": (
        ('meta[name="PubDate" i]', "content"),
        ("#publish_time", ""),
        ('meta[property="article:published_time"]', "content"),
    ),
}
"""Where a page says its title, source, author and date; the names of GB/T-style government pages first."""

MAIN_SELECTORS: Final = (
    "#js_content",
    '[id^="postmessage_"]',
    "#UCAP-CONTENT",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    ".pages_content",
    ".view.TRS_UEDITOR",
    "#zoom",
    "#Zoom",
    ".article-content",
    ".article_content",
    ".zwgk_content",
    ".news_content",
    ".content-text",
    "article",
    "main",
)
HIDDEN_STYLE: Final = re.compile(
    r"display\s*:\s*none|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)|mso-hide\s*:\s*all", re.IGNORECASE
)
HIDDEN_CLASSES: Final = frozenset({"jammer", "sr-only", "visually-hidden", "hidden"})
BOLD: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
UNDERLINED: Final = re.compile(r"text-decoration[^;]*underline", re.IGNORECASE)
STRUCK: Final = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
ITALIC: Final = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
KEY: Final = re.compile(rf"^[【\[]?\s*(?:{METADATA_KEYS})\s*[:\uff1a]?\s*[】\]]?$")
SHARE_OF_PAGE: Final = 0.6
LONG: Final = 20
SPAN_AT_MOST: Final = 50
LAYOUT_CELL: Final = 400


def hidden(tag: Tag) -> bool:
    """Tell whether a reader of the page would not see the element."""
    classes = set(str(tag.get("class", "")).split() if isinstance(tag.get("class"), str) else tag.get("class") or ())
    return (
        tag.has_attr("hidden") or bool(HIDDEN_STYLE.search(str(tag.get("style", "")))) or bool(HIDDEN_CLASSES & classes)
    )


def main_part(soup: BeautifulSoup) -> Tag | None:
    """Return the element that holds the article, or None when no element holds most of the long paragraphs."""
    body = soup.body
    if body is None:
        return None
    total = _long_text(body)
    known = [tag for selector in MAIN_SELECTORS for tag in soup.select(selector)[:1]]
    if known and known[0].get("id", "") and str(known[0].get("id")).startswith("postmessage_"):
        return known[0]
    dense = max(body.find_all(["div", "section", "td", "article"]), key=_own_text, default=None)
    for tag in [*known, dense]:
        if tag is not None and total and _long_text(tag) >= SHARE_OF_PAGE * total:
            return tag
    return None


def _long_text(tag: Tag) -> int:
    """Count the words of all paragraphs, and of bare text, that are too long for menus and buttons."""
    pieces = [tidy(piece.get_text()) for piece in tag.find_all("p")]
    pieces += [tidy(piece) for piece in tag.find_all(string=True) if piece.find_parent("p") is None]
    return sum(len(words) for words in pieces if len(words) >= LONG)


def _own_text(tag: Tag) -> int:
    """Count the words of paragraphs standing directly in the element."""
    own = sum(len(tidy(child)) for child in tag.find_all(string=True, recursive=False))
    return own + sum(len(tidy(child.get_text())) for child in tag.find_all(["p", "section"], recursive=False))


def styled_marks(tag: Tag) -> set[str]:
    """Return the marks an inline style stands for, as WeChat, Word and WPS write them."""
    style = str(tag.get("style", ""))
    found = {
        name
        for name, pattern in (("strong", BOLD), ("underline", UNDERLINED), ("strike", STRUCK), ("em", ITALIC))
        if pattern.search(style)
    }
    return found - ({"underline"} if tag.name == "a" else set())


def picture_source(tag: Tag) -> str:
    """Return the address of a picture; pages that load late keep it in ``data-src``."""
    return str(tag.get("data-src") or tag.get("src") or "")


def metadata_cells(table: Tag) -> dict[str, str]:
    """Read a table of file information (索引号, 发布机构 …); an empty result means it is something else."""
    if table.find("table"):
        return {}
    cells = [tidy(cell.get_text(" ")) for cell in table.find_all(["td", "th"])]
    pairs: dict[str, str] = {}
    for cell, following in zip(cells, [*cells[1:], ""], strict=True):
        if KEY.match(cell):
            pairs[re.sub(r"[\s:\uff1a【】\[\]]", "", cell)] = following
        else:
            pairs |= metadata_pairs(cell)
    enough = len(pairs) >= 2 and len(pairs) * 2 >= len([cell for cell in cells if cell]) * 0.7  # noqa: PLR2004  one pair may be data
    return pairs if enough else {}


def is_layout(table: Tag) -> bool:
    """Tell whether a table only arranges the page: nested tables, a single cell, or cells full of paragraphs."""
    cells = table.find_all(["td", "th"])
    return bool(table.find("table")) or len(cells) <= 1 or any(len(cell.get_text()) > LAYOUT_CELL for cell in cells)


def table_grid(table: Tag) -> list[list[tuple[Tag, dict[str, int]]]]:
    """Return the rows of a data table, each cell with its spans."""
    rows = []
    for row in table.find_all("tr"):
        cells = [(cell, _spans(cell)) for cell in row.find_all(["td", "th"], recursive=False)]
        if cells:
            rows.append(cells)
    return rows


def _spans(cell: Tag) -> dict[str, int]:
    spans = {}
    for name in ("colspan", "rowspan"):
        raw = str(cell.get(name, "1")).strip()
        spans[name] = min(max(int(raw), 1), SPAN_AT_MOST) if raw.isdigit() and len(raw) < 4 else 1  # noqa: PLR2004  no real table has more
    return spans
