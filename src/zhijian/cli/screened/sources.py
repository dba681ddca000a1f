"""Where the command reads: files, folders, pages of the net, and what is piped into it."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhijian.lib.fetching import Fetcher, HostPace, Reached
from zhijian.screening.attachments import LIMITS
from zhijian.screening.looking import is_recording
from zhijian.screening.recordings import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.screening.looking import Seen

LARGEST: Final = LIMITS.file_bytes
"""Bytes of one file; larger ones are told and left out."""
_OTHER_SCHEME: Final = re.compile("[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """Something to look at. `why_not` is a Chinese sentence when it could not be read; `data` is empty then.

    A recording is not read here: `data` is its path.
    """

    name: str
    data: bytes | Path = b""
    url: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found in one source, by its name. `looked` tells what of a recording was looked at.

    `is_read`: the source could be read, whatever of it was looked at.
    """

    name: str
    seen: tuple[Seen, ...]
    not_looked: tuple[str, ...]
    looked: str = ""
    is_read: bool = True


def read_sources(given: Sequence[str]) -> Iterator[Source]:
    """Yield what the words of the command line name, folders file by file in the order of their names."""
    fetcher = Fetcher(pace=HostPace())
    for word in given:
        if word == "-":
            yield _not_empty(_limited(Source("-", sys.stdin.buffer.read(LARGEST + 1))))
        elif word.startswith(("http://", "https://")):
            yield _fetched(word, fetcher)
        elif _OTHER_SCHEME.match(word):
            yield Source(word, why_not="只能打开 http:// 和 https:// 的网址。")
        elif Path(word).is_dir():
            yield from _folder(Path(word))
        else:
            yield _not_empty(_file(Path(word)))


def _not_empty(source: Source) -> Source:
    """Tell of something named by itself that there is nothing in it; in folders empty files are usual."""
    if source.why_not or source.data != b"":
        return source
    return Source(source.name, why_not="是空的，没有内容可以检查。请核对是不是这一个。")


def _folder(folder: Path) -> Iterator[Source]:
    barred: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=barred.append):
        links = sorted(name for name in folders if (Path(place) / name).is_symlink())
        yield from (Source(str(Path(place) / name), why_not="是指向别处的链接，没有进去。") for name in links)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield _file(Path(place) / name)
    yield from (Source(str(error.filename), why_not=f"打不开（{error.strerror}）。请检查权限。") for error in barred)


def _file(path: Path) -> Source:
    if path.exists() and not path.is_file():
        return Source(str(path), why_not="不是普通文件，没有读。")
    try:
        with path.open("rb") as file:
            if is_recording(file.read(HEAD)):
                return Source(str(path), path)
            file.seek(0)
            return _limited(Source(str(path), file.read(LARGEST + 1)))
    except FileNotFoundError:
        return Source(str(path), why_not="没有这个文件。请检查路径。")
    except OSError as error:
        return Source(str(path), why_not=f"读不出来（{error.strerror}）。请检查权限。")


def _limited(source: Source) -> Source:
    if isinstance(source.data, bytes) and len(source.data) > LARGEST:
        return Source(source.name, why_not=f"超过 {LARGEST // 2**20} MB，没有检查。请拆开再查。")
    return source


def _fetched(url: str, fetcher: Fetcher) -> Source:
    found = fetcher.get(url)
    if not isinstance(found, Reached):
        return Source(url, why_not=found.sentence)
    if not found.is_page:
        return Source(url, why_not=f"网站回答 {found.status}，没有看到页面。")
    return Source(url, found.body, url=found.url)
