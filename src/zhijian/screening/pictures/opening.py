"""Opening bytes as a picture within limits, before anything is unpacked."""

from __future__ import annotations

import io
import struct
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from PIL import Image, UnidentifiedImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_FRAMES: Final = 2_000
_DAMAGED: Final = "这张图片打不开，文件可能已损坏。请用看图软件另存为 JPG 或 PNG 再试。"


class BadPicture(ValueError):  # noqa: N818 - reads as what it is, told to the person who handed it in
    """The bytes are no picture that can be looked at. The sentence says why and what to do."""


class EngineFault(Exception):  # noqa: N818 - reads as what happened
    """The reader of pictures failed, whatever the picture: nothing is said about the picture."""


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture without unpacking its pixels.

    Raises `BadPicture` for more than 20 MB, 40 million pixels or 2,000 frames, other formats and damaged bytes, also
    when damage shows inside the block.
    """
    if len(data) > MAX_BYTES:
        raise BadPicture("图片超过 20 MB。请压缩后再试。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of too many pixels, judged below, and of broken metadata
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _refuse_bomb(image)
                yield image
    except UnidentifiedImageError as error:
        raise BadPicture("这个文件不是 JPG、PNG、GIF、WebP 或 BMP 图片。请换一个文件。") from error
    except Image.DecompressionBombError as error:
        raise BadPicture("图片像素过多（超过四千万）。请缩小后再试。") from error
    except BadPicture:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, OverflowError) as error:
        raise BadPicture(_DAMAGED) from error


def _refuse_bomb(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    if image.format in {"GIF", "WEBP", "PNG"} and getattr(image, "n_frames", 1) > MAX_FRAMES:
        raise BadPicture(f"动图超过 {MAX_FRAMES} 帧。请截短后再试。")


def on_white(image: Image.Image) -> Image.Image:
    """Return the picture as RGB; what is see-through becomes white, as on a page."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return image.convert("RGB")
