"""The packed model: characters, what may stand for what, how often runs were seen, and what the figures weigh."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zhijian.screening.typos.tables import Sieve, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

PACKED = Path(__file__).with_name("model.npy")
BREAK, DIGIT, LATIN = 0, 1, 2  # ids of what is not a character of Chinese
FIRST_ID = 3
_PLANE = 1 << 16
_HEAD = 8  # bytes before the description: its length


@dataclass(frozen=True, slots=True)
class Model:
    """Everything `find_typos` needs, read-only.

    `ids` maps the code points of the first plane to ids (uint16); `frequency` is the level of each id alone;
    the candidates of id `c` are `candidates[starts[c]:starts[c + 1]]` with `kinds` (see `alike.KINDS`);
    `fits` holds the pairs of characters seen together, `pairs` the words two changes may make;
    `weights` are the two layers of the judge.
    """

    ids: NDArray[np.uint16]
    characters: str
    frequency: NDArray[np.uint8]
    starts: NDArray[np.int32]
    candidates: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    table: Table
    fits: Sieve
    pairs: Sieve
    weights: Mapping[str, NDArray[np.float32]]
    version: int

    def ids_of(self, text: str) -> NDArray[np.uint16]:
        """Return the id of every code point of the text, shape (len(text),)."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self.ids[np.where(codes < _PLANE, codes, 0)]

    def character(self, number: int) -> str:
        return self.characters[number - FIRST_ID]


def ids_for(characters: str) -> NDArray[np.uint16]:
    """Return the map from code points to ids for these characters."""
    ids = np.zeros(_PLANE, dtype=np.uint16)
    for digit in "0123456789０１２３４５６７８９":
        ids[ord(digit)] = DIGIT
    for letter in range(26):
        for first in "aAａＡ":
            ids[ord(first) + letter] = LATIN
    ids[[ord(character) for character in characters]] = np.arange(FIRST_ID, FIRST_ID + len(characters))
    return ids


def packed(model: Model) -> NDArray[np.uint8]:
    """Return the model as one array of bytes: a description in JSON, then the arrays, each at a multiple of 64."""
    arrays: dict[str, NDArray[Any]] = {
        "frequency": model.frequency,
        "starts": model.starts,
        "candidates": model.candidates,
        "kinds": model.kinds,
        "buckets": model.table.buckets,
        "fits": model.fits.bits,
        "pairs": model.pairs.bits,
        **{f"weights.{name}": values for name, values in model.weights.items()},
    }
    sections: dict[str, Any] = {}
    place = 0
    for name, values in arrays.items():
        sections[name] = [place, values.dtype.str, list(values.shape)]
        place += -(-values.nbytes // 64) * 64
    about = {"version": model.version, "characters": model.characters, "sections": sections}
    head = json.dumps(about, ensure_ascii=False, sort_keys=True).encode()
    begins = -(-(len(head) + _HEAD) // 64) * 64
    whole = np.zeros(begins + place, dtype=np.uint8)
    whole[:_HEAD] = np.frombuffer(len(head).to_bytes(_HEAD, "little"), dtype=np.uint8)
    whole[_HEAD : _HEAD + len(head)] = np.frombuffer(head, dtype=np.uint8)
    for name, values in arrays.items():
        start = begins + sections[name][0]
        whole[start : start + values.nbytes] = np.frombuffer(np.ascontiguousarray(values).tobytes(), dtype=np.uint8)
    return whole


def unpacked(whole: NDArray[np.uint8]) -> Model:
    """Return the model of `packed`; its arrays are views, so a mapped file is shared by all processes."""
    length = int.from_bytes(whole[:_HEAD].tobytes(), "little")
    about = json.loads(whole[_HEAD : _HEAD + length].tobytes())
    begins = -(-(length + _HEAD) // 64) * 64

    def section(name: str) -> NDArray[Any]:
        place, kind, shape = about["sections"][name]
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        values: NDArray[Any] = whole[begins + place : begins + place + size].view(kind).reshape(shape)
        return values

    weights = {name.partition(".")[2]: section(name) for name in about["sections"] if name.startswith("weights.")}
    return Model(
        ids=ids_for(about["characters"]),
        characters=about["characters"],
        frequency=section("frequency"),
        starts=section("starts"),
        candidates=section("candidates"),
        kinds=section("kinds"),
        table=Table(section("buckets")),
        fits=Sieve(section("fits")),
        pairs=Sieve(section("pairs")),
        weights=weights,
        version=about["version"],
    )


@cache
def packaged() -> Model:
    """Return the model of this package, mapped into memory once."""
    return unpacked(np.asarray(np.load(PACKED, mmap_mode="r", allow_pickle=False)))
