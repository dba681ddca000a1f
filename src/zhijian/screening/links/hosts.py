"""The packaged groups of hosts, and how a host is found in them."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_TABLE: Final[dict[str, list[str]]] = tomllib.loads(
    files("zhijian.screening").joinpath("links", "hosts.toml").read_text(encoding="utf-8"),
)
_GLYPHS: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "3": "e"})


@cache
def group(name: str) -> frozenset[str]:
    """Return one group of the table."""
    return frozenset(_TABLE[name])


@lru_cache(maxsize=8192)
def belongs(host: str, name: str) -> bool:
    """Tell whether a host or a domain above it is in a group."""
    return is_below(host, group(name))


def is_below(host: str, known: Collection[str]) -> bool:
    """Tell whether a host or a domain above it is among the known ones."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in known for start in range(len(labels) - 1))


def is_trusted(host: str) -> bool:
    """Tell whether a host is the government's, a central medium's or a platform where accounts are registered."""
    return belongs(host, "government") or belongs(host, "platforms")


@lru_cache(maxsize=8192)
def own_name(host: str) -> str:
    """Return the label somebody registered: `example` of www.example.com.cn; "" for a single label."""
    labels = host.split(".")
    if len(labels) < 2:  # noqa: PLR2004 - a name and a suffix
        return ""
    second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in group("known_second")  # noqa: PLR2004 - as said above
    return labels[-3] if second else labels[-2]


@lru_cache(maxsize=4096)
def imitates(host: str, others: frozenset[str]) -> str:
    """Return the known host that one resembles without being it, "" for none.

    Alike are: the same glyphs (0 and o, 1 and l, rn and m), one sign more, less, other or swapped in a name of at
    least five signs, and the whole known name standing before another domain.
    """
    name = own_name(host)
    for known in _known(others):
        if host == known or host.endswith(f".{known}") or known.endswith(f".{host}"):
            continue
        if _stands_inside(host, known) or _resembles(name, own_name(known)):
            return known
    return ""


@lru_cache(maxsize=256)
def _known(others: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(group("imitated") | others))


def _stands_inside(host: str, known: str) -> bool:
    return host.startswith(f"{known}.") or f".{known}." in host


def _resembles(name: str, known: str) -> bool:
    if name == known or abs(len(name) - len(known)) > 1 or known.isdigit():
        return False
    if len(known) > 3 and glyphs(name) == glyphs(known):  # noqa: PLR2004 - shorter names meet by chance
        return True
    return len(known) >= 5 and name.isascii() and _one_apart(name, known)  # noqa: PLR2004 - as said above


def glyphs(name: str) -> str:
    """Return a name with the signs that look alike written as one."""
    return name.translate(_GLYPHS).replace("rn", "m").replace("vv", "w")


def _one_apart(one: str, other: str) -> bool:
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    same_length = left[1:] == right[1:] or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    return (len(left) == len(right) and same_length) or left[1:] == right or left == right[1:]
