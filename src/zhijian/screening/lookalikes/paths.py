"""The walk: along the beginnings of official names with an asked one, allowing a few changes on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_INSERTED = 6
# No name, however it is made, may keep the walk for longer.
MOST_STEPS = 5_000
# A character that may be any other stands in what the body does, and that stands behind a region or a word before it.
EARLIEST_WILD = 2


class Arrival(NamedTuple):
    """An official spelling and how it was reached: the stretch left out, where two signs changed places (or -1)."""

    sounds: str
    gap: tuple[int, int]
    swap: int


# How far a walk has come: place in the asked name, sounds so far, changes left, whether one of them may be of any kind,
# the stretch left out, the place of the swap. A plain tuple: a hundred thousand of them are made in a second.
Step = tuple[int, str, int, bool, tuple[int, int], int]
NO_GAP, NO_SWAP = (0, 0), -1


class Paths:
    """All official spellings, with every beginning and every ending of theirs."""

    def __init__(self) -> None:
        self._whole: set[str] = set()
        self._following: dict[str, str] = {"": ""}
        self._endings: set[str] = set()

    def open(self, sounds: str) -> None:
        """Let walks come to these sounds: every beginning knows the signs that may follow it."""
        if sounds in self._whole:
            return
        self._whole.add(sounds)
        self._following.setdefault(sounds, "")
        for end in range(len(sounds) - 1, -1, -1):
            before = sounds[:end]
            following = self._following.get(before, "")
            if sounds[end] in following:
                break
            self._following[before] = following + sounds[end]
        for start in range(len(sounds) + 1):
            if sounds[start:] in self._endings:
                break
            self._endings.add(sounds[start:])

    def walk(self, sounds: str, meant: Sequence[tuple[str, ...]], *, changes: int, wild: bool) -> Iterator[Arrival]:
        """Yield the official spellings that `changes` steps lead to: another meaning, a stretch left out, a swap.

        `meant` gives for each place the sounds its character may stand for. When it is `wild`, one change may be
        any other sound.
        """
        ends = [sounds[place:] in self._endings for place in range(len(sounds) + 1)]
        steps: list[Step] = [(0, "", changes, wild, NO_GAP, NO_SWAP)]
        for _ in range(MOST_STEPS):
            if not steps:
                return
            place, so_far, left, wild, gap, swap = steps.pop()
            rest = so_far + sounds[place:]
            if not left or place == len(sounds):
                if rest in self._whole:
                    yield Arrival(rest, gap, swap)
                continue
            same = so_far + sounds[place]
            if same in self._following:
                steps.append((place + 1, same, left, wild, gap, swap))
            # With the last change the rest must be the ending of a name as it is.
            if left > 1 or ends[place + 1]:
                steps += self._other_signs(sounds, meant[place], (place, so_far, left, wild, gap, swap))
            if gap is NO_GAP:
                last = min(place + LONGEST_INSERTED, len(sounds))
                after = (end for end in range(place + 1, last + 1) if left > 1 or ends[end])
                steps += [(end, so_far, left - 1, wild, (place, end), swap) for end in after]
            if swap < 0 and place + 1 < len(sounds) and (left > 1 or ends[place + 2]):
                turned = so_far + sounds[place + 1] + sounds[place]
                if turned in self._following:
                    steps.append((place + 2, turned, left - 1, wild, gap, place))

    def _other_signs(self, sounds: str, meant: tuple[str, ...], step: Step) -> list[Step]:
        """Return the steps to another sound at one place: one the character may stand for, or when wild any other."""
        place, so_far, left, wild, gap, swap = step
        following = self._following[so_far]
        found = [(place + 1, so_far + sign, left - 1, wild, gap, swap) for sign in meant if sign in following]
        if wild and place >= EARLIEST_WILD:
            others = (sign for sign in following if sign != sounds[place] and sign not in meant)
            found += [(place + 1, so_far + sign, left - 1, False, gap, swap) for sign in others]
        return found
