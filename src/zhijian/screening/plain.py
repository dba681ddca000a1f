"""Text in half width, lower case and simplified characters, code point by code point."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_TABLE = tomllib.loads(files("zhijian.screening").joinpath("characters.toml").read_text(encoding="utf-8"))

# Chinese sentence punctuation keeps its width: the punctuation rules look at it.
FULL_WIDTH: dict[str, str] = {chr(ord(plain) + 0xFEE0): plain for plain in _TABLE["folded_ascii"]}
TRADITIONAL: dict[str, str] = dict(zip(_TABLE["traditional"], _TABLE["simplified"], strict=True))
_FOLD = str.maketrans(
    {
        **TRADITIONAL,
        **{wide: plain.lower() for wide, plain in FULL_WIDTH.items()},
        **{chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)},
    },
)
_FOLD.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))


def fold(text: str) -> str:
    """Return `text` in half width, lower case and simplified characters, code point by code point."""
    return text.translate(_FOLD)
