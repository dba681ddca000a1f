"""What stands in the code of a web page: words in scripts, styles and attributes, and pictures written into them.

Code is no prose: of it only stretches with Chinese characters are taken, and quoted numbers that look like those of a
telephone or of a person. Nothing is run.
"""

from __future__ import annotations

import base64
import binascii
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_to_bytes

from zhijian.screening.attachments.work import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from zhijian.screening.attachments.work import Desk

MOST_CODE: Final = 4_000_000
"""Characters of scripts, styles and attributes in one page that are gone through; written pictures do not count."""
_SHOWN: Final = 2_000
_CHINESE: Final = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_JOINED: Final = re.compile(r"\"\s{0,20}\+\s{0,20}\"|'\s{0,20}\+\s{0,20}'")
_ESCAPED: Final = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\([nrt])")
_CSS_ESCAPED: Final = re.compile(r"\\([0-9A-Fa-f]{1,6})[ \t\n]?")
_QUOTES: Final = re.compile(r"[\"'`\r\n]")
_TAGS: Final = re.compile(r"<[^<>]{0,300}>")
_CODE: Final = re.compile(r"[;{}=<>\\]|/\*|\*/|//")
# Those who write code write "," for "，"; that is no fault of the words.
_HALF_WIDTH: Final = re.compile(r"(?<=[^\x00-\x7f])[,;:!?()\[\]]|[,;:!?()\[\]](?=[^\x00-\x7f])")
_PERSONAL: Final = re.compile(
    r"(?<![0-9A-Za-z_.#%\-])(?:(?:\+?86)?1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx])(?![0-9A-Za-z_])"
    r"|\A\s{0,9}\+?(?:86[ \-]?)?1[3-9][0-9][ \-][0-9]{4}[ \-][0-9]{4}\s{0,9}\Z"
)
_OPERATOR: Final = re.compile(r"\s*[,:+;)\]}=?&|<>!.*/%(\[{-]")
_PICTURE: Final = re.compile(
    r"data:image/([a-z0-9.+\-]{1,20})(?:;[a-z0-9=.\-]{1,40}){0,4};base64,([A-Za-z0-9+/=_%\-\s]*+)", re.IGNORECASE
)
_BARE_PICTURE: Final = re.compile(
    r"data:image/([a-z0-9.+\-]{1,20})(?:;(?!base64)[a-z0-9=.\-]{1,40}){0,4},(.*+)", re.IGNORECASE | re.DOTALL
)
_WRITTEN: Final = re.compile("data:image/", re.IGNORECASE)
_IN_CSS: Final = re.compile(
    r"url\(\s{0,9}(?:\"(data:image/[^\"]*+)\"?|'(data:image/[^']*+)'?|(data:image/[^\s)]*+))", re.IGNORECASE
)
_DRAWN: Final = "svg+xml"
_HALVES: Final = range(0xD800, 0xE000)
_READ_ELSEWHERE: Final = frozenset({"alt", "title", "content", "placeholder", "value"})
_TOO_MUCH: Final = "内容太多，没有检查。请拆成几个文件分别检查"


@dataclass
class CodeReader:
    """Reads the code of one page onto a desk."""

    desk: Desk
    pictures: int = 0
    _gone_through: int = 0
    _known: set[str] = field(default_factory=set)

    def element(self, element: etree._Element) -> None:
        """Read the attributes of an element, and what stands in it when it is a script or a style."""
        name, where = str(element.tag), f"网页源码第 {element.sourceline} 行"
        if name in {"script", "style"}:
            what = "脚本" if name == "script" else "样式"
            self._code(element.text or "", f"{where}起的{what}（页面上看不见）", css=name == "style")
        for key, value in element.items():
            self._attribute(name, str(key).lower(), str(value), where)

    def _attribute(self, name: str, key: str, value: str, where: str) -> None:
        if not value.strip():
            return
        place = f"{where}（{name} 的 {key[:40]}，页面上看不见）"
        if _BARE_PICTURE.match(value.strip()):
            self._written(value.strip())
        elif key == "style" or key.startswith("on") or value.lstrip()[:11].lower() == "javascript:":
            self._code(value, place, css=key == "style")
        elif key not in _READ_ELSEWHERE or _WRITTEN.search(value) or name == "meta":
            rest = self._without_pictures(value)
            personal = key.startswith(("data-", "aria-")) and _PERSONAL.search(rest[:_SHOWN])
            known = key in _READ_ELSEWHERE and not (name == "meta" and _refreshes(value))
            if (personal or _CHINESE.search(rest)) and not known and self._afford(rest, place):
                self.desk.line(" ".join(_TAGS.sub(" ", rest).split()), place, hidden=True)

    def _code(self, code: str, place: str, *, css: bool) -> None:
        rest = self._without_pictures(code)
        for found in _IN_CSS.finditer(rest):
            self._written(found[1] or found[2] or found[3])
        rest = _IN_CSS.sub(" ", rest) if css else rest
        if self._afford(rest, place):
            for words in words_in_code(rest, css=css):
                self.desk.line(words, place, hidden=True)

    def _afford(self, text: str, place: str) -> bool:
        going = self._gone_through <= MOST_CODE
        self._gone_through += len(text)
        if going and self._gone_through > MOST_CODE:
            self.desk.leave(f"{place}，以及其后的脚本、样式和属性", _TOO_MUCH)
        return self._gone_through <= MOST_CODE

    def _without_pictures(self, text: str) -> str:
        """Lay the pictures written in a text on the desk and return the rest."""
        if not _WRITTEN.search(text):
            return text
        for found in _PICTURE.finditer(text):
            self._picture(found[1].lower(), found[2])
        return _PICTURE.sub(" ", text)

    def _written(self, address: str) -> None:
        """Read a picture that is written as signs, not as base64: mostly drawings."""
        found = _BARE_PICTURE.match(address)
        if not found:
            self._without_pictures(address)
        elif found[1].lower() == _DRAWN:
            self._drawing(unquote(found[2][:MOST_CODE]))
        else:
            self._lay(unquote_to_bytes(found[2][: 3 * LIMITS.picture_bytes]), found[2])

    def _picture(self, kind: str, written: str) -> None:
        if written in self._known:
            return
        if len(written) > LIMITS.picture_bytes * 3 // 2 or len(self._known) > LIMITS.pictures:
            self.desk.leave(self._place(), "图片太多或太大，没有检查")
            return
        signs = "".join(unquote(written).split()).rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(signs + "=" * (-len(signs) % 4))
        except (binascii.Error, ValueError):
            self.desk.leave(self._place(), "读不出来，没有检查")
            return
        if kind == _DRAWN:
            self._known.add(written)
            self._drawing(data.decode("utf-8", "replace"))
        else:
            self._lay(data, written)

    def _lay(self, data: bytes, written: str) -> None:
        if data and written not in self._known:
            self._known.add(written)
            self.pictures += 1
            self.desk.picture(f"写在网页代码里的第 {self.pictures} 张图片", data)

    def _place(self) -> str:
        return f"写在网页代码里的第 {self.pictures + 1} 张图片及以后"

    def _drawing(self, source: str) -> None:
        place = "写在网页代码里的矢量图"
        if self._afford(source, place):
            self.desk.line(" ".join(_TAGS.sub(" ", source).split()), place)


def _refreshes(value: str) -> bool:
    """Tell whether the content of a meta element is a jump, whose words nobody else reads."""
    return bool(re.match(r"\s{0,9}[0-9]{1,6}\s{0,9};", value))


def words_in_code(code: str, *, css: bool = False) -> Iterator[str]:
    """Yield the stretches of a script or style sheet that are words of people or their numbers."""
    text = _CSS_ESCAPED.sub(_sign, code) if css else _JOINED.sub("", _ESCAPED.sub(_sign, code))
    for piece in _QUOTES.split(text):
        whole = len(piece) <= _SHOWN and _PERSONAL.search(piece) and not _OPERATOR.match(piece)
        if whole and not _OPERATOR.search(piece[-1:]):
            yield piece
        elif _CHINESE.search(piece):
            for stretch in _CODE.split(_TAGS.sub("", piece)):
                if _CHINESE.search(stretch):
                    yield _HALF_WIDTH.sub(" ", stretch).strip()


def _sign(found: re.Match[str]) -> str:
    number = next((one for one in found.groups() if one), "")
    if number in {"n", "r", "t"}:
        return " "
    code = int(number, 16)
    return " " if code in _HALVES or code > sys.maxunicode else chr(code)
