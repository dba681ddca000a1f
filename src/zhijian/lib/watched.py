"""Links a room wants to be looked at every night, and what became of the look: a protocol for rooms on one floor.

A room that has links registers itself here under its kind of thing; whoever looks at links reads `watched_links` and
hands each outcome to `tell_outcome`. Neither needs to know the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

REACHED, GONE, COULD_NOT_LOOK = "reached", "gone", "could_not_look"


@dataclass(frozen=True, slots=True)
class WatchedLink:
    """One address of one thing. `thing_kind` is `room.thing`."""

    thing_kind: str
    thing_id: int
    url: str


class LinkKeeper(Protocol):
    """A room with links. `note` is told what a look at `url` brought: reached, gone or could_not_look, and why."""

    def links(self) -> Iterable[WatchedLink]: ...

    def note(self, *, thing_id: int, url: str, result: str, at: datetime, reason: str) -> None: ...


_keepers: dict[str, LinkKeeper] = {}


def register_keeper(thing_kind: str, keeper: LinkKeeper) -> None:
    """Let a room's links be watched. Raises ValueError when the kind has a keeper already."""
    if thing_kind in _keepers:
        raise ValueError(f"{thing_kind} has a keeper already.")
    _keepers[thing_kind] = keeper


def watched_links() -> Iterator[WatchedLink]:
    """Yield every link that any room wants to be looked at."""
    for keeper in _keepers.values():
        yield from keeper.links()


def tell_outcome(link: WatchedLink, *, result: str, at: datetime, reason: str = "") -> None:
    """Hand the outcome of a look to the room whose link it is."""
    _keepers[link.thing_kind].note(thing_id=link.thing_id, url=link.url, result=result, at=at, reason=reason)
