"""What the templates of a list draw: rows as cells, the turns of the pager, the count that stops counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from zhijian.ui.listing.columns import Column


LEAD = '<th scope="row" role="rowheader" class="lead-cell" data-label="{}"'
CELL = '<td role="cell" data-label="{}"'


@dataclass(frozen=True, slots=True)
class Row:
    """A drawn row; `name` is the text of its lead cell, for the label of its check box."""

    pk: Any
    name: str
    cells: SafeString
    thing: Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `total` stops at the cap; `capped` says that there are more rows than were counted."""

    rows: list[Row]
    number: int
    last_number: int
    first: int
    total: int
    capped: bool
    previous_url: str = ""
    next_url: str = ""

    @property
    def last(self) -> int:
        """Return the number of the last row on this page."""
        return self.first + len(self.rows) - 1

    @property
    def total_text(self) -> str:
        """Return `10,000+` where counting stopped."""
        return f"{self.total:,}{'+' if self.capped else ''}"

    @property
    def at_the_end(self) -> bool:
        """Tell that paging ends here although there are more rows."""
        return self.capped and self.number == self.last_number


def count_up_to(rows: QuerySet[Any], cap: int) -> tuple[int, bool]:
    """Count rows, but never more than `cap`: counting 178,700 rows for every page would cost more than showing them."""
    found = rows.order_by().values("pk")[: cap + 1].count()
    return min(found, cap), found > cap


def draw_rows(things: Sequence[Any], columns: Sequence[Column]) -> list[Row]:
    """Draw things as rows.

    The cells in Python rather than in the template: a page has hundreds, and they cost more than all the rest of it.
    """
    openings = [format_html(LEAD if column is columns[0] else CELL, column.label) for column in columns]
    drawn = list(zip(openings, columns, strict=True))
    return [
        Row(
            pk=thing.pk,
            name=str(columns[0].plain(thing) or ""),
            cells=SafeString("".join(_cell(opening, column, thing) for opening, column in drawn)),
            thing=thing,
        )
        for thing in things
    ]


def _cell(opening: SafeString, column: Column, thing: Any) -> str:
    """Draw a cell; the leading one names the row, a short one stays on its line (not on a phone)."""
    if opening.startswith("<th"):
        return f"{opening}><div>{column.html(thing)}</div></th>"
    kind = ' class="number short"' if column.numeric else ' class="short"' if column.is_short(thing) else ""
    return f"{opening}{kind}><div>{column.html(thing)}</div></td>"
