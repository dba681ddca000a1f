"""What every template knows about how this person wants to see the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

THEME_COOKIE = "zj_theme"
ELDER_COOKIE = "zj_elder"
THEMES = {"auto": "跟随系统", "light": "浅色", "dark": "深色"}
THEME_ICONS = {"auto": "adjustments-horizontal", "light": "sun", "dark": "moon"}


@dataclass(frozen=True, slots=True)
class Appearance:
    """`theme` is one of THEMES; `elder` is the large, high-contrast mode; `here` is the address to come back to."""

    theme: str = "auto"
    elder: bool = False
    here: str = "/"

    @property
    def themes(self) -> list[tuple[str, str, str, bool]]:
        """Return (value, words, icon, chosen) for each theme, in the order of the menu."""
        return [(value, words, THEME_ICONS[value], value == self.theme) for value, words in THEMES.items()]


def read_appearance(request: HttpRequest) -> Appearance:
    """Read the two cookies; anything unknown in them counts as not set."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return Appearance(
        theme=theme if theme in THEMES else "auto",
        elder=request.COOKIES.get(ELDER_COOKIE) == "1",
        here=request.get_full_path() if request.method in {"GET", "HEAD"} else "",
    )


def appearance(request: HttpRequest) -> dict[str, Appearance]:
    """Context processor: `appearance` in every template."""
    return {"appearance": read_appearance(request)}
