"""The badge a body puts on a page of its own: a plain picture (SVG), no script, no style, drawn from the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from zhijian.registry.queries import PublicAccount

WIDTH: Final = 232
HEIGHT: Final = 56
COLOURS: Final = {True: ("#0a5c36", "#ffffff"), False: ("#5a5f66", "#ffffff")}
TICK: Final = "M21 28 l5 5 l9 -10"
CROSS: Final = "M22 22 l12 12 M34 22 l-12 12"
FONTS: Final = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
DRAWING: Final = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" role="img" aria-label="{words}，{number}"><title>{words}，{number}</title>\
<rect width="{width}" height="{height}" rx="8" fill="{ground}"/>\
<circle cx="28" cy="28" r="15" fill="none" stroke="{ink}" stroke-width="2.5"/>\
<path d="{mark}" fill="none" stroke="{ink}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>\
<text x="54" y="25" fill="{ink}" font-family="{fonts}" font-size="17" font-weight="700">{words}</text>\
<text x="54" y="44" fill="{ink}" font-family="{fonts}" font-size="13">登记号 {number}</text></svg>
"""


def badge(account: PublicAccount, *, is_official: bool) -> str:
    """Draw the badge of an account; it says so when the account is official no more, in words and by its mark."""
    ground, ink = COLOURS[is_official]
    return DRAWING.format(
        width=WIDTH, height=HEIGHT, ground=ground, ink=ink, mark=TICK if is_official else CROSS, fonts=FONTS,
        words="官方账号" if is_official else "已不是官方账号", number=escape(account.number),
    )  # fmt: skip
