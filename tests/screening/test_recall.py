"""How many true errors the packaged rules find: texts written apart from the rules, with a floor for each list."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from zhijian.screening import RuleSet, scan

ERRORS = tomllib.loads(Path(__file__).with_name("errors.toml").read_text(encoding="utf-8"))


def _is_found(text: str, wrong: str, rules: RuleSet) -> bool:
    start = text.index(wrong)
    return any(one.start < start + len(wrong) and one.end > start for one in scan(text, rules))


@pytest.mark.parametrize(("kind", "fewest"), [("mended", 0.85), ("fresh", 0.38)])
def test_the_share_of_true_errors_that_is_found_does_not_fall(kind: str, fewest: float, packaged: RuleSet) -> None:
    rows = ERRORS[kind]
    missed = [wrong for text, wrong in rows if not _is_found(text, wrong, packaged)]
    assert 1 - len(missed) / len(rows) >= fewest, missed
