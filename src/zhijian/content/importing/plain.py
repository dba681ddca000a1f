import re
from typing import Final

from zhijian.content.document.nodes import paragraph
from zhijian.content.importing.results import IMPORT_LIMITS, ImportRefused, Line, Page

INVISIBLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]"
)
SPACE: Final = re.compile(r"[ \t\xa0\u3000\u2000-\u200a]+")
BULLET: Final = re.compile(r"^[•●■◆▪▫○◇□★☆➤►▶·‧∙※✦–-](?![\d.])\s*(?=\S)")
BULLET_AT_MOST: Final = 2_000


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8, UTF-16 or GB18030.

    A byte order mark decides; else UTF-8 if it fits, else UTF-16 if every other byte is zero or the text reads as
    Chinese that way, else GB18030. Raises ``ImportRefused`` when nothing fits.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, name), name.removesuffix("-sig").upper()
    for name in ("utf-8", _utf16_name(data), "gb18030"):
        try:
            text = data.decode(name) if name else ""
        except UnicodeDecodeError:
            continue
        if name and "\x00" not in text:
            return text, name.upper()
    raise ImportRefused("认不出这个文件的文字编码。请用记事本打开，另存为“UTF-8”编码后再导入。")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise ImportRefused("这个文件的文字不完整，可能没有传完。请重新上传。") from error


def _utf16_name(data: bytes) -> str:
    """Guess UTF-16 without a byte order mark: line feeds or Latin letters leave zeros on one side only."""
    sample = data[:4096]
    if len(data) % 2:
        return ""
    little, big = sample[1::2].count(0), sample[0::2].count(0)
    if little > big and little:
        return "utf-16-le"
    return "utf-16-be" if big > little else ""


def tidy(words: str) -> str:
    """Drop invisible characters and outer spaces, and make each run of spaces a single one."""
    return SPACE.sub(" ", INVISIBLE.sub("", words)).strip()


def read_text(text: str) -> Page:
    """Split plain text into lines; every line of the source is one block."""
    lines = [line for line in (_line(raw) for raw in text.splitlines()) if line]
    if len(lines) > IMPORT_LIMITS.lines:
        raise ImportRefused(f"这个文件超过 {IMPORT_LIMITS.lines:,} 行。请只保留要发布的部分再导入。")
    return Page(lines, original=text)


def _line(raw: str) -> Line | None:
    words = tidy(raw)
    if not words:
        return None
    bullet = BULLET.match(words)
    if bullet and len(words) <= BULLET_AT_MOST:
        return Line(paragraph(words[bullet.end() :]), list_kind="bullet_list")
    return Line(paragraph(words))
