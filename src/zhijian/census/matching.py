"""Finding the same account on two sides: by its number here, the platform's id, its address, then name and body."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zhijian.registry.queries.tables import address_key, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Side:
    """One account as one side tells it. `values` by column key; a key the side does not tell is absent."""

    platform: str
    kind: str
    name: str
    body_name: str
    values: Mapping[str, Any]
    account_id: int | None = None
    organisation_id: int | None = None
    not_ours: bool = False
    measure: str = ""


@dataclass(slots=True)
class Matched:
    """Pairs of the same account, and what only one side has."""

    pairs: list[tuple[Side, Side]] = field(default_factory=list)
    only_here: list[Side] = field(default_factory=list)
    only_there: list[Side] = field(default_factory=list)


def match(here: Iterable[Side], there: Iterable[Side]) -> Matched:
    """Pair two sides, the surest way first; every account is paired once at most."""
    found = Matched()
    left, right = list(here), list(there)
    for key in _KEYS:
        left, right = _pass(left, right, key, found)
    found.only_here, found.only_there = left, right
    return found


def _pass(
    left: Sequence[Side], right: Sequence[Side], key: Callable[[Side], object], found: Matched
) -> tuple[list[Side], list[Side]]:
    waiting: dict[object, list[Side]] = {}
    for side in right:
        if (value := key(side)) is not None:
            waiting.setdefault(value, []).append(side)
    rest, taken = [], set()
    for side in left:
        value = key(side)
        partners = waiting.get(value) if value is not None else None
        if partners:
            partner = partners.pop(0)
            taken.add(id(partner))
            found.pairs.append((side, partner))
        else:
            rest.append(side)
    return rest, [side for side in right if id(side) not in taken]


def _by_uid(side: Side) -> object:
    uid = str(side.values.get("platform_uid") or "")
    return (side.platform, uid) if uid else None


def _by_address(side: Side) -> object:
    return address_key(str(side.values.get("url") or "")) or None


def _by_name(side: Side) -> object:
    return (side.platform, folded(side.name), folded(side.body_name)) if side.name and side.body_name else None


_KEYS: tuple[Callable[[Side], object], ...] = (lambda side: side.account_id, _by_uid, _by_address, _by_name)


def differing(here: Side, there: Side, keys: Iterable[str]) -> dict[str, list[Any]]:
    """Return {key: [here, there]} of what both sides tell and tell differently; an empty cell tells nothing."""
    found = {}
    for key in keys:
        if key not in here.values or key not in there.values:
            continue
        ours, theirs = here.values[key], there.values[key]
        if theirs in (None, "") or _plain(key, ours) == _plain(key, theirs):
            continue
        found[key] = [ours, theirs]
    return found


def _plain(key: str, value: object) -> object:
    if value is None:
        return ""
    if key == "url":
        return address_key(str(value))
    return folded(value) if isinstance(value, str) else value
