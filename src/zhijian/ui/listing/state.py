"""The state of a list, read from the URL and written back to it. Reading never fails: the unknown is named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from zhijian.ui.listing.filters import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from zhijian.ui.listing.columns import Column
    from zhijian.ui.listing.component import Listing

RESERVED = ("q", "sort", "page", "size", "cols", "export", "view")
LONGEST_QUERY = 100
FARTHEST_PAGE = 1_000_000
FORMATS = ("csv", "xlsx")


@dataclass(frozen=True)
class State:
    """`sort` is a column key, with "-" before it for descending; `values` and `pairs` are by filter key."""

    q: str
    sort: str
    page: int
    size: int
    columns: tuple[str, ...]
    values: dict[str, Any]
    pairs: dict[str, tuple[tuple[str, str], ...]]
    kept: tuple[tuple[str, str], ...] = ()
    export: str = ""
    ignored: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Tell whether a search or a filter hides rows."""
        return bool(self.q or self.values)

    def without(self, key: str) -> State:
        """Return the state without one filter, or without the search (`key` "q"), at its first page."""
        if key == "q":
            return replace(self, q="", page=1)
        values = {name: value for name, value in self.values.items() if name != key}
        pairs = {name: value for name, value in self.pairs.items() if name != key}
        return replace(self, values=values, pairs=pairs, page=1)

    def cleared(self) -> State:
        """Return the state without search and filters; sort, columns and size stay."""
        return replace(self, q="", values={}, pairs={}, page=1)

    def query(self, **changes: Any) -> str:
        """Write the query string; what equals the list's own default is left out."""
        state = replace(self, **changes)
        found: list[tuple[str, str]] = list(state.kept)
        found += [("q", state.q)] if state.q else []
        found += [pair for pairs in state.pairs.values() for pair in pairs]
        found += [
            (name, str(getattr(state, name)))
            for name in ("sort", "size", "page")
            if getattr(state, name) != state.defaults[name]
        ]
        if state.columns != state.defaults["columns"]:
            found += [("cols", key) for key in state.columns]
        return urlencode(found)


def read_state(listing: Listing, data: QueryDict) -> State:
    """Read the state of a list from the query. Never raises; `ignored` names what was not understood."""
    ignored = _unknown_names(listing, data)
    answers = {one.key: one.parse(data) for one in listing.filters}
    for answer in answers.values():
        ignored += answer.ignored
    defaults = {"sort": listing.sort, "size": listing.page_size, "page": 1, "columns": default_columns(listing.columns)}
    return State(
        q=_read_search(data, ignored) if listing.search else "",
        sort=_read_one(data, "sort", "排序", sortable(listing.columns), listing.sort, ignored),
        page=_read_page(data, ignored),
        size=int(
            _read_one(data, "size", "每页行数", [str(n) for n in listing.page_sizes], str(listing.page_size), ignored)
        ),
        columns=_read_columns(listing, data, ignored),
        values={key: answer.value for key, answer in answers.items() if answer.value is not None},
        pairs={key: answer.pairs for key, answer in answers.items() if answer.value is not None},
        kept=tuple((name, str(data[name])) for name in listing.keep if data.get(name)),
        export=_read_one(data, "export", "导出格式", FORMATS, "", ignored),
        ignored=tuple(ignored),
        defaults=defaults,
    )


def default_columns(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the keys of the columns shown at first."""
    return tuple(column.key for column in columns if column.shown)


def sortable(columns: Sequence[Column]) -> list[str]:
    """Return every value `sort` may have."""
    return [sign + column.key for column in columns if column.sort for sign in ("", "-")]


def _unknown_names(listing: Listing, data: QueryDict) -> list[str]:
    known = {*RESERVED, *listing.keep, *(name for one in listing.filters for name in one.names)}
    return [f"“{shorten(name)}”" for name in data if name not in known]


def _read_search(data: QueryDict, ignored: list[str]) -> str:
    """PostgreSQL takes no NUL in text; control characters are of no use in a search either."""
    text = "".join(letter for letter in data.get("q", "") if letter.isprintable()).strip()
    if len(text) > LONGEST_QUERY:
        ignored.append(f"搜索词中超过 {LONGEST_QUERY} 个字的部分")
    return text[:LONGEST_QUERY].strip()


def _read_one(
    data: QueryDict, name: str, label: str, known: Sequence[str], default: str, ignored: list[str]
) -> str:  # fmt: skip
    text = data.get(name, "")
    if not text or text in known:
        return text or default
    ignored.append(f"{label}“{shorten(text)}”")
    return default


def _read_page(data: QueryDict, ignored: list[str]) -> int:
    text = data.get("page", "")
    if not text:
        return 1
    if text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST_PAGE)) and int(text) >= 1:
        return int(text)
    ignored.append(f"页码“{shorten(text)}”")
    return 1


def _read_columns(listing: Listing, data: QueryDict, ignored: list[str]) -> tuple[str, ...]:
    asked = {text for text in data.getlist("cols") if text}
    known = [column.key for column in listing.columns]
    ignored += [f"列“{shorten(text)}”" for text in sorted(asked.difference(known))]
    return tuple(key for key in known if key in asked) or default_columns(listing.columns)
