"""Throw arbitrary bytes at everything of `screening` that reads what strangers send.

`python scripts/fuzz_screening.py text -max_total_time=60`: the target first (text, page, link, file), then options of
libFuzzer. An input that raises, or moves a finding off its very characters, ends the run with a trace and the input.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

with atheris.instrument_imports(include=["zhijian.screening"]):
    from zhijian.screening import Disguise, compile_ruleset, default_rules, rule_from_term, scan
    from zhijian.screening.attachments import BadAttachment, judge_attachment, read_attachment
    from zhijian.screening.links import LinkPolicy, judge_link, links_in
    from zhijian.screening.pages import judge_page, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.screening import RuleSet

NAMES = ("a.txt", "a.csv", "a.html", "a.docx", "a.xlsx", "a.pptx", "a.pdf", "a.srt", "a.ass", "a.lrc")
HEADS = (b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"WEBVTT\n\n", b"[Script Info]\n")
TERMS = ("加微信", "攻府会议", "q群138")


@cache
def ruleset() -> RuleSet:
    """Return the packaged rules and a few words in every disguise."""
    terms = [rule_from_term(rule_id=word, wrong=word, disguises=Disguise) for word in TERMS]
    return compile_ruleset([*default_rules(), *terms], on=date(2026, 6, 1))


def text(data: bytes) -> None:
    """Scan a text of any code points, lone surrogates too."""
    words = data.decode("utf-8", "surrogatepass" if data[:1] == b"s" else "replace")
    found = scan(words, ruleset())
    if [one.excerpt for one in found] != [words[one.start : one.end] for one in found]:
        raise RuntimeError("An excerpt is not what stands at its place.")
    if any(one.end > other.start for one, other in pairwise(found)):
        raise RuntimeError("Two findings overlap.")


def page(data: bytes) -> None:
    """Judge a page of any bytes."""
    verdict_of(judge_page(data.decode("utf-8", "replace"), url="https://www.example.gov.cn/a"))


def link(data: bytes) -> None:
    """Find and judge addresses."""
    words = data.decode("utf-8", "replace")
    for start, end in links_in(words):
        judge_link(words[start:end], LinkPolicy())
    judge_link(words, LinkPolicy())


def file(data: bytes) -> None:
    """Open and judge a file of any bytes under a name of any kind."""
    if len(data) < len(b"nh"):
        return
    try:
        found = read_attachment(HEADS[data[1] % len(HEADS)] + data[2:], name=NAMES[data[0] % len(NAMES)])
    except BadAttachment:
        return
    judge_attachment(found, ruleset())


TARGETS: dict[str, Callable[[bytes], None]] = {"text": text, "page": page, "link": link, "file": file}


def _forgiving(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            target(data)
        except UnicodeDecodeError:
            return

    return run


def main() -> None:
    """Run one target until the options of libFuzzer end it."""
    target = TARGETS[sys.argv.pop(1)]
    for example in (b"nh2026-1-1 https://a.cn/", b""):
        target(example)  # what is compiled once is no fault of the first input
    atheris.Setup(sys.argv, _forgiving(target))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
