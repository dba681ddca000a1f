"""A model's opinions become hints at the exact words, and rules win."""

from __future__ import annotations

from dataclasses import replace

from zhijian.connectors.language_model.asking import Opinion
from zhijian.knowledge.queries.opinions import MOST_PLACES, OPINION_RULE, with_opinions
from zhijian.screening import Category, Finding, Severity


def hints(text: str, *opinions: Opinion, ruled: tuple[Finding, ...] = ()) -> list[Finding]:
    return with_opinions(text, ruled, opinions, source="qwen（10.1.2.3:8000）")[0]


def test_an_opinion_stands_at_every_place_of_its_words_and_only_as_a_hint() -> None:
    text = "😀全市布署，县里也布署。"
    first, second = hints(
        text, Opinion("布署", "部署", "规范写法"), Opinion("没有的", "x", ""), Opinion("全市", "全市", "")
    )

    assert [(one.start, one.end) for one in (first, second)] == [(3, 5), (9, 11)]
    assert all(text[one.start : one.end] == one.excerpt == "布署" for one in (first, second))
    assert first == Finding(
        start=3, end=5, excerpt="布署", rule_id=OPINION_RULE, category=Category.TYPO, severity=Severity.HINT,
        message="模型意见：可把“布署”改为“部署”。这只是大模型的看法，请对照原意核实后再决定。",
        suggestions=("部署",), source="大模型 qwen（10.1.2.3:8000）", why="模型的说明：规范写法",
    )  # fmt: skip
    assert not first.severity.blocks


def test_rules_win_and_opinions_do_not_overlap_each_other() -> None:
    text = "全市布署工作"
    [alone] = hints(text, Opinion("布署", "部署", ""), Opinion("署工", "x", ""))
    assert alone.excerpt == "布署"
    ruled = replace(alone, rule_id="confusable.bu-shu", severity=Severity.ERROR)

    assert hints(text, Opinion("市布署", "市部署", ""), ruled=(ruled,)) == [ruled]
    assert len(hints("错" * MOST_PLACES, Opinion("错", "对", ""))) == MOST_PLACES


def test_what_cannot_be_placed_or_seen_is_dropped_and_counted() -> None:
    dropped = [
        Opinion("没有的话", "x", ""), Opinion("全市", "全市", ""), Opinion("错", "对", ""),
        Opinion("布署", "部\u202e署", ""), Opinion("布署", "部署", "\ud800"), Opinion("布署\n全市", "x", ""),
        Opinion("全市布", "x", ""), Opinion("市布", "y", ""),
    ]  # fmt: skip
    text = "全市布署\n全市" + "错" * (MOST_PLACES + 1)
    found, lost = with_opinions(text, (), dropped, source="qwen")

    assert [(one.start, one.excerpt, one.suggestions) for one in found] == [(0, "全市布", ("x",))]
    assert lost == len(dropped) - 1
    assert with_opinions("", (), dropped, source="") == ([], len(dropped))
