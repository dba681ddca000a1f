"""The picture with numbered boxes round what was found."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PIL import ImageDraw, ImageFont, ImageOps

from zhijian.lib.typesetting import FONT_FOLDER
from zhijian.screening.enums import Severity
from zhijian.screening.pictures.opening import on_white, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.screening.pictures.judging import PictureFinding

LONGEST_SIDE: Final = 2_000
_COLOURS: Final = {
    Severity.VETO: "#b00020",
    Severity.ERROR: "#c62828",
    Severity.WARNING: "#b25000",
    Severity.HINT: "#1f5fae",
}
_MARGIN: Final = 4
_EDGE: Final = 2


def draw_boxes(data: bytes, findings: Sequence[PictureFinding]) -> bytes:
    """Return a PNG, at most 2,000 pixels a side, with the n-th finding's boxes drawn and numbered n (from 1).

    Findings without a place, and those of later frames of a moving picture, get no box. Raises `BadPicture`.
    """
    with opened(data) as image:
        upright = on_white(ImageOps.exif_transpose(image))
    width = upright.width
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    scale, canvas = upright.width / width, ImageDraw.Draw(upright)
    size = max(14, min(40, upright.width // 32))
    for number, found in enumerate(findings, 1):
        for box in () if found.frame else found.boxes:
            corners = [(x * scale, y * scale) for x, y in box]
            _draw(canvas, corners, str(number), _COLOURS[found.finding.severity], size, upright.size)
    out = io.BytesIO()
    upright.save(out, "PNG")
    return out.getvalue()


def _draw(
    canvas: ImageDraw.ImageDraw,
    corners: list[tuple[float, float]],
    number: str,
    colour: str,
    size: int,
    whole: tuple[int, int],
) -> None:
    line = max(2, size // 8)
    # A white edge outside and inside: posters are red, as the boxes are.
    canvas.line([*corners, corners[0]], fill="white", width=line + 2 * _EDGE, joint="curve")
    canvas.line([*corners, corners[0]], fill=colour, width=line, joint="curve")
    font = _font(size)
    wide = canvas.textlength(number, font=font) + 2 * _MARGIN
    left = min(max(0.0, min(x for x, _ in corners)), whole[0] - wide)
    top = max(0.0, min(y for _, y in corners) - size - 2 * _MARGIN)
    canvas.rectangle((left, top, left + wide, top + size + 2 * _MARGIN), fill=colour, outline="white", width=_EDGE)
    canvas.text((left + _MARGIN, top + _MARGIN + size / 2), number, fill="white", font=font, anchor="lm")


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), size)
