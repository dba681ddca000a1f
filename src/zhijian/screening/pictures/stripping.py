"""Taking out of a picture's file what nobody sees: place, camera, time, thumbnails, comments.

JPEG, PNG and WebP that stand upright and every GIF keep their very pixels: only parts of the file are left out.
Others are turned and written anew. The colour profile stays, because without it the picture would look different.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, Final

from PIL import ExifTags, Image, ImageOps, ImageSequence

from zhijian.screening.pictures.opening import BadPicture, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT_CHUNKS: Final = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"sBIT", b"bKGD", b"pHYs",
        b"acTL", b"fcTL", b"fdAT", b"cICP",
    }
)  # fmt: skip
_DROPPED_PARTS: Final = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS: Final = 0b0000_1100
_PNG_HEAD: Final = 8
_OPTIONS: Final[dict[str, dict[str, Any]]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
_MOST_UNPACKED: Final = 25_000_000
_EXTENSION, _IMAGE, _TRAILER, _CONTROL, _PROGRAM = 0x21, 0x2C, 0x3B, 0xF9, 0xFF
_LOOPS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})
_SOS, _EOI, _APP0, _APP2, _APP14, _APP15, _COM = 0xDA, 0xD9, 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


def strip_metadata(data: bytes) -> bytes:
    """Return the picture in its own format (BMP as PNG) without metadata, turned upright. Raises `BadPicture`."""
    with opened(data) as image:
        upright = image.format == "GIF" or image.getexif().get(ExifTags.Base.Orientation, 1) in {0, 1}
        if not upright or image.format == "BMP":
            return _written_anew(image)
        image.load()
        kind = image.format
    try:
        return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}[str(kind)](data)
    except (struct.error, IndexError) as error:
        raise BadPicture("这张图片的文件结构不完整。请用看图软件另存一份再试。") from error


def _written_anew(image: Image.Image) -> bytes:
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format == "WEBP":
        if frames * image.width * image.height > _MOST_UNPACKED:
            raise BadPicture("这张动图画面大、帧数多，没法清除附带信息。请截短或缩小后再试。")
        return _frames_anew(image)
    kind = str(image.format) if image.format != "BMP" else "PNG"
    still = ImageOps.exif_transpose(image)
    options = dict(_OPTIONS.get(kind, {}))
    if image.info.get("icc_profile"):
        options["icc_profile"] = image.info["icc_profile"]
    for name in ("exif", "comment", "xmp"):
        still.info.pop(name, None)
    out = io.BytesIO()
    still.save(out, kind, **options)
    return out.getvalue()


def _frames_anew(image: Image.Image) -> bytes:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(ImageOps.exif_transpose(frame).convert("RGBA"))
        durations.append(int(frame.info.get("duration", 100)))
    for frame in frames:
        frame.info.clear()
    out = io.BytesIO()
    frames[0].save(
        out, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, lossless=True
    )  # fmt: skip
    return out.getvalue()


def _png(data: bytes) -> bytes:
    kept, place = [data[:_PNG_HEAD]], _PNG_HEAD
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, end = data[place + 4 : place + 8], place + 12 + length
        if name in _KEPT_CHUNKS:
            kept.append(data[place:end])
        place = end
        if name == b"IEND":
            break
    return b"".join(kept)


def _webp(data: bytes) -> bytes:
    kept, place = [], 12
    while place + 8 <= len(data):
        name, (length,) = data[place : place + 4], struct.unpack_from("<I", data, place + 4)
        end = place + 8 + length + length % 2
        part = data[place:end]
        if name == b"VP8X":
            part = part[:8] + bytes([part[8] & ~_WEBP_FLAGS]) + part[9:]
        if name not in _DROPPED_PARTS:
            kept.append(part)
        place = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> bytes:
    """Leave out comments, plain texts and what programs left (GIF89a, sections 23 to 26), and what follows the end."""
    place = 13 + _colours(data[10])
    kept = [data[:place]]
    while data[place] != _TRAILER:
        start, sign = place, data[place]
        if sign == _EXTENSION:
            label, place = data[place + 1], place + 2
        elif sign == _IMAGE:
            label, place = _IMAGE, place + 10 + _colours(data[place + 9]) + 1
        else:
            raise IndexError
        place = _end_of_blocks(data, place)
        if label in {_IMAGE, _CONTROL} or (label == _PROGRAM and data[start + 3 : start + 14] in _LOOPS):
            kept.append(data[start:place])
    return b"".join(kept) + b";"


def _colours(packed: int) -> int:
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _end_of_blocks(data: bytes, place: int) -> int:
    while data[place]:
        place += data[place] + 1
    return place + 1


def _jpeg(data: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(_jpeg_parts(data)) + b"\xff\xd9"


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    """Yield the segments of a JPEG (ITU-T T.81 annex B) that draw it, up to the end of the first picture."""
    place = 2
    while place < len(data) - 1:
        if data[place] != 0xFF:  # noqa: PLR2004 - the mark every segment begins with
            place += 1
            continue
        mark = data[place + 1]
        if mark == _EOI:
            return
        if mark in _BARE or mark in {0xFF, 0x00}:
            place += 1 if mark in {0xFF, 0x00} else 2
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        end = place + 2 + length
        if mark == _SOS:
            end = _end_of_scan(data, end)
        if _is_drawn(mark, data[place + 4 : place + 18]):
            yield data[place:end]
        place = end


def _end_of_scan(data: bytes, place: int) -> int:
    """Return where the next segment begins: a mark that is neither a stuffed byte nor a restart."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return len(data)
        if data[place + 1] not in {0x00, 0xFF, *range(0xD0, 0xD8)}:
            return place
        place += 1


def _is_drawn(mark: int, head: bytes) -> bool:
    if mark == _COM:
        return False
    if not _APP0 <= mark <= _APP15:
        return True
    return (
        (mark == _APP0 and head.startswith(b"JFIF"))
        or (mark == _APP2 and head.startswith(b"ICC_PROFILE"))
        or (mark == _APP14 and head.startswith(b"Adobe"))
    )
