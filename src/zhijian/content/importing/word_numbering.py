"""Automatic numbers of Word: the words "一、" or "1." are not in the text and have to be counted."""

import re
from dataclasses import dataclass
from typing import Any, Final

from zhijian.content.importing.word_styles import ParagraphStyle, W, value_of

DIGITS: Final = "零一二三四五六七八九"
CHINESE: Final = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "chineseLegalSimplified",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    }
)
SIMPLE: Final = re.compile(r"^%[1-9][.)、．）]?$")
LEVELS: Final = 9
ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Label:
    """The number of a paragraph: ``text`` to stand before it, or the kind of list it belongs to."""

    text: str = ""
    list_kind: str = ""
    level: int = 0
    number: int = 1


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    pattern: str
    start: int


class Numbering:
    """Counts the paragraphs of each numbering definition in reading order."""

    def __init__(self, part: Any) -> None:
        self._levels: dict[str, list[_Level]] = {}
        self._abstract: dict[str, str] = {}
        self._counters: dict[str, list[int]] = {}
        root = next((rel.target_part.element for rel in part.rels.values() if rel.reltype.endswith("/numbering")), None)
        if root is not None:
            self._read(root)

    def _read(self, root: Any) -> None:
        for item in root.findall(f"{W}abstractNum"):
            self._levels[item.get(f"{W}abstractNumId")] = [_level(level) for level in item.findall(f"{W}lvl")]
        for item in root.findall(f"{W}num"):
            number, abstract = item.get(f"{W}numId"), value_of(item, "abstractNumId") or ""
            # A number with its own start counts apart; all others share the counter of their definition.
            own = item.find(f"{W}lvlOverride/{W}startOverride") is not None
            self._abstract[number] = f"{abstract}/{number}" if own else abstract

    def next_label(self, element: Any, style: ParagraphStyle) -> Label:
        """Count this paragraph and return its label; a paragraph without numbering has an empty one."""
        del element
        if style.numbering is None:
            return Label()
        number, level = style.numbering
        key = self._abstract.get(number, "")
        levels = self._levels.get(key.partition("/")[0], [])
        if not level < len(levels):
            return Label()
        counters = self._counters.setdefault(key, [0] * LEVELS)
        counters[level] = counters[level] + 1 if counters[level] else levels[level].start
        counters[level + 1 :] = [0] * (LEVELS - level - 1)
        return _label(levels, counters, level)


def _level(element: Any) -> _Level:
    start = value_of(element, "start") or "1"
    return _Level(
        value_of(element, "numFmt") or "decimal",
        value_of(element, "lvlText") or "",
        int(start) if start.isdigit() else 1,
    )


def _label(levels: list[_Level], counters: list[int], level: int) -> Label:
    here = levels[level]
    if here.form == "bullet":
        return Label("", "bullet_list", level)
    words = here.pattern
    for place in range(min(level + 1, len(levels))):
        shown = _formatted(counters[place] or levels[place].start, levels[place].form)
        words = words.replace(f"%{place + 1}", shown)
    words += " " if words and words[-1].isalnum() else ""
    simple = here.form == "decimal" and SIMPLE.match(here.pattern)
    return Label(words, "ordered_list" if simple else "", level if simple else 0, counters[level])


def _formatted(number: int, form: str) -> str:
    if form in CHINESE:
        return chinese_number(number)
    if form == "decimalEnclosedCircle" and 1 <= number <= 20:  # noqa: PLR2004  Unicode has circled numbers up to 20
        return chr(0x2460 + number - 1)
    if form in {"upperLetter", "lowerLetter"}:
        letter = chr(ord("A") + (number - 1) % 26)
        return letter if form == "upperLetter" else letter.lower()
    if form in {"upperRoman", "lowerRoman"}:
        return _roman(number) if form == "lowerRoman" else _roman(number).upper()
    return "" if form == "none" else str(number)


def chinese_number(number: int) -> str:
    """Write 1 to 99 as 一 to 九十九; larger ones in digits."""
    if not 0 < number < 100:  # noqa: PLR2004  nobody numbers a hundred sections in Chinese
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    words = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        words += letters * count
    return words
