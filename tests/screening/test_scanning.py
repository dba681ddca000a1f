"""Offsets, disguises, overlaps: what a scan promises about places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.screening import (
    BadRule,
    Disguise,
    Leader,
    Rule,
    RuleSet,
    Severity,
    compile_ruleset,
    default_rules,
    report,
    rule_from_term,
    rules_from_leaders,
    scan,
    scan_many,
)
from zhijian.screening.characters import ZERO_WIDTH
from zhijian.screening.disguises import LONGEST_GAP

DAY = date(2026, 6, 1)
PACKAGED = compile_ruleset(default_rules(), on=DAY)
GAPS = st.text(alphabet=ZERO_WIDTH + " \u3000*-_·★", max_size=LONGEST_GAP)
PLAIN = st.text(alphabet="春天来了，请大家注意防火。\n 😀𠮷é", max_size=30)


def term(wrong: str, right: str = "", *, disguises: frozenset[Disguise] = frozenset(Disguise), **more: object) -> Rule:
    return rule_from_term(rule_id=f"t.{wrong}", wrong=wrong, right=right, disguises=disguises, **more)  # type: ignore[arg-type]  # a test's shorthand


def one(*rules: Rule) -> RuleSet:
    return compile_ruleset(rules, on=DAY)


def places(text: str, *rules: Rule) -> list[tuple[int, int, str]]:
    return [(finding.start, finding.end, finding.excerpt) for finding in scan(text, one(*rules))]


@given(before=PLAIN, gaps=st.lists(GAPS, min_size=5, max_size=5), after=PLAIN)
def test_gaps_never_move_the_reported_slice(before: str, gaps: list[str], after: str) -> None:
    letters = "测试ab词形"
    torn = letters[0] + "".join(gap + letter for gap, letter in zip(gaps, letters[1:], strict=True))
    text = before + torn + after
    assert places(text, term(letters)) == [(len(before), len(before) + len(torn), torn)]


@given(
    before=PLAIN, forms=st.tuples(*[st.sampled_from(pair) for pair in ("國国", "務务", "AaＡａ", "9９")]), after=PLAIN
)
def test_folding_never_moves_the_reported_slice(before: str, forms: tuple[str, ...], after: str) -> None:
    seen = "".join(forms)
    assert places(f"{before}，{seen}，{after}", term("国务a9")) == [(len(before) + 1, len(before) + 5, seen)]


@given(st.text())
def test_any_text_is_scanned_and_every_excerpt_is_the_slice_itself(text: str) -> None:
    findings = scan(text, PACKAGED)
    assert [finding.excerpt for finding in findings] == [text[one.start : one.end] for one in findings]
    ends = [(finding.start, finding.end) for finding in findings]
    assert all(left[1] <= right[0] for left, right in pairwise(ends))
    assert all(start < end for start, end in ends)


@pytest.mark.parametrize(
    ("disguise", "text"),
    [
        (Disguise.WIDTH, "来ＡＢ测"),
        (Disguise.CASE, "来aB测"),
        (Disguise.TRADITIONAL, "来AB測"),
        (Disguise.ZERO_WIDTH, "来A\u200bB测"),
        (Disguise.INTERPOSED, "来A*B测"),
        (Disguise.LOOK_ALIKE, "来АB测"),
        (Disguise.HOMOPHONE, "来AB策"),
        (Disguise.SPLIT, "来AB氵则"),
    ],
)
def test_a_disguise_counts_only_for_the_rule_that_names_it(disguise: Disguise, text: str) -> None:
    others = frozenset(Disguise) - {disguise}
    assert places(text, term("AB测", disguises=frozenset({disguise}))) == [(1, len(text), text[1:])]
    assert places(text, term("AB测", disguises=others)) == []


@pytest.mark.parametrize(
    ("form", "seen", "ways"),
    [
        ("加微信领取", "加徽信领取", {Disguise.LOOK_ALIKE}),
        ("加微信领取", "加ⓥ信领取", None),
        ("加v信", "加ⓥ信", {Disguise.LOOK_ALIKE}),
        ("加微信领取", "家薇芯领取", {Disguise.HOMOPHONE}),
        ("加微信领取", "力口微人言领取", {Disguise.SPLIT}),
        ("加微信领取", "力口微亻言领 取", {Disguise.SPLIT, Disguise.INTERPOSED}),
        ("群138", "群①叁8", {Disguise.DIGITS}),
        ("群138", "群１三捌", {Disguise.DIGITS, Disguise.WIDTH}),
        ("代开發票", "代开发票", {Disguise.TRADITIONAL}),
        ("加微信领取", "加微领取", None),
    ],
)
def test_whoever_hides_a_word_is_told_how(form: str, seen: str, ways: set[Disguise] | None) -> None:
    found = scan(f"好，{seen}。", one(term(form)))
    assert [(finding.excerpt, finding.start) for finding in found] == ([] if ways is None else [(seen, 2)])
    if ways:
        told = "、".join(way.label for way in Disguise if way in ways)
        assert found[0].why == f"与规则词形“{form}”相同；识别了{told}"


def test_parts_that_are_words_of_their_own_make_no_torn_character() -> None:
    text = "女子篮球队的人言论自由，力口不分，日月潭"
    assert places(text, term("好篮球"), term("信论"), term("加不")) == [
        (0, 4, "女子篮球"),
        (6, 9, "人言论"),
        (12, 15, "力口不"),
    ]
    assert places(text, term("好球"), term("信自")) == []


def test_two_syllables_are_too_few_to_be_known_by_sound() -> None:
    assert places("提高威信，加威信", term("微信"), term("加微信")) == [(5, 8, "加威信")]


def test_the_reason_names_the_form_and_the_disguise() -> None:
    (finding,) = scan("國 务a", one(term("国务a")))
    assert finding.why == "与规则词形“国务a”相同；识别了繁体字、夹入空格或符号"


def test_a_gap_does_not_cross_sentences_or_lines() -> None:
    assert places("攻，府 攻。府 攻\n府 攻    府", term("攻府")) == []


def test_latin_forms_are_whole_words() -> None:
    assert places("avxy vx VX1 加vx号", term("vx")) == [(5, 7, "vx"), (13, 15, "vx")]


def test_exceptions_hold_in_torn_text_too() -> None:
    rule = term("中港", "内地与香港", exceptions=["集中港口"])
    assert places("集中港口 集 中 港 口 中港两地", rule) == [(13, 15, "中港")]


def test_of_overlapping_findings_the_more_severe_then_the_longer_stays() -> None:
    weak = term("甲乙丙丁", severity="hint")
    strong = term("乙丙", severity="error")
    longer = term("乙丙丁", severity="error")
    assert places("甲乙丙丁", weak, strong) == [(1, 3, "乙丙")]
    assert places("甲乙丙丁", weak, strong, longer) == [(1, 4, "乙丙丁")]


def test_a_flooding_rule_shows_its_first_findings_and_the_total(packaged: RuleSet) -> None:
    text = "各县区,各部门,各单位,各学校,各企业,各乡镇,各村居"
    findings = [finding for finding in scan(text, packaged) if finding.rule_id == "punctuation.half-comma"]
    assert [finding.start for finding in findings] == [3, 7, 11, 15, 19]
    assert findings[-1].message.endswith("全文共有6处，这里列出前5处。")
    assert "全文" not in findings[0].message


def test_the_same_text_gives_the_same_findings_in_every_thread(packaged: RuleSet) -> None:
    texts = [f"第{number}期：人民攻府召开会议，，截止目前己经完成布署。电话13800138000" for number in range(60)]
    expected = scan_many(texts, packaged)
    assert all(len(findings) >= 5 for findings in expected)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: scan(text, packaged), texts)) == expected


def test_a_report_counts_and_says_whether_the_text_must_wait(packaged: RuleSet) -> None:
    summary = report(scan("人民攻府公布了帐户", packaged), ruleset_version=packaged.version)
    assert dict(summary.by_severity) == {
        Severity.VETO: 1,
        Severity.ERROR: 0,
        Severity.WARNING: 1,
        Severity.HINT: 0,
    }
    assert summary.blocking
    assert summary.sentence == "发现严重错误1处、提醒1处。"
    assert not report([], ruleset_version=packaged.version).blocking


def test_a_term_of_a_body_is_a_rule_with_its_own_words_and_dates() -> None:
    rule = rule_from_term(
        rule_id="body.7",
        wrong="清河新城",
        right="清河新区",
        exceptions=["清河新城大道", "无关的例外"],
        severity="warning",
        source="清河县民政局文件",
        valid_from=date(2026, 1, 1),
    )
    assert rule.unless == ("清河新城大道",)
    (finding,) = scan("清河新城大道通向清河新城", one(rule))
    assert finding.as_data() == {
        "start": 8,
        "end": 12,
        "excerpt": "清河新城",
        "rule_id": "body.7",
        "category": "body_term",
        "severity": "warning",
        "message": "“清河新城”应写作“清河新区”。",
        "suggestions": ["清河新区"],
        "source": "清河县民政局文件",
        "why": "与规则词形“清河新城”相同",
    }
    assert scan("清河新城", compile_ruleset([rule], on=date(2025, 12, 31))) == []


def test_an_empty_term_is_refused() -> None:
    with pytest.raises(BadRule, match="二者选一"):
        rule_from_term(rule_id="body.8", wrong="  ")


LEADERS = rules_from_leaders(
    [
        Leader("钱望舒", ("县委书记",)),
        Leader("孙知微", ("县委副书记", "县长")),
        Leader("孙知秋", ("副县长",)),
    ],
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("县委书记钱望舒主持会议", []),
        ("县委书记钱望书主持会议", [("钱望书", ("钱望舒",))]),
        ("县委副书记、县长孙知微讲话", []),
        ("副县长孙知秋陪同", []),
        ("县长钱望舒调研", [("县长钱望舒", ())]),
        ("孙知微县长指出", []),
        ("孙知微副县长指出", [("孙知微副县长", ())]),
        ("县长孙知秋陪同", [("县长孙知秋", ())]),
        ("邻县县长赵某来访", []),
    ],
)
def test_leaders_of_the_table_keep_their_names_and_titles(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(finding.excerpt, finding.suggestions) for finding in scan(text, one(*LEADERS))] == found


@pytest.mark.parametrize("leader", [Leader("钱", ("县长",)), Leader("钱望舒", ())])
def test_a_leader_without_a_full_name_or_a_title_is_refused_with_the_row(leader: Leader) -> None:
    with pytest.raises(BadRule, match="第2行"):
        rules_from_leaders([Leader("孙知微", ("县长",)), leader])


def test_a_flood_of_one_word_hides_no_other_view() -> None:
    hunted = term("加微信领取", disguises=frozenset(Disguise))
    rules = compile_ruleset([*default_rules(), hunted], on=DAY)
    found = {finding.rule_id for finding in scan("布署 " * 25_000 + "人民攻府，加徽信领取", rules)}
    assert {"state-name.zhengfu", hunted.id} <= found


@pytest.mark.parametrize(
    "text",
    [
        "研究竞赛方案", "往返思茅的班车", "获奖卷面", "大冶安全生产", "从严竣工验收", "诸侯车马坑", "数据中台关系图谱",
        "中国与台湾当局没有任何官方往来", "公安部主任科员", "全面从严管党治党", "市场主体教育活动", "选拔打基础",
    ],
)  # fmt: skip
def test_right_words_side_by_side_are_no_slip(text: str, packaged: RuleSet) -> None:
    assert [one.excerpt for one in scan(text, packaged) if one.severity.blocks] == []


@pytest.mark.parametrize("wrong", [None, b"text", 5])
def test_what_is_no_text_is_refused_by_its_type(packaged: RuleSet, wrong: object) -> None:
    with pytest.raises(TypeError, match=f"not {type(wrong).__name__}"):
        scan(wrong, packaged)  # type: ignore[arg-type]  # what a caller without a type checker does
