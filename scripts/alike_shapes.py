"""Write `screening/lookalikes/shapes.txt`: for each common character those most like it, the nearest first.

Every character of GB 2312 is drawn in the packaged Noto Sans SC (SIL Open Font License) and compared with every other:
where it stands on its square, stretched to fill it, and by each of its larger parts alone (the right of 清 is the right
of 情), each time as the share of ink of either that falls on or beside ink of the other. A minute and a half of work,
run by hand when the font changes: `python scripts/alike_shapes.py`.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heappush, heapreplace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "zhijian"
FONT = PACKAGE / "lib" / "typesetting" / "vendor" / "noto-sans-sc" / "NotoSansSC.ttf"
TARGET = PACKAGE / "screening" / "lookalikes" / "shapes.txt"
SIDE, KEPT, LEAST, MORE_INK = 32, 7, 0.82, 1.5
# What is compared: name, the part of the square (left, top, right, bottom), how far a part alone counts.
PARTS = (
    ("whole", (0.0, 0.0, 1.0, 1.0), 1.0),
    ("right", (0.42, 0.0, 1.0, 1.0), 0.9),
    ("left", (0.0, 0.0, 0.58, 1.0), 0.85),
    ("lower", (0.0, 0.38, 1.0, 1.0), 0.85),
    ("upper", (0.0, 0.0, 1.0, 0.62), 0.85),
)


def characters() -> list[str]:
    """Return the 6,763 characters of GB 2312."""
    pairs = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return [pair.decode("gb2312", "ignore") for pair in pairs if pair.decode("gb2312", "ignore")]


def drawn(character: str, font: ImageFont.FreeTypeFont, part: tuple[float, ...], *, stretched: bool) -> int:
    """Return the picture of a part of a character as a number, a bit for each point with ink."""
    picture = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(picture).text((SIDE / 2, SIDE / 2), character, font=font, fill=255, anchor="mm")
    if stretched:
        left, top, right, bottom = picture.getbbox() or (0, 0, SIDE, SIDE)
        wide, high = right - left, bottom - top
        box = (left + wide * part[0], top + high * part[1], left + wide * part[2], top + high * part[3])
        whole = picture.resize((SIDE - 4, SIDE - 4), box=box)
        picture = Image.new("L", (SIDE, SIDE), 0)
        picture.paste(whole, (2, 2))
    return int("".join("1" if point > 100 else "0" for point in picture.tobytes()), 2)  # noqa: PLR2004 -- half grey is ink


def thick(points: int) -> int:
    """Return the picture with every stroke a point wider on each side."""
    return points | points << 1 | points >> 1 | points << SIDE | points >> SIDE


def nearest(pictures: dict[str, int]) -> dict[str, list[tuple[float, str]]]:
    """Return for each character the `KEPT` most alike, with how alike they are (0 to 1)."""
    rows = sorted((picture.bit_count(), character, picture, thick(picture)) for character, picture in pictures.items())
    best: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for place, (ink, one, picture, around) in enumerate(rows):
        for other_ink, other, other_picture, other_around in rows[place + 1 :]:
            if other_ink > MORE_INK * ink + 20:
                break
            met = (picture & other_around).bit_count() + (other_picture & around).bit_count()
            alike = met / (ink + other_ink)
            if alike >= LEAST:
                keep(best[one], alike, other)
                keep(best[other], alike, one)
    return best


def keep(found: list[tuple[float, str]], alike: float, character: str) -> None:
    """Keep a character among the most alike when it belongs there."""
    if len(found) < KEPT:
        heappush(found, (alike, character))
    elif alike > found[0][0]:
        heapreplace(found, (alike, character))


def main() -> None:
    """Draw, compare and write the table."""
    font = ImageFont.truetype(str(FONT), SIDE - 2)
    alike: dict[str, dict[str, float]] = defaultdict(dict)
    for name, part, worth in PARTS:
        for stretched in (False, True) if name == "whole" else (True,):
            pictures = {one: drawn(one, font, part, stretched=stretched) for one in characters()}
            for one, found in nearest(pictures).items():
                for likeness, other in found:
                    alike[one][other] = max(likeness * worth, alike[one].get(other, 0.0))
    lines = [
        one + "".join(sorted(others, key=lambda other, others=others: (-others[other], other)))
        for one, others in sorted(alike.items())
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} characters, {sum(map(len, lines)) - len(lines)} likenesses")


if __name__ == "__main__":
    main()
