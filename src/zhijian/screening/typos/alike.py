"""Which characters are taken for one another: by sound, by shape, or because people were seen to do it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pypinyin.pinyin_dict import pinyin_dict

from zhijian.screening.lookalikes.sounds import loose, readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = ("seen", "same_tone", "same_sound", "near_sound", "shape", "sound_and_shape")
SEEN, SAME_TONE, SAME_SOUND, NEAR_SOUND, SHAPE, SOUND_AND_SHAPE = range(len(KINDS))
LABELS = ("常混用", "同音", "读音相同而声调不同", "读音相近", "字形相近", "音形都相近")
MOST = 90


def alike(
    characters: str, frequency: Mapping[str, int], shapes: Mapping[str, str], seen: Iterable[tuple[str, str]]
) -> dict[str, dict[str, int]]:
    """Return for each character (as written) those that may have been meant, with the kind of likeness."""
    found: dict[str, dict[str, int]] = {character: {} for character in characters}
    known = set(characters)
    for kind, groups in (
        (NEAR_SOUND, _near(characters)),
        (SAME_SOUND, _same(characters)),
        (SAME_TONE, _tones(characters)),
    ):
        for group in groups:
            for one in group:
                found[one].update((other, kind) for other in group if other != one)
    for one, others in shapes.items():
        for other in others:
            if one in known and other in known:
                found[one][other] = SOUND_AND_SHAPE if found[one].get(other, SHAPE) != SHAPE else SHAPE
    for one, other in seen:
        for wrong, right in ((one, other), (other, one)):
            if wrong in known and right in known:
                found[wrong].setdefault(right, SEEN)
    return {character: _kept(others, frequency) for character, others in found.items()}


def _kept(others: Mapping[str, int], frequency: Mapping[str, int]) -> dict[str, int]:
    """Leave out rare characters and, where there are very many, the rarest with the loosest likeness."""
    ranked = sorted(
        ((other, kind) for other, kind in others.items() if frequency.get(other, 0) >= 1),
        key=lambda pair: (pair[1] == NEAR_SOUND, -frequency[pair[0]], pair[0]),
    )
    return dict(ranked[:MOST])


def _groups(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for sign, character in pairs:
        groups[sign].append(character)
    return [groups[sign] for sign in sorted(groups)]


def _tones(characters: str) -> list[list[str]]:
    return _groups(
        (reading, character)
        for character in characters
        for reading in dict.fromkeys(pinyin_dict.get(ord(character), "").split(",")[:2])
        if reading
    )


def _same(characters: str) -> list[list[str]]:
    return _groups((reading, character) for character in characters for reading in readings(character))


def _near(characters: str) -> list[list[str]]:
    return _groups(
        (sound, character)
        for character in characters
        for sound in dict.fromkeys(loose(reading) for reading in readings(character))
    )
