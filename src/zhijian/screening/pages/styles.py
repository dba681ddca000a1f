"""Whether a style hides what it is put on. Read roughly, as hiders write it: no cascade, no browser."""

from __future__ import annotations

import re
from typing import Any, Final

SheetRules = dict[str, str]
"""Simple selectors (`.name`, `#name`, `tag`) with their declarations, only such that hide."""

_RULE: Final = re.compile(r"([^{}@;]{1,300})\{([^{}]{0,2000})\}")
_COMMENT: Final = re.compile(r"/\*[^*]{0,5000}(?:\*(?!/)[^*]{0,5000}){0,50}\*/")
_SIMPLE: Final = re.compile(r"(?:[a-z][a-z0-9]*)?[.#][\w-]{1,80}|[a-z][a-z0-9]{0,20}")
_FAR: Final = 500
_SMALL: Final = 1.0
_NUMBER: Final = r"(-?[0-9]{1,7}(?:\.[0-9]{1,4})?)"
_PLACES: Final = re.compile(
    rf"(?:\A|;)(left|right|top|bottom|text-indent|margin-left|margin-top|margin):{_NUMBER}(px|em|rem|%|vw|vh|pt)?"
)
_SIZES: Final = re.compile(
    rf"(?:\A|;)(width|height|font-size|line-height|max-height|max-width):{_NUMBER}(px|em|rem|%|pt)?(?:!important)?(?=;|\Z)"
)
_COLOUR: Final = re.compile(r"(?:\A|;)color:([^;]{1,40})")
_GROUND: Final = re.compile(r"(?:\A|;)background(?:-color)?:([^;]{1,60})")
_NAMES: Final = {"white": "#fff", "black": "#000", "rgb(255,255,255)": "#fff", "rgb(0,0,0)": "#000"}


def rules_of_sheet(sheet: str) -> SheetRules:
    """Return the hiding rules of a style sheet by simple selector. Rules of states and media are not looked at."""
    found: SheetRules = {}
    for match in _RULE.finditer(_COMMENT.sub("", sheet)):
        if not hiding(match[2]):
            continue
        for selector in match[1].lower().split(","):
            if _SIMPLE.fullmatch(selector.strip()):
                found[selector.strip()] = match[2]
    return found


def hidden_by_mark(element: Any) -> str:
    """Return why an element is not shown without any style, "" when it is."""
    if element.tag == "noscript":
        return "放在 noscript 里"
    if element.get("hidden") is not None:
        return "带 hidden 属性"
    if element.tag == "marquee" and any(
        (element.get(side) or "").strip("px ") in {"0", "1", "2"} for side in ("height", "width")
    ):
        return "滚动条高或宽只有一个像素"
    return ""


def hidden_by_style(element: Any, sheets: SheetRules) -> str:
    """Return how the element's own style, or a rule of the page for its name or class, hides it."""
    own = element.get("style")
    reason = hiding(own) if own else ""
    if reason or not sheets:
        return reason
    tag, names = element.tag, (element.get("class") or "").lower().split()[:20]
    keys = [tag, *(f".{name}" for name in names), *(f"{tag}.{name}" for name in names)]
    if element.get("id"):
        keys += [f"#{element.get('id').lower()}", f"{tag}#{element.get('id').lower()}"]
    found = next((sheets[key] for key in keys if key in sheets), "")
    return hiding(found) if found else ""


def hiding(declarations: str) -> str:
    """Return how declarations hide what they apply to, "" when they do not."""
    style = re.sub(r"\s+", "", declarations.lower())[:4000]
    if "display:none" in style:
        return "display:none"
    if "visibility:hidden" in style or "visibility:collapse" in style:
        return "visibility:hidden"
    if re.search(r"(?:\A|;)opacity:0?(?:\.0[0-9]?|\.)?0?(?=;|\Z|!)", style) or "alpha(opacity=0)" in style:
        return "透明度为零"
    if (
        "clip:rect(0" in style
        or "clip-path:inset(50%" in style
        or "clip-path:inset(100%" in style
        or "scale(0" in style
    ):
        return "被裁剪到看不见"
    return _away(style) or _tiny(style) or _same_colour(style)


def _away(style: str) -> str:
    for match in _PLACES.finditer(style):
        far = 90 if match[3] in {"%", "vw", "vh"} else 30 if match[3] in {"em", "rem"} else _FAR
        if float(match[2]) <= -far:
            return f"移到屏幕外（{match[1]}:{match[2]}{match[3] or ''}）"
    return ""


def _tiny(style: str) -> str:
    clipped = "overflow:hidden" in style
    for match in _SIZES.finditer(style):
        size, name = float(match[2]), match[1]
        if name == "font-size" and size <= _SMALL and match[3] not in {"em", "rem"}:
            return "字号为零或一"
        if name == "font-size" and size == 0:
            return "字号为零或一"
        if clipped and name in {"width", "height", "max-height", "max-width"} and size <= _SMALL and match[3] != "%":
            return "高或宽只有一个像素"
    return ""


def _same_colour(style: str) -> str:
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    if colour and colour[1].removesuffix("!important") == "transparent":
        return "文字透明"
    if not colour or not ground:
        return ""
    return "文字与底色相同" if _plain(colour[1]) == _plain(ground[1]) else ""


def _plain(colour: str) -> str:
    value = _NAMES.get(colour.removesuffix("!important"), colour.removesuffix("!important"))
    long = re.fullmatch(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3", value)
    return f"#{long[1]}{long[2]}{long[3]}" if long else value
