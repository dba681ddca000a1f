"""Typesetting: a typst template and its values become a PDF that is the same on every machine.

The font lies beside this file (`scripts/refresh_vendor.py`), so a fresh machine needs no fonts. Only when a text holds
a character it does not draw, the folder of `ZHIJIAN_FONTS` and the fonts of the system are asked as well.
"""

from __future__ import annotations

import functools
import json
import re
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import typst

from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from datetime import datetime

FONT_FOLDER: Final = Path(__file__).parent / "vendor" / "noto-sans-sc"
STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]
"""For archives (PDF/A-2a) and for screen readers (PDF/UA-1). Both make a character without a glyph an error."""
NO_GLYPH: Final = re.compile(r'(?:the text|contains the codepoint) `"(.*?)"`')
"""No font draws it, or it is of a private area, which means something else on every machine."""
ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


def typeset(template: bytes, values: dict[str, Any], *, made_at: datetime, fonts: Path | None = None) -> bytes:
    """Return the PDF of a typst source that reads `values` as JSON from `sys.inputs.values`.

    `made_at` (aware) is written into the file; the same source, values and moment give the same bytes. `fonts`: a
    folder of further TTF, OTF or TTC files. Raises Refused when no font draws some character.
    """
    inputs = {"values": json.dumps(values, ensure_ascii=False)}
    try:
        return _compile(template, inputs, made_at, _own_fonts())
    except typst.TypstError as error:
        if not NO_GLYPH.search(error.message):
            raise
    try:
        return _compile(template, inputs, made_at, _all_fonts(fonts))
    except typst.TypstError as error:
        found = NO_GLYPH.search(error.message)
        if not found:
            raise
        raise Refused(_sentence(found[1])) from error


def _compile(template: bytes, inputs: dict[str, str], made_at: datetime, fonts: typst.Fonts) -> bytes:
    at = made_at.astimezone(UTC).replace(microsecond=0)  # a PDF knows whole seconds
    return typst.compile(
        template, format="pdf", sys_inputs=inputs, timestamp=at, font_paths=fonts, pdf_standards=[*STANDARDS]
    )


@functools.cache
def _own_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER])


@functools.cache
def _all_fonts(folder: Path | None) -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False, font_paths=[FONT_FOLDER, *([folder] if folder else [])])


def _sentence(told: str) -> str:
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), told)
    return (
        f"没有字体能显示“{text}”，PDF 没有生成。请改用 Word 文档，或请系统管理员安装中文字体"
        "（Debian、Ubuntu：apt install fonts-noto-cjk；也可以把字体文件放进 ZHIJIAN_FONTS 写的目录）后重新启动。"
    )
