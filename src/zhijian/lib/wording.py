"""How a question in Chinese is taken apart for finding: into pairs of characters and whole Latin words and numbers.

Words that every question has (怎么, 需要什么材料, 请问) say nothing about what is asked; they are left out where enough
stays. There is no dictionary: names of places, new policies and dialect are found like any other words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 300
MOST_GRAMS = 64
FEWEST = 2

_RUN = re.compile(r"[0-9a-z]+|[\u3400-\u9fff\U00020000-\U0003134f]+")
# The longer first: 需要什么材料 goes as a whole before 需要 and 什么 could.
_EMPTY_PHRASES = (
    "需要提供什么材料", "需要带什么材料", "需要准备什么", "需要什么材料", "要带什么材料", "要什么材料",
    "需要哪些材料", "需要什么手续", "需要什么条件", "应该怎么办", "该怎么办理", "应该怎么", "怎么办理",
    "如何办理", "怎样办理", "在哪里办理", "到哪里办理", "去哪里办理", "在哪儿办", "在哪里办", "到哪里办",
    "去哪里办", "去哪儿办", "在哪办理", "去哪办", "在哪办", "到哪办", "有什么要求", "有哪些要求", "有什么规定",
    "是什么时候", "什么时候", "多长时间", "多久时间", "是什么", "有哪些", "有没有", "能不能", "可不可以",
    "是不是", "会不会", "要不要", "怎么办", "怎么样", "怎么", "怎样", "如何", "请问一下", "请问", "你好",
    "您好", "我想问", "我想", "想问", "问一下", "咨询一下", "咨询", "了解一下", "谢谢", "麻烦", "可以吗",
    "可以", "能否", "是否", "需要", "什么", "哪里", "哪儿", "哪些", "多少", "多久", "为什么", "为何", "我们",
    "我家", "我的", "我", "你们", "吗", "呢", "啊", "吧", "呀", "了", "的",
)  # fmt: skip
_EMPTY = re.compile("|".join(sorted(map(re.escape, _EMPTY_PHRASES), key=len, reverse=True)))


def plain(text: str) -> str:
    """Return the text as it is compared: one width, one case, without marks, at most 300 characters."""
    folded = unicodedata.normalize("NFKC", text[: LONGEST * 2]).casefold()
    return " ".join(_RUN.findall(folded))[:LONGEST]


@lru_cache(maxsize=2048)
def meant_grams(text: str) -> tuple[str, ...]:
    """Return what a wording is about, each pair once, at most 64: without the empty words, unless nothing else is left.

    A single character has no pair: the answer is then empty.
    """
    whole = plain(text)
    return tuple(_grams_of(_EMPTY.sub(" ", whole)) or _grams_of(whole))


def _grams_of(text: str) -> list[str]:
    found = [gram for run in _RUN.findall(text) for gram in _cut(run)]
    return list(dict.fromkeys(found))[:MOST_GRAMS]


def _cut(run: str) -> list[str]:
    if run.isascii():
        return [run]
    return [run[start : start + FEWEST] for start in range(len(run) - 1)]
