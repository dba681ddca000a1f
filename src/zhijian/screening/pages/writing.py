"""How a page is written: pinyin in brackets, traditional characters among simplified, titles in other scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhijian.screening.enums import Severity
from zhijian.screening.plain import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.pages.scripts import Sign
    from zhijian.screening.pages.tree import Tree

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_PINYIN: Final = re.compile(r"([\u4e00-\u9fff])[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]")
_TONED: Final = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
_FOREIGN: Final = re.compile(r"[\u3040-\u30ff\u0e00-\u0e7f\u0400-\u04ff\uac00-\ud7af\u0600-\u06ff]")
_WORDS: Final = re.compile(r"[A-Za-z]{3,20}")
_TRADITIONAL_PAGE: Final = re.compile(r"zh-(?:hant|tw|hk|mo)")
_LITTER: Final = 4
_DENSE: Final = 2.0
_ENOUGH: Final = 200
_LINE: Final = 20
_SHARE: Final = 0.08
# A page gone wrong shows it early; the rest of megabytes tells nothing more.
_READ: Final = 200_000
_READ_OF_LINE: Final = 400


def writing_of(page: Tree) -> Iterator[Sign]:
    """Yield signs as (kind, severity, message, evidence, why)."""
    chinese = len(_CHINESE.findall(page.seen[:_READ]))
    yield from _pinyin(page, chinese)
    if chinese >= _ENOUGH:
        yield from _conversion(page)
        yield from _title(page)


def _pinyin(page: Tree, chinese: int) -> Iterator[Sign]:
    found = [match for match in _PINYIN.finditer(page.seen[:_READ]) if _TONED.search(match[0])]
    if len(found) < _LITTER or len(found) * 1000 / max(chinese, 1) < _DENSE:
        return
    converted = sum(fold(match[1]) != match[1] for match in found)
    severe = Severity.ERROR if converted * 2 >= len(found) else Severity.WARNING
    message = "正文里到处夹着带声调的拼音，像是机器改写的盗用页面。请核对来源。"
    evidence = "、".join(match[0] for match in found[:8])
    yield "pinyin_litter", severe, message, evidence, f"夹注拼音{len(found)}处"


def _conversion(page: Tree) -> Iterator[Sign]:
    if _TRADITIONAL_PAGE.match(page.language):
        return
    lines = [line[:_READ_OF_LINE] for line in page.seen[:_READ].splitlines() if len(line) >= _LINE]
    shares = [(_share(line), line) for line in lines if len(_CHINESE.findall(line)) >= _LINE]
    turned = [line for share, line in shares if share > _SHARE]
    if len(turned) > 1 and sum(share == 0 for share, _ in shares) > 1:
        message = "正文里简体和繁体成段交替，像是机器转换的盗用页面。请核对来源。"
        yield "script_conversion", Severity.WARNING, message, turned[0].strip(), "逐段比对字形"


def _share(line: str) -> float:
    folded = fold(line)
    signs = [(one, other) for one, other in zip(line, folded, strict=True) if "\u4e00" <= one <= "\u9fff"]
    return sum(one != other for one, other in signs) / max(1, len(signs))


def _title(page: Tree) -> Iterator[Sign]:
    for name, text in (("标题", page.title), ("描述", page.metas.get("description", ""))):
        if _CHINESE.search(text):
            continue
        if len(_FOREIGN.findall(text)) >= _LITTER:
            message = f"正文是中文，页面{name}却是外文。多为网站被篡改，请核查。"
            yield "foreign_title", Severity.ERROR, message, text, f"页面{name}的文字"
        elif len(_WORDS.findall(text)) >= _LITTER:
            message = f"正文是中文，页面{name}却是外文。请核查。"
            yield "foreign_title", Severity.HINT, message, text, f"页面{name}的文字"
