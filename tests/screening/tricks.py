"""Hiding words the way people do it: one function per trick, made from other tables than those that undo it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from pypinyin import Style, lazy_pinyin

from zhijian.screening.characters import splits
from zhijian.screening.lookalikes.shapes import shapes
from zhijian.screening.plain import FULL_WIDTH, TRADITIONAL

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

_WIDE = {plain: wide for wide, plain in FULL_WIDTH.items()}
_OLD = {plain: old for old, plain in TRADITIONAL.items()}
_DIGITS = {
    str(place + 1): "".join(row[place] for row in ("①②③④⑤⑥⑦⑧⑨", "一二三四五六七八九", "壹贰叁肆伍陆柒捌玖"))
    for place in range(9)
}
_LETTERS = {"v": "ⓥⅴ𝐯", "x": "ⓧхｘ", "q": "ⓠ𝐪", "a": "аⓐ", "o": "оοⓞ", "e": "еⓔ", "p": "рⓟ", "i": "іⓘ", "c": "сⓒ"}


def _common() -> str:
    first, last = 0xB0A1, 0xD7F9
    pairs = ((high, low) for high in range(first >> 8, (last >> 8) + 1) for low in range(0xA1, 0xFF))
    return "".join(bytes(pair).decode("gb2312", "ignore") for pair in pairs)


@cache
def _by_sound() -> Mapping[str, str]:
    found: dict[str, str] = defaultdict(str)
    common = _common()
    for character, sound in zip(common, lazy_pinyin(list(common), style=Style.NORMAL), strict=True):
        found[sound] += character
    return found


@cache
def _torn() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for (left, right), whole in splits().items():
        found.setdefault(whole, left + right)
    return found


def _some(word: str, picker: random.Random, others: Callable[[str], str], *, most: int = 1) -> str | None:
    """Return `word` with up to `most` characters changed for one of their others, None when none has any."""
    places = [place for place, character in enumerate(word) if others(character)]
    if not places:
        return None
    letters = list(word)
    for place in picker.sample(places, min(most, len(places))):
        letters[place] = picker.choice(others(word[place]))
    return "".join(letters)


def wide(word: str, picker: random.Random) -> str | None:
    """Letters and digits in full width."""
    return _some(word, picker, lambda one: _WIDE.get(one, ""), most=9)


def capital(word: str, picker: random.Random) -> str | None:
    """Letters in the other case."""
    return _some(word, picker, lambda one: one.swapcase() if one.isascii() and one.isalpha() else "", most=9)


def old(word: str, picker: random.Random) -> str | None:
    """Traditional characters."""
    return _some(word, picker, lambda one: _OLD.get(one, ""), most=9)


def hidden(word: str, picker: random.Random) -> str | None:
    """A character that is not seen between two others."""
    return picker.choice("\u200b\u200d\u2060\ufeff\u00ad").join(word)


def interposed(word: str, picker: random.Random) -> str | None:
    """A sign or space between all characters."""
    return picker.choice(" *-.·|_~★　").join(word)


def drawn_alike(word: str, picker: random.Random) -> str | None:
    """One character for the one that is drawn most like it, or a letter of another script."""

    def others(one: str) -> str:
        return _LETTERS.get(one, "") or "".join(other for other in shapes().get(one, "")[:1] if not other.isascii())

    return _some(word, picker, others)


def same_sound(word: str, picker: random.Random) -> str | None:
    """Up to two characters for others of the same sound."""
    sounds = dict(zip(word, lazy_pinyin(list(word), style=Style.NORMAL), strict=True))
    return _some(word, picker, lambda one: _by_sound().get(sounds[one], "").replace(one, ""), most=2)


def torn(word: str, picker: random.Random) -> str | None:
    """One character torn into its two parts."""
    places = [place for place, character in enumerate(word) if character in _torn()]
    if not places:
        return None
    place = picker.choice(places)
    return f"{word[:place]}{_torn()[word[place]]}{word[place + 1 :]}"


def digits(word: str, picker: random.Random) -> str | None:
    """Digits as circled or Chinese ones."""
    return _some(word, picker, lambda one: _DIGITS.get(one, ""), most=9)


TRICKS: Mapping[str, Callable[[str, random.Random], str | None]] = {
    "width": wide, "case": capital, "traditional": old, "zero_width": hidden, "interposed": interposed,
    "look_alike": drawn_alike, "homophone": same_sound, "split": torn, "digits": digits,
}  # fmt: skip
