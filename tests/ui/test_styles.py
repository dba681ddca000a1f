"""Colours are checked by arithmetic, so that a new token cannot slip below what WCAG asks for."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "src/zhijian/ui/static/ui"
SOURCE = Path(__file__).resolve().parents[2] / "src/zhijian"
CORE = (STATIC / "core.css").read_text(encoding="utf-8")
TEXT_ON_GROUND = [
    *product(("text", "text-soft", "link"), ("page", "surface", "sunken")),
    ("text", "brand-soft"),
    ("link", "brand-soft"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-brand-soft", "brand"),
    *((tone, f"{tone}-soft") for tone in ("ok", "warn", "danger", "info")),
    *((tone, "surface") for tone in ("ok", "warn", "danger", "info")),
]
INLINE = re.compile(r"""<style\b|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*type="application/json")|\son[a-z]+=["']""")


def tokens_of(selector: str) -> dict[str, str]:
    block = re.search(rf"{re.escape(selector)} \{{(.*?)\}}", CORE, re.DOTALL)
    assert block is not None, selector
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", block.group(1)))


BASE = tokens_of("\n:root")
DARK = BASE | tokens_of('\n:root[data-theme="dark"]')
ELDER = BASE | tokens_of('\n:root[data-elder="1"]')
ELDER_DARK = DARK | tokens_of('\n:root[data-elder="1"]') | tokens_of('\n:root[data-elder="1"][data-theme="dark"]')
MODES = {"light": (BASE, 4.5), "dark": (DARK, 4.5), "elder": (ELDER, 7.0), "elder and dark": (ELDER_DARK, 7.0)}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("mode", MODES)
def test_words_stand_out_from_their_ground(mode: str) -> None:
    tokens, goal = MODES[mode]
    found = {(text, ground): round(contrast(tokens[text], tokens[ground]), 2) for text, ground in TEXT_ON_GROUND}
    assert {pair: ratio for pair, ratio in found.items() if ratio < goal} == {}


@pytest.mark.parametrize("mode", MODES)
def test_borders_of_controls_can_be_seen(mode: str) -> None:
    tokens, _ = MODES[mode]
    for ground in ("surface", "page"):
        assert contrast(tokens["line-strong"], tokens[ground]) >= 3


@pytest.mark.parametrize("elder", ["", '[data-elder="1"]'])
def test_the_systems_wish_and_the_persons_wish_give_the_same_dark_colours(elder: str) -> None:
    assert tokens_of(f'  :root{elder}[data-theme="auto"]') == tokens_of(f'\n:root{elder}[data-theme="dark"]')


def test_style_sheets_ask_no_other_host_and_no_font() -> None:
    for sheet in SOURCE.rglob("static/**/*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert re.findall(r"@import|@font-face|url\(\s*[\"']?(?:https?:)?//", text) == [], sheet


def test_citizens_load_only_a_small_sheet() -> None:
    template = (SOURCE / "ui/templates/ui/portal.html").read_text(encoding="utf-8")
    assert "desk.css" not in template
    assert sum((STATIC / name).stat().st_size for name in ("core.css", "portal.css")) < 40_000


def test_templates_hold_no_inline_script_or_style() -> None:
    templates = list(SOURCE.rglob("templates/**/*.html"))
    assert len(templates) > 40
    found = [
        (str(path.relative_to(SOURCE)), hit.group())
        for path in templates
        for hit in INLINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
