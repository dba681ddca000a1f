"""How often runs of characters were seen, packed two bytes to a run, looked up by the hundred thousand at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Levels = NDArray[np.uint8]

SLOTS = 4  # entries of one bucket; a run lies in one of two buckets
LEVEL_BITS = 5
HIGHEST = (1 << LEVEL_BITS) - 1
STEP = 1.5  # one level is this factor of the count
FACTOR = 0x9E3779B97F4A7C15  # odd, so that no character of a run is lost (golden ratio, Knuth 6.4)
LONGEST = 5
_ROUNDS = 24
# Four marks are compared at once inside one number of 64 bits.
_LANES = np.uint64(0x0001000100010001)
_MARKS = np.uint64(0xFFE0FFE0FFE0FFE0)
_TOPS = np.uint64(0x8000800080008000)
_SIEVING = np.uint64(0x9FB21C651E98DF25)


def powers() -> Keys:
    """Return FACTOR ** k modulo 2**64 for k = 0 … LONGEST, shape (LONGEST + 1,)."""
    return np.array([pow(FACTOR, power, 1 << 64) for power in range(LONGEST + 1)], dtype=np.uint64)


POWERS = powers()
# Added to the key of a run so that runs of different lengths and words of the dictionary never share a key by design.
RUN_SALT = np.array([(length * 0xD1B54A32D192ED03) % (1 << 64) for length in range(LONGEST + 1)], dtype=np.uint64)
WORD_SALT = np.array([(length * 0x8CB92BA72F3D8DD7 + 1) % (1 << 64) for length in range(LONGEST + 1)], dtype=np.uint64)


def run_keys(ids: NDArray[np.uint64], length: int) -> Keys:
    """Return the key of every run of `length` characters, shape (len(ids) - length + 1,), without salt.

    The key is a sum over characters, so the key with one character replaced is the key plus a multiple of the change.
    """
    size = len(ids) - length + 1
    keys = np.zeros(size, dtype=np.uint64)
    for place in range(length):
        keys += (ids[place : place + size] + np.uint64(1)) * POWERS[length - 1 - place]
    return keys


def mixed(keys: Keys) -> Keys:
    """Return keys with every bit depending on every other (the finisher of SplitMix64)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Table:
    """Levels of runs: `buckets` has shape (a power of two, SLOTS), uint16: a mark of 11 bits over a level of 5.

    A run never entered has level 0, but for about one in 300, which shows the level of a stranger: nothing may
    depend on one look-up alone.
    """

    buckets: NDArray[np.uint16]

    def levels(self, keys: Keys) -> Levels:
        """Return the level of each key, in the shape of `keys`."""
        flat = mixed(keys.ravel())
        first, second, marks = _places(flat, len(self.buckets))
        whole = self.buckets.view(np.uint64).ravel()
        spread = marks.astype(np.uint64) * _LANES
        found = np.zeros(len(flat), dtype=np.uint16)
        for places in (first, second):
            lanes = (whole[places] ^ spread) & _MARKS
            likely = np.flatnonzero((lanes - _LANES * np.uint64(1 << LEVEL_BITS)) & ~lanes & _TOPS)
            difference = self.buckets[places[likely]] ^ marks[likely, None]
            best = np.where(difference <= HIGHEST, difference, 0).max(axis=1, initial=0)
            found[likely] = np.maximum(found[likely], best)
        return found.astype(np.uint8).reshape(keys.shape)


@dataclass(frozen=True, slots=True)
class Sieve:
    """A set of keys that never misses a member and lets in a few per cent of strangers; `bits` uint8, 2**k of them."""

    bits: NDArray[np.uint8]

    def holds(self, keys: Keys) -> NDArray[np.bool_]:
        """Tell for each key whether it may be in the set."""
        places = _sieve_places(keys, len(self.bits))
        spots = self.bits[(places >> np.uint64(3)).astype(np.int64)]
        held: NDArray[np.bool_] = (spots >> (places & np.uint64(7)).astype(np.uint8)) & np.uint8(1) == 1
        return held


def _sieve_places(keys: Keys, size: int) -> Keys:
    return (keys * _SIEVING) >> np.uint64(64 - (size * 8 - 1).bit_length())


def sieve_of(keys: Keys, size: int) -> Sieve:
    """Return the set of these keys in `size` bytes (a power of two)."""
    bits = np.zeros(size, dtype=np.uint8)
    places = _sieve_places(keys, size)
    np.bitwise_or.at(
        bits, (places >> np.uint64(3)).astype(np.int64), np.uint8(1) << (places & np.uint64(7)).astype(np.uint8)
    )
    return Sieve(bits)


def _places(flat: Keys, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
    mask = np.uint64(size - 1)
    first = (flat & mask).astype(np.int64)
    second = ((flat >> np.uint64(24)) & mask).astype(np.int64)
    marks = ((flat >> np.uint64(53)) << np.uint64(LEVEL_BITS)).astype(np.uint16)
    return first, second, marks


def level_of(counts: NDArray[np.float64], step: float = STEP) -> Levels:
    """Return counts (1 and more) as levels 1 … 31."""
    levels = np.rint(1 + np.log(np.maximum(counts, 1)) / np.log(step))
    found: Levels = np.clip(levels, 1, HIGHEST).astype(np.uint8)
    return found


def built(keys: Keys, levels: Levels, size: int) -> Table:
    """Return a table of `size` buckets (a power of two). What finds both its buckets full is dropped, rarest first."""
    order = np.lexsort((keys, -levels.astype(np.int16)))
    flat = mixed(keys[order])
    first, second, marks = _places(flat, size)
    entries = marks | levels[order].astype(np.uint16)
    buckets = np.zeros((size, SLOTS), dtype=np.uint16)
    used = np.zeros(size, dtype=np.int64)
    waiting = np.arange(len(flat))
    for _ in range(_ROUNDS):
        chosen = np.where(used[first[waiting]] <= used[second[waiting]], first[waiting], second[waiting])
        _, heads = np.unique(chosen, return_index=True)  # one newcomer per bucket and round, the most frequent
        goes = heads[used[chosen[heads]] < SLOTS]
        buckets[chosen[goes], used[chosen[goes]]] = entries[waiting[goes]]
        used[chosen[goes]] += 1
        stays = np.ones(len(waiting), dtype=bool)
        stays[goes] = False
        waiting = waiting[stays]
    return Table(buckets)
