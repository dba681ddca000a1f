"""Leaders listed one after another stand in the order of the body's own table."""

from __future__ import annotations

import pytest

from zhijian.screening import Leader, Severity, compile_ruleset, rules_from_leaders, scan

from .conftest import DAY

RULES = rules_from_leaders(
    [
        Leader("钱望舒", ("县委书记",)),
        Leader("孙知微", ("县委副书记", "县长")),
        Leader("孙知秋", ("副县长",)),
        Leader("李观", ("副县长",)),
    ],
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("钱望舒、孙知微、孙知秋参加会议。", []),
        ("钱望舒、孙知秋、李观参加会议。", []),
        ("县领导孙知微、钱望舒、孙知秋参加会议。", [("孙知微、钱望舒、孙知秋", "钱望舒、孙知微、孙知秋")]),
        ("县领导李观 孙知秋参加会议。", [("李观 孙知秋", "孙知秋 李观")]),
        ("孙知秋陪同，钱望舒讲话。", []),
        ("钱望舒、张某、孙知微参加会议。", []),
        ("孙知微主持会议。钱望舒讲话。", []),
    ],
)
def test_a_list_in_another_order_than_the_table_is_pointed_out(text: str, found: list[tuple[str, str]]) -> None:
    findings = scan(text, compile_ruleset(RULES, on=DAY))
    assert [(one.excerpt, *one.suggestions) for one in findings] == found
    assert all(one.severity is Severity.WARNING for one in findings)


def test_one_leader_has_no_order() -> None:
    assert [rule.id for rule in rules_from_leaders([Leader("钱望舒", ("县委书记",))])] == [
        "leader.1.name",
        "leader.1.title",
    ]
