"""The house's sizes: short functions, files one can read in a sitting."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src" / "zhijian"
MEDIAN = (5, 9)
NINETIETH_PERCENTILE = 25
LONG, SHARE_OF_LONG = 50, 0.02
LONGEST = 80
LONGEST_FILE = 600


def _files() -> list[Path]:
    return [path for path in sorted(SOURCES.rglob("*.py")) if "migrations" not in path.parts]


def _functions() -> dict[str, int]:
    """Lines of every function, from its `def` to its last line, docstring included."""
    found = {}
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                place = f"{path.relative_to(SOURCES)}:{node.lineno} {node.name}"
                found[place] = node.end_lineno - node.lineno + 1
    return found


def test_functions_are_short() -> None:
    lengths = sorted(_functions().values())
    assert MEDIAN[0] <= statistics.median(lengths) <= MEDIAN[1]
    assert lengths[int(len(lengths) * 0.9)] <= NINETIETH_PERCENTILE
    assert sum(length > LONG for length in lengths) <= SHARE_OF_LONG * len(lengths)


def test_no_function_is_very_long() -> None:
    assert {place: length for place, length in _functions().items() if length > LONGEST} == {}


def test_no_file_is_very_long() -> None:
    lengths = {path.relative_to(SOURCES): len(path.read_text(encoding="utf-8").splitlines()) for path in _files()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}
