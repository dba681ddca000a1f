"""The indicators: read once from `indicators.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

UPDATE: Final = "NM-V2.1"
WORDING: Final = "NM-V1.1"
LINK: Final = "LINK"
WEEKLY: Final = "LOCAL-WEEK"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. `by_hand`: judged by a person with a proof; `ask` is what an order asks for at first.

    `is_local`: judged only where a local pack has the rule.
    """

    code: str
    title: str
    rule: str
    document: str
    by_hand: bool
    is_veto: bool
    ask: str
    is_local: bool = False


@cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator by its code, in the order of the file."""
    text = files("zhijian.inspection").joinpath("indicators.toml").read_text(encoding="utf-8")
    return {
        row["code"]: Indicator(
            row["code"],
            row["title"],
            row["rule"],
            row["document"],
            row["by"] == "hand",
            row["veto"],
            row["ask"],
            row.get("local", False),
        )
        for row in tomllib.loads(text)["indicator"]
    }


def indicator(code: str) -> Indicator:
    """Return one indicator; a code of another release is shown as it stands."""
    return indicators().get(code) or Indicator(code, code, "", "", by_hand=True, is_veto=True, ask="")


def hand_indicators() -> list[Indicator]:
    """Return what a person judges."""
    return [one for one in indicators().values() if one.by_hand]


def veto_codes() -> list[str]:
    """Return the codes of the veto indicators."""
    return [one.code for one in indicators().values() if one.is_veto]
