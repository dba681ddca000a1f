"""Filters of a list. Each reads its part of the query, ignores what it does not know, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count

from zhijian.lib.clock import BEIJING

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

Options = Sequence[tuple[Any, Any]]
EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)
LONGEST_SHOWN = 30


class Answer(NamedTuple):
    """What a filter read: its value (None when not set), its (name, value) pairs for the URL, and what it ignored."""

    value: Any = None
    pairs: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`lookup` is a field lookup, or a function (rows, value) -> rows; left out, it equals `key`."""

    key: str
    label: str
    lookup: str | Callable[[QuerySet[Any], Any], QuerySet[Any]] = ""

    template = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the query parameters this filter owns."""
        return (self.key,)

    def parse(self, data: QueryDict) -> Answer:
        """Read the value from the query. Never raises."""
        raise NotImplementedError

    def apply(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Keep the rows that match."""
        if callable(self.lookup):
            return self.lookup(rows, value)
        return rows.filter(**{self.lookup or self.key: value})

    def summary(self, value: Any) -> str:
        """Say in words what is chosen."""
        raise NotImplementedError

    def control(self, value: Any, rows: QuerySet[Any]) -> dict[str, Any]:  # noqa: ARG002 - counted filters need the rows
        """Return what the template of the control needs."""
        return {"chosen": value}


@dataclass(frozen=True, kw_only=True)
class _Chosen(Filter):
    """`choices` are (value, label) pairs or a function that gives them; `counts` gives rows per value, in one query."""

    choices: Options | Callable[[], Options] = ()
    counts: Callable[[QuerySet[Any]], Mapping[Any, int]] | None = None

    def options(self) -> dict[str, tuple[Any, str]]:
        """Return the choices by the text that stands in the URL."""
        pairs = self.choices() if callable(self.choices) else self.choices
        return {str(value): (value, str(label)) for value, label in pairs}

    def listed(self, chosen: set[str], rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """Return the choices for the template, with counts where they are asked for."""
        counted = self.counts(rows) if self.counts else None
        return [
            {
                "value": text,
                "label": label,
                "chosen": text in chosen,
                "count": None if counted is None else counted.get(value, 0),
            }
            for text, (value, label) in self.options().items()
        ]


@dataclass(frozen=True, kw_only=True)
class Choice(_Chosen):
    """One of several values."""

    template = "ui/listing/choice.html"

    def parse(self, data: QueryDict) -> Answer:
        text = data.get(self.key, "")
        if not text:
            return Answer()
        known = self.options().get(text)
        if known is None:
            return Answer(ignored=(f"{self.label}“{shorten(text)}”",))
        return Answer(known[0], ((self.key, text),))

    def summary(self, value: Any) -> str:
        return f"{self.label}：{self.options()[str(value)][1]}"

    def control(self, value: Any, rows: QuerySet[Any]) -> dict[str, Any]:
        return {"options": self.listed({str(value)} if value is not None else set(), rows)}


@dataclass(frozen=True, kw_only=True)
class Choices(_Chosen):
    """Any of several values; the lookup gets a list (`field__in` by default)."""

    template = "ui/listing/choices.html"

    def parse(self, data: QueryDict) -> Answer:
        texts = [text for text in dict.fromkeys(data.getlist(self.key)) if text]
        options = self.options()
        known = [text for text in texts if text in options]
        ignored = tuple(f"{self.label}“{shorten(text)}”" for text in texts if text not in options)
        if not known:
            return Answer(ignored=ignored)
        return Answer([options[text][0] for text in known], tuple((self.key, text) for text in known), ignored)

    def apply(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if callable(self.lookup):
            return self.lookup(rows, value)
        return rows.filter(**{f"{self.lookup or self.key}__in": value})

    def summary(self, value: Any) -> str:
        options = self.options()
        return f"{self.label}：{'、'.join(options[str(one)][1] for one in value)}"

    def control(self, value: Any, rows: QuerySet[Any]) -> dict[str, Any]:
        return {"options": self.listed({str(one) for one in value or ()}, rows), "number": len(value or ())}


@dataclass(frozen=True, kw_only=True)
class Flag(Choice):
    """Yes or no; the lookup gets True or False. Name the two answers in `choices` for better words."""

    choices: Options | Callable[[], Options] = ((True, "是"), (False, "否"))

    def options(self) -> dict[str, tuple[Any, str]]:
        pairs = self.choices() if callable(self.choices) else self.choices
        return {"1" if value else "0": (bool(value), str(label)) for value, label in pairs}

    def summary(self, value: Any) -> str:
        return f"{self.label}：{self.options()['1' if value else '0'][1]}"

    def control(self, value: Any, rows: QuerySet[Any]) -> dict[str, Any]:
        return {"options": self.listed(set() if value is None else {"1" if value else "0"}, rows)}


@dataclass(frozen=True, kw_only=True)
class Dates(Filter):
    """From one day to another, both included. `moments`: the field holds moments (days are those of Beijing)."""

    moments: bool = True
    template = "ui/listing/dates.html"

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def parse(self, data: QueryDict) -> Answer:
        days, pairs, ignored = [], [], []
        for name in self.names:
            text = data.get(name, "")
            day = read_day(text)
            days.append(day)
            if day:
                pairs.append((name, day.isoformat()))
            elif text:
                ignored.append(f"{self.label}“{shorten(text)}”（日期写作 2026-11-22）")
        first, last = days
        if first and last and first > last:
            return Answer(ignored=(f"{self.label}（开始晚于结束）",))
        return Answer((first, last) if first or last else None, tuple(pairs), tuple(ignored))

    def apply(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if callable(self.lookup):
            return self.lookup(rows, value)
        field, (first, last) = self.lookup or self.key, value
        if first:
            rows = rows.filter(**{f"{field}__gte": _midnight(first) if self.moments else first})
        if last:
            following = last + timedelta(days=1)
            rows = rows.filter(**{f"{field}__lt": _midnight(following) if self.moments else following})
        return rows

    def summary(self, value: Any) -> str:
        first, last = value
        if first and last:
            return f"{self.label}：{first} 至 {last}"
        return f"{self.label}：{first} 起" if first else f"{self.label}：至 {last}"

    def control(self, value: Any, rows: QuerySet[Any]) -> dict[str, Any]:  # noqa: ARG002 - dates need no counts
        first, last = value or (None, None)
        return {"first": first, "last": last, "from_name": self.names[0], "to_name": self.names[1]}


def grouped_counts(field: str) -> Callable[[QuerySet[Any]], Mapping[Any, int]]:
    """Return a `counts` function: rows per value of a field, by one GROUP BY. For lists of moderate size."""

    def count(rows: QuerySet[Any]) -> Mapping[Any, int]:
        return dict(rows.order_by().values_list(field).annotate(number=Count("pk")))

    return count


def read_day(text: str) -> date | None:
    """Read `2026-11-22`; anything else, or a year nobody means, gives None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def shorten(text: str) -> str:
    """Cut what a person typed to a length that fits a sentence."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BEIJING)
