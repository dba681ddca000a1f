"""What the detectors share: gaps inside a number, digits in disguise, the words before a match, and the hit itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit
from zhijian.screening.enums import Disguise
from zhijian.screening.masking import mask, plain_digits

if TYPE_CHECKING:
    from zhijian.screening.disguises import Page
    from zhijian.screening.enums import PrivateKind
    from zhijian.screening.rule import Rule

GAP = "[ \u00a0\u3000\u2010\u2011\\-\u200b\u200c\u200d\u2060\ufeff]{0,2}"
REACH = 24
_FEW_GAPS = 4
_HAN = "[0-9〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]"
_CIRCLED = "[0-9\u2460-\u2468\u24ea\u2776-\u277e\u24f5-\u24fd\u2474-\u247c]"
# Ten digits of one writing in a row: fewer are no phone and no identity number. The first look is only for speed.
_RUN = re.compile(
    f"[{_CIRCLED[1:-1]}{_HAN[4:-1]}](?:(?<={_CIRCLED})(?:{GAP}{_CIRCLED}){{9,63}}|(?<={_HAN})(?:{GAP}{_HAN}){{9,63}})"
)
# Runs with eleven plain digits are left as they are: 陆13800138000 is a Mr Lu and his phone.
_PLAIN_RUN = re.compile(f"[0-9](?:{GAP}[0-9]){{10}}")


def digit_view(page: Page, rule: Rule) -> str:
    """Return the folded text, with Chinese and circled digits as plain ones where the rule counts that disguise."""
    return page.folded if Disguise.DIGITS not in rule.disguises else _undressed(page.folded)


@lru_cache(maxsize=2)
def _undressed(text: str) -> str:
    """Return a text with its long runs of dressed digits as plain ones; kept for the next rules, which ask again."""
    return _RUN.sub(lambda run: run[0] if _PLAIN_RUN.search(run[0]) else plain_digits(run[0]), text)


def signs_of(seen: str) -> str:
    """Return only the digits and letters of a match."""
    return re.sub("[^0-9a-z]", "", seen)


def is_evenly_torn(seen: str, signs: int) -> bool:
    """Tell whether gaps look like grouping or like one between every two signs, not like columns of figures."""
    gaps = len(re.findall(r"[^0-9a-z+]+", seen))
    return gaps <= _FEW_GAPS or gaps >= signs - 2


def before(page: Page, start: int, *, reach: int = REACH) -> str:
    """Return the folded text before a place, inside its line."""
    left = page.folded[max(0, start - reach) : start]
    return left[left.rfind("\n") + 1 :]


def after(page: Page, end: int, *, reach: int = REACH) -> str:
    """Return the folded text after a place, inside its line."""
    return page.folded[end : end + reach].partition("\n")[0]


def hit(kind: PrivateKind, start: int, end: int, seen: str, why: str) -> Hit:
    """Return a hit whose suggestion is the masked form of `seen`."""
    return Hit(start, end, (mask(kind, seen),), why=why)
