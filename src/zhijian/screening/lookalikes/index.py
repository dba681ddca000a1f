"""All official names, spelt by sound, and the walk that finds which of them a name may be taken for."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from typing import TYPE_CHECKING

from zhijian.screening.lookalikes.folding import INSERTED_WORDS, plain
from zhijian.screening.lookalikes.paths import LONGEST_INSERTED, Arrival, Paths
from zhijian.screening.lookalikes.rating import Reading, rated
from zhijian.screening.lookalikes.regions import Regions
from zhijian.screening.lookalikes.shapes import shapes
from zhijian.screening.lookalikes.sounds import signs, spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.screening.lookalikes.regions import Elsewhere
    from zhijian.screening.lookalikes.tricks import Alike

LONGEST_NAME = 80
LONGEST_COMPARED = 40
SHORTEST_KNOWN = 3
# How many look-alike characters, inserted words and changed places a name may have beside its sound-alike characters.
MOST_CHANGES = 2


class Lookalikes:
    """Official names, ready to be compared with. Immutable once built; safe to share between threads."""

    def __init__(self, names: Iterable[str], *, regions: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
        """Take official names, the regions among them, and names that are known and allowed."""
        self._names = tuple(dict.fromkeys(name for name in names if plain(name)))
        self._registered = frozenset(self._names)
        self._allowed = frozenset(map(plain, allowed))
        # Tuples of numbers are no work for the garbage collector; hundreds of thousands of lists would be.
        self._by_plain: dict[str, tuple[int, ...]] = {}
        self._by_sound: dict[str, tuple[int, ...]] = {}
        self._paths = Paths()
        self._regions = Regions(regions)
        self._readers: dict[str, set[str]] = defaultdict(set)
        for number, name in enumerate(self._names):
            self._add(number, plain(name)[:LONGEST_COMPARED])
        self._characters = frozenset(one for readers in self._readers.values() for one in readers)
        self._meant: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def with_allowed(self, allowed: Iterable[str]) -> Lookalikes:
        """Return the same official names beside other allowed ones; nothing is built anew."""
        other = copy(self)
        other._allowed = frozenset(map(plain, allowed))  # noqa: SLF001 - of the same class
        return other

    def is_official(self, name: str) -> bool:
        """Tell whether exactly this name is an official one."""
        return name in self._registered

    def is_allowed(self, name: str) -> bool:
        """Tell whether the name is on the list of names known and allowed."""
        return plain(name) in self._allowed

    def alike(self, name: str, *, most: int = 5) -> tuple[Alike, ...]:
        """Return the official names a name may be taken for, the most alike first.

        An official or allowed name is taken for none.
        """
        name = name[:LONGEST_NAME]
        if name in self._registered:
            return ()
        bare = plain(name)[:LONGEST_COMPARED]
        if not bare or bare in self._allowed:
            return ()
        stages = (rated(name, list(readings), most=most) for readings in self._stages(bare))
        return next(filter(None, stages), ())

    def _add(self, number: int, bare: str) -> None:
        sounds = spelt(bare)
        self._by_plain[bare] = (*self._by_plain.get(bare, ()), number)
        self._by_sound[sounds] = (*self._by_sound.get(sounds, ()), number)
        self._paths.open(sounds)
        self._regions.add(bare, number)
        for character in bare:
            for sign in signs(character):
                self._readers[sign].add(character)

    def _stages(self, bare: str) -> Iterator[Iterable[Reading]]:
        """Yield the ways the name may be read as official ones, the likeliest means first."""
        if numbers := self._by_plain.get(bare):
            yield [self._reading(number, bare) for number in numbers]
            return
        if len(bare) < SHORTEST_KNOWN:
            return
        sounds = spelt(bare)
        yield self._elsewhere(self._regions.alike(bare), bare)
        yield self._one_change(bare, sounds)
        strayed = self._regions.alike_with_insertion(bare)
        yield self._elsewhere([one for one in strayed if one.gap in INSERTED_WORDS], bare)
        yield self._walk(bare, sounds, wild=False)
        yield self._elsewhere(self._regions.alike(bare, by_sound=True), bare)
        yield self._walk(bare, sounds, wild=True)
        yield self._elsewhere(strayed, bare)

    def _reading(self, number: int, bare: str, gap: str = "", swapped: str = "") -> Reading:
        official = self._names[number]
        bare_official = plain(official)[:LONGEST_COMPARED]
        return Reading(official, bare_official, bare, gap, swapped, self._regions)

    def _one_change(self, bare: str, sounds: str) -> Iterator[Reading]:
        """Read the name as one that sounds the same, with up to one word left out or one pair changed back."""
        for number in self._by_sound.get(sounds, ()):
            yield self._reading(number, bare)
        for start, end in _gaps(len(bare)):
            if bare[start:end] in INSERTED_WORDS:
                for number in self._by_sound.get(sounds[:start] + sounds[end:], ()):
                    yield self._reading(number, bare[:start] + bare[end:], gap=bare[start:end])
        for place in range(len(bare) - 1):
            for number in self._by_sound.get(_swapped(sounds, place), ()):
                yield self._reading(number, _swapped(bare, place), swapped=bare[place : place + 2])
        for place in range(2, len(bare) - 1):
            for number in self._by_sound.get(sounds[place:] + sounds[:place], ()):
                yield self._reading(number, bare[place:] + bare[:place], swapped=bare[:place])

    def _walk(self, bare: str, sounds: str, *, wild: bool) -> Iterator[Reading]:
        """Read the name character by character along official ones, with as few changes as lead to any.

        When it is `wild`, one of the changes may be a character that neither sounds nor looks alike.
        """
        meant = [self._may_mean(character) for character in bare]
        for changes in range(1, MOST_CHANGES + 1):
            arrivals = list(self._paths.walk(sounds, meant, changes=changes, wild=wild))
            yield from (reading for arrival in arrivals for reading in self._arrived(bare, arrival))
            if arrivals:
                return

    def _arrived(self, bare: str, arrival: Arrival) -> Iterator[Reading]:
        sounds, (start, end), swap = arrival
        turned, swapped = (_swapped(bare, swap), bare[swap : swap + 2]) if swap >= 0 else (bare, "")
        for number in self._by_sound[sounds]:
            yield self._reading(number, turned[:start] + turned[end:], gap=bare[start:end], swapped=swapped)

    def _may_mean(self, character: str) -> tuple[str, ...]:
        """Return the other sounds of official characters that this one looks like, or may be read as."""
        if character not in self._meant:
            looks = self._characters.intersection(shapes().get(character, ()))
            likely = {signs(other)[0] for other in looks}
            for sign in signs(character):
                likely.update(signs(other)[0] for other in self._readers.get(sign, ()))
            self._meant[character] = tuple(likely - {signs(character)[0]})
        return self._meant[character]

    def _elsewhere(self, found: Iterable[Elsewhere], bare: str) -> list[Reading]:
        """Read the name as one of another region; the first of them is told, there may be thousands.

        Not when the name, without the inserted word, sounds like an official one of its own region.
        """
        strayed = (one for one in found if spelt(bare.replace(one.gap, "", 1)) not in self._by_sound)
        one = next(strayed, None)
        return (
            [] if one is None else [self._reading(one.number, bare, one.gap)._replace(elsewhere=(one.there, one.here))]
        )


def _gaps(length: int) -> Iterator[tuple[int, int]]:
    for size in range(1, min(LONGEST_INSERTED, length - SHORTEST_KNOWN) + 1):
        for start in range(length - size + 1):
            yield start, start + size


def _swapped(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
