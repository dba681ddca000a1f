"""What a picture of a code holds: read from the picture's bytes alone, which are not kept."""

from __future__ import annotations

import io
import warnings
from typing import Final

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from zhijian.files.pictures import FORMATS, MAX_PIXELS
from zhijian.lib.errors import Refused

MAX_BYTES: Final = 10 * 1024 * 1024
SIDES: Final = (1_600, 3_200)
"""Tried in turn: most photos are read when small; a code in a corner of a poster needs more."""
LONGEST: Final = 500


def read_code(data: bytes) -> str:
    """Return what the first readable QR code of a picture holds, cut to 500 letters.

    Raises Refused, with what to do, when the picture is too big or broken, or holds no code.
    """
    if len(data) > MAX_BYTES:
        raise Refused("图片超过 10 MB。请截取二维码那一块再上传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            held = _held(data)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("这张图片打不开，文件可能已损坏。请另存为 JPG 或 PNG 再上传。") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("图片像素过多（超过四千万）。请截取二维码那一块再上传。") from error
    if not held:
        raise Refused("图里没有找到二维码。请让二维码占满画面、拍清楚，再试一次；或者把账号名称抄下来查。")
    return held[:LONGEST]


def _held(data: bytes) -> str:
    with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        if image.format == "JPEG":
            image.draft("L", (SIDES[-1], SIDES[-1]))
        upright = _on_white(ImageOps.exif_transpose(image))
    for side in SIDES:
        small = upright.copy()
        small.thumbnail((side, side))
        found = [
            code.text
            for code in zxingcpp.read_barcodes(small, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
            if code.text
        ]
        if found:
            return found[0]
        if max(upright.size) <= side:
            break
    return ""


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture in greys; what is transparent shows the white of the page it would lie on."""
    if image.mode in {"RGBA", "LA", "P"}:
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(white, coloured).convert("L")
    return image.convert("L")
