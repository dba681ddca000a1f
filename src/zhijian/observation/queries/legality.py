"""By which ways a supervising office may see an account, platform by platform: read from `legality.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from zhijian.observation.enums import Method

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Way:
    """One basis on which accounts may be looked at. `method` is how the system or a person then looks."""

    code: str
    method: Method
    title: str
    basis: str
    needs: str


@dataclass(frozen=True, slots=True)
class Access:
    """One platform: which ways are open, in the order to try them, and what cannot be seen.

    `read_back_sees_all` True: what the platform's own list leaves out was not put out; None: it cannot be told.
    """

    platform: str
    ways: tuple[Way, ...]
    closed: str
    note: str
    read_back_sees_all: bool
    source: str


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("zhijian.observation").joinpath("legality.toml").read_text(encoding="utf-8"))


@cache
def _ways() -> dict[str, Way]:
    rows = _table()["way"]
    return {
        row["code"]: Way(row["code"], Method(row["method"]), row["title"], row["basis"], row["needs"]) for row in rows
    }


def way_of(code: str) -> Way | None:
    """Return a way by its code, None for one of another release."""
    return _ways().get(code)


def ways_for(*, platform: str, method: str) -> list[Way]:
    """Return the ways by which one method is open on a platform."""
    return [way for way in access_of(platform).ways if way.method == method]


def accesses() -> list[Access]:
    """Return every platform of the table."""
    return [_access(row) for row in _table()["platform"]]


@cache
def access_of(platform: str) -> Access:
    """Return what the table says of a platform; one it does not name is treated as its last line, 其他平台."""
    rows = _table()["platform"]
    return _access(next((row for row in rows if row["code"] == platform), rows[-1]))


def _access(row: Mapping[str, Any]) -> Access:
    ways = tuple(_ways()[code] for code in row["ways"])
    return Access(row["code"], ways, row["closed"], row["note"], bool(row["read_back_sees_all"]), row["source"])
