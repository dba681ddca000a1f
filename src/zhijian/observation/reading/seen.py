"""What every reader gives, whatever it read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_TITLE: Final = 200
LONGEST_URL: Final = 1000
LONGEST_TEXT: Final = 200_000
MOST_LINKS: Final = 200
_WECHAT_IDENTITY: Final = ("__biz", "mid", "idx", "sn")
_TRACKING: Final = re.compile(r"utm_\w+|spm|scene|chksm|from|isappinstalled|share_\w+|sessionid", re.IGNORECASE)
# A surrogate or a NUL would be refused by the database, other controls only confuse readers.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(Exception):  # noqa: N818 - reads as what is the matter
    """What came cannot be read. `sentence` tells a person in Chinese."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class SeenPost:
    """One post as a source showed it. `name` is the source's own id of it; `whole` False: not the whole text.

    `published_at` None: no date, or one that cannot be true; `date_note` then says which.
    """

    url: str = ""
    name: str = ""
    title: str = ""
    text: str = ""
    whole: bool = False
    links: tuple[tuple[str, str], ...] = ()
    published_at: datetime | None = None
    date_note: str = ""

    @property
    def key(self) -> str:
        """Return what the post is found again by within its account: its address, its name, else what it says."""
        address = comparable(self.url)
        if address:
            return _digest(f"url {address}")
        if self.name:
            return _digest(f"name {self.name}")
        moment = self.published_at.isoformat() if self.published_at else ""
        return _digest(f"text {moment} {self.title} {self.text[:500]}")

    @property
    def text_sha256(self) -> str:
        """Return the digest over title and text: equal digests, equal words."""
        return _digest(f"{self.title}\n{self.text}")


def comparable(url: str) -> str:
    """Return an address without what differs from visit to visit; "" for what is no web address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"{place}{parts.path or '/'}?{_kept_query(host, parts.query)}".rstrip("?")


def _kept_query(host: str, query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=None)
    if host == "mp.weixin.qq.com" and any(name == "__biz" for name, _ in pairs):
        pairs = [pair for pair in pairs if pair[0] in _WECHAT_IDENTITY]
    return urlencode(sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0])))


def clean(text: str, longest: int) -> str:
    """Return text that can be kept: no controls, no lone surrogates, not longer than it may be."""
    return _UNWRITABLE.sub("", text).strip()[:longest]


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
