"""Every address the product answers, with its parameters filled in by ids of one body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.urls.resolvers import URLPattern as Pattern

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
# What citizens may open without signing in. Nothing of it may tell more than is public by law.
PUBLIC_ROOMS = ("zhijian.portal", "zhijian.ui")
# Parameters that mean another thing from page to page, or nothing that belongs to a body.
OF_A_ROUTE: dict[str, dict[str, list[Any]]] = {
    "notify:new_channel": {"channel_kind": ["email", "dingtalk"]},
    "content:version": {"number": [1, 2]},
    "content:compare": {"old": [1], "new": [1, 2]},
    "inbox:act": {"name": ["accept", "assign", "return", "chase", "extend", "ask", "resume", "note"]},
    "impostors:act": {
        "name": ["verify", "describe", "evidence", "confirm", "dismiss", "request", "remove", "refuse", "reopen"]
    },
    "inspection:act": {"name": ["order", "answer", "recheck", "appeal"]},
    "rules:rule": {"rule_id": ["confusable.jie-zhi-mu-qian"]},
    "lookback:act": {"act": ["start", "again", "dismiss", "cancel"]},
    "portal:feed": {"name": ["rss.xml", "atom.xml", "feed.json"]},
    "style-layout": {"layout": ["portal"]},
}


class UnknownParameter(Exception):  # noqa: N818 - reads as what is wrong
    """An address has a parameter the walk cannot fill: say in this package which values of a body it takes."""


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern of the resolver: its text, its name with namespace, the module of its view."""

    pattern: str
    name: str
    module: str

    @property
    def parameters(self) -> list[str]:
        return [match[1] or match[2] for match in _PARAMETER.finditer(self.pattern)]

    @property
    def is_public(self) -> bool:
        return any(self.module == room or self.module.startswith(f"{room}.") for room in PUBLIC_ROOMS)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    def addresses(self, values: Mapping[str, list[Any]]) -> Iterator[str]:
        """Yield the address for every combination of values. Raises UnknownParameter."""
        known = {**values, **OF_A_ROUTE.get(self.name, {})}
        missing = [name for name in self.parameters if name not in known]
        if missing:
            raise UnknownParameter(f"{self.pattern} ({self.name}): {missing}")
        for combination in product(*(known[name] for name in self.parameters)):
            filled = iter(combination)
            yield "/" + _PARAMETER.sub(lambda _: str(next(filled)), self.pattern)  # noqa: B023 - used at once


def all_routes() -> list[Route]:
    """Return every route of the resolver, nested includes and API operations among them."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(
    patterns: list[Pattern | URLResolver], before: str, spaces: tuple[str, ...]
) -> Iterator[Route]:  # fmt: skip
    for pattern in patterns:
        text = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, text, inside)
        elif isinstance(pattern, URLPattern):
            name = ":".join([*spaces, pattern.name or ""])
            yield Route(text, name, getattr(pattern.callback, "__module__", ""))
