"""Names and titles of the body's own leaders. The table comes from the body; none is shipped."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_TITLE = (
    r"(?:(?:省|市|县|区|州|盟|旗|镇|乡|街道|党工委|党组|纪委|政法委)?委?(?:常务)?副?"
    r"(?:书记|省长|市长|县长|区长|州长|盟长|旗长|镇长|乡长|主席|主任|局长|厅长|院长|检察长|秘书长))"
)
_TITLE_BEFORE = re.compile(_TITLE + r"\Z")
_TITLE_AFTER = re.compile(_TITLE)
_REACH = 12


def leader_name(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find, directly after one of the leader's titles, a name that differs from the right one in one character.

    `rule.right[0]` is the name, the others are further right names, `rule.arguments` the titles.
    """
    name, others = rule.right[0], rule.right[1:]
    for match in _titles(rule.arguments).finditer(page.folded):
        start, end = match.end(), match.end() + len(name)
        seen = page.folded[start:end]
        if _is_one_off(seen, name) and not any(page.folded.startswith(other, start) for other in others):
            yield Hit(start, end, (name,), why=f"在职务“{match[0]}”之后，与名单相差一个字")


def leader_title(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find the leader's name with a title directly before or after it that the table does not give."""
    name, titles = rule.right[0], rule.arguments
    for match in re.finditer(re.escape(name), page.folded):
        before = _TITLE_BEFORE.search(page.folded[max(0, match.start() - _REACH) : match.start()])
        after = _TITLE_AFTER.match(page.folded, match.end())
        for seen in (before, after):
            if seen and not _is_known(seen[0], titles):
                start = match.start() - len(seen[0]) if seen is before else match.start()
                end = match.end() if seen is before else after.end() if after else match.end()
                yield Hit(start, end, note="、".join(titles), why=f"名单里没有职务“{seen[0]}”")


def leader_order(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find leaders listed one after another in another order than the table's (`rule.arguments`, the first first).

    Only names with nothing but a mark or spaces between them are a list. The suggestion is the same list with the
    names in the table's order.
    """
    places = {name: place for place, name in enumerate(rule.arguments)}
    for match in _lists(rule.arguments).finditer(page.folded):
        seen = _names(rule.arguments).findall(match[0])
        right = sorted(seen, key=places.__getitem__)
        if seen != right and len(set(seen)) == len(seen):
            filled = iter(right)
            suggestion = _names(rule.arguments).sub(lambda _: next(filled), match[0])  # noqa: B023 - used at once
            yield Hit(match.start(), match.end(), (suggestion,), why="与名单的次序不同")


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))


@lru_cache(maxsize=64)
def _lists(names: tuple[str, ...]) -> re.Pattern[str]:
    one = f"(?:{_names(names).pattern})"
    return re.compile(rf"{one}(?:[、，, \u3000]{{1,2}}{one}){{1,60}}")


def _is_one_off(seen: str, name: str) -> bool:
    if len(seen) != len(name) or not _HAN.fullmatch(seen) or len(name) < 3:  # noqa: PLR2004 - two differ too easily
        return False
    return sum(one != other for one, other in zip(seen, name, strict=True)) == 1


def _is_known(seen: str, titles: tuple[str, ...]) -> bool:
    return any(_is_part(seen, title) or _is_part(title, seen) for title in titles)


def _is_part(short: str, long: str) -> bool:
    """Tell whether `long` is `short` with a place or a body before it. 副县长 is not a 县长."""
    return long.endswith(short) and not long.removesuffix(short).endswith("副")


@lru_cache(maxsize=1024)
def _titles(titles: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(title) for title in sorted(titles, key=len, reverse=True)))
