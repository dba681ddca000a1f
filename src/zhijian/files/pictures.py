"""Pictures are drawn anew on upload: no metadata, no place, no tricks in the bytes survive."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from zhijian.lib.errors import Refused

MAX_PIXELS = 40_000_000
MAX_SIDE = 4_096
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: its bytes, media type and size in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


def redraw(data: bytes) -> Picture:
    """Decode and encode a picture anew: turned upright, without metadata, at most 4,096 pixels a side.

    GIF keeps its frames. WebP and BMP become PNG, because the platforms take JPEG, PNG and GIF. Raises Refused when
    the bytes are no picture, are damaged, or unpack to more than 40 million pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redraw(data)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("这张图片打不开，文件可能已损坏。请用看图软件另存为 JPG 或 PNG 再上传。") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("图片像素过多（超过四千万）。请缩小后再上传。") from error


def _redraw(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        if image.format == "GIF" and getattr(image, "n_frames", 1) > 1:
            return _redraw_frames(image)
        kept = "JPEG" if image.format == "JPEG" else "PNG"
        still = ImageOps.exif_transpose(image)
        still.thumbnail((MAX_SIDE, MAX_SIDE))
        return _encode(still.convert("RGB" if kept == "JPEG" else "RGBA"), kept)


def _redraw_frames(image: Image.Image) -> Picture:
    if image.width * image.height * getattr(image, "n_frames", 1) > MAX_PIXELS:
        raise Image.DecompressionBombError
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        drawn = frame.convert("RGBA")
        frames.append(Image.frombytes("RGBA", drawn.size, drawn.tobytes()))
        durations.append(int(frame.info.get("duration", 100)))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0, disposal=2)
    return Picture(out.getvalue(), "image/gif", image.width, image.height)


def _encode(image: Image.Image, kept: str) -> Picture:
    out = io.BytesIO()
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    if kept == "JPEG":
        clean.save(out, "JPEG", quality=88, optimize=True)
    else:
        clean.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), FORMATS[kept], clean.width, clean.height)
