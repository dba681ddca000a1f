"""Measure the screening kernel beside bare daachorse, and the whole packaged rule set on one piece.

Run by itself: `python bench/screening.py`. The last line is JSON. Text comes from the folder ../shared/data beside
the checkout when it is there, otherwise it is generated from the packaged examples.

`raw_vs_daachorse` compares the matching step alone, without folding and without judging hits; what a whole scan costs
with all disguises is printed as a line of its own.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import daachorse

from zhijian.screening import Disguise, compile_ruleset, default_rules, rule_from_term, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 6, 1)
PIECE = 2_000
PIECES = 200
TERMS = 50_000
ROUNDS = 7


def corpus() -> str:
    """Return at least `PIECE * PIECES` characters of Chinese prose."""
    laws = ROOT.parent / "shared" / "data" / "prose" / "laws.txt"
    if laws.is_file():
        return laws.read_text(encoding="utf-8")
    print("no folder ../shared/data: the text is generated from the packaged examples")
    sentences = [example for rule in default_rules() for example in rule.examples_pass]
    picker = random.Random(7)  # noqa: S311 -- a repeatable text, nothing secret
    return "".join(picker.choice(sentences) + "。\n" for _ in range(PIECE * PIECES // 8))


def terms(text: str) -> list[str]:
    """Return `TERMS` different made-up words of two to six characters, a few of them in the text."""
    picker = random.Random(11)  # noqa: S311 -- repeatable words, nothing secret
    alphabet = sorted({character for character in text if "\u4e00" <= character <= "\u9fff"})
    words: set[str] = set()
    while len(words) < TERMS:
        words.add("".join(picker.choices(alphabet, k=picker.randint(2, 6))))
    return sorted(words)


def seconds(act: Callable[[str], object], pieces: Sequence[str]) -> float:
    """Return how long `act` takes over all pieces."""
    began = time.perf_counter()
    for piece in pieces:
        act(piece)
    return time.perf_counter() - began


def ratios(pieces: Sequence[str], words: list[str]) -> tuple[list[float], list[float]]:
    """Return the speeds of our matching and of our whole scan over bare daachorse, in turn, one of each per round."""
    bare = daachorse.CharwiseDoubleArrayAhoCorasick(words)
    rules = [rule_from_term(rule_id=word, wrong=word, disguises=Disguise) for word in words]
    ours = compile_ruleset(rules, on=DAY)
    assert sorted(bare.find_overlapping(pieces[0])) == sorted(ours.matches(pieces[0]))
    raw, whole = [], []
    for _ in range(ROUNDS):
        limit = seconds(bare.find_overlapping, pieces)
        raw.append(limit / seconds(ours.matches, pieces))
        whole.append(limit / seconds(lambda piece: scan(piece, ours), pieces))
    return raw, whole


def piece_latencies(pieces: Sequence[str]) -> list[float]:
    """Return the milliseconds of each scan with every packaged rule, after one warm-up."""
    ruleset = compile_ruleset(default_rules(), on=DAY)
    scan(pieces[0], ruleset)
    return [1000 * seconds(lambda piece: scan(piece, ruleset), [piece]) for piece in pieces]


def main() -> None:
    """Print the figures, then the line of JSON."""
    text = corpus()
    pieces = [text[start : start + PIECE] for start in range(0, PIECE * PIECES, PIECE)]
    words = terms(text)
    default_rules.cache_clear()
    began = time.perf_counter()
    compile_ruleset(default_rules(), on=DAY)
    compiled = time.perf_counter() - began
    raw, whole = ratios(pieces, words)
    latencies = piece_latencies(pieces)
    p95 = statistics.quantiles(latencies, n=20)[18]
    print(f"rules {len(default_rules())}, read and compiled in {compiled:.2f} s")
    print(f"raw matching / daachorse at {TERMS} terms: {min(raw):.2f} … {max(raw):.2f}")
    print(f"whole scan with all disguises / daachorse: {min(whole):.3f} … {max(whole):.3f}")
    print(f"a piece of {PIECE} characters: median {statistics.median(latencies):.1f} ms, p95 {p95:.1f} ms")
    figures = {
        "raw_vs_daachorse": {"value": round(statistics.median(raw), 2), "goal": 0.9, "better": "higher"},
        "piece_p95_ms": {"value": round(p95, 2), "goal": 10, "better": "lower"},
        "compile_s": {"value": round(compiled, 2), "goal": 2, "better": "lower"},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
