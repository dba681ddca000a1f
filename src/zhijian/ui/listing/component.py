"""`Listing`: declare a list, call `respond(request)`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from zhijian.ui.listing.exports import Export, export, write_down
from zhijian.ui.listing.pages import Page, count_up_to, draw_rows
from zhijian.ui.listing.state import State, read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from zhijian.ui.listing.columns import Column
    from zhijian.ui.listing.filters import Filter

COUNT_CAP = 10_000
PAGE_SIZES = (20, 50, 100, 200)


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkAct:
    """An act on the chosen rows: their ids are posted to `url` as `chosen`, with `next` to come back.

    `reasons` (from why_not) make the button grey. `tone` as for a button.
    """

    label: str
    url: str
    tone: str = "plain"
    icon: str = ""
    reasons: Sequence[str] = ()


class Empty(NamedTuple):
    """What to say and offer when the list has no rows at all."""

    title: str = "这里还没有内容"
    text: str = ""
    label: str = ""
    url: str = ""


@dataclass(kw_only=True)
class Listing:
    """A list as declared by a room; `rows` are only those this person may see, with everything the columns read.

    `name` is stable and used by saved views. `sort` is the column key to sort by at first ("-" before it: descending).
    `keep` names other query parameters of the page that the list must carry along. Every file that leaves is written
    down (`exports.hear_exports`); `permit` is asked before and may raise Refused. `template` extends
    "ui/listing/page.html".
    """

    name: str
    title: str
    rows: QuerySet[Any]
    columns: Sequence[Column]
    sort: str
    filters: Sequence[Filter] = ()
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    search_hint: str = "搜索"
    bulk: Sequence[BulkAct] = ()
    actions: Sequence[dict[str, Any]] = ()
    empty: Empty = field(default_factory=Empty)
    page_size: int = 50
    page_sizes: Sequence[int] = PAGE_SIZES
    count_cap: int = COUNT_CAP
    keep: Sequence[str] = ()
    exports: bool = True
    permit: Callable[[HttpRequest], object] | None = None
    template: str = "ui/listing/page.html"
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def queries(self) -> int:
        """Return how many queries a page costs at most: rows, count, one per counted filter.

        Choices given by a function, and `prefetch_related` of the room's own rows, come on top.
        """
        return 2 + sum(1 for one in self.filters if getattr(one, "counts", None))

    def respond(self, request: HttpRequest, **context: Any) -> HttpResponseBase:
        """Answer with the full page, the part htmx asked for, or the file. `context` goes to the template as well."""
        view = ListingView(self, request)
        if view.state.export and self.exports:
            response = view.file()
            if response is not None:
                return response
        return view.page_response({**self.context, **context})


class ListingView:
    """A list bound to a request: what the templates see as `listing`."""

    def __init__(self, listing: Listing, request: HttpRequest) -> None:
        self.declared = listing
        self.request = request
        self.name = listing.name
        self.title = listing.title
        self.path = request.path
        self.state: State = read_state(listing, request.GET)
        self.status = 200
        self.notices: list[str] = []
        if self.state.ignored:
            self.notices.append(f"网址里有认不出的条件，没有使用：{'、'.join(self.state.ignored[:5])}。")

    @property
    def can_search(self) -> bool:
        """Tell whether the list has a search box; a template that asks `declared.search` would call it."""
        return self.declared.search is not None

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """Return the rows that match search and filters, unordered."""
        rows = self.declared.rows
        for one in self.declared.filters:
            if one.key in self.state.values:
                rows = one.apply(rows, self.state.values[one.key])
        if self.state.q and self.declared.search:
            rows = self.declared.search(rows, self.state.q)
        return rows

    @cached_property
    def ordered(self) -> QuerySet[Any]:
        """Return the matching rows in order; the key breaks ties, so that no row is shown twice or left out."""
        sign = "-" if self.state.sort.startswith("-") else ""
        key = self.state.sort.removeprefix("-")
        fields = next(column.order for column in self.declared.columns if column.key == key)
        return self.matching.order_by(*(sign + name for name in fields), f"{sign}pk")

    @cached_property
    def columns(self) -> list[Column]:
        """Return the columns chosen to be shown."""
        return [column for column in self.declared.columns if column.key in self.state.columns]

    @cached_property
    def page(self) -> Page:
        """Return the page to show; a number past the end gives the last page."""
        size = self.state.size
        head = list(self.ordered[: size + 1]) if self.state.page == 1 else []
        # Rows that fit on the first page are counted by showing them: a search for one account asks once, not twice.
        fits = self.state.page == 1 and len(head) <= min(size, self.declared.count_cap)
        total, capped = (len(head), False) if fits else count_up_to(self.matching, self.declared.count_cap)
        last_number = max(1, -(-total // size))
        number = min(self.state.page, last_number)
        if number != self.state.page:
            self.notices.append(f"没有第 {self.state.page:,} 页，这是最后一页。")
        start, end = (number - 1) * size, min(number * size, total)
        return Page(
            rows=draw_rows(head[:end] if head else list(self.ordered[start:end]), self.columns),
            number=number,
            last_number=last_number,
            first=start + 1,
            total=total,
            capped=capped,
            previous_url=self.url(page=number - 1) if number > 1 else "",
            next_url=self.url(page=number + 1) if number < last_number else "",
        )

    def url(self, **changes: Any) -> str:
        """Return the address of this list with a changed state."""
        query = self.state.query(**changes)
        return f"{self.path}?{query}" if query else self.path

    @property
    def query(self) -> str:
        """Return the state as a query string, as a saved view keeps it: without the page."""
        return self.state.query(page=1)

    @property
    def clear_url(self) -> str:
        """Return the address without search and filters."""
        query = self.state.cleared().query()
        return f"{self.path}?{query}" if query else self.path

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Return the column heads: a second click turns the order round."""
        key, falling = self.state.sort.removeprefix("-"), self.state.sort.startswith("-")
        return [
            {
                "column": column,
                "url": self.url(sort=f"-{column.key}" if column.key == key and not falling else column.key, page=1)
                if column.sort
                else "",
                "order": ("descending" if falling else "ascending") if column.key == key else "",
            }
            for column in self.columns
        ]

    @property
    def sorts(self) -> list[dict[str, Any]]:
        """Return every order for the select, which a phone shows in place of the column heads."""
        return [
            {
                "value": sign + column.key,
                "label": f"{column.label}（{words}）",
                "chosen": sign + column.key == self.state.sort,
            }
            for column in self.declared.columns
            if column.sort
            for sign, words in (("", "升序"), ("-", "降序"))
        ]

    @property
    def sizes(self) -> list[tuple[int, bool]]:
        """Return the page sizes, and which is chosen."""
        return [(size, size == self.state.size) for size in self.declared.page_sizes]

    @property
    def all_columns(self) -> list[dict[str, Any]]:
        """Return every column, and whether it is shown."""
        return [{"column": column, "shown": column.key in self.state.columns} for column in self.declared.columns]

    @cached_property
    def controls(self) -> list[dict[str, Any]]:
        """Return the filter controls."""
        rows, values = self.declared.rows, self.state.values
        return [
            {"filter": one, "id": f"{self.name}-{one.key}", **one.control(values.get(one.key), rows)}
            for one in self.declared.filters
        ]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Return what narrows the list now: (words, address without it)."""
        found = [(f"搜索：{self.state.q}", self._url_without("q"))] if self.state.q else []
        found += [
            (one.summary(self.state.values[one.key]), self._url_without(one.key))
            for one in self.declared.filters
            if one.key in self.state.values
        ]
        return found

    def _url_without(self, key: str) -> str:
        query = self.state.without(key).query()
        return f"{self.path}?{query}" if query else self.path

    @property
    def export_urls(self) -> list[tuple[str, str]]:
        """Return (words, address) of the files."""
        if not self.declared.exports:
            return []
        query = self.state.query(page=1)
        start = f"{self.path}?{query}&" if query else f"{self.path}?"
        return [("Excel 表格（XLSX）", f"{start}export=xlsx"), ("纯文本表格（CSV）", f"{start}export=csv")]

    def file(self) -> HttpResponseBase | None:
        """Return the file, or None with a notice when there are too many rows for one."""
        limit = settings.ZHIJIAN_LIST_EXPORT_ROWS
        total, too_many = count_up_to(self.matching, limit)
        if too_many:
            self.notices.append(
                f"符合条件的超过 {limit:,} 行，一次最多导出 {limit:,} 行。请先用筛选缩小范围，再分次导出。"
            )
            self.status = 409
            return None
        if self.declared.permit:
            self.declared.permit(self.request)
        narrowed = {key: [list(pair) for pair in pairs] for key, pairs in self.state.pairs.items()}
        write_down(self.request, Export(self.name, self.state.export, total, narrowed, bool(self.state.q)))
        return export(self.state.export, title=self.title, columns=self.columns, rows=self.ordered)

    def page_response(self, context: dict[str, Any]) -> HttpResponse:
        """Draw the full page, or only the results for htmx (never when htmx restores history)."""
        headers = self.request.headers
        part = headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
        template = "ui/listing/results.html" if part else self.declared.template
        page = self.page
        response = render(
            self.request, template, {"title": self.title, **context, "listing": self, "page": page}, status=self.status
        )
        patch_vary_headers(response, ["HX-Request"])
        if part:
            response["HX-Push-Url"] = self.url(page=page.number)
        return response
