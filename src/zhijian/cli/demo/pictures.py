"""Pictures drawn for the demonstration: simple signs and charts of shapes without words, and one poster with words."""

from __future__ import annotations

import io
import math
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from zhijian.lib.typesetting import FONT_FOLDER
from zhijian.screening.pictures import Metadata, PictureReading

SIZE: Final = (900, 500)
BLUE, DEEP, RED, SAND, WHITE, GREEN = "#2f6fb0", "#123a63", "#c8442f", "#f3ead7", "#ffffff", "#3f8f5f"
DESCRIPTIONS: Final = {
    "water": "示意图：蓝色水滴和水管",
    "road": "示意图：弯道和绕行标志",
    "chart": "示意图：高低不等的柱形图",
    "poster": "示意图：山与水的海报",
    "book": "示意图：翻开的书",
    "health": "示意图：白底红十字和心电曲线",
    "wheat": "示意图：田垄和禾苗",
    "rain": "示意图：云和雨",
    "fire": "示意图：红色警示三角",
    "bus": "示意图：行驶的公交车",
    "people": "示意图：站在一起的人",
    "slogan": "宣传海报：写着口号和举报电话",
}
WITH_WORDS: Final = frozenset({"slogan"})


@cache
def draw(name: str, variant: int) -> bytes:
    """Return a PNG of 900 × 500; the variant shifts it, so that no two pieces carry the same file."""
    image = Image.new("RGB", SIZE, SAND)
    pen = ImageDraw.Draw(image)
    _DRAWN[name](pen, variant)
    pen.rectangle((0, 488, 20 + variant * 37 % 860, 500), fill=RED)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def drawn_reading() -> PictureReading:
    """Return what is to be read on a drawing without words: nothing, and that is known without looking."""
    return PictureReading("PNG", *SIZE, 1, lines=(), codes=(), metadata=Metadata())


def _water(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.rectangle((0, 380, 900, 440), fill=DEEP)
    for place in range(3):
        x = 200 + place * 230 + variant * 11 % 60
        pen.polygon([(x, 90), (x - 62, 230), (x + 62, 230)], fill=BLUE)
        pen.ellipse((x - 64, 190, x + 64, 318), fill=BLUE)


def _road(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.polygon([(320, 500), (430, 90), (470, 90), (640, 500)], fill="#777777")
    for mark in range(5):
        y = 120 + mark * 78
        pen.rectangle((446, y, 462, y + 36), fill=WHITE)
    x = 120 + variant * 13 % 80
    pen.polygon([(x, 130), (x + 80, 210), (x, 290), (x - 80, 210)], fill="#e3a72f")
    pen.line([(x - 36, 230), (x, 230), (x, 180), (x + 36, 180)], fill=DEEP, width=12)


def _chart(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.line([(90, 60), (90, 430), (840, 430)], fill=DEEP, width=6)
    for bar in range(6):
        height = 80 + (bar * 97 + variant * 53) % 260
        x = 140 + bar * 115
        pen.rectangle((x, 430 - height, x + 70, 427), fill=(BLUE, GREEN, RED)[bar % 3])


def _poster(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.ellipse((660, 50, 780, 170), fill=RED)
    for peak in range(4):
        x = 90 + peak * 210 + variant * 17 % 70
        pen.polygon([(x - 190, 400), (x, 150 + peak * 37 % 90), (x + 190, 400)], fill=(DEEP, BLUE)[peak % 2])
    pen.rectangle((0, 396, 900, 470), fill="#9cc4e4")


def _book(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.polygon([(170, 150), (450, 200), (450, 430), (170, 380)], fill=WHITE, outline=DEEP)
    pen.polygon([(730, 150), (450, 200), (450, 430), (730, 380)], fill=WHITE, outline=DEEP)
    for line in range(5):
        y = 205 + line * 34
        pen.line([(210, y), (400 - variant * 7 % 60, y + 32)], fill=BLUE, width=6)
        pen.line([(500, y + 32), (690 - line * 12, y)], fill=BLUE, width=6)


def _health(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.rectangle((150, 60, 750, 440), fill=WHITE)
    pen.rectangle((415, 100, 485, 290), fill=RED)
    pen.rectangle((355, 160, 545, 230), fill=RED)
    beat = [(180 + point * 20, 370 - round(45 * math.sin(point * 1.7 + variant))) for point in range(28)]
    pen.line(beat, fill=GREEN, width=6)


def _wheat(pen: ImageDraw.ImageDraw, variant: int) -> None:
    for row in range(6):
        pen.rectangle((0, 200 + row * 50, 900, 222 + row * 50), fill="#8a6a3b")
        for stalk in range(15):
            x = 30 + stalk * 60 + row * 9 + variant * 5 % 30
            pen.line([(x, 205 + row * 50), (x, 160 + row * 50)], fill=GREEN, width=6)
            pen.line([(x, 180 + row * 50), (x + 16, 162 + row * 50)], fill=GREEN, width=5)


def _rain(pen: ImageDraw.ImageDraw, variant: int) -> None:
    for x, y, size in ((280, 120, 150), (400, 80, 200), (540, 120, 160)):
        pen.ellipse((x, y, x + size, y + size * 2 // 3), fill="#8fa3b5")
    for drop in range(14):
        x = 260 + drop * 34
        y = 270 + (drop * 71 + variant * 29) % 130
        pen.line([(x, y), (x - 16, y + 46)], fill=BLUE, width=7)


def _fire(pen: ImageDraw.ImageDraw, variant: int) -> None:
    pen.polygon([(450, 50), (690, 440), (210, 440)], fill=RED)
    pen.polygon([(450, 120), (630, 410), (270, 410)], fill=SAND)
    pen.rectangle((430, 210, 470, 320), fill=DEEP)
    pen.ellipse((428, 340 + variant % 9, 472, 384 + variant % 9), fill=DEEP)


def _bus(pen: ImageDraw.ImageDraw, variant: int) -> None:
    x = 140 + variant * 23 % 90
    pen.rounded_rectangle((x, 150, x + 560, 390), 30, fill=BLUE)
    for window in range(4):
        pen.rectangle((x + 40 + window * 125, 190, x + 140 + window * 125, 270), fill=WHITE)
    for wheel in (x + 120, x + 440):
        pen.ellipse((wheel - 45, 345, wheel + 45, 435), fill=DEEP)


def _people(pen: ImageDraw.ImageDraw, variant: int) -> None:
    for place in range(5):
        x, tall = 130 + place * 160, (place * 31 + variant * 13) % 60
        pen.ellipse((x - 45, 130 + tall, x + 45, 220 + tall), fill="#c99a6b")
        pen.rounded_rectangle((x - 65, 225 + tall, x + 65, 470), 40, fill=(BLUE, RED, GREEN, DEEP, "#e3a72f")[place])


def _slogan(pen: ImageDraw.ImageDraw, variant: int) -> None:
    large, small = (ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), size) for size in (64, 36))
    pen.rectangle((0, 0, 900, 300), fill=RED)
    pen.text((450, 90), "深入推进扫黑险恶斗争", font=large, fill=WHITE, anchor="mm")
    pen.text((450, 210), "发现线索　请您举报", font=large, fill=WHITE, anchor="mm")
    pen.text((450, 380 + variant % 9), "举报电话：0900-5550189　墨溪县公安局", font=small, fill=DEEP, anchor="mm")


_DRAWN: Final = {
    "water": _water, "road": _road, "chart": _chart, "poster": _poster, "book": _book, "health": _health,
    "wheat": _wheat, "rain": _rain, "fire": _fire, "bus": _bus, "people": _people, "slogan": _slogan,
}  # fmt: skip
