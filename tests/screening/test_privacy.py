"""Personal information in made-up sentences of many templates, and what only looks like it."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhijian.screening import Category, PrivateKind, compile_ruleset, default_rules, mask, plain_digits, scan

if TYPE_CHECKING:
    from types import ModuleType

RULES = compile_ruleset([one for one in default_rules() if one.category is Category.PRIVACY], on=date(2026, 6, 1))


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The benchmark of the same name: its sentences, fewer of them."""
    path = Path(__file__).resolve().parents[2] / "bench" / "privacy.py"
    spec = importlib.util.spec_from_file_location("bench_privacy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_privacy"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("half", ["tuned", "held_out"])
def test_made_up_sentences_are_told_from_look_alikes(bench: ModuleType, half: str) -> None:
    made = [one for one in bench.sentences(4_000, seed=7) if one.half == half]
    tally = bench.judge(made, RULES)
    assert tally.right.total() > 1_000
    assert tally.recall >= 0.99, tally.examples[:20]
    assert tally.precision >= 0.98, tally.examples[:20]
    assert set(tally.right) >= set(bench.TEMPLATES[half]) - {"look_alike"}


PHONE = [("mobile", "13800138000", "138****8000")]
AIDED = ("aid-list", "李丽", "李某")


def found(text: str) -> list[tuple[str, str, str]]:
    return [(one.rule_id.partition(".")[2], one.excerpt, one.suggestions[0]) for one in scan(text, RULES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("陆13800138000", PHONE),
        ("电话①③⑧⓪⓪①③⑧⓪⓪⓪一直占线", [("mobile", "①③⑧⓪⓪①③⑧⓪⓪⓪", "138****8000")]),
        ("13800138000/13900139000", [*PHONE, ("mobile", "13900139000", "139****9000")]),
        ("卡号6222 0212 3456 7890 128", [("bank-card", "6222 0212 3456 7890 128", "***************0128")]),
        ("残疾证11010519491231002X42", [("disability-card", "11010519491231002X42", "11***************X42")]),
        (
            "城乡低保对象公示名单\n姓名\t电话\n王小明\t13800138000",
            [("aid-list", "王小明", "王某某"), *PHONE],
        ),
        ("低保户：李丽，城关镇和平路12号", [AIDED, ("aid-list", "城关镇和平路12号", "城关镇***")]),
        ("12岁女孩王小明遭猥亵", [("minor", "王小明", "王某某")]),
        ("村民王小明身患尿毒症", [("patient", "王小明", "王某某")]),
        ("本人邮箱zhangwei@qq.com", [("personal-email", "zhangwei@qq.com", "z***@qq.com")]),
        ("宅电0531-88880000", [("home-phone", "0531-88880000", "**********00")]),
    ],
)  # fmt: skip
def test_what_is_found_is_masked(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "联系电话：0531-88880000，服务热线12345，传真0531-88880001。",
        "订单13800138000已发货，运单号6222021234567890128。",
        "1234 5678 9013 8001 3800 0123",
        "2026年6月1日起执行，共一千三百八十万元。",
        "护士王小明介绍，艾滋病感染者应规范用药。",
        "患者高烧，曾在外院治疗；病例汇总如下。",
        "五年级学生王小明获全国数学竞赛一等奖。",
        "县长李建国走访低保户，值班电话0531-88880000。",
        "QQ群：12345678；微信公众号：qinghefabu；举报信箱jubao@163.com",
    ],
)
def test_what_is_published_on_purpose_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_every_kind_has_a_mask_that_hides_and_never_fails() -> None:
    for kind in PrivateKind:
        assert "1234" not in mask(kind, "清河县A12345678901234567@qq.com")
        assert mask(kind, "") in {"", "***", "某", "***@"}
    assert plain_digits("①三⓪零Ａ") == "1300a"
