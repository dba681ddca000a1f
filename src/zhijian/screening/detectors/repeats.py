"""Characters, words and sentences written twice by a slip of the hand."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_PHRASE = re.compile(r"([\u4e00-\u9fff]{3,12})\1")
_SENTENCE = re.compile(r"[^。！？\n]+")
_SENTENCE_ENDS = "。！？"
_LONG = 16
_SAME_CHARACTER = re.compile(r"(.)\1+")


def doubled_character(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find one of the characters of `rule.arguments[0]` twice; the other arguments are right words with such a pair."""
    characters, allowed = rule.arguments[0], rule.arguments[1:]
    for match in _pairs(characters).finditer(page.folded):
        start, end = match.span()
        around = page.folded[max(0, start - 3) : end + 3]
        if not any(word in around for word in allowed):
            yield Hit(start, end, (page.text[start],), why="相邻两个字相同")


def doubled_words(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find a word of `rule.arguments`, or any phrase of three characters or more, written twice in a row."""
    for match in (*_words(rule.arguments).finditer(page.folded), *_PHRASE.finditer(page.folded)):
        if _SAME_CHARACTER.fullmatch(match[1]):
            continue
        yield Hit(match.start(), match.end(), (page.text[match.start() : match.end(1)],), why="相邻两个词相同")


def doubled_sentence(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find a sentence of sixteen characters or more that follows itself directly."""
    last, last_end = "", -1
    for match in _SENTENCE.finditer(page.folded):
        sentence, end = match[0].strip(), match.end() + 1
        if match.end() == len(page.folded) or page.folded[match.end()] not in _SENTENCE_ENDS:
            continue
        if len(sentence) >= _LONG and sentence == last and not page.folded[last_end : match.start()].strip():
            yield Hit(match.start(), end, ("",), why="与前一句完全相同")
        last, last_end = sentence, end


@lru_cache(maxsize=64)
def _pairs(characters: str) -> re.Pattern[str]:
    return re.compile(rf"([{re.escape(characters)}])\1")


@lru_cache(maxsize=64)
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"({'|'.join(map(re.escape, words))})\1")
