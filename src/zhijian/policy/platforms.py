"""The table of platforms and kinds of account: what a body may open, how it is written, where its pages live.

A platform is data (`platforms.toml`): a new one needs no code, only the connector it names (`handoff` when a person
carries the piece over).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zhijian.policy.errors import BadData, PolicyError
from zhijian.policy.installed import own_folder
from zhijian.policy.reading import Fields, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What stands between the words of a hand-written platform name.
_LITTER = re.compile(r"[\s()\[\]（）【】〔〕<>《》「」“”\"'·・:：,，、/／|\-_—.。]+")
OWN_FILE = "platforms.toml"
LIMITS = ("title_chars", "text_chars", "images")
MOST = 1_000_000
_ENDINGS = ("官方账号", "官方号", "帐号", "账号", "平台", "账户")


class UnknownPlatform(PolicyError):  # noqa: N818 -- the name says what is wrong
    """A platform code is not in the table."""


@dataclass(frozen=True, slots=True)
class AccountKind:
    """One kind of account on a platform. `id_pattern` matches the whole id; empty takes any text."""

    code: str
    name: str
    synonyms: tuple[str, ...]
    id_name: str
    id_pattern: str


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform; the first of `kinds` is the usual one.

    `hosts` are host names, each with its sub-domains, some with a path prefix. `third_party` is False for what a body
    builds itself (APP, website). `connector` is the code of the client that serves it.
    `title_chars`, `text_chars` and `images`: the limits a person is told of who carries a piece over; None: not known.
    """

    code: str
    name: str
    synonyms: tuple[str, ...]
    kinds: tuple[AccountKind, ...]
    hosts: tuple[str, ...]
    connector: str
    third_party: bool
    editable_after_sending: bool
    note: str
    title_chars: int | None = None
    text_chars: int | None = None
    images: int | None = None

    def kind(self, code: str) -> AccountKind:
        """Return one kind of account. Raises `UnknownPlatform`."""
        for kind in self.kinds:
            if kind.code == code:
                return kind
        names = "、".join(kind.name for kind in self.kinds)
        raise UnknownPlatform(f"{self.name}没有“{code}”这种账号类型。请在{names}中选择。")


@dataclass(frozen=True, slots=True)
class PlatformKind:
    """A platform with one of its kinds of account."""

    platform: Platform
    kind: AccountKind

    @property
    def name(self) -> str:
        return (
            self.platform.name if self.kind.name == self.platform.name else f"{self.platform.name}（{self.kind.name}）"
        )

    def id_fits(self, platform_id: str) -> bool:
        """Tell whether an id has the form this platform gives out; a kind without a pattern takes any text."""
        pattern = self.kind.id_pattern
        return bool(platform_id) and (not pattern or re.fullmatch(pattern, platform_id) is not None)


@dataclass(frozen=True)
class PlatformTable:
    """All known platforms, in the order they are offered."""

    platforms: tuple[Platform, ...]

    def platform(self, code: str) -> Platform:
        """Return one platform by its code. Raises `UnknownPlatform`."""
        for platform in self.platforms:
            if platform.code == code:
                return platform
        raise UnknownPlatform(f"没有登记平台“{code}”。请在平台表里补上，或选“其他平台”。")

    def platform_kind(self, platform: str, kind: str = "") -> PlatformKind:
        """Return platform and kind by code; without `kind` the usual kind. Raises `UnknownPlatform`."""
        found = self.platform(platform)
        return PlatformKind(found, found.kind(kind) if kind else found.kinds[0])

    def identify(self, text: str) -> PlatformKind | None:
        """Recognise a platform as people write it (微信公众号, 新浪微博, B站 …).

        The longest known words in the text decide. None when nothing is known or two platforms are named.
        """
        plain = _plain(text)
        if plain in self._synonyms:
            return self._synonyms[plain]
        found = [self._synonyms[word] for word in _longest_words(plain, self._synonyms)]
        if len({match.platform.code for match in found}) != 1:
            return None
        named = [match for match in found if match.kind is not match.platform.kinds[0]]
        return (named or found)[0]

    def of_url(self, url: str) -> Platform | None:
        """Recognise a platform by the address of a page; the most exact host pattern wins. None when unknown."""
        try:
            parts = urlsplit(url if "//" in url else f"//{url}")
            host = (parts.hostname or "").lower().rstrip(".")
        except ValueError:
            return None
        matches = [
            (len(pattern), platform)
            for platform in self.platforms
            for pattern in platform.hosts
            if _host_fits(pattern, host, parts.path)
        ]
        return max(matches, key=lambda match: match[0])[1] if matches else None

    @cached_property
    def _synonyms(self) -> Mapping[str, PlatformKind]:
        known: dict[str, PlatformKind] = {}
        for platform in self.platforms:
            for kind in platform.kinds:
                for word in (kind.name, *kind.synonyms):
                    known.setdefault(_plain(word), PlatformKind(platform, kind))
        for platform in self.platforms:
            for word in (platform.code, platform.name, *platform.synonyms):
                known.setdefault(_plain(word), PlatformKind(platform, platform.kinds[0]))
        return known


def load_platforms(extra: Path | None = None) -> PlatformTable:
    """Read the shipped platform table; platforms in `extra` are added, or replace those of the same code.

    Without `extra` the `platforms.toml` of the installation's own folder counts, if there is one. Raises `BadData`.
    """
    folder = own_folder()
    if extra is None and folder is not None and (folder / OWN_FILE).exists():
        extra = folder / OWN_FILE
    return _shipped() if extra is None else _extended(extra, extra.stat().st_mtime_ns)


def platform_by_code(code: str) -> Platform:
    """Return a platform of this installation. Raises `UnknownPlatform`."""
    return load_platforms().platform(code)


def identify_platform(text: str) -> PlatformKind | None:
    """Recognise a platform as people write it; see `PlatformTable.identify`."""
    return load_platforms().identify(text)


def platform_of_url(url: str) -> Platform | None:
    """Recognise a platform by a page address; see `PlatformTable.of_url`."""
    return load_platforms().of_url(url)


@lru_cache(maxsize=8)
def _extended(extra: Path, stamp: int) -> PlatformTable:
    """Return the table with the platforms of a file as it stood at `stamp`."""
    _ = stamp
    found = {platform.code: platform for platform in (*_shipped().platforms, *_read(read_toml(extra)))}
    return PlatformTable(tuple(found.values()))


@lru_cache(maxsize=1)
def _shipped() -> PlatformTable:
    return PlatformTable(_read(read_toml(files(__package__).joinpath("platforms.toml"))))


def _read(content: Fields) -> tuple[Platform, ...]:
    content.only("platform")
    platforms = tuple(_read_platform(row) for row in content.tables("platform"))
    codes = [platform.code for platform in platforms]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadData(content.file, "platform", f"平台 {'、'.join(twice)} 写了两次", "请删去一份")
    return platforms


def _read_platform(row: Fields) -> Platform:
    row.only(
        "code", "name", "synonyms", "kind", "hosts", "connector", "third_party", "editable_after_sending", "note",
        *LIMITS,
    )  # fmt: skip
    limits = {name: row.optional(name, int) for name in LIMITS}
    if any(value is not None and not 0 < value <= MOST for value in limits.values()):
        raise row.bad("标题字数、正文字数、图片张数要在 1 到 1,000,000 之间", "请改正，不知道的不写")
    kinds = tuple(_read_kind(kind) for kind in row.tables("kind"))
    if not kinds:
        raise row.bad("没有账号类型", "请至少写一个 [[platform.kind]]")
    return Platform(
        code=row.need("code", str),
        name=row.need("name", str),
        synonyms=row.texts("synonyms"),
        kinds=kinds,
        hosts=row.texts("hosts"),
        connector=row.need("connector", str),
        third_party=row.need("third_party", bool),
        editable_after_sending=row.need("editable_after_sending", bool),
        note=row.optional("note", str) or "",
        **limits,
    )


def _read_kind(row: Fields) -> AccountKind:
    row.only("code", "name", "synonyms", "id_name", "id_pattern")
    pattern = row.optional("id_pattern", str) or ""
    try:
        re.compile(pattern)
    except re.error as error:
        raise row.bad(f"id_pattern 不是有效的正则表达式（{error}）", "请改正") from error
    return AccountKind(
        code=row.need("code", str),
        name=row.need("name", str),
        synonyms=row.texts("synonyms"),
        id_name=row.optional("id_name", str) or "账号",
        id_pattern=pattern,
    )


def _plain(text: str) -> str:
    """Reduce a written name to what matters: one width, lower case, no brackets and spaces, no "账号" at the end."""
    plain = _LITTER.sub("", unicodedata.normalize("NFKC", text).casefold())
    for ending in _ENDINGS:
        if plain.endswith(ending) and plain != ending:
            return plain.removesuffix(ending)
    return plain


def _longest_words(text: str, known: Mapping[str, PlatformKind]) -> list[str]:
    """Find known words in a text, longest first, none inside another; single letters and short Latin do not count."""
    found: list[str] = []
    rest = text
    for word in sorted(known, key=len, reverse=True):
        telling = len(word) > 1 and not (word.isascii() and len(word) < len("weibo"))
        if telling and word in rest:
            found.append(word)
            rest = rest.replace(word, "\n")
    return found


def _host_fits(pattern: str, host: str, path: str) -> bool:
    name, _, prefix = pattern.partition("/")
    host_fits = host == name or host.endswith(f".{name}")
    return host_fits and (not prefix or path == f"/{prefix}" or path.startswith(f"/{prefix}/"))
