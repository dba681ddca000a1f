"""One address seen twice: as a reader sees it, and as a search engine is shown it."""

from __future__ import annotations

from typing import Final

from zhijian.screening.enums import Severity
from zhijian.screening.pages.judging import SHOWN, PageFinding, judge_page
from zhijian.screening.pages.tree import read_tree
from zhijian.screening.pages.words import bad_words
from zhijian.screening.plain import fold

KIND: Final = "cloaked"
_MESSAGE: Final = "这一页给搜索引擎看的和给读者看的不一样，藏着违法内容。请立即清除并查找入侵原因。"
_UNLIKE: Final = "这一页给搜索引擎看的标题和给读者看的毫不相干。请核查是否被篡改。"


def judge_variants(shown: str, crawled: str, *, url: str, crawled_url: str) -> list[PageFinding]:
    """Return the sign that a page was made for search engines alone, at most one; nothing where both are alike.

    `shown` is what a reader got from `url`, `crawled` what came from `crawled_url` for the same link. Serious signs and
    listed words at the head count that the shown page does not have; only a strange title is no more than a warning.
    """
    if shown == crawled:
        return []
    held = {(one.kind, one.evidence) for one in judge_page(shown, url=url)}
    graver = [
        one
        for one in judge_page(crawled, url=crawled_url)
        if (one.severity.blocks or one.kind == "head_words") and (one.kind, one.evidence) not in held
    ]
    if graver:
        worst = graver[0]
        severe = min(worst.severity, Severity.ERROR, key=lambda one: one.rank)
        return [PageFinding(KIND, severe, _MESSAGE, worst.evidence, f"给搜索引擎看的那一份，{worst.why}")]
    return _strange_title(shown, crawled)


def _strange_title(shown: str, crawled: str) -> list[PageFinding]:
    first, second = read_tree(shown), read_tree(crawled)
    title = fold(second.title)
    if not title or not first.title or not _are_unlike(title, fold(f"{first.title} {first.seen}")):
        return []
    severe = Severity.ERROR if bad_words(title, warned=False) else Severity.WARNING
    return [PageFinding(KIND, severe, _UNLIKE, second.title[:SHOWN], "给搜索引擎看的那一份，标题")]


def _are_unlike(title: str, page: str) -> bool:
    """Tell whether no two neighbouring signs of a title stand anywhere on the other page."""
    return len(title) > 1 and not any(title[at : at + 2] in page for at in range(len(title) - 1))
