"""What the templates of a list draw: rows as cells, the turns of the pager, the count that stops counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from zhijian.ui.listing.columns import Column


@dataclass(frozen=True, slots=True)
class Cell:
    """A drawn cell; `lead` is the one that names the row, a `short` one stays on its line (not on a phone)."""

    label: str
    html: SafeString
    numeric: bool
    lead: bool
    short: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A drawn row; `name` is the text of its lead cell, for the label of its check box."""

    pk: Any
    name: str
    cells: list[Cell]
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
    """Draw things as rows."""
    return [
        Row(
            pk=thing.pk,
            name=str(columns[0].plain(thing) or ""),
            cells=[
                Cell(column.label, column.html(thing), column.numeric, place == 0, short=column.is_short(thing))
                for place, column in enumerate(columns)
            ],
            thing=thing,
        )
        for thing in things
    ]
