"""Columns of a list: how a value is read, shown, sorted and exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from zhijian.ui import words
from zhijian.ui.parts import Badge
from zhijian.ui.templatetags import ui as tags

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING = mark_safe('<span class="soft">—</span>')
SHORT = 6
Plain = str | int | float | datetime | date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column.

    `value` is an attribute path ("organisation.name"), a function of the row, or left out when it equals `key`. It may
    give text, a number, a moment, a bool, a `Badge`, a SafeString or None. `template` draws the cell itself from `row`
    and `value`. `sort` names the field(s) to order by; a column without it cannot be sorted. `export` gives another
    value for the file.
    """

    key: str
    label: str
    value: str | Callable[[Any], object] = ""
    template: str = ""
    sort: str | tuple[str, ...] = ()
    shown: bool = True
    numeric: bool = False
    link: Callable[[Any], str | None] | None = None
    export: Callable[[Any], object] | None = None

    @property
    def order(self) -> tuple[str, ...]:
        """Return the fields to order by, ascending; empty when the column cannot be sorted."""
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    def read(self, row: Any) -> object:
        """Return the value of a row; a path that ends at None on the way gives None."""
        if callable(self.value):
            return self.value(row)
        found = row
        for step in (self.value or self.key).split("."):
            found = found.get(step) if isinstance(found, dict) else getattr(found, step, None)
            if found is None:
                return None
        return found() if callable(found) else found

    def is_short(self, row: Any) -> bool:
        """Tell whether a cell reads badly when it is broken: a state, a day, a number, a word of a few letters."""
        if self.template or self.link:
            return False
        value = self.read(row)
        if isinstance(value, str) and not isinstance(value, SafeString):
            return len(value) <= SHORT
        return isinstance(value, Badge | int | float | datetime | date)

    def html(self, row: Any) -> SafeString:
        """Draw the cell."""
        value = self.read(row)
        if self.template:
            return render_to_string(self.template, {"row": row, "value": value})
        drawn = _draw(value)
        address = self.link(row) if self.link else None
        return format_html('<a href="{}">{}</a>', address, drawn) if address else drawn

    def plain(self, row: Any) -> Plain:
        """Return the value for a file, or for the name of the row."""
        value = self.export(row) if self.export else self.read(row)
        if isinstance(value, Badge):
            return value.text
        if isinstance(value, bool):
            return "是" if value else "否"
        return value if value is None or isinstance(value, int | float | datetime | date) else str(value)


def _draw(value: object) -> SafeString:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Badge):
        return tags.badge(value.text, value.tone)
    if isinstance(value, bool):
        return mark_safe("是" if value else "否")  # noqa: S308 - two constants
    if isinstance(value, datetime | date):
        return tags.moment(value)
    if isinstance(value, SafeString):
        return value
    return conditional_escape(words.thousands(value))
