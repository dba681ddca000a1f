"""Inside the reading process: a recording in an open file to pictures of its scenes, each read as a picture is.

Every frame costs a second or two to read, so only frames that differ from the last one kept are read, spread over the
whole when there are more than may be. Of a recording too long to be unpacked whole, only key frames are.
"""

from __future__ import annotations

import base64
import math
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from zhijian.screening.attachments.subtitles import moment
from zhijian.screening.pictures.opening import MAX_PIXELS, BadPicture
from zhijian.screening.pictures.seeing import see

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Picture = npt.NDArray[np.uint8]

STEP: Final = 2.0
"""Seconds between two frames that are compared."""
_GAP_OF_KEYS: Final = 30.0
"""Seconds; key frames are seldom farther apart."""
MOST_KEPT: Final = 400
HEAVY: Final = 100 * 1024**2
HEAVY_MINUTE: Final = 600 * 1024**2
UNPACKED_A_SECOND: Final = 120e6
"""Pixels that one core unpacks in a second for certain."""
_SAMPLING_SHARE: Final = 0.4
_SMALL: Final = (160, 90)
_BLOCK: Final = 10
_DIFFERS: Final = 8.0
_LONGEST_SIDE: Final = 1_920
_QUALITY: Final = 90
_OPTIONS: Final = (
    "protocol_whitelist;file|format_whitelist;mov,matroska,avi,flv,mpeg,mpegts,asf,ogg"
    "|enable_drefs;0|use_absolute_path;0"
)  # a playlist or a reference inside a file must not open another one
_UNREADABLE: Final = "这个视频打不开，可能已损坏，也可能只有声音。请用播放软件另存为 MP4（H.264）再试，或者人工核对。"
_TOO_WIDE: Final = "视频的画面太大（超过四千万像素）。请转成 1080P 再查。"
_TOO_HEAVY: Final = "视频每分钟超过 600 MB。请转成 MP4（H.264）再查。"


@dataclass(frozen=True, slots=True)
class _Shot:
    at: float
    jpeg: bytes


@dataclass
class _Tape:
    """What is known of a recording while it is looked through. `until` is how far, in seconds."""

    seconds: float
    width: int
    height: int
    frames_a_second: float
    until: float = 0.0
    late: bool = False


def watch(file: int, *, seconds: float, frames: int, pictures: bool = False) -> dict[str, Any]:
    """Return `{"seconds", "width", "height", "frames": [{"at", "lines", "codes"}], "partly": [sentence]}`.

    `file` is the number of an open file. After `seconds` no other frame is begun. Boxes count pixels of a frame at
    most 1,920 wide and high; with `pictures` it is there as JPEG under "picture" (base64) when something was read on
    it. Raises `BadPicture` for what cannot be opened.
    """
    began = time.monotonic()
    tape, partly = _looked_over(file), []
    sparse = tape.seconds * tape.frames_a_second * tape.width * tape.height > (
        UNPACKED_A_SECOND * seconds * _SAMPLING_SHARE
    )
    shots = _shots(file, tape, began + seconds * _SAMPLING_SHARE, sparse=sparse)
    if not shots:
        raise BadPicture(_UNREADABLE)
    partly += _how_far(tape, _GAP_OF_KEYS if sparse else 3 * STEP)
    if sparse:
        partly.append("视频较长，只挑了关键画面来看，一闪而过的字可能没有看到。")
    told, left = _read(shots, began + seconds, frames, pictures=pictures)
    if left:
        partly.append(f"画面变化多，看了其中 {len(told)} 个，另有 {left} 个没有看。请人工核对。")
    return {
        "seconds": round(tape.seconds or tape.until, 1), "width": tape.width, "height": tape.height, "frames": told,
        "partly": partly,
    }  # fmt: skip


def _how_far(tape: _Tape, slack: float) -> list[str]:
    """Tell how far a recording was seen, unless it was to its end but for `slack` seconds."""
    if tape.late:
        return [f"画面只看到 {moment(tape.until)}，时间到了。其余请人工核对。"]
    if not tape.seconds:
        return [f"文件没有写明时长，画面看到 {moment(tape.until)}。请核对后面还有没有。"]
    if tape.until + slack < tape.seconds:
        return [f"画面只看到 {moment(tape.until)}，后面的画面读不出来。其余请人工核对。"]
    return []


def _opened(file: int, *, sparse: bool = False) -> cv2.VideoCapture:
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = f"{_OPTIONS}|avdiscard;nokey" if sparse else _OPTIONS
    capture = cv2.VideoCapture(f"/dev/fd/{file}", cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    if not capture.isOpened():
        raise BadPicture(_UNREADABLE)
    return capture


def _looked_over(file: int) -> _Tape:
    capture = _opened(file)
    try:
        width, height = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        rate, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    finally:
        capture.release()
    seconds = count / rate if rate > 0 and count > 0 and math.isfinite(count / rate) else 0.0
    if width <= 0 or height <= 0:
        raise BadPicture(_UNREADABLE)
    if width * height > MAX_PIXELS:
        raise BadPicture(_TOO_WIDE)
    size = os.fstat(file).st_size
    if size > HEAVY and 0 < seconds < size / HEAVY_MINUTE * 60:
        raise BadPicture(_TOO_HEAVY)
    return _Tape(seconds, width, height, rate if rate > 0 else 25.0)


def _shots(file: int, tape: _Tape, deadline: float, *, sparse: bool) -> list[_Shot]:
    """Return the scenes up to the deadline, every picture smaller than 1,920 pixels a side."""
    shots: list[_Shot] = []
    last: Picture | None = None
    step = STEP
    for at, picture in _frames(file, tape, deadline, sparse=sparse):
        if shots and at - shots[-1].at < step - 0.05:
            continue
        small = _small(picture)
        if last is not None and not _differs(small, last):
            continue
        last = small
        shots.append(_Shot(at, _jpeg(picture)))
        if len(shots) >= MOST_KEPT:
            shots, step = shots[::2], step * 2
    return shots


def _frames(file: int, tape: _Tape, deadline: float, *, sparse: bool) -> Iterator[tuple[float, Picture]]:
    """Yield a frame each two seconds with its time, the last one too."""
    capture = _opened(file, sparse=sparse)
    following = 0.0
    try:
        while capture.grab():
            at = max(tape.until, capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            tape.until = at
            if time.monotonic() > deadline:
                tape.late = True
                return
            if at < following:
                continue
            following = at + STEP
            whole, picture = capture.retrieve()
            if whole and picture is not None:
                yield at, np.asarray(picture, np.uint8)
    finally:
        capture.release()


def _small(picture: Picture) -> Picture:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - with colours
    return np.asarray(cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)


def _differs(one: Picture, other: Picture) -> bool:
    """Tell whether any part of a picture, a tenth of its height, changed."""
    change = np.abs(one.astype(np.int16) - other.astype(np.int16))
    blocks = change.reshape(_SMALL[1] // _BLOCK, _BLOCK, _SMALL[0] // _BLOCK, _BLOCK).mean(axis=(1, 3))
    return bool(blocks.max() > _DIFFERS)


def _jpeg(picture: Picture) -> bytes:
    scale = _LONGEST_SIDE / max(picture.shape[:2])
    shown = picture if scale >= 1 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    whole, written = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not whole:
        raise BadPicture(_UNREADABLE)
    return bytes(written.tobytes())


def _read(shots: list[_Shot], deadline: float, most: int, *, pictures: bool) -> tuple[list[dict[str, Any]], int]:
    """Return what stands on the frames by time, and how many were not read. The first one is read in any case."""
    told: list[dict[str, Any]] = []
    pace = 0.0
    for number in _spread(len(shots))[:most]:
        since = time.monotonic()
        if told and since + pace > deadline:
            break
        shot = shots[number]
        seen = see(shot.jpeg)
        frame = {"at": round(shot.at, 2), "lines": seen["lines"], "codes": seen["codes"]}
        if pictures and (seen["lines"] or seen["codes"]):
            frame["picture"] = base64.b64encode(shot.jpeg).decode()
        told.append(frame)
        pace = max(pace, time.monotonic() - since)
    return sorted(told, key=lambda frame: float(frame["at"])), len(shots) - len(told)


def _spread(count: int) -> list[int]:
    """Return the numbers below `count` so that any first part of them is spread over the whole: ends, middle, …."""
    order = dict.fromkeys([0, count - 1] if count else [])
    step = 1 << max(0, count - 1).bit_length()
    while step:
        order.update(dict.fromkeys(range(0, count, step)))
        step //= 2
    return list(order)
