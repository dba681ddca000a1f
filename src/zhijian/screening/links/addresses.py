"""Finding addresses in running text, and taking one apart. Places are exact; nothing is normalised away."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 2_000
# Letters that take the place of Latin ones, and the full-width ones; no Chinese, no full-width punctuation.
_ODD: Final = "\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\uff0e\uff0f\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u200b-\u200d"
_BODY: Final = rf"[!#-&(-;=?-_a-z{{|}}~{_ODD}]"
_NAME: Final = rf"[a-z0-9_\-{_ODD}]"
_SUFFIXES: Final = (
    "com|cn|net|org|gov|edu|info|biz|top|xyz|vip|cc|icu|me|io|co|tv|hk|tw|mo|ru|us|uk|jp|kr|tk|ml|club|site|online|shop|"
    "store|wang|ltd|link|live|fun|win|loan|work|click|pw|ws|su|bet|casino|ly|im|gd|gl|app|dev|cyou|gle|so|nz|gg|la|asia|mobi|pro|red|ink"
)
# All are asked of lower-case text and begin with one sign, then look back: an expression that ignores case, or begins
# by looking back, is tried at every place of a text.
_SCHEMED: Final = re.compile(
    r"[a-z](?<![a-z0-9+.\-].)(?:(?:(?<=h)ttps?|(?<=f)tp|(?<=f)ile)[:：;]?/{1,3}|(?<=h)t{1,3}ps?:?//?|[a-z0-9+.\-]{1,14}://|"
    r"(?:(?<=j)avascript|(?<=v)bscript|(?<=d)ata|(?<=t)el|(?<=w)xp|(?<=m)ailto):(?=\S))"
    rf"(?:[\u4e00-\u9fff]{{1,20}}(?=\.)|){_BODY}{{1,{LONGEST}}}(?:(?<=[.])[\u4e00-\u9fff]{{2,6}}(?=[/\s]|$))?",
)
_BARE: Final = re.compile(
    rf"{_NAME}(?<![a-z0-9@._/\\\-{_ODD}].){_NAME}{{0,62}}[.。．](?:{_NAME}{{1,63}}[.。．]){{0,5}}(?:{_SUFFIXES})"
    rf"(?![a-z0-9_\-@.](?![.。．]?(?:\s|$)))(?::[0-9]{{1,5}})?(?:[/?#]{_BODY}{{0,{LONGEST}}})?",
)
_NUMBERED: Final = re.compile(
    rf"[0-9](?<![0-9a-z.:/].)[0-9]{{0,2}}\.(?:[0-9]{{1,3}}\.){{2}}[0-9]{{1,3}}"
    rf"(?::[0-9]{{2,5}}(?:/{_BODY}{{0,{LONGEST}}})?|/{_BODY}{{1,{LONGEST}}})",
)
_LOCAL: Final = re.compile(
    rf"[c-z\\](?<![a-z0-9].)(?:(?<!\\):\\|(?<=\\)\\[a-z0-9][a-z0-9.\-]{{1,60}}\\){_BODY}{{1,200}}"
)
_TAIL: Final = ".,;:!?'\"*_~-`。．"
_CUTS: Final = frozenset(f"{_TAIL})]")
# Every address has a letter or digit directly before one of these signs; most texts have none and are done with here.
_HAS: Final = re.compile(rf"[.．。:：;；/\\](?:(?<={_NAME}.)|(?<=[/\\][/\\]))")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]{0,14})(?=:)", re.IGNORECASE)
_AUTHORITY: Final = re.compile(
    r"[a-z][a-z0-9+.\-]{0,14}:/{2,3}(?P<place>[^/?#\\]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_PLAIN: Final = re.compile(r"(?P<place>[^/?#\\]*)(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """One address taken apart. `host` is lower-case and half-width with xn-- read; `written_host` is as given."""

    url: str
    scheme: str
    user: str
    written_host: str
    host: str
    port: str
    path: str
    query: str


def links_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of addresses in a text, in order, none overlapping another."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(sign.lower() if sign.isascii() else sign for sign in text)
    if not _HAS.search(lower):
        return
    end = 0
    for start, until in sorted(_spans(lower)):
        if start >= end:
            end = until
            yield start, until


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for expression, sign in ((_SCHEMED, "/:"), (_BARE, ".。．"), (_NUMBERED, "."), (_LOCAL, "\\")):
        for match in expression.finditer(text) if any(one in text for one in sign) else ():
            until = match.start() + len(_without_tail(match[0]))
            yield match.start(), until


def _without_tail(found: str) -> str:
    while found and found[-1] in _CUTS:
        cut = found.rstrip(_TAIL)
        if cut.endswith(")") and cut.count("(") < cut.count(")"):
            cut = cut[:-1]
        if cut.endswith("]") and cut.count("[") < cut.count("]"):
            cut = cut[:-1]
        if cut == found:
            return found
        found = cut
    return found


def reads_as_link(text: str) -> bool:
    """Tell whether the whole text is one address, as the content of a code mostly is."""
    stripped = text.strip()
    return any(start == 0 and end >= len(stripped) - 1 for start, end in links_in(stripped))


@lru_cache(maxsize=2048)
def parsed(url: str) -> Address:
    """Take an address apart, never failing: what is not there is "". Without a scheme it counts as https."""
    scheme = _SCHEME.match(url)
    found = _AUTHORITY.match(url) or _PLAIN.match(url)
    assert found is not None  # noqa: S101 - the plain form matches anything
    user, _, place = found["place"].rpartition("@")
    written, port = _split_port(place)
    path, _, query = found["rest"].partition("?")
    name = scheme[1].lower() if scheme and (":/" in url or scheme[1].lower() in _NO_PLACE) else ""
    if name in _NO_PLACE:
        return Address(url, name, "", "", "", "", url, "")
    return Address(url, name, user, written, _read(written), port, path, query)


_NO_PLACE: Final = frozenset({"javascript", "vbscript", "data", "tel", "mailto"})


def _split_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, _, rest = place.partition("]")
        return f"{host}]", rest.removeprefix(":")
    host, colon, port = place.rpartition(":")
    return (host, port) if colon and port.isdigit() else (place, "")


def _read(host: str) -> str:
    plain = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".").lower().rstrip(".")
    return ".".join(_read_label(label) for label in plain.split("."))


def _read_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
