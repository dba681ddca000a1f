"""Scripts that were put into a page: strange hosts, jumps for visitors from search engines, code in disguise."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit

from zhijian.screening.enums import Severity
from zhijian.screening.links import judge_link
from zhijian.screening.links.hosts import is_trusted, own_name
from zhijian.screening.pages.words import bad_words, is_script_host
from zhijian.screening.plain import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.pages.tree import Tree

Sign = tuple[str, Severity, str, str, str]
_ASKS: Final = re.compile(r"document\s{0,3}\.\s{0,3}referrer|navigator\s{0,3}\.\s{0,3}userAgent", re.IGNORECASE)
_ENGINES: Final = re.compile(r"baidu|google|sogou|bing|so\.com|360|yahoo|sm\.cn|toutiao|yisou", re.IGNORECASE)
_SPIDERS: Final = re.compile(r"spider|googlebot|bingbot|crawler|slurp", re.IGNORECASE)
_JUMPS: Final = re.compile(
    r"(?:window|self|top|parent|document)?\.?location(?:\.href)?\s{0,3}=|location\.(?:replace|assign)\s{0,3}\(|"
    r"document\.write(?:ln)?\s{0,3}\(|createElement\(\s{0,3}['\"](?:script|iframe)", re.IGNORECASE,
)  # fmt: skip
_CODES: Final = re.compile(r"fromCharCode\(\s{0,3}((?:[0-9]{1,6}\s{0,2},\s{0,2}){15,5000}[0-9]{1,6})")
_BASE64: Final = re.compile(r"atob\(\s{0,3}['\"]([A-Za-z0-9+/=]{16,20000})['\"]")
_HEX: Final = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}){10,5000}")
_UNESCAPE: Final = re.compile(r"(?:unescape|decodeURIComponent)\(\s{0,3}['\"]([^'\"]{20,20000})['\"]")
_TARGET: Final = re.compile(r"(?:https?:)?//[a-z0-9][a-z0-9.\-]{2,200}", re.IGNORECASE)
_DOES: Final = re.compile(r"<script|<iframe|location|document\.write|eval\(", re.IGNORECASE)
_SUSPECT: Final = frozenset(
    {
        "link.gambling",
        "link.punycode",
        "link.raw-number",
        "link.cheap",
        "link.number-name",
        "link.odd-number",
        "link.free",
    }
)
_MOST_TELLING: Final = frozenset({"link.gambling", "link.odd-number"})


def scripts_of(page: Tree, url: str, host: str) -> Iterator[Sign]:
    """Yield signs as (kind, severity, message, evidence, why)."""
    for source, code in page.scripts:
        if source:
            yield from _from_elsewhere(source, url, host)
        if code.strip():
            yield from _jumps(code, host)
            yield from _disguised(code, host)


def _from_elsewhere(source: str, url: str, host: str) -> Iterator[Sign]:
    try:
        whole = urljoin(url, source) if url else source
        target = (urlsplit(whole if "//" not in whole[:2] else f"https:{whole}").hostname or "").lower()
    except ValueError:
        return
    if not target or not host or _is_known(target, host):
        return
    rules = {one.rule_id for one in judge_link(whole)}
    if rules & _SUSPECT:
        severe = Severity.ERROR if is_trusted(host) or rules & _MOST_TELLING else Severity.WARNING
        message = f"页面引用了可疑网站的脚本（{target}）。请核查是否被植入。"
        yield "script_host", severe, message, whole, "脚本来自不相干的网站"
    elif is_trusted(host):
        message = f"页面引用了别的网站的脚本（{target}）。请确认是自己加的。"
        yield "script_host", Severity.HINT, message, whole, "脚本来自别的网站"


def _is_known(target: str, host: str) -> bool:
    return is_trusted(target) or is_script_host(target) or own_name(target) == own_name(host)


def _jumps(code: str, host: str) -> Iterator[Sign]:
    asks, jump = _ASKS.search(code), _JUMPS.search(code)
    if not asks or not jump:
        return
    referrer = "referrer" in code.lower() and _ENGINES.search(code)
    away = [target for target in _targets(code) if not _is_known(target, host)]
    if (referrer or _SPIDERS.search(code)) and (away or _CODES.search(code) or _BASE64.search(code)):
        message = "脚本只对从搜索引擎来的访客跳转或换内容。这是网站被篡改的典型做法，请立即核查。"
        yield "script_jump", Severity.ERROR, message, code[asks.start() : asks.start() + 120], "脚本按来路跳转"


def _targets(code: str) -> list[str]:
    found = []
    for match in _TARGET.finditer(code):
        try:
            found.append((urlsplit(match[0] if ":" in match[0] else f"https:{match[0]}").hostname or "").lower())
        except ValueError:
            continue
    return [target for target in found if "." in target]


def _disguised(code: str, host: str) -> Iterator[Sign]:
    for text in _decoded(code):
        away = [target for target in _targets(text) if not _is_known(target, host)]
        words = bad_words(fold(text), warned=False)
        if words or (away and _DOES.search(f"{text} {code if len(code) < 20_000 else ''}")):  # noqa: PLR2004 - a small script
            message = "脚本把要做的事编成数字或乱码，解开后是外站地址或违法词语。请立即核查。"
            yield "script_disguised", Severity.ERROR, message, text[:120], "解开脚本里的编码"
            return


def _decoded(code: str) -> Iterator[str]:
    for match in _CODES.finditer(code):
        yield "".join(chr(min(int(number), 0x10FFFF)) for number in match[1].split(","))
    for match in _BASE64.finditer(code):
        try:
            yield base64.b64decode(match[1] + "=" * (-len(match[1]) % 4)).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    for match in _HEX.finditer(code):
        yield re.sub(r"\\[xu]([0-9a-fA-F]{2,4})", lambda found: chr(int(found[1], 16)), match[0])
    for match in _UNESCAPE.finditer(code):
        yield unquote(re.sub(r"%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), match[1]))
