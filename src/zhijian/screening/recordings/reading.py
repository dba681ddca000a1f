"""One recording looked at: its frames, its words (titles, subtitles inside, what was heard), and what was left out."""

from __future__ import annotations

import base64
import json
import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from zhijian.screening.pictures.machine import BUSY, DIED, HUNG, Machine, NotLooked
from zhijian.screening.pictures.reading import PictureReading, reading_from_data
from zhijian.screening.recordings.listening import NotHeard, listen
from zhijian.screening.recordings.opening import HEAD, LARGEST, BadRecording, RecordingKind, recording_kind
from zhijian.screening.recordings.tracks import holds_only_sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.recordings.listening import Heard

SECONDS: Final = 180.0
"""For one recording, from the first frame to the last."""
_BEYOND: Final = 15.0
"""The process ends by itself after its seconds; one that goes on for so much longer hangs and is killed."""
MOST_FRAMES: Final = 60
NOT_HEARD: Final = "没有听声音，请自己听一遍。"
TAGS_UNREAD: Final = "没有检查内嵌字幕和文件附带的标题、拍摄地点等信息。"
_TOLD: Final = {
    HUNG: "识别用时过长，已停下，画面没有检查。请截短视频再试，或者人工核对画面。",
    DIED: "识别程序中断，画面没有检查。请用播放软件另存为 MP4（H.264）再试，或者人工核对画面。",
    BUSY: "正在识别别的视频，这一个没有轮到。请稍后再试。",
}
WATCHER: Final = Machine(seconds=SECONDS + _BEYOND)
"""A process of its own: a recording that hangs or bursts it never costs a picture."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on the picture at `at` seconds. `jpeg` is the picture where it was asked for."""

    at: float
    reading: PictureReading
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True)
class RecordingReading:
    """What a recording holds; `seconds` is its length, 0 when that is not known. `not_looked` are sentences.

    `heard` is None when nobody listened.
    """

    kind: RecordingKind
    seconds: float = 0.0
    frames: tuple[Frame, ...] = ()
    heard: tuple[Heard, ...] | None = None
    not_looked: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Return what was looked at and listened to."""
        watched = f"看了 {len(self.frames)} 个画面" if self.frames else "没有看画面"
        return f"{watched}。" if self.heard is None else f"{watched}，由插件听了声音（{len(self.heard)} 段话）。"


def read_recording(
    source: bytes | Path, *, machine: Machine = WATCHER, seconds: float | None = None, frames: int = MOST_FRAMES,
    pictures: bool = False, listener: str = "",
) -> RecordingReading:  # fmt: skip
    """Look at a recording: at most `frames` of its scenes, in about `seconds`; `pictures` keeps them.

    `listener` is the dotted name of a plug-in (`listening.Listener`), which has what is left of `seconds`.

    Raises `BadRecording` for files that are no recording, too large or cannot be opened. What was not looked at, also
    by a fault of the machine, is told in `not_looked`.
    """
    began = time.monotonic()
    with _file_of(source) as file:
        head = os.pread(file.fileno(), HEAD, 0)
        kind = recording_kind(head)
        if kind is None:
            raise BadRecording("这个文件不是能检查的音频或视频。请转成 MP4 或 MP3 再查。")
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise BadRecording("文件超过 2 GB。请截成几段分别检查。")
        told: dict[str, Any] = {}
        if not kind.is_sound or kind.may_show:
            try:
                told = _watched(file, machine, min(seconds or SECONDS, SECONDS), frames, pictures)
            except BadRecording:
                # No pictures in what is usually sound alone, or in an MP4 that says it has none.
                if not kind.is_sound and not (kind is RecordingKind.MP4 and holds_only_sound(file.fileno())):
                    raise
                kind = kind if kind.is_sound else RecordingKind.M4A
        heard, unheard = _heard(file, listener, None if seconds is None else began + seconds - time.monotonic())
    not_looked = [str(told["not_looked"])] if "not_looked" in told else [str(one) for one in told.get("partly", ())]
    return RecordingReading(
        kind=kind,
        seconds=float(told.get("seconds", 0.0)),
        frames=tuple(_frame(frame) for frame in told.get("frames", ())),
        heard=heard,
        not_looked=(*not_looked, *unheard, TAGS_UNREAD),
    )


def _heard(file: IO[bytes], listener: str, seconds: float | None) -> tuple[tuple[Heard, ...] | None, tuple[str, ...]]:
    """Return what a plug-in heard, or None and why nobody listened."""
    if not listener:
        return None, (NOT_HEARD,)
    try:
        return listen(file, listener, seconds=seconds), ()
    except NotHeard as why:
        return None, (str(why),)


@contextmanager
def _file_of(source: bytes | Path) -> Iterator[IO[bytes]]:
    """Give an open file with what is to be looked at; bytes are laid in one without a name."""
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                yield file
        except OSError as error:
            raise BadRecording(f"读不出来（{error.strerror}）。请检查权限。") from error
        return
    with tempfile.TemporaryFile() as file:
        file.write(source)
        file.flush()
        yield file


def _watched(file: IO[bytes], machine: Machine, seconds: float, frames: int, pictures: bool) -> dict[str, Any]:  # noqa: FBT001 - handed on
    if frames <= 0:
        return {"not_looked": "按要求没有识别画面。"}
    options = json.dumps({"seconds": seconds, "frames": frames, "pictures": pictures}).encode()
    try:
        told = machine.look(options, seconds=seconds + _BEYOND, file=file.fileno())
    except NotLooked as reason:
        return {"not_looked": _TOLD.get(str(reason), str(reason))}
    if "bad" in told:
        raise BadRecording(str(told["bad"]))
    return told


def _frame(told: dict[str, Any]) -> Frame:
    return Frame(float(told["at"]), reading_from_data(told), base64.b64decode(told.get("picture", "")))
