"""The same name in every dress: width, case, traditional characters, marks and invisible characters are taken off."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from zhijian.screening.lookalikes.tricks import Reason, Trick
from zhijian.screening.plain import fold

_WORDS = tomllib.loads(files("zhijian.screening.lookalikes").joinpath("words.toml").read_text(encoding="utf-8"))
_OLD_FORMS = str.maketrans(_WORDS["traditional"], _WORDS["simplified"])
# Letters of other scripts that are drawn like Latin ones.
_FOREIGN = str.maketrans("аеорсухкмтнівѕјԁɡαορντκιυ", "aeopcyxkmthibsjdgaopvtkiu")
INSERTED_WORDS = frozenset(_WORDS["inserted"].split())
LETTER_GROUPS: tuple[str, ...] = tuple(_WORDS["letters"])
FAMILIES: tuple[str, ...] = tuple(_WORDS["families"].split())
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Cn", "Co", "Cs", "Zl", "Zp"})
_PICTURES = frozenset({"So", "Sk"})


class _Plain(dict[int, str]):
    """Code point to what it is compared as, found out once: nothing at all for what is no letter and no digit."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _bare(chr(code))
        return found


def _bare(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return ""
    same_width = unicodedata.normalize("NFKC", character).casefold()
    letters = "".join(letter for letter in same_width if letter.isalnum() and not unicodedata.combining(letter))
    return fold(letters.translate(_FOREIGN)).translate(_OLD_FORMS)


_PLAIN = _Plain()


def plain(name: str) -> str:
    """Return the letters, digits and characters of a name as they are compared."""
    return name.translate(_PLAIN)


def dressed(name: str, official: str) -> tuple[Reason, ...]:
    """Return the disguises of single characters in `name` that `official` itself does not use, each kind once."""
    found: dict[Trick, list[str]] = {}
    for character in name:
        trick = None if character in official else _disguise(character)
        if trick is not None:
            found.setdefault(trick, []).append(character)
    return tuple(Reason(trick, _told(trick, seen)) for trick, seen in found.items())


@cache
def _disguise(character: str) -> Trick | None:
    bare = plain(character)
    if bare == character:
        return None
    category = unicodedata.category(character)
    if not bare:
        if category in _INVISIBLE:
            return Trick.HIDDEN
        return Trick.EMOJI if category in _PICTURES else Trick.MARKS
    if character.translate(_FOREIGN) != character or character.lower().translate(_FOREIGN) != character.lower():
        return Trick.LETTERS
    if unicodedata.normalize("NFKC", character) != character:
        return Trick.WIDTH
    return Trick.TRADITIONAL if character >= "\u3400" else None


def _told(trick: Trick, seen: list[str]) -> str:
    if trick is Trick.HIDDEN:
        return "、".join(dict.fromkeys(f"U+{ord(character):04X}" for character in seen))
    if trick in {Trick.TRADITIONAL, Trick.WIDTH, Trick.LETTERS}:
        return "、".join(dict.fromkeys(f"“{character}”代“{plain(character)}”" for character in seen))
    return "、".join(dict.fromkeys(f"“{character}”" for character in seen))
