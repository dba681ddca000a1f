"""What stands against making a question public: wrong words, and what is to be read on its photos."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from zhijian.files.queries import read_bytes
from zhijian.inbox.queries.answers import findings_in
from zhijian.inbox.queries.cases import photos_of
from zhijian.knowledge.queries import ruleset_for
from zhijian.lib.errors import Missing
from zhijian.screening import Category, Severity
from zhijian.screening.looking import WAITING, look_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.inbox.models import Case
    from zhijian.screening import Finding

SHOWN: Final = 3
LONGEST_TOLD: Final = 300


@dataclass(frozen=True, slots=True)
class PhotosRead:
    """What was read on photos: findings with the photo they stand on, and sentences about what was not read."""

    found: tuple[tuple[str, Finding], ...] = ()
    not_looked: tuple[str, ...] = ()

    @property
    def told(self) -> list[str]:
        """Return everything as sentences for the reviewer."""
        found = [f"{place}：{one.severity.label}，{one.message}" for place, one in self.found]
        return [sentence[:LONGEST_TOLD] for sentence in (*found, *self.not_looked)]


def read_photos(case: Case, chosen: Sequence[str]) -> PhotosRead:
    """Look at the chosen photos of a case by the rules of its body; about two seconds each, 40 for all of them."""
    ruleset, ends = ruleset_for(case.organisation), time.monotonic() + (WAITING.seconds or 0)
    found: list[tuple[str, Finding]] = []
    not_looked: list[str] = []
    for photo in photos_of(case):
        if photo.sha256 not in chosen:
            continue
        place = f"第 {photo.position + 1} 张照片"
        limits = replace(WAITING, seconds=ends - time.monotonic())
        try:
            looked = look_at(read_bytes(photo.sha256), ruleset, name=place, limits=limits)
        except Missing as missing:
            not_looked.append(f"{place}：{missing}")
            continue
        found += [(place, one.finding) for one in looked.seen]
        not_looked += [f"{place}没有读完：{sentence.removeprefix('图片：')}" for sentence in looked.not_looked]
    return PhotosRead(tuple(found), tuple(not_looked))


def unmended_reasons(case: Case, words: str, photos: PhotosRead, *, note: str) -> list[str]:
    """Say what must be mended before words and photos become public; all but serious errors may stand with a note.

    Personal data in the words is judged by `unmasked_reasons`, where nothing helps but masking.
    """
    in_words = [one for one in findings_in(case.organisation, words) if one.category is not Category.PRIVACY]
    found = [("文字", one) for one in in_words] + list(photos.found)
    serious = [one for one in found if one[1].severity is Severity.VETO]
    doubtful = [one for one in found if one[1].severity.blocks]
    if serious:
        return [f"检查发现{_named(serious)}属严重错误，请改正；在照片上的，不要公开这张照片。"]
    if note.strip():
        return []
    reasons = [f"检查发现{_named(doubtful)}。请改正，确属误报的，在“检查提示的说明”里写明理由。"] if doubtful else []
    if photos.not_looked:
        reasons.append(f"{photos.not_looked[0]}看过原图、确实可以公开的，在“检查提示的说明”里写明；也可以稍后再送审。")
    return reasons


def _named(found: Sequence[tuple[str, Finding]]) -> str:
    more = f"等 {len(found)} 处" if len(found) > SHOWN else ""
    return "、".join(f"{place}上的“{one.excerpt[:12]}”" for place, one in found[:SHOWN]) + more
