"""From the plain lines of a data file to the body of a piece."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from zhijian.cli.demo.data import raw_pieces
from zhijian.cli.demo.moments import dated, moment_on
from zhijian.content.document import Document, Node, from_blocks, heading, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

LONGEST_DIGEST = 100
FEWEST_HEADINGS = 3


def texts_of_today() -> list[dict[str, Any]]:
    """Return the pieces to load, the oldest first: of texts for different seasons the one that fits its date.

    Each row has its `moment`, and its title and text with the dates filled in.
    """
    rows = []
    for serial, row in enumerate(raw_pieces()):
        moment = moment_on(row["day"], serial=serial)
        if moment.month in row.get("months", range(1, 13)):
            words = {name: dated(row[name], moment) for name in ("title", "text")}
            rows.append({**row, **words, "moment": moment, "state": row.get("state", "published")})
    return sorted(rows, key=_by_moment)


def _by_moment(row: dict[str, Any]) -> datetime:
    moment: datetime = row["moment"]
    return moment


def body_of(text: str, *, picture: str = "", description: str = "") -> Document:
    """Build a body: `## ` a heading, `- ` list items, `| ` table rows, any other line a paragraph."""
    blocks = [block for kind, lines in groupby(_lines(text), key=_kind) for block in _blocks(kind, list(lines))]
    if picture:
        place = min(1, len(blocks))
        blocks.insert(place, Node("image", tuple(sorted({"file": picture, "alt": description}.items()))))
    return from_blocks(blocks)


def digest_of_text(text: str) -> str:
    """Return what the piece tells by its headings, "" where they are few: a digest repeats no sentence of the body."""
    headings = [line.removeprefix("##").strip() for line in _lines(text) if line.startswith("##")]
    return f"本文内容：{'、'.join(headings)}。"[:LONGEST_DIGEST] if len(headings) >= FEWEST_HEADINGS else ""


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _kind(line: str) -> str:
    return line[:2] if line[:2] in {"##", "- ", "| "} else ""


def _blocks(kind: str, lines: list[str]) -> list[Node]:
    if kind == "##":
        return [heading(line.removeprefix("##").strip()) for line in lines]
    if kind == "- ":
        items = tuple(Node("list_item", content=(paragraph(line[2:]),)) for line in lines)
        return [Node("bullet_list", content=items)]
    if kind == "| ":
        return [Node("table", content=tuple(_row(line, header=not number) for number, line in enumerate(lines)))]
    return [paragraph(line) for line in lines]


def _row(line: str, *, header: bool) -> Node:
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    kind = "table_header" if header else "table_cell"
    return Node("table_row", content=tuple(Node(kind, content=(paragraph(cell),)) for cell in cells))
