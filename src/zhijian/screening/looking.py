"""Looking at one file of any kind: a picture, a recording, a page, or a file with text and the pictures in it.

The page of the workbench, the API and the command all look through `look_at`, so that they tell the same. How much
one look may cost differs by who waits: `WAITING` for whoever waits for the answer, `PATIENT` for a command.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments import BadAttachment, Kind, judge_attachment, read_attachment
from zhijian.screening.attachments.plain import decoded
from zhijian.screening.enums import Category
from zhijian.screening.findings import Finding, Report, report
from zhijian.screening.pages import judge_page
from zhijian.screening.pictures import BadPicture, PictureFinding, judge_picture, read_picture
from zhijian.screening.recordings import (
    HEAD,
    BadRecording,
    judge_recording,
    judge_speech,
    read_recording,
    recording_kind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.screening.attachments import Attachment
    from zhijian.screening.pictures.reading import Box
    from zhijian.screening.recordings import RecordingReading
    from zhijian.screening.ruleset import RuleSet

_BITMAPS = frozenset(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_TOO_SHORT: Final = 2.0
"""Seconds; with less left over a picture is not begun: one takes about that long."""
_SPARE: Final = 10.0
"""Seconds kept back when a recording is watched: the last frame begun is read to its end."""


@dataclass(frozen=True, slots=True)
class LookLimits:
    """What one look may cost; what is beyond a limit is told.

    `pictures` are read of one file, `seconds` for all of them together (None: as long as it takes), `findings` told,
    the most serious ones first; in files with more than `typo_characters` nobody looks for typing errors. Of a
    recording `frames` are read, and their pictures kept if `keeps_frames`.
    """

    pictures: int
    seconds: float | None
    findings: int
    typo_characters: int
    frames: int = 60
    keeps_frames: bool = False


WAITING: Final = LookLimits(pictures=5, seconds=40.0, findings=300, typo_characters=20_000, frames=20)
"""Whoever waits for the answer: the page and the API. A call ends before a gateway gives up (60 seconds mostly)."""
PATIENT: Final = LookLimits(pictures=1_000, seconds=None, findings=100_000, typo_characters=20_000_000)
"""A command, which may run for hours."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding and where: `place` for a person, `line` and `column` from 1 where the source is lines of text.

    `context` are the words around it; `boxes` the corners in pixels where it stands on a picture, one box for each
    line it runs over. `hidden`: a reader of the file does not see it at once. `frame`: see `PictureFinding`.
    """

    place: str
    finding: Finding
    context: str = ""
    line: int = 0
    column: int = 0
    boxes: tuple[Box, ...] = ()
    hidden: bool = False

    def as_data(self) -> dict[str, object]:
        """Return the finding with its place as JSON values."""
        place = {"place": self.place, "line": self.line, "column": self.column, "context": self.context}
        return {**place, "hidden": self.hidden, "boxes": self.boxes, **self.finding.as_data()}


@dataclass(frozen=True, slots=True)
class Looked:
    """What one file shows. `not_looked` are sentences; while there is one, no findings does not mean clean.

    `counts` are of everything found, also of what is beyond the limit and so not in `seen`. `unreadable`: nothing of
    the file was read. `attachment` is the file with text as it was read; `marked` are the findings of a file that is
    itself a picture, in the order of `seen`. Of a `recording` they are too, and their `frame` counts its frames (-1:
    on none); `sentence_of_looks` tells what was watched.
    """

    counts: Report
    seen: tuple[Seen, ...] = ()
    not_looked: tuple[str, ...] = ()
    unreadable: bool = False
    attachment: Attachment | None = None
    marked: tuple[PictureFinding, ...] = ()
    recording: RecordingReading | None = None

    @property
    def sentence_of_looks(self) -> str:
        """Return what of a recording was looked at, "" for other files."""
        return self.recording.sentence if self.recording else ""

    @property
    def left_out(self) -> int:
        """Return how many findings are beyond the limit; the most serious ones are told first."""
        return self.counts.findings - len(self.seen)

    @property
    def sentence(self) -> str:
        """Return the result as one sentence a person reads; "not looked at" is never "nothing found"."""
        left = len(self.not_looked)
        if not left:
            return self.counts.sentence
        if not self.counts.findings:
            return f"看过的部分没有发现问题，但有 {left} 处没有检查。"
        return f"{self.counts.sentence.removesuffix('。')}；另有 {left} 处没有检查。"


def look_at(
    data: bytes | Path, ruleset: RuleSet, *, name: str, url: str = "", limits: LookLimits = PATIENT,
    typos: bool = False, listener: str = "",
) -> Looked:  # fmt: skip
    """Judge the bytes of a file by the rules; a page that was fetched names its `url`. An empty file is clean.

    A recording may be given by its path, since it may be too large for the memory; `listener` names the plug-in that
    writes down what is said (`recordings.Listener`).

    Nothing is raised for files that cannot be read: the sentence stands in `not_looked`. With `typos` probable typing
    errors are told too.
    """
    look = _Look(ruleset, limits)
    if isinstance(data, Path) or is_recording(data):
        look.recording(data, listener)
        return look.told()
    if not data.strip():
        return look.told()
    if is_picture(data):
        look.picture(data, "")
    else:
        look.file(data, "page.html" if url else name, url, typos=typos)
    return look.told()


def most_serious(found: Sequence[Finding], most: int) -> list[int]:
    """Return the indexes of at most `most` findings in their order, those of lesser severity left out first."""
    if len(found) <= most:
        return list(range(len(found)))
    return sorted(sorted(range(len(found)), key=lambda number: found[number].severity.rank)[:most])


def is_picture(data: bytes) -> bool:
    """Tell by its first bytes whether a file is a picture."""
    if data.startswith(b"BM"):
        return data[14:18] in _BITMAPS
    return data.startswith(_PICTURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def is_recording(data: bytes) -> bool:
    """Tell by its first bytes whether a file is audio or video."""
    return recording_kind(data[:HEAD]) is not None


class _Look:
    """One look under way: what was seen so far, and what is left of its limits."""

    def __init__(self, ruleset: RuleSet, limits: LookLimits) -> None:
        self._ruleset, self._limits = ruleset, limits
        self._ends = None if limits.seconds is None else time.monotonic() + limits.seconds
        self._pictures = limits.pictures
        self._seen: list[Seen] = []
        self._not_looked: list[str] = []
        self._attachment: Attachment | None = None
        self._marked: tuple[PictureFinding, ...] = ()
        self._recording: RecordingReading | None = None
        self._unreadable = False

    def told(self) -> Looked:
        found = [one.finding for one in self._seen]
        kept = most_serious(found, self._limits.findings)
        return Looked(
            counts=report(found, ruleset_version=self._ruleset.version),
            seen=tuple(self._seen[number] for number in kept),
            not_looked=tuple(self._not_looked),
            unreadable=self._unreadable,
            attachment=self._attachment,
            marked=tuple(self._marked[number] for number in kept) if self._marked else (),
            recording=self._recording,
        )

    def file(self, data: bytes, name: str, url: str, *, typos: bool) -> None:
        """Look at a file with text, and at the pictures in it."""
        try:
            attachment = self._attachment = read_attachment(data, name=name)
        except BadAttachment as bad:
            self._unreadable = True
            self._not_looked.append(str(bad))
            return
        typos = typos and self._short_enough(attachment)
        for one in judge_attachment(attachment, self._ruleset, typos=typos):
            sheet, line, _ = one.key
            line, column = (line, one.finding.start + 1) if sheet == 0 and line > 0 else (0, 0)
            self._seen.append(Seen(one.place, one.finding, one.context, line, column, hidden=one.hidden))
        if attachment.kind is Kind.HTML:
            self._seen += _page(data, url)
        self._not_looked += [f"{unread.place}：{unread.why}" for unread in attachment.unread]
        for picture in attachment.pictures:
            self.picture(picture.data, picture.place)

    def _short_enough(self, attachment: Attachment) -> bool:
        most = self._limits.typo_characters
        if attachment.characters > most:
            self._not_looked.append(f"文字超过 {most:,} 字，没有用字词模型找错别字。请分段再查。")
            return False
        return True

    def recording(self, source: bytes | Path, listener: str) -> None:
        """Look at a file of sound or moving pictures."""
        limits = self._limits
        seconds = None if self._ends is None else max(_TOO_SHORT, self._ends - time.monotonic() - _SPARE)
        frames = limits.frames if limits.pictures else 0
        try:
            reading = read_recording(
                source, seconds=seconds, frames=frames, pictures=limits.keeps_frames, listener=listener
            )
        except BadRecording as bad:
            self._unreadable = True
            self._not_looked.append(str(bad))
            return
        found = judge_recording(reading, self._ruleset)
        self._recording = reading
        self._seen += [Seen(one.place, one.finding, one.context, boxes=one.marked.boxes) for one in found]
        said = judge_speech(reading, self._ruleset)
        self._seen += [Seen(one.place, one.finding, one.context) for one in said]
        self._marked = (
            *(replace(one.marked, frame=one.frame) for one in found),
            *(PictureFinding(one.finding, (), frame=-1) for one in said),
        )
        self._not_looked += reading.not_looked

    def picture(self, data: bytes, place: str) -> None:
        """Look at a picture; one without a `place` is the file itself."""
        where = place or "图片"
        seconds = None if self._ends is None else self._ends - time.monotonic()
        if self._pictures <= 0 or (seconds is not None and seconds < _TOO_SHORT):
            most = self._limits.pictures
            why = "时间到了，没有识别" if self._pictures > 0 else f"一次最多识别 {most} 张，这一张没有识别"
            self._not_looked.append(f"{where}：{why if most else '按要求没有识别图片'}。")
            return
        self._pictures -= 1
        try:
            reading = read_picture(data, seconds=seconds)
        except BadPicture as bad:
            self._unreadable = not place
            self._not_looked.append(f"{where}：{bad}")
            return
        found = judge_picture(reading, self._ruleset)
        self._marked = self._marked if place else tuple(found)
        for one in found:
            line = "" if one.line is None else f"第 {one.line + 1} 行字"
            context = "" if one.line is None else reading.lines[one.line].text
            self._seen.append(Seen(f"{where} {line}".strip(), one.finding, context, boxes=one.boxes))
        self._not_looked += [f"{where}：{sentence}" for sentence in (reading.not_looked, reading.partly) if sentence]


def _page(data: bytes, url: str) -> Iterator[Seen]:
    """Yield the signs that a page was tampered with or is no longer its owner's."""
    for sign in judge_page(decoded(data)[0], url=url):
        told = Finding(
            0, len(sign.evidence), sign.evidence, f"page.{sign.kind}", Category.BAD_LINK, sign.severity, sign.message,
            (), sign.source, sign.why,
        )  # fmt: skip
        yield Seen("网页源码", told, sign.evidence)
