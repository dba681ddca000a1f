"""What a recording shows, judged by the same rules as pictures; what stands on many frames is told once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zhijian.screening.attachments.judging import judge_attachment
from zhijian.screening.attachments.model import Attachment, Kind
from zhijian.screening.attachments.subtitles import Shown, moment, take_shown
from zhijian.screening.attachments.work import Desk
from zhijian.screening.pictures.judging import PictureFinding, judge_picture

if TYPE_CHECKING:
    from zhijian.screening.attachments.judging import AttachmentFinding
    from zhijian.screening.findings import Finding
    from zhijian.screening.recordings.reading import RecordingReading
    from zhijian.screening.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class RecordingFinding:
    """One fault on frames: `frame` counts those that were looked at; it is the first of `times` that show it.

    `marked` has its boxes. `context` is the line it stands in.
    """

    place: str
    marked: PictureFinding
    context: str
    frame: int
    at: float
    times: int

    @property
    def finding(self) -> Finding:
        return self.marked.finding


def judge_recording(reading: RecordingReading, ruleset: RuleSet) -> list[RecordingFinding]:
    """Return what is wrong on the frames by time. The same words in many frames are one finding, as bad as at worst."""
    same: dict[tuple[str, str], list[tuple[int, PictureFinding]]] = defaultdict(list)
    for number, frame in enumerate(reading.frames):
        for found in judge_picture(frame.reading, ruleset):
            same[found.finding.rule_id, found.finding.excerpt].append((number, found))
    return [_told(reading, shown) for shown in same.values()]


def _told(reading: RecordingReading, shown: list[tuple[int, PictureFinding]]) -> RecordingFinding:
    number, marked = min(shown, key=lambda one: one[1].finding.severity.rank)
    frame, times = reading.frames[number], len({number for number, _ in shown})
    first = reading.frames[shown[0][0]].at
    often = f"，共在 {times} 个画面里" if times > 1 else ""
    since = f"，{moment(first)} 就有" if first < frame.at else ""
    context = "" if marked.line is None else frame.reading.lines[marked.line].text
    message = marked.finding.message.replace("图片上的二维码", "画面上的二维码")
    told = replace(marked, finding=replace(marked.finding, message=message), frame=0)
    return RecordingFinding(f"{moment(frame.at)} 的画面{since}{often}", told, context, number, frame.at, times)


def judge_speech(reading: RecordingReading, ruleset: RuleSet) -> list[AttachmentFinding]:
    """Return what is wrong in the words that were heard, as in subtitles: also over the end of a piece of talk."""
    desk = Desk()
    shown = [Shown(one.text, one.at, one.until, 0, about=f"{moment(one.at)} 的声音") for one in reading.heard or ()]
    take_shown(shown, desk)
    links = desk.finish()
    said = Attachment(
        name="", kind=Kind.TXT, passages=tuple(desk.passages), pictures=(), unread=desk.unread, notes=(), tables=(),
        links=links,
    )  # fmt: skip
    return judge_attachment(said, ruleset)
