"""Addresses that rooms want looked at every night: each room says which, the room that looks asks for them all.

Rooms on one floor do not see each other; this is the place where they meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_books: dict[str, Callable[[], Iterable[str]]] = {}


def register_addresses(name: str, addresses: Callable[[], Iterable[str]]) -> None:
    """Let a room name its addresses under its own name (once, when the applications are ready).

    `addresses()` is asked each night and gives web addresses; what came of a look is read with
    `observation.queries.latest_link_checks(urls=…)` by a room above both.
    """
    _books[name] = addresses


def watched_addresses() -> Iterator[str]:
    """Yield every address that some room wants looked at; the same one may come more than once."""
    for addresses in list(_books.values()):
        yield from addresses()
