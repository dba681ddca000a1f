"""Many texts at once: Arrow record batches in, findings as a record batch out, on one core or on several."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from zhijian.screening.ruleset import compile_ruleset
from zhijian.screening.scanning import scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from zhijian.screening.rule import Rule
    from zhijian.screening.ruleset import RuleSet

FINDINGS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("excerpt", pa.string(), nullable=False),
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
        pa.field("suggestions", pa.list_(pa.string()), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("why", pa.string(), nullable=False),
    ],
)
"""The columns of findings: `row` counts the texts of the batch from 0, `start` and `end` are code points."""

_TEXTS_AHEAD = 4


def scan_batch(batch: pa.RecordBatch, ruleset: RuleSet, *, column: str = "text") -> pa.RecordBatch:
    """Scan one column of a batch and return a batch of `FINDINGS`, by row and place. A null text has no findings.

    Raises `KeyError` when the batch has no such column and `TypeError` when it holds no text.
    """
    texts = batch.column(column)
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        raise TypeError(f"The column {column} holds {texts.type}, not text.")
    rows = [
        {"row": row, **finding.as_data()}
        for row, text in enumerate(texts.to_pylist())
        if text is not None
        for finding in scan(text, ruleset)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=FINDINGS)


class ScanPool:
    """Scans batches on several cores. Each process compiles the rules once; results come back in order.

    `rules` are those in force on the day `on`, `processes` how many cores. Use it as a context manager. A process that
    dies ends the work with `BrokenProcessPool`; nothing is half-told.
    """

    def __init__(self, rules: Iterable[Rule], *, on: date, processes: int) -> None:
        # Spawned, not forked: the caller may run threads.
        self._pool = ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_prepare, initargs=(tuple(rules), on)
        )
        self._ahead = processes * _TEXTS_AHEAD

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def scan(self, batches: Iterable[pa.RecordBatch], *, column: str = "text") -> Iterator[pa.RecordBatch]:
        """Yield the findings of each batch in order. A few batches are in work at a time, whatever their number."""
        waiting = []
        for batch in batches:
            waiting.append(self._pool.submit(_scan, batch, column))
            if len(waiting) >= self._ahead:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


_prepared: list[RuleSet] = []


def _prepare(rules: tuple[Rule, ...], on: date) -> None:
    _prepared[:] = [compile_ruleset(rules, on=on)]


def _scan(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    return scan_batch(batch, _prepared[0], column=column)
