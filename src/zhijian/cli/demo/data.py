"""Reading what is shipped with this package: bodies, people, filings, terms and texts, all as TOML."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return one data file by its name without ending. It is read once and must not be changed."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


PIECE_FILES = ("notices", "living", "policy", "waiting")


def raw_pieces() -> list[dict[str, Any]]:
    """Return every text with its facts, in the order of the files."""
    return [dict(piece) for name in PIECE_FILES for piece in table(f"pieces/{name}")["piece"]]
