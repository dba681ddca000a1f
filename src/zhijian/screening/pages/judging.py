"""Signs that somebody else wrote into a page, each with the words it rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from zhijian.screening.enums import Severity
from zhijian.screening.links.hosts import is_trusted
from zhijian.screening.pages.crowds import MOST_ATTRIBUTES
from zhijian.screening.pages.outward import MOST_HOSTS, Outward, host_of
from zhijian.screening.pages.scripts import scripts_of
from zhijian.screening.pages.tree import LONGEST, MOST_BLOCKS, MOST_SCRIPTS, Tree, read_tree
from zhijian.screening.pages.words import BRANDS, SOURCE, bad_words, parked_word
from zhijian.screening.pages.writing import writing_of
from zhijian.screening.plain import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHORT_PAGE: Final = 2_500
SHOWN: Final = 120
_EDGE: Final = 3_000
_MANY: Final = 3
_FLOOD: Final = 6
_RUN: Final = re.compile(r"[^|｜,，_、\n]{2,20}(?:[|｜,，_、][^|｜,，_、\n]{2,20}){7,60}")
_PLACE_SLOT: Final = re.compile(rf"(?:{BRANDS})(?:省|自治州|市|县|区|镇|乡|村|街道|人民政府|县委|市委|区委|政府)")
_SPUN: Final = re.compile(r"(?:人民|[县市区省镇乡州])当局")
_REFRESH: Final = re.compile(r"url\s*=\s*['\"]?([^'\">\s]{4,2000})", re.IGNORECASE)
# Menus, tabs and dialogues are kept so; words of warning in them are meant for readers.
# What a database and a page cannot hold; scripts on hostile pages are full of it.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_USUAL: Final = frozenset({"display:none", "visibility:hidden", "带 hidden 属性", "放在 noscript 里"})
_FARM: Final = 5
_MOST_FRAMES: Final = 20
# What says nothing of who wrote a page: its own limits, and how it is written.
_NO_SUPPORT: Final = frozenset({"hosts_left_out", "not_looked"})


@dataclass(frozen=True, slots=True)
class PageFinding:
    """One sign in a page. `kind` names it, `evidence` is what was read there, `why` tells how it was recognised."""

    kind: str
    severity: Severity
    message: str
    evidence: str
    why: str
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What the signs say together. `kind` is hijacked, gambling or parked; "" is none of them."""

    kind: str = ""
    sentence: str = ""
    evidence: tuple[str, ...] = ()


def judge_page(html: str, *, url: str = "") -> list[PageFinding]:
    """Return the signs of a page that came from `url`, the worst first. Takes at most 12 million characters."""
    page, outward = read_tree(html), Outward(url, host_of(url))
    found = _weighed([*_signs(page, outward), *_not_looked(html, page)], outward.host)
    shown = [replace(one, evidence=_UNWRITABLE.sub("\ufffd", one.evidence)) for one in found]
    return sorted(shown, key=lambda one: (one.severity.rank, one.kind))


def _signs(page: Tree, outward: Outward) -> Iterator[PageFinding]:
    seen, url, host = fold(page.seen), outward.url, outward.host
    yield from _parked(page, seen)
    yield from _head(page)
    strange = [outward.foreign(block.links) for block in page.hidden]
    yield from _hidden(page, strange, outward)
    yield from _farm(page, strange, outward)
    yield from _words(seen, host)
    yield from _runs(page, seen)
    yield from _spinning(seen)
    yield from _outward(page, outward)
    for kind, severity, message, evidence, why in chain(scripts_of(page, url, host), writing_of(page)):
        yield PageFinding(kind, severity, message, evidence[:SHOWN], why)
    if outward.left_out:
        message = f"页面通向{MOST_HOSTS}个以上别的网站，其余{len(outward.left_out)}个没有检查。请人工核对。"
        yield PageFinding("hosts_left_out", Severity.WARNING, message, min(outward.left_out)[:SHOWN], "逐个数过网站")


def _not_looked(html: str, page: Tree) -> Iterator[PageFinding]:
    """Tell what of a page was not read, so that nobody takes it for clean."""
    parts = (
        (len(html) > LONGEST, f"页面太长，只检查了前{LONGEST // 10_000}万字", html[LONGEST : LONGEST + SHOWN]),
        (len(page.hidden) >= MOST_BLOCKS, f"隐藏内容太多，逐块检查了前{MOST_BLOCKS}块", page.hidden[-1:]),
        (page.crowded, f"有标签的属性超过{MOST_ATTRIBUTES}个", html[:SHOWN]),
        (len(page.scripts) >= MOST_SCRIPTS, f"脚本太多，检查了前{MOST_SCRIPTS}段", page.scripts[-1:]),
    )
    for too_much, told, last in parts:
        if too_much:
            evidence = last if isinstance(last, str) else str(last[0] if isinstance(last[0], tuple) else last[0].text)
            yield PageFinding(
                "not_looked", Severity.WARNING, f"{told}，其余没有检查。请人工核对。", evidence[:SHOWN], "页面的大小"
            )


def _weighed(found: list[PageFinding], host: str) -> list[PageFinding]:
    """Let one listed word at the head of a trusted page count as an error only beside a second sign.

    An office may have reason to name one; who breaks in writes more than one word.
    """
    support = [one for one in found if one.kind not in {"head_words", *_NO_SUPPORT} and one.severity != Severity.HINT]
    if support or not is_trusted(host):
        return found
    return [
        replace(one, severity=Severity.WARNING) if one.kind == "head_words" and one.severity == Severity.ERROR else one
        for one in found
    ]


def verdict_of(findings: Sequence[PageFinding]) -> PageVerdict:
    """Return what a page is: only findings that would block a text make it hijacked."""
    grave = [one for one in findings if one.severity.blocks]
    if not grave:
        return PageVerdict()
    evidence = tuple(f"{one.why}：{one.evidence}" for one in grave[:5])
    kinds = {one.kind for one in grave}
    if "parked" in kinds:
        return PageVerdict("parked", "打开的是过期或待售域名的页面，已不归原单位所有。", evidence)
    if "flood" in kinds:
        return PageVerdict("gambling", "打开的是赌博、色情等违法网站的页面。", evidence)
    return PageVerdict("hijacked", "打开的页面像是被人篡改过，藏有违法内容或跳转。", evidence)


def _distinct(words: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(words))


def _parked(page: Tree, seen: str) -> Iterator[PageFinding]:
    word = parked_word(fold(page.title)) or (parked_word(seen) if len(seen) < SHORT_PAGE else "")
    if word:
        message = "这是过期或待售域名的页面，请换掉或删除链接。"
        yield PageFinding("parked", Severity.ERROR, message, word, "页面上的话")


def _head(page: Tree) -> Iterator[PageFinding]:
    parts = (("标题", page.title), *(("描述和关键词", text) for text in page.metas.values()))
    words_of = [_distinct(bad_words(fold(text))) for _, text in parts]
    several = len({word for words in words_of for word in words}) > 1
    for (name, text), words in zip(parts, words_of, strict=True):
        if words:
            titled = Severity.VETO if several else Severity.ERROR
            severe = Severity.VETO if len(words) > 1 else titled if name == "标题" else Severity.WARNING
            message = f"页面{name}里有“{'”“'.join(words[:3])}”。多为网站被篡改，请核查。"
            yield PageFinding("head_words", severe, message, text[:SHOWN], f"页面{name}")


def _hidden(page: Tree, strange_of: list[dict[str, str]], outward: Outward) -> Iterator[PageFinding]:
    for block, strange in zip(page.hidden, strange_of, strict=True):
        usual, why = block.reason in _USUAL, f"（{block.reason}）"
        folded = fold(block.text)
        words = _distinct(bad_words(folded, warned=usual))
        text = " ".join(block.text.split())[:SHOWN]
        if len(words) > 1 or (words and strange):
            message = f"页面里藏着读者看不见的“{'”“'.join(words[:3])}”，是暗链。请立即清除并查找入侵原因。"
            yield PageFinding("hidden_words", Severity.VETO, message, text, f"隐藏内容{why}")
        elif words and bad_words(folded):
            message = f"页面里藏着读者看不见的“{words[0]}”。请核查是否被篡改。"
            yield PageFinding("hidden_words", Severity.WARNING, message, text, f"隐藏内容{why}")
        bad = outward.bad(strange)
        if bad or (len(strange) >= _MANY and not usual):
            message = "页面里藏着读者看不见的外站链接。请核查是否被挂暗链。"
            shown = (bad or next(iter(strange.values())))[:SHOWN]
            severe = Severity.VETO if bad else Severity.WARNING
            yield PageFinding("hidden_links", severe, message, shown, f"隐藏链接{why}")


def _farm(page: Tree, strange_of: list[dict[str, str]], outward: Outward) -> Iterator[PageFinding]:
    """Tell of many strange hosts in what is hidden as menus are. Government hosts and the page's own never count.

    Menus of friends hold strange hosts too; that most of them are bought for a day or numbered, none does.
    """
    usual = [found for block, found in zip(page.hidden, strange_of, strict=True) if block.reason in _USUAL]
    strange = {host: link for found in usual for host, link in found.items()}
    if len(strange) >= _FARM:
        many = 2 * outward.doubtful(strange) >= len(strange)
        message = f"页面里藏着通向{len(strange)}个外站的链接，读者看不见。请核查是不是自己的菜单，还是被挂了暗链。"
        shown = "、".join(strange)[:SHOWN]
        severe = Severity.ERROR if many else Severity.WARNING
        yield PageFinding("hidden_farm", severe, message, shown, "隐藏链接的去处")


def _words(seen: str, host: str) -> Iterator[PageFinding]:
    found = bad_words(seen)
    words = _distinct(found)
    if len(words) >= _FLOOD or (len(words) >= _MANY and len(found) >= 2 * _FLOOD):
        message = "页面内容是赌博、色情或非法买卖。请立即处理。"
        yield PageFinding(
            "seen_words" if is_trusted(host) else "flood",
            Severity.VETO,
            message,
            "、".join(words)[:SHOWN],
            "页面上的话",
        )
    elif len(words) >= _MANY:
        message = f"正文里夹着“{'”“'.join(words[:3])}”。请核查是否被篡改。"
        yield PageFinding("seen_words", Severity.ERROR, message, "、".join(words)[:SHOWN], "页面上的话")


def _runs(page: Tree, seen: str) -> Iterator[PageFinding]:
    flat = re.sub(r"[ \t\r]+", " ", seen).strip()
    for name, part in (("标题", fold(page.title)), ("开头", flat[:_EDGE]), ("末尾", flat[-_EDGE:])):
        for match in _RUN.finditer(part):
            words = _distinct(bad_words(match[0]))
            if len(words) > 1:
                message = f"页面{name}有一串给搜索引擎看的关键词。多为网站被篡改，请核查。"
                yield PageFinding("keyword_run", Severity.ERROR, message, match[0][:SHOWN], f"页面{name}的一串词")
                break


def _spinning(seen: str) -> Iterator[PageFinding]:
    slots = _distinct(match[0] for match in _PLACE_SLOT.finditer(seen))
    if slots:
        message = f"该写地名的地方写着“{slots[0]}”，像是盗用政府文章改写的页面。请立即删除链接。"
        yield PageFinding(
            "brand_for_place", Severity.ERROR, message, "、".join(slots)[:SHOWN], "博彩名称后面接着地名用字"
        )
    spun = [match[0] for match in _SPUN.finditer(seen)]
    if len(spun) > 1:
        message = "“政府”被改写成“当局”，像是机器改写的盗用页面。请核对来源。"
        yield PageFinding("spun_words", Severity.WARNING, message, "、".join(spun)[:SHOWN], "改写的用词")


def _outward(page: Tree, outward: Outward) -> Iterator[PageFinding]:
    bad = outward.bad(outward.foreign(page.links))
    if bad:
        message = "页面上有通向赌博、色情或仿冒网站的链接。请核查是否被篡改。"
        yield PageFinding("bad_links", Severity.ERROR, message, bad[:SHOWN], "页面上的链接")
    target = _REFRESH.search(page.refresh)
    away = outward.foreign([target[1]]) if target else {}
    if target and away:
        severe = Severity.ERROR if is_trusted(outward.host) or outward.bad(away) else Severity.WARNING
        message = "页面会自动跳到另一个网站。请核查是否被篡改。"
        yield PageFinding("refresh", severe, message, target[1][:SHOWN], "自动跳转")
    frames = outward.foreign(source for source, hidden in page.frames if hidden)
    for host, source in list(frames.items())[:_MOST_FRAMES]:
        severe = Severity.ERROR if outward.bad({host: source}) else Severity.WARNING
        message = "页面里藏着另一个网站的框架。请核查是否被篡改。"
        yield PageFinding("hidden_frame", severe, message, source[:SHOWN], "看不见的框架")
