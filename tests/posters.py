"""A poster as offices make them, with a wrong slogan, an identity number and the code of an advert."""

from __future__ import annotations

import io

import segno
from PIL import Image, ImageDraw, ImageFont

from zhijian.lib.typesetting import FONT_FOLDER


def poster_png() -> bytes:
    """Draw the poster: 900 by 500 pixels, the code at the lower right."""
    font = ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), 44)
    poster = Image.new("RGB", (900, 500), "white")
    pen = ImageDraw.Draw(poster)
    pen.text((60, 60), "深入开展扫黑险恶专项斗争", font=font, fill="black")
    pen.text((60, 160), "身份证号11010519491231002X", font=font, fill="black")
    code = io.BytesIO()
    segno.make("http://www.gov.cn.example.com/lottery").save(code, kind="png", scale=5)
    poster.paste(Image.open(code), (620, 260))
    stream = io.BytesIO()
    poster.save(stream, "PNG")
    return stream.getvalue()
