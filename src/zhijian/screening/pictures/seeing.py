"""Inside the reading process: pixels to lines of text (PP-OCR, carried by rapidocr) and codes (zxing-cpp)."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import zxingcpp
from PIL import Image, ImageOps

from zhijian.screening.pictures.opening import EngineFault, on_white, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rapidocr import RapidOCR

    Reader = Callable[[Image.Image], Iterator[tuple[str, float, list[list[float]]]]]

MAX_SIDE: Final = 2_000
"""The model looks at no more than this; longer pictures are looked at in pieces, wider ones made smaller."""
OVERLAP: Final = 120
MOST_PIECES: Final = 10
MOST_LOOKED_FRAMES: Final = 3
REACH_OF_FRAMES: Final = 120
MOST_LINES: Final = 600
MOST_CODES: Final = 40
_SAME_PLACE: Final = 12.0


def see(data: bytes, *, read: Reader | None = None) -> dict[str, Any]:
    """Return `{"lines": …, "codes": …, "partly": …}` of a picture; boxes are in pixels of the picture set upright.

    `read` is what reads lines off a piece; the packaged engine unless told. Raises `BadPicture` when the picture
    cannot be unpacked, `EngineFault` when what reads unpacked pictures fails.
    """
    lines: list[dict[str, Any]] = []
    codes: list[dict[str, Any]] = []
    partly = ""
    with opened(data) as image:
        for number, frame in _frames(image):
            with _faults_told():
                codes += _codes(frame, number, known={code["text"] for code in codes})
                found, whole = _lines(frame, number, read or _read)
            told = {line["text"] for line in lines}
            lines += found if not number else [line for line in found if line["text"] not in told]
            partly = partly if whole else "图片太长，只看了前面一部分，其余请人工核对。"
    if len(lines) > MOST_LINES or len(codes) > MOST_CODES:
        partly = "图片上的内容太多，只看了前面一部分，其余请人工核对。"
    return {"lines": lines[:MOST_LINES], "codes": codes[:MOST_CODES], "partly": partly}


@contextmanager
def _faults_told() -> Iterator[None]:
    """Keep faults of the readers apart from damage of the file, which `opened` tells by the same kinds of error."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise EngineFault(type(error).__name__) from error


def _frames(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield the first frame, and of a moving picture the middle and the last of its first 120, each as RGB."""
    count = min(getattr(image, "n_frames", 1), REACH_OF_FRAMES)
    for number in sorted({0, count // 2, count - 1})[:MOST_LOOKED_FRAMES]:
        if number:
            image.seek(number)
        yield number, on_white(ImageOps.exif_transpose(image))


def _codes(frame: Image.Image, number: int, *, known: set[str]) -> list[dict[str, Any]]:
    small = frame.copy()
    small.thumbnail((MAX_SIDE * 2, MAX_SIDE * 4))
    scale = frame.width / small.width
    found = []
    for code in zxingcpp.read_barcodes(np.asarray(small.convert("L"))):
        if not code.text or code.text in known:
            continue
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        box = [[round(corner.x * scale, 1), round(corner.y * scale, 1)] for corner in corners]
        kind = getattr(code.format, "name", str(code.format))
        found.append({"kind": kind, "text": code.text[:4000], "box": box, "frame": number})
    return found


def _lines(frame: Image.Image, number: int, read: Reader) -> tuple[list[dict[str, Any]], bool]:
    """Read one frame in pieces from top to bottom; tell whether all of it was looked at."""
    scale = max(1.0, frame.width / MAX_SIDE)
    small = frame if scale == 1.0 else frame.resize((MAX_SIDE, max(1, round(frame.height / scale))))
    height = min(MAX_SIDE, max(1_000, small.width * 2))
    lines: list[dict[str, Any]] = []
    tops = [0, *range(height - OVERLAP, max(0, small.height - OVERLAP), height - OVERLAP)]
    for top in tops[:MOST_PIECES]:
        piece = small.crop((0, top, small.width, min(small.height, top + height)))
        for text, score, box in read(piece):
            moved = [[round(x * scale, 1), round((y + top) * scale, 1)] for x, y in box]
            line = {"text": text, "confidence": round(score, 4), "box": moved, "frame": number}
            if not top or not _is_told(line, lines):
                lines.append(line)
    return lines, len(tops) <= MOST_PIECES


def _read(piece: Image.Image) -> Iterator[tuple[str, float, list[list[float]]]]:
    seen: Any = _engine()(np.ascontiguousarray(np.asarray(piece)[:, :, ::-1]))
    if seen.txts is None or seen.boxes is None:
        return
    for text, score, box in zip(seen.txts, seen.scores, seen.boxes.tolist(), strict=True):
        yield str(text), float(score), box


def _is_told(line: dict[str, Any], lines: list[dict[str, Any]]) -> bool:
    """Tell whether a line of an overlap was read in the piece above: at the same place, whatever was read there."""
    x, y = _middle(line)
    height = abs(line["box"][3][1] - line["box"][0][1])
    return any(
        abs(_middle(other)[1] - y) < max(_SAME_PLACE, height / 2) and abs(_middle(other)[0] - x) < max(40.0, height)
        for other in lines
    )


def _middle(line: dict[str, Any]) -> tuple[float, float]:
    return sum(x for x, _ in line["box"]) / 4, sum(y for _, y in line["box"]) / 4


@cache
def _engine() -> RapidOCR:
    from rapidocr import RapidOCR  # noqa: PLC0415 - two seconds: only when a picture is there

    return RapidOCR(
        params={
            "Global.log_level": "error",
            # A picture may lie on its side or stand on its head: each line is told upright from upside down.
            "Global.use_cls": True,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        },
    )
