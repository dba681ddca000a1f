"""Words that are hidden are found, and hiding other words alarms nobody."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest
from tests.screening.conftest import DAY
from tests.screening.tricks import TRICKS

from zhijian.screening import Disguise, RuleSet, compile_ruleset, rule_from_term, scan

TERMS = [
    "加微信领取",
    "代开发票",
    "扫码进群",
    "私聊办证",
    "无抵押贷款",
    "刷单返利",
    "加v信",
    "q群138",
    "客服vx领红包",
    "兼职日结",
    "包过考试",
    "代办驾照",
    "高价回收药品",
    "投资稳赚",
    "博彩网站",
    "转发抽奖",
    "点击领取补贴",
    "加群领资料",
    "内部名额",
    "24小时放款",
]
FEWEST = 0.95
PROSE = [text["words"] for text in tomllib.loads(Path(__file__).with_name("prose.toml").read_text("utf-8"))["text"]]


@pytest.fixture(scope="module")
def hunting() -> RuleSet:
    return compile_ruleset([rule_from_term(rule_id=one, wrong=one, disguises=Disguise) for one in TERMS], on=DAY)


@pytest.mark.parametrize("name", TRICKS)
def test_hidden_words_are_found_at_their_very_characters(name: str, hunting: RuleSet) -> None:
    picker = random.Random(name)  # noqa: S311 - a repeatable text, nothing secret
    tried = found = 0
    for word in TERMS * 10:
        hidden = TRICKS[name](word, picker)
        if hidden is None or hidden == word:
            continue
        tried += 1
        places = [(one.start, one.end, one.rule_id) for one in scan(f"通知：{hidden}！", hunting)]
        found += places == [(3, 3 + len(hidden), word)]
    assert tried >= 10
    assert found >= FEWEST * tried, (found, tried)


@pytest.mark.parametrize("name", TRICKS)
def test_hiding_other_words_alarms_no_more_than_the_words_themselves(name: str, hunting: RuleSet) -> None:
    picker = random.Random(name)  # noqa: S311 - a repeatable text, nothing secret
    for text in PROSE:
        words = [text[start : start + 4] for start in range(0, len(text), 4)]
        hidden = "".join(TRICKS[name](word, picker) or word for word in words)
        assert len(scan(hidden, hunting)) <= len(scan(text, hunting)), hidden


@pytest.mark.parametrize(("word", "hidden"), [("q群", "Ⓠ群"), ("加v", "加ⓥ"), ("q1", "ｑ①"), ("v2", "ⓥ❷")])
def test_the_shortest_words_are_found_in_other_dress_and_only_they_are(word: str, hidden: str) -> None:
    """Of two characters none may be only drawn alike; the ③ elsewhere makes the whole page one with dressed ones."""
    hunting = compile_ruleset([rule_from_term(rule_id=word, wrong=word, disguises=Disguise)], on=DAY)
    found = scan(f"第③ 条：{hidden}，咖v、q郡、q7、v3", hunting)
    assert [(one.start, one.end) for one in found] == [(5, 5 + len(hidden))]
