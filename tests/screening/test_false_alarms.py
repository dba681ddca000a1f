"""Right texts give no serious finding: our own prose always, real prose where the folder is at hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from zhijian.screening import RuleSet, Severity, scan

PROSE = tomllib.loads(Path(__file__).with_name("prose.toml").read_text(encoding="utf-8"))["text"]
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="real prose is not at hand: no folder ../shared/data")


@pytest.mark.parametrize("text", PROSE, ids=lambda text: text["name"])
def test_our_own_right_prose_gives_nothing_above_a_hint(text: dict[str, str], packaged: RuleSet) -> None:
    found = [(one.rule_id, one.excerpt) for one in scan(text["words"], packaged) if one.severity != Severity.HINT]
    assert found == []


@needs_shared
def test_real_notices_give_no_serious_finding(packaged: RuleSet) -> None:
    files = sorted((SHARED / "texts").glob("*.txt"))
    assert len(files) >= 3
    found = [
        (file.name, one.rule_id, one.excerpt)
        for file in files
        for one in scan(file.read_text(encoding="utf-8"), packaged)
        if one.severity.blocks
    ]
    assert found == []


@needs_shared
def test_the_laws_give_no_serious_finding_and_few_warnings(packaged: RuleSet) -> None:
    lines = (SHARED / "prose" / "laws.txt").read_text(encoding="utf-8").splitlines()
    findings = [one for line in lines for one in scan(line, packaged)]
    assert [(one.rule_id, one.excerpt) for one in findings if one.severity.blocks] == []
    warned = sum(one.severity is Severity.WARNING for one in findings)
    assert warned <= len(lines) / 50
