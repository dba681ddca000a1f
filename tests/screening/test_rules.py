"""Every packaged rule proves itself by its own examples."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from zhijian.screening import BadRule, Category, Rule, RuleSet, compile_ruleset, default_rules, rules_of_toml, scan
from zhijian.screening.detectors import DETECTORS

DAY = date(2026, 6, 1)
FEWEST = {
    "typo": 300, "place_name": 150, "political_term": 50, "org_title": 55, "sovereignty": 25, "confusable": 25,
    "punctuation": 25, "numbers": 20, "state_name": 20, "social": 20, "ethnic_religion": 15, "legal": 15,
    "international": 15, "superlative": 12, "advert": 12, "off_voice": 11, "secrecy_hint": 11, "privacy": 9,
    "document_number": 6,
}  # fmt: skip


@pytest.mark.parametrize("rule", default_rules(), ids=lambda rule: rule.id)
def test_rule_finds_its_bad_examples_and_leaves_its_good_ones(rule: Rule, packaged: RuleSet) -> None:
    alone = compile_ruleset([rule], on=rule.valid_from or DAY)
    assert rule.examples_hit
    assert rule.examples_pass
    for example in rule.examples_hit:
        assert {finding.rule_id for finding in scan(example, alone)} == {rule.id}, example
    for example in rule.examples_pass:
        serious = [one.excerpt for one in scan(example, packaged) if one.rule_id == rule.id or one.severity.blocks]
        assert serious == [], example


def test_no_category_is_thin_and_every_detector_serves_a_rule() -> None:
    counts = Counter(rule.category.value for rule in default_rules())
    assert {name: count for name, count in FEWEST.items() if counts[name] < count} == {}
    assert sum(counts.values()) >= 900
    used = {rule.detector for rule in default_rules() if rule.detector}
    assert used | {"leader_name", "leader_title"} == set(DETECTORS)


def test_a_right_form_is_never_itself_a_finding_of_its_rule() -> None:
    wrong = []
    for rule in default_rules():
        alone = compile_ruleset([rule], on=rule.valid_from or DAY)
        wrong += [(rule.id, right) for right in rule.right if rule.wrong and right and scan(right, alone)]
    assert wrong == []


def test_every_suggestion_is_a_text_that_can_be_put_in_place() -> None:
    assert [(rule.id, right) for rule in default_rules() for right in rule.right if right.startswith("（")] == []


def test_nouns_of_the_state_are_not_banned(packaged: RuleSet) -> None:
    text = "五星红旗、国徽、国歌、天安门、人民大会堂、共产党、毛泽东思想、台湾地区、西藏自治区、新疆维吾尔自治区。"
    assert scan(text, packaged) == []


def test_rules_apply_only_between_their_dates() -> None:
    rule = next(rule for rule in default_rules() if rule.valid_from and rule.category is Category.LEGAL)
    before, after = date(2020, 12, 31), date(2021, 1, 1)
    text = rule.examples_hit[0]
    assert scan(text, compile_ruleset([rule], on=before)) == []
    assert [finding.rule_id for finding in scan(text, compile_ruleset([rule], on=after))] == [rule.id]


def test_version_follows_the_rules_and_not_their_order() -> None:
    some = default_rules()[:40]
    version = compile_ruleset(some, on=DAY).version
    assert compile_ruleset(reversed(some), on=DAY).version == version
    assert compile_ruleset(some[1:], on=DAY).version != version


FILE = 'category = "typo"\n[defaults]\nseverity = "error"\nmessage = "m"\nsource = "s"\n[[rule]]\nid = "a"\n'


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('wrong = ["甲"]\ncolour = "red"', "有不认识的字段 colour"),
        ('wrong = "甲"', "a 的 wrong 类型不对"),
        ('wrong = ["甲"]\nunless = ["乙"]', "例外“乙”里没有错误词形"),
        ('wrong = ["甲"]\nnot_near = "@nowhere"', "没有名为 nowhere 的上下文"),
        ("", "二者选一"),
        ('wrong = ["甲"]\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01', "生效日期晚于失效日期"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_a_sentence(body: str, sentence: str) -> None:
    with pytest.raises(BadRule) as refusal:
        rules_of_toml(FILE + body, name="x.toml")
    assert str(refusal.value).startswith("x.toml：")
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('wrong = ["甲"]\n[[rule]]\nid = "a"\nwrong = ["乙"]', "出现了两次"),
        ('wrong = ["甲"]\nbefore = "("', "不是正确的正则表达式"),
        ('detector = "nothing"', "没有名为 nothing 的检测器"),
    ],
)
def test_rules_that_cannot_work_are_refused_when_compiled(body: str, sentence: str) -> None:
    with pytest.raises(BadRule, match=sentence):
        compile_ruleset(rules_of_toml(FILE + body, name="x.toml"), on=DAY)
