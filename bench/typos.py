"""Typing errors: sentence F1 on official documents and on three open test files, false alarms, time and memory.

The test files lie in ../shared/data beside the checkout; without it only time is measured. None of them was used to
build the model or to choose its thresholds. F1 is strict: a sentence counts when it was wrong and every character of
it was put right. `--curve` prints more thresholds.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

begun = time.perf_counter()
from zhijian.screening.typos import SURE, THOROUGH, find_typos  # noqa: E402 -- loading is measured
from zhijian.screening.typos.finding import PIECE  # noqa: E402 -- as above
from zhijian.screening.typos.model import packaged  # noqa: E402 -- as above

packaged()
LOADING = time.perf_counter() - begun
ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
CURVE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
PUBLISHED = {"pycorrector_test": 0.315, "pycorrector_ec_law_test": 0.376, "pycorrector_mcsc_test": 0.332}


def pairs_of(path: Path) -> list[tuple[str, str]]:
    """Return (wrong, right) sentences of a file of either kind."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [(row[-2], row[-1]) for row in rows if len(row) >= 2]


def sets() -> dict[str, list[tuple[str, str]]]:
    """Return the test files by name.

    Most right sentences of ODW's test part also stand, with other errors, in its training part, which every figure
    published for it has profited from. `odw_unseen` are the others, and tells more about new text.
    """
    trained = {right for _, right in pairs_of(DATA / "typos" / "odw.train")}
    found = {"odw": pairs_of(DATA / "typos" / "odw.test")}
    found["odw_unseen"] = [pair for pair in found["odw"] if pair[1] not in trained]
    return found | {name: pairs_of(DATA / "typos" / f"{name}.tsv") for name in PUBLISHED}


def mended(text: str, least: float) -> str:
    """Return the text with every suggestion taken."""
    for finding in reversed(find_typos(text, least=least)):
        text = text[: finding.start] + finding.suggestions[0] + text[finding.end :]
    return text


def scores(pairs: list[tuple[str, str]], least: float) -> tuple[float, float, float]:
    """Return strict sentence precision, recall and F1."""
    rows = [(wrong, right, mended(wrong, least)) for wrong, right in pairs]
    told = sum(now != wrong for wrong, _, now in rows)
    good = sum(now != wrong and now == right for wrong, right, now in rows)
    precision, recall = good / max(told, 1), good / max(sum(wrong != right for wrong, right, _ in rows), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def clean_texts() -> dict[str, list[str]]:
    """Return texts taken as right, by kind. None of them was used to build the model."""
    prose = tomllib.loads((ROOT / "tests" / "screening" / "prose.toml").read_text(encoding="utf-8"))
    kinds = {"own prose": [entry["words"] for entry in prose["text"]]}
    guide = sorted((ROOT / "docs" / "guide").glob("*.md"))
    kinds["own guide"] = [re.sub(r"[`*#|>\[\]()!]|/\S+", " ", path.read_text(encoding="utf-8")) for path in guide]
    if DATA.is_dir():
        kinds["notices and press"] = [
            path.read_text(encoding="utf-8") for path in sorted((DATA / "texts").glob("*.txt"))
        ]
        rows = (DATA / "qa" / "policy_questions.jsonl").read_text(encoding="utf-8").splitlines()
        kinds["policy answers"] = list(dict.fromkeys(json.loads(row)["answer"] for row in rows))[::4]
        kinds["ODW, right and not trained on"] = [right for _, right in sets()["odw_unseen"]]
    return kinds


def alarms(texts: list[str], least: float) -> tuple[int, int]:
    """Return how many findings there are and in how many characters."""
    return sum(len(find_typos(text, least=least)) for text in texts), sum(map(len, texts))


def milliseconds() -> float:
    """Return the median time of a piece of 2,000 characters of prose."""
    laws = DATA / "prose" / "laws.txt"
    text = "\n".join(clean_texts()["own prose"])
    if (DATA / "texts").is_dir() and laws.is_file():
        text += "".join(path.read_text(encoding="utf-8") for path in sorted((DATA / "texts").glob("*.txt")))
    pieces = [text[start : start + PIECE] for start in range(0, len(text) - PIECE, PIECE)] or [text]
    times = []
    for piece in pieces * 5:
        start = time.perf_counter()
        find_typos(piece)
        times.append((time.perf_counter() - start) * 1000 * PIECE / len(piece))
    return statistics.median(times)


def main() -> None:
    """Run and print; the last line is JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--curve", action="store_true")
    thresholds = CURVE if options.parse_args().curve else (THOROUGH, SURE)
    figures: dict[str, dict[str, object]] = {}
    print(f"loading {LOADING:.2f} s (libraries included)")
    figures["ms_per_2000"] = {"value": round(milliseconds(), 1), "goal": 30, "better": "lower"}
    totals = dict.fromkeys(thresholds, (0, 0))
    for kind, texts in clean_texts().items():
        for least in thresholds:
            told, size = alarms(texts, least)
            totals[least] = totals[least][0] + told, totals[least][1] + size
            print(f"clean, {kind:<28} least {least:.2f}: {told} in {size}, {told / size * 10_000:.2f} per 10,000")
    for least, (told, size) in totals.items():
        print(f"clean, all                          least {least:.2f}: {told / size * 10_000:.2f} per 10,000")
    told, size = totals[SURE]
    figures["false_alarms_per_10000"] = {"value": round(told / size * 10_000, 2), "goal": 1, "better": "lower"}
    if DATA.is_dir():
        for name, pairs in sets().items():
            for least in thresholds:
                precision, recall, f1 = scores(pairs, least)
                print(f"{name:<24} least {least:.2f}: F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f})")
                if least in {THOROUGH, SURE}:
                    end = "thorough" if least == THOROUGH else "sure"
                    figures[f"f1_{name}_{end}"] = {
                        "value": round(f1, 3),
                        "goal": PUBLISHED.get(name, 0.25),
                        "better": "higher",
                    }
    else:
        print("no folder ../shared/data: F1 is not measured")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
