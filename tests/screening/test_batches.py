"""Many texts at once give what each gives alone."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.screening.conftest import DAY

from zhijian.screening import RuleSet, default_rules, scan
from zhijian.screening.batches import FINDINGS, ScanPool, scan_batch

TEXTS = ["人民攻府公布了帐户", None, "没有问题", "深入开展扫黑险恶，電話13800138000"]


def batch(texts: list[str | None]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.string())})


def expected(texts: list[str | None], ruleset: RuleSet) -> list[dict[str, object]]:
    return [
        {"row": row, **finding.as_data()}
        for row, text in enumerate(texts)
        for finding in (scan(text, ruleset) if text else [])
    ]


def test_a_batch_gives_the_findings_of_each_text_with_its_row(packaged: RuleSet) -> None:
    found = scan_batch(batch(TEXTS), packaged)
    assert found.schema == FINDINGS
    assert found.to_pylist() == expected(TEXTS, packaged)
    assert {row["row"] for row in found.to_pylist()} == {0, 3}


def test_a_column_that_is_not_there_or_holds_no_text_is_refused(packaged: RuleSet) -> None:
    with pytest.raises(KeyError):
        scan_batch(batch(TEXTS), packaged, column="words")
    with pytest.raises(TypeError, match="holds int64"):
        scan_batch(pa.RecordBatch.from_pydict({"text": [1]}), packaged)


def test_two_processes_give_the_same_in_the_same_order(packaged: RuleSet) -> None:
    parts = [batch([text]) for text in TEXTS * 5]
    with ScanPool(default_rules(), on=DAY, processes=2) as pool:
        found = [one.to_pylist() for one in pool.scan(parts)]
    assert found == [expected(text, packaged) for text in ([text] for text in TEXTS * 5)]
