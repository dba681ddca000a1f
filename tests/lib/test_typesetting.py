"""A PDF is the same everywhere, and a character no font draws is named, never printed as a box."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from zhijian.lib.errors import Refused
from zhijian.lib.typesetting import FONT_FOLDER, typeset

if TYPE_CHECKING:
    from pathlib import Path

MADE = datetime(2026, 11, 2, 9, 30, 12, 345_678, tzinfo=UTC)
TEMPLATE = b"""#let values = json(bytes(sys.inputs.values))
#set document(title: values.title, date: datetime(year: 2026, month: 11, day: 2))
#set text(lang: "zh", font: "Noto Sans SC")
#values.title
"""
RARE = chr(0x323AF)
"""The last hanzi of Unicode's extension H; hardly any font draws it."""
PRIVATE = chr(0xE863)
"""An old machine's own place for a rare name."""
REACHES_BEYOND_FFFF = 12


def words(data: bytes) -> str:
    return pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded().strip()


def test_the_same_words_give_the_same_bytes() -> None:
    first = typeset(TEMPLATE, {"title": "通报"}, made_at=MADE)
    assert first == typeset(TEMPLATE, {"title": "通报"}, made_at=MADE)
    assert first != typeset(TEMPLATE, {"title": "通告"}, made_at=MADE)
    assert words(first) == "通报"


def test_rare_names_of_places_are_drawn_by_the_font_that_comes_along() -> None:
    """All of them stand in the 通用规范汉字表, none in GB 2312."""
    names = "鄠邑、甪直、浉河、瀍河、䢺阳、禤、堃、喆、镕、旻、玥、䶮"
    assert words(typeset(TEMPLATE, {"title": names}, made_at=MADE)) == names


def test_words_are_words_and_never_commands() -> None:
    title = '#set page(width: 1cm) *a* "b" \\ [c] $d$ <e> @f // g'
    assert words(typeset(TEMPLATE, {"title": title}, made_at=MADE)) == title


@pytest.mark.parametrize("character", [RARE, PRIVATE])
def test_a_character_no_font_draws_is_named(character: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"没有字体能显示“{character}”，PDF 没有生成。.*fonts-noto-cjk"):
        typeset(TEMPLATE, {"title": f"王{character}"}, made_at=MADE, fonts=tmp_path)


def test_a_mistake_of_the_template_is_no_matter_of_fonts() -> None:
    with pytest.raises(RuntimeError, match="unknown variable"):
        typeset(TEMPLATE + b"#nothing", {"title": "通报"}, made_at=MADE)


def test_a_font_of_the_office_draws_what_ours_does_not(tmp_path: Path) -> None:
    """The office's font is ours with one more character, drawn as 王."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only this test needs it

    font = TTFont(FONT_FOLDER / "NotoSansSC.ttf")
    for table in font["cmap"].tables:
        if table.format == REACHES_BEYOND_FFFF:
            table.cmap[ord(RARE)] = table.cmap[ord("王")]
    for name in font["name"].names:
        name.string = str(name).replace("Noto Sans SC", "Office Sans").replace("NotoSansSC", "OfficeSans")
    font.save(tmp_path / "office.ttf")
    assert words(typeset(TEMPLATE, {"title": f"王{RARE}"}, made_at=MADE, fonts=tmp_path)) == f"王{RARE}"
