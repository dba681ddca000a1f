"""Every packaged rule proves itself by its own examples."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from scripts.rule_coverage import FEWEST, KEPT_BY_BODIES, PAGE, page

from zhijian.screening import BadRule, Category, Rule, RuleSet, compile_ruleset, default_rules, rules_of_toml, scan
from zhijian.screening.detectors import DETECTORS

DAY = date(2026, 6, 1)
FEWEST_EXAMPLES, FEWEST_RULES = 2, 1_500


@pytest.mark.parametrize("rule", default_rules(), ids=lambda rule: rule.id)
def test_rule_finds_its_bad_examples_and_leaves_its_good_ones(rule: Rule, packaged: RuleSet) -> None:
    alone = compile_ruleset([rule], on=rule.valid_from or DAY)
    assert min(len(set(rule.examples_hit)), len(set(rule.examples_pass))) >= FEWEST_EXAMPLES
    for example in rule.examples_hit:
        assert {finding.rule_id for finding in scan(example, alone)} == {rule.id}, example
    for example in rule.examples_pass:
        serious = [one.excerpt for one in scan(example, packaged) if one.rule_id == rule.id or one.severity.blocks]
        assert serious == [], example


def test_no_category_is_thin_and_every_detector_serves_a_rule() -> None:
    counts = Counter(rule.category for rule in default_rules())
    assert {category: fewest for category, fewest in FEWEST.items() if counts[category] < fewest} == {}
    assert sum(counts.values()) >= FEWEST_RULES
    assert set(FEWEST) | set(KEPT_BY_BODIES) == set(Category)
    used = {rule.detector for rule in default_rules() if rule.detector}
    assert used | {"leader_name", "leader_title", "leader_order"} == set(DETECTORS)


def test_the_page_of_coverage_tells_what_the_rules_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(default_rules()), "run python scripts/rule_coverage.py"


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
        ('wrong = ["甲"]\nvalid_from = 2026-02-30', "第9行第14个字的写法不是TOML"),
        ('wrong = ["甲"]\nvalid_from = "2026-02-01"', "a 的 valid_from 类型不对，应写成日期"),
        ('wrong = ["甲"]\nlimit = -1', "a 的 limit 类型不对，应写成不小于0的整数"),
        ('wrong = ["甲"]\nseverity = "bad"', "a 的 severity 不能是“bad”，可以写：veto"),
        ('wrong = [" "]', "错误词形不能为空"),
        ('pairs = { "甲" = 1 }', "a 的 pairs 类型不对"),
        ('pairs = { "甲" = "乙" }\nwrong = ["丙"]', "同时写了 pairs 和 wrong"),
        ('wrong = ["甲"]\n[[rule]]\nid = "a"\nwrong = ["乙"]', "规则 a 出现了两次"),
        ('wrong = ["甲"]\n[[rule]]\nwrong = ["乙"]', "第2条规则没有编号"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_a_sentence(body: str, sentence: str) -> None:
    with pytest.raises(BadRule) as refusal:
        rules_of_toml(FILE + body, name="x.toml")
    assert str(refusal.value).startswith("x.toml：")
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "文件开头的 category 没有写"),
        ('category = "nope"', "category 不能是“nope”，可以写：state_name"),
        ('category = "typo"', "没有规则。每条规则另起一行写 [[rule]]"),
        ('category = "typo"\ndefaults = [1]\n[[rule]]\nid = "a"', "[defaults] 类型不对"),
        ('category = "typo"\ncontexts = [1]\n[[rule]]\nid = "a"', "[contexts] 类型不对"),
        ('category = "typo"\n[[rule]]\nid = "a"\nwrong = ["甲"]', "规则 a 缺少 severity、message、source"),
        (f"a = {'[' * 5_000}", "括号套得太深"),
        (f"#{' ' * 3_000_000}", "请拆成几个文件"),
    ],
)
def test_a_file_that_is_no_list_of_rules_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadRule) as refusal:
        rules_of_toml(text, name="x.toml")
    assert str(refusal.value).startswith("x.toml：")
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('detector = "links"', "检测器 links 要在 arguments 里写一个：abroad"),
        ('detector = "links"\narguments = ["nothing"]', "检测器 links 要在 arguments 里写一个：abroad"),
        ('detector = "doubled_character"', "检测器 doubled_character 要在 arguments 里写明词语"),
        ('detector = "leader_name"\narguments = ["书记"]', "要在 right 里写明姓名"),
        ('detector = "pattern"\npattern = "a*"', "什么都不写也相符"),
        ('detector = "pattern"\npattern = "("', "pattern 不是正确的正则表达式"),
        ('detector = "pattern"\npattern = "甲"\nbefore = "乙"', "before 不起作用"),
        ('detector = "mobile"\nnot_near = "("', "不是正确的正则表达式"),
        ('wrong = ["甲"]\nbefore = "("', "不是正确的正则表达式"),
        ('detector = "nothing"', "没有名为 nothing 的检测器"),
    ],
)
def test_rules_that_cannot_work_are_refused_when_compiled(body: str, sentence: str) -> None:
    with pytest.raises(BadRule, match=sentence):
        compile_ruleset(rules_of_toml(FILE + body, name="x.toml"), on=DAY)
