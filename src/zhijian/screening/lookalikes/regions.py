"""Names with another region in front of the same duty."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from zhijian.screening.lookalikes.folding import plain
from zhijian.screening.lookalikes.paths import LONGEST_INSERTED
from zhijian.screening.lookalikes.sounds import spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GAP = "◯"
_ENDINGS = ("自治县", "自治州", "自治区", "地区", "街道", "新区", "省", "市", "县", "区", "旗", "州", "盟", "镇", "乡")
# Characters that tell what kind of region it is.
KINDS = frozenset("省市县区旗州盟镇乡")
SHORTEST, LONGEST = 2, 9
MOST_KEPT = 40


class Elsewhere(NamedTuple):
    """An official name (by its number), its region, the region asked for, and a word that had to be left out."""

    number: int
    there: str
    here: str
    gap: str


class _Cut(NamedTuple):
    """A name's sounds with a gap for each region, the regions, and where each sign begins in the name."""

    pattern: str
    regions: tuple[str, ...]
    places: tuple[int, ...]


class Regions:
    """The regions of the register, and the official names with their regions taken out."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the regions' names, with and without 县, 市 and the like."""
        self._regions: set[str] = set()
        for name in map(plain, names):
            self._regions.update(word for word in (name, short_region(name)) if len(word) >= SHORTEST)
        self._sounds = {spelt(region) for region in self._regions}
        self._patterns: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)

    def add(self, name: str, number: int) -> None:
        """Remember a plain official name by what it is called beside its regions."""
        cut = self._cut(name)
        if cut.regions and len(cut.pattern) > len(cut.regions) and len(kept := self._patterns[cut.pattern]) < MOST_KEPT:
            kept.append((cut.regions, number))

    def holds(self, word: str) -> bool:
        """Tell whether a plain word is the name of a region."""
        return word in self._regions

    def duty(self, name: str) -> list[bool]:
        """Tell for each character of a plain name whether it says what the body is or does, not where it is.

        The last character of 演练县 is what it is.
        """
        free, place = [True] * len(name), 0
        while place < len(name):
            end = self._end(name, place, self._regions)
            free[place:end] = [False] * (end - place)
            if end - place > SHORTEST and name[end - 1] in KINDS:
                free[end - 1] = True
            place = max(end, place + 1)
        return free

    def alike(self, name: str, *, by_sound: bool = False) -> list[Elsewhere]:
        """Return official names that differ from a plain one by their region, the nearest first.

        Of two regions as few as possible differ. `by_sound` also takes what only sounds like a region.
        """
        cut = self._cut(name, by_sound=by_sound)
        return self._matching(cut, cut.pattern, "") if cut.regions else []

    def alike_with_insertion(self, name: str) -> list[Elsewhere]:
        """Return official names that differ by their region and a word that was put in; one for each such word."""
        cut = self._cut(name)
        if not cut.regions:
            return []
        return [one for start, end in _windows(cut) for one in self._without(cut, name, start, end)[:1]]

    def _without(self, cut: _Cut, name: str, start: int, end: int) -> list[Elsewhere]:
        pattern = cut.pattern[:start] + cut.pattern[end:]
        return (
            self._matching(cut, pattern, name[cut.places[start] : cut.places[end]]) if pattern in self._patterns else []
        )

    def _matching(self, cut: _Cut, pattern: str, gap: str) -> list[Elsewhere]:
        found = []
        for others, number in self._patterns.get(pattern, ()):
            changed = [(other, own) for other, own in zip(others, cut.regions, strict=False) if other != own]
            if len(others) == len(cut.regions) and changed:
                found.append((len(changed), _strangeness(changed), Elsewhere(number, *changed[-1], gap)))
        return [one for _, _, one in sorted(found)]

    def _cut(self, name: str, *, by_sound: bool = False) -> _Cut:
        """Return a name's sounds with a gap for each region in it, the longest first."""
        sounds = spelt(name)
        read, known = (sounds, self._sounds) if by_sound else (name, self._regions)
        signs: list[str] = []
        regions: list[str] = []
        places: list[int] = []
        place = 0
        while place < len(name):
            end = self._end(read, place, known)
            places.append(place)
            signs.append(GAP if end > place else sounds[place])
            if end > place:
                regions.append(name[place:end])
            place = max(end, place + 1)
        return _Cut("".join(signs), tuple(regions), (*places, len(name)))

    @staticmethod
    def _end(name: str, place: int, known: set[str]) -> int:
        """Return where the longest region that begins at `place` ends; `place` itself when none begins there."""
        for end in range(min(len(name), place + LONGEST), place + SHORTEST - 1, -1):
            if name[place:end] in known:
                return end
        return place


def _windows(cut: _Cut) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a pattern that may be an inserted word: no region in them, something left beside them."""
    for size in range(1, min(LONGEST_INSERTED, len(cut.pattern) - len(cut.regions) - 1) + 1):
        for start in range(len(cut.pattern) - size + 1):
            if GAP not in cut.pattern[start : start + size]:
                yield start, start + size


def _strangeness(changed: list[tuple[str, str]]) -> int:
    return sum(abs(len(other) - len(own)) + (other[-1] != own[-1]) for other, own in changed)


def short_region(name: str) -> str:
    """Return a region's name without the word for its kind: 演练县 is 演练."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= SHORTEST:
            return name.removesuffix(ending)
    return name
