"""Checking a file before it goes out: looked at by the body's own rules, told by place. Nothing is stored."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.conf import settings

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.knowledge.queries import private_rules, ruleset_for
from zhijian.lib.errors import Refused
from zhijian.screening import Category
from zhijian.screening.attachments import BadAttachment, judge_attachment, masked_copy
from zhijian.screening.attachments.subtitles import moment
from zhijian.screening.looking import WAITING, is_picture, look_at
from zhijian.screening.pictures import BadPicture, draw_boxes, strip_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.organisations.models import Organisation, User
    from zhijian.screening import RuleSet
    from zhijian.screening.attachments import Attachment, AttachmentFinding
    from zhijian.screening.looking import Looked, Seen

# A copy is handed over inside the page itself, so that nothing need be kept on the server.
LARGEST_COPY = 3 * 1024 * 1024
LIMITS_OF_PAGE = replace(WAITING, keeps_frames=True)
MOST_FRAMES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the file with what was found there."""

    name: str
    hidden: bool
    findings: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """A frame of a video: `address` holds its picture with boxes, numbered as the findings are; `at` as people read."""

    at: str
    address: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A copy to take along: `address` holds it, "" when there is none and `why` may tell why. `masked` counts."""

    address: str = ""
    name: str = ""
    masked: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What the page shows. `drawn` is an address that holds a picture with numbered boxes, "" for other files.

    `masked` is a copy without personal data, `stripped` a picture without what its file tells besides. Of a video
    `frames` are the first ones with boxes, `undrawn` counts the others.
    """

    name: str
    looked: Looked
    drawn: str = ""
    masked: GivenBack = GivenBack()
    stripped: GivenBack = GivenBack()
    frames: tuple[DrawnFrame, ...] = ()
    undrawn: int = 0

    @property
    def is_picture(self) -> bool:
        """Tell whether the file is itself a picture: then findings are numbered as the boxes on it."""
        return bool(self.drawn)

    @property
    def places(self) -> tuple[Place, ...]:
        """Return the findings by place, in the order of the file."""
        grouped = groupby(self.looked.seen, key=lambda one: (one.place, one.hidden))
        return tuple(Place(place, hidden, tuple(found)) for (place, hidden), found in grouped)


def check_file(
    *, actor: User, organisation: Organisation, name: str, data: bytes, typos: bool = False
) -> CheckedFile:  # fmt: skip
    """Check a file by the rules and terms of a body. Raises Refused for what cannot be read and without the right."""
    require(Permission.FILE_CHECK, actor=actor, thing=organisation)
    ruleset = ruleset_for(organisation)
    listener = settings.ZHIJIAN_LISTENER
    looked = look_at(data, ruleset, name=name, limits=LIMITS_OF_PAGE, typos=typos, listener=listener)
    if looked.unreadable:
        raise Refused(list(looked.not_looked))
    shown = PurePath(name).name[:80]
    if is_picture(data):
        return _picture(data, shown, looked)
    if looked.recording:
        return checked_recording(shown, looked)
    masked = _masked(data, shown, looked, ruleset) if looked.attachment else GivenBack()
    return CheckedFile(name=shown, looked=looked, masked=masked)


def _picture(data: bytes, name: str, looked: Looked) -> CheckedFile:
    try:
        drawn, copy = draw_boxes(data, looked.marked), strip_metadata(data)
    except BadPicture as bad:
        raise Refused(str(bad)) from bad
    path = PurePath(name)
    stripped = GivenBack()
    if len(copy) <= LARGEST_COPY:
        address = _address(copy, "application/octet-stream")
        stripped = GivenBack(address, f"{path.stem}（已清除附带信息）{_stripped_suffix(path)}")
    return CheckedFile(name=name, looked=looked, drawn=_address(drawn, "image/png"), stripped=stripped)


def checked_recording(name: str, looked: Looked) -> CheckedFile:
    """Return what the page shows of a recording: the first frames with faults drawn, the others counted."""
    frames = tuple(_frames(looked))
    return CheckedFile(name=name, looked=looked, frames=frames, undrawn=len(_marked_frames(looked)) - len(frames))


def _marked_frames(looked: Looked) -> list[int]:
    """Return the numbers of the frames on which a box is to be drawn."""
    return sorted({one.frame for one in looked.marked if one.frame >= 0 and one.boxes})


def _frames(looked: Looked) -> Iterator[DrawnFrame]:
    """Draw the first frames on which something was found."""
    frames = looked.recording.frames if looked.recording else ()
    for number in _marked_frames(looked)[:MOST_FRAMES_SHOWN]:
        here = [replace(one, boxes=one.boxes if one.frame == number else (), frame=0) for one in looked.marked]
        frame = frames[number]
        yield DrawnFrame(moment(frame.at), _address(draw_boxes(frame.jpeg, here), "image/png"))


def _address(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _masked(data: bytes, name: str, looked: Looked, ruleset: RuleSet) -> GivenBack:
    attachment = looked.attachment
    if attachment is None or not looked.counts.by_category.get(Category.PRIVACY):
        return GivenBack()
    private = _private(attachment, ruleset)
    if not private:
        return GivenBack()
    try:
        copy = masked_copy(data, attachment, private)
    except BadAttachment as bad:
        return GivenBack(why=str(bad))
    if len(copy.data) > LARGEST_COPY:
        return GivenBack(why="遮挡后的副本太大，请把文件拆成几份，分别检查。")
    address = _address(copy.data, "application/octet-stream")
    return GivenBack(address, f"{PurePath(name).stem}（已遮挡）{copy.suffix}", copy.masked)


def _private(attachment: Attachment, ruleset: RuleSet) -> list[AttachmentFinding]:
    """Judge anew by the rules of privacy alone: where another finding stood over a number, the number counts here."""
    return judge_attachment(attachment, private_rules(ruleset))


def _stripped_suffix(path: PurePath) -> str:
    """Return the ending of a picture that was stripped: a BMP is written anew as PNG."""
    return ".png" if path.suffix.lower() in {".bmp", ".dib"} else path.suffix
