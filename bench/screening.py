"""Measure the screening kernel: beside bare daachorse and pyahocorasick, on one core and two, with every disguise.

Run by itself: `make bench NAME=screening`. The last line is JSON. Text comes from the folder ../shared/data beside the
checkout when it is there, otherwise it is generated from the packaged examples.

Speeds are told as ratios of medians of one run, because machines differ. `disguised_vs_pyahocorasick` is a whole scan
with the disguises that sensitive-word, the feature peer, undoes (width, case, traditional, digits, other letters,
things put in between), with offsets into the original, over pyahocorasick's bare matching; `every_disguise` adds
homophones and torn characters, which no peer knows.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import ahocorasick
import daachorse
import pyarrow as pa
from tests.screening.tricks import TRICKS

from zhijian.screening import (
    Category,
    Disguise,
    Severity,
    compile_ruleset,
    default_rules,
    rule_from_term,
    scan,
)
from zhijian.screening.batches import ScanPool
from zhijian.screening.disguises import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from zhijian.screening import Rule, RuleSet

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 6, 1)
DATA = ROOT.parent / "shared" / "data"
PIECE, LONG_PIECE = 1_500, 2_000
PIECES = 260
TERMS, MANY_TERMS = 50_000, 200_000
ROUNDS = 7
PEERS_DISGUISES = frozenset(Disguise) - {Disguise.HOMOPHONE, Disguise.SPLIT}
# Words nobody writes by chance: what people hide are these, not typing slips.
HUNTED = {Category.ADVERT, Category.SOVEREIGNTY, Category.OFF_VOICE, Category.SECRECY_HINT}
SHORTEST = 4
PROSE = ROOT / "tests" / "screening" / "prose.toml"
TRUE = {("confusable.jie-zhi-mu-qian", "截止目前")}
TRUE_LINKS = {"link.full-width", "link.broken"}
"""Findings in published texts that are right: words, and addresses with signs no browser takes."""


def corpus() -> str:
    """Return at least `PIECE * PIECES` characters of Chinese prose."""
    laws = DATA / "prose" / "laws.txt"
    if laws.is_file():
        return laws.read_text(encoding="utf-8")
    print("no folder ../shared/data: the text is generated from the packaged examples")
    sentences = [example for rule in default_rules() for example in rule.examples_pass]
    picker = random.Random(7)  # noqa: S311 -- a repeatable text, nothing secret
    return "".join(picker.choice(sentences) + "。\n" for _ in range(PIECE * PIECES // 8))


def cut(text: str, size: int) -> list[str]:
    """Return pieces of `size` characters."""
    return [text[start : start + size] for start in range(0, size * PIECES, size)]


def terms(text: str, number: int) -> list[str]:
    """Return so many different made-up words of two to six characters, a few of them in the text."""
    picker = random.Random(11)  # noqa: S311 -- repeatable words, nothing secret
    alphabet = sorted({character for character in text if "\u4e00" <= character <= "\u9fff"})
    words: set[str] = set()
    while len(words) < number:
        words.add("".join(picker.choices(alphabet, k=picker.randint(2, 6))))
    return sorted(words)


def term_rules(words: Iterable[str], disguises: Iterable[Disguise]) -> list[Rule]:
    """Return one rule for each word, in all these disguises."""
    return [rule_from_term(rule_id=word, wrong=word, disguises=disguises) for word in words]


def seconds(act: Callable[[str], object], pieces: Sequence[str]) -> float:
    """Return how long `act` takes over all pieces."""
    began = time.perf_counter()
    for piece in pieces:
        act(piece)
    return time.perf_counter() - began


def speeds(text: str, words: list[str]) -> dict[str, list[float]]:
    """Return ratios of speeds, one of each per round, everything in turn.

    `raw_vs_daachorse` compares the matching step alone, without folding and without judging hits.
    """
    pieces = cut(text, PIECE)
    bare = daachorse.CharwiseDoubleArrayAhoCorasick(words)
    peer = ahocorasick.Automaton()
    for number, word in enumerate(words):
        peer.add_word(word.encode().decode("latin-1"), number)
    peer.make_automaton()
    disguised = compile_ruleset(term_rules(words, PEERS_DISGUISES), on=DAY)
    every = compile_ruleset(term_rules(words, Disguise), on=DAY)
    plain = compile_ruleset(term_rules(words, ()), on=DAY).plain
    assert plain is not None
    assert sorted(bare.find_overlapping(pieces[0])) == sorted(plain.matches(Page(pieces[0]).folded))
    found: dict[str, list[float]] = {"raw": [], "disguised": [], "every": []}
    for _ in range(ROUNDS):
        found["raw"].append(seconds(bare.find_overlapping, pieces) / seconds(plain.matches, pieces))
        limit = seconds(lambda piece: list(peer.iter(piece.encode().decode("latin-1"))), pieces)
        found["disguised"].append(limit / seconds(lambda piece: scan(piece, disguised), pieces))
        found["every"].append(limit / seconds(lambda piece: scan(piece, every), pieces))
    return found


def piece_latencies(text: str, ruleset: RuleSet) -> list[float]:
    """Return the milliseconds of each scan of 2,000 characters with every packaged rule, after one warm-up."""
    pieces = cut(text, LONG_PIECE)
    scan(pieces[0], ruleset)
    return [1000 * seconds(lambda piece: scan(piece, ruleset), [piece]) for piece in pieces]


def two_cores(text: str) -> float:
    """Return how many times faster two processes scan Arrow batches than one process does, start-up apart."""
    pieces = cut(text, LONG_PIECE)
    batches = [pa.RecordBatch.from_pydict({"text": pieces[place : place + 20]}) for place in range(0, PIECES, 20)] * 2
    taken = {}
    for processes in (1, 2):
        with ScanPool(default_rules(), on=DAY, processes=processes) as pool:
            # Long enough that every process has compiled its rules.
            for _ in pool.scan(batches * 2):
                pass
            began = time.perf_counter()
            for _ in pool.scan(batches):
                pass
            taken[processes] = time.perf_counter() - began
    return taken[1] / taken[2]


def memory_of_many_terms() -> tuple[float, float]:
    """Return the megabytes a process with `MANY_TERMS` terms in every disguise holds, and its seconds to compile."""
    told = subprocess.run(  # noqa: S603 -- our own few lines
        [sys.executable, "-c", HOLD_MANY_TERMS, str(MANY_TERMS), str(ROOT / "src")],
        check=True, capture_output=True, text=True, timeout=600,
    ).stdout.split()  # fmt: skip
    return float(told[0]), float(told[1])


# A process of its own without what else this bench has loaded.
HOLD_MANY_TERMS = """
import random, resource, sys, time
from datetime import date
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from zhijian.screening import Disguise, compile_ruleset, rule_from_term, scan
picker, words = random.Random(11), set()
while len(words) < int(sys.argv[1]):
    words.add("".join(chr(picker.randint(0x4E00, 0x5E00)) for _ in range(picker.randint(2, 6))))
rules = [rule_from_term(rule_id=word, wrong=word, disguises=Disguise) for word in sorted(words)]
del words
began = time.perf_counter()
ruleset = compile_ruleset(rules, on=date(2026, 6, 1))
taken = time.perf_counter() - began
scan("关于做好防汛工作的通知" * 200, ruleset)
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(pages * resource.getpagesize() / 2**20, taken)
"""


def evasion() -> tuple[dict[str, float], int]:
    """Return the recall of each trick over the packaged words people hide, and alarms more than without the trick.

    Each word stands in a sentence; found means: exactly its characters, under its own rule.
    """
    picker = random.Random(5)  # noqa: S311 -- repeatable texts, nothing secret
    words = sorted(
        {word for rule in default_rules() if rule.category in HUNTED for word in rule.wrong if len(word) >= SHORTEST}
        | {"加v信", "q群138", "客服vx领红包", "24小时放款", "加q群领资料"},
    )
    hunting = compile_ruleset(term_rules(words, Disguise), on=DAY)
    recalls, more = {}, 0
    paragraphs = [line for line in corpus().splitlines() if len(line) > LONG_LINE][:400]
    for name, trick in TRICKS.items():
        tried = [(word, trick(word, picker)) for word in words for _ in range(3)]
        shown = [(word, hidden) for word, hidden in tried if hidden not in (None, word)]
        recalls[name] = sum(_is_found(str(hidden), hunting) for _, hidden in shown) / len(shown)
        for line in paragraphs:
            hidden = "".join(trick(line[at : at + 4], picker) or line[at : at + 4] for at in range(0, len(line), 4))
            more += max(0, len(scan(hidden, hunting)) - len(scan(line, hunting)))
    return recalls, more


LONG_LINE = 40


def _is_found(hidden: str, hunting: RuleSet) -> bool:
    places = [(one.start, one.end) for one in scan(f"通知：{hidden}！", hunting)]
    return (3, 3 + len(hidden)) in places


def clean_paragraphs() -> list[str]:
    """Return paragraphs of right prose: our own prose and examples, laws, notices, answers."""
    lines: list[str] = [example for rule in default_rules() for example in rule.examples_pass]
    lines += [text["words"] for text in tomllib.loads(PROSE.read_text(encoding="utf-8"))["text"]]
    for path in sorted(DATA.glob("texts/*.txt")):
        lines += path.read_text(encoding="utf-8").splitlines()
    if DATA.is_dir():
        lines += (DATA / "prose" / "laws.txt").read_text(encoding="utf-8").splitlines()
        rows = (DATA / "qa" / "policy_questions.jsonl").read_text(encoding="utf-8").splitlines()
        lines += [part for row in rows for part in str(json.loads(row).get("answer", "")).splitlines()]
    return sorted({line.strip() for line in lines if len(line.strip()) > SHORTEST})


def false_alarms(ruleset: RuleSet) -> tuple[int, int]:
    """Return the number of clean paragraphs and of wrong veto or error findings in them; every finding is printed.

    Personal information is left out: a real notice does carry telephone numbers. `TRUE` were read by a person and are
    real faults of the published text.
    """
    paragraphs, wrong = clean_paragraphs(), 0
    for line in paragraphs:
        for one in scan(line, ruleset):
            if one.severity in {Severity.VETO, Severity.ERROR} and one.category is not Category.PRIVACY:
                true = (one.rule_id, one.excerpt) in TRUE or one.rule_id in TRUE_LINKS
                wrong += not true
                told = "a true fault" if true else "serious in clean text"
                print(f"  {told}: {one.rule_id} {one.excerpt!r} in {line[:60]!r}")
    return len(paragraphs), wrong


def upper_bound(wrong: int, number: int) -> float:
    """Return the one-sided 95 % bound of a share (Clopper and Pearson); three over n when none was found."""
    low, high = wrong / number, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        chance = sum(
            math.exp(math.lgamma(number + 1) - math.lgamma(k + 1) - math.lgamma(number - k + 1)
                     + k * math.log(middle) + (number - k) * math.log1p(-middle))
            for k in range(wrong + 1)
        )  # fmt: skip
        low, high = (middle, high) if chance > 0.05 else (low, middle)
    return high


def main() -> None:
    """Print the figures, then the line of JSON."""
    text = corpus()
    default_rules.cache_clear()
    began = time.perf_counter()
    packaged = compile_ruleset(default_rules(), on=DAY)
    compiled = time.perf_counter() - began
    ratios = speeds(text, terms(text, TERMS))
    latencies = piece_latencies(text, packaged)
    p95 = statistics.quantiles(latencies, n=20)[18]
    cores = two_cores(text)
    memory, many = memory_of_many_terms()
    recalls, more = evasion()
    paragraphs, wrong = false_alarms(packaged)
    print(f"rules {len(default_rules())}, read and compiled in {compiled:.2f} s; {os.cpu_count()} cores")
    for name, values in ratios.items():
        print(f"{name}: {min(values):.2f} … {max(values):.2f}")
    print(f"a piece of {LONG_PIECE} characters: median {statistics.median(latencies):.1f} ms, p95 {p95:.1f} ms")
    print(f"{MANY_TERMS} terms in every disguise: compiled in {many:.1f} s, {memory:.0f} MB")
    print("recall of hidden words:", ", ".join(f"{name} {share:.3f}" for name, share in recalls.items()))
    bound = upper_bound(wrong, paragraphs)
    print(f"clean paragraphs {paragraphs}, serious findings {wrong}: below {bound:.5f} with 95 % confidence")
    figures = {
        "raw_vs_daachorse": {"value": round(statistics.median(ratios["raw"]), 2), "goal": 0.9, "better": "higher"},
        "disguised_vs_pyahocorasick": {
            "value": round(statistics.median(ratios["disguised"]), 2), "goal": 1.7, "better": "higher",
        },
        "every_disguise_vs_pyahocorasick": {
            "value": round(statistics.median(ratios["every"]), 2), "goal": 1.7, "better": "higher",
        },
        "piece_p95_ms": {"value": round(p95, 2), "goal": 10, "better": "lower"},
        "two_cores": {"value": round(cores, 2), "goal": 1.8, "better": "higher"},
        "memory_mb": {"value": round(memory), "goal": 300, "better": "lower"},
        "compile_s": {"value": round(compiled, 2), "goal": 2, "better": "lower"},
        "weakest_recall": {"value": round(min(recalls.values()), 3), "goal": 0.95, "better": "higher"},
        "more_alarms": {"value": more, "goal": 0, "better": "lower"},
        "clean_paragraphs": {"value": paragraphs, "goal": 20_000, "better": "higher"},
        "serious_in_clean": {"value": wrong, "goal": 0, "better": "lower"},
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
