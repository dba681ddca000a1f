import re
from typing import Final

from zhijian.content.importing.furniture import body_bounds
from zhijian.content.importing.patterns import FULL_STOP, HAN, ONLY_DATE
from zhijian.content.importing.results import Line, Notice, Page

TITLE_AT_MOST: Final = 80
SOURCE_TITLE_AT_MOST: Final = 200
LETTERS: Final = re.compile(r"[\s\u3000]+")
OFFICIAL: Final = re.compile(
    r"(?:^关于|的(?:通知|意见|通告|公告|通报|办法|方案|决定|批复|函|报告|规定|细则|解读|请示)$)"
)
ISSUER: Final = re.compile(rf"^[{HAN}]{{2,20}}(?:人民政府|办公室|办公厅|局|委员会|委|厅|中心|管委会|院|指挥部)$")
LABELLED: Final = re.compile(rf"^[{HAN}]{{2,6}}[:\uff1a]\s*\S")
SUBTITLE: Final = re.compile(r"^(?:——|--|—|──)\s*(?=\S)")
SITE_SUFFIX: Final = re.compile(
    r"\s*(?:[-_|–—]+\s*[^-_|–—]{2,20}(?:政府|网|门户|网站|公众号|平台|日报|融媒体?)[^-_|–—]{0,12})+$"
)


def find_title(page: Page) -> None:
    """Find the title among the lines before the body, take it out of them, and its subtitle with it."""
    page.title = SITE_SUFFIX.sub("", page.title[:SOURCE_TITLE_AT_MOST]).strip()
    if page.title:
        _drop_given_title(page)
    else:
        _choose_title(page)
    _take_subtitle(page)
    if not page.title:
        page.notices.append(Notice("title", "没有认出标题，请补上。"))


def _head_length(page: Page) -> int:
    first, after = body_bounds(page.lines)
    return first if after else min(len(page.lines), 3)


def _drop_given_title(page: Page) -> None:
    """The title is known (from the page or the file): the same words before the body are no paragraph."""
    head = _head_length(page) + 1
    wanted = LETTERS.sub("", page.title)
    for index, line in enumerate(page.lines[:head]):
        if line.is_text and LETTERS.sub("", line.words) == wanted:
            del page.lines[index]
            return


def _choose_title(page: Page) -> None:
    head = page.lines[: _head_length(page)] or page.lines[:1]
    candidates = [index for index, line in enumerate(head) if _may_be_title(line)]
    if not candidates or (len(page.lines) == 1 and not page.images):
        return
    best = max(candidates, key=lambda index: _score(head[index], index))
    start = best
    if best and best - 1 in candidates and ISSUER.match(head[best - 1].words) and head[best].words.startswith("关于"):
        start = best - 1
    page.title = "".join(line.words for line in head[start : best + 1])
    before = [line.mark("unsure") for line in page.lines[:start]]
    page.lines = before + page.lines[best + 1 :]


def _may_be_title(line: Line) -> bool:
    words = line.words
    return (
        line.is_text
        and not line.marked
        and 0 < len(words) <= TITLE_AT_MOST
        and not words.endswith(("\u3002", "\uff0c", ",", "\uff1b", ";", "\uff1a", ":"))
        and not ONLY_DATE.match(words)
        and not LABELLED.match(words)
        and not SUBTITLE.match(words)
    )


def _score(line: Line, index: int) -> float:
    words = line.words
    return (
        40 * bool(OFFICIAL.search(words))
        + 15 * (line.block.kind == "heading")
        + 12 * line.centred
        + 6 * line.emphatic
        + min(len(words), 20) / 10
        - 8 * bool(line.list_kind)
        - 4 * bool(FULL_STOP.search(words))
        - 2 * index
    )


def _take_subtitle(page: Page) -> None:
    for index, line in enumerate(page.lines[:3]):
        if (
            line.is_text
            and page.title
            and not page.subtitle
            and not line.marked
            and SUBTITLE.match(line.words)
            and len(line.words) <= TITLE_AT_MOST
        ):
            page.subtitle = SUBTITLE.sub("", line.words)
            del page.lines[index]
            return
