"""Links judged by how they are written, in running text and one by one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.screening import Category, RuleSet, compile_ruleset, default_rules, scan
from zhijian.screening.links import LinkPolicy, judge_link, links_in, reads_as_link
from zhijian.screening.links.faults import FAULTS
from zhijian.screening.links.judging import link_rules

TEXT = (
    "详见https://www.gov.cn/zhengce/1.htm，也可登录 zwfw.zj.gov.cn。咨询邮箱 zwfw@zj.gov.cn；"
    "示例(http://a.gov.cn/b(1).html)、“www.weibo.com”，版本 3.2.1，金额 1.5 万元，第1.2节，时间 9:30/10:30，a.b。"
)


def test_addresses_are_found_in_running_text_at_their_very_places() -> None:
    assert [TEXT[start:end] for start, end in links_in(TEXT)] == [
        "https://www.gov.cn/zhengce/1.htm", "zwfw.zj.gov.cn", "http://a.gov.cn/b(1).html", "www.weibo.com",
    ]  # fmt: skip
    assert [reads_as_link(text) for text in ("https://a.cn/b", " t.cn/A6 ", "你好 https://a.cn", "扫黑除恶", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_every_kind_of_fault_has_a_rule_and_every_rule_a_kind() -> None:
    assert sorted(rule.arguments[0] for rule in link_rules()) == sorted(FAULTS)
    assert len(link_rules()) >= 40
    assert all(len(rule.examples_hit) >= 2 and len(rule.examples_pass) >= 2 for rule in link_rules())


def test_an_approved_host_has_no_fault_of_its_host_but_may_be_imitated() -> None:
    policy = LinkPolicy(approved=frozenset({"some-school.top", "yuhangnews.com"}))
    assert judge_link("https://www.some-school.top/a", policy) == []
    assert [one.rule_id for one in judge_link("https://www.some-school.top/a")] == ["link.cheap", "link.outside"]
    assert [one.rule_id for one in judge_link("https://www.yuhangnevvs.com/a", policy)] == [
        "link.look-alike",
        "link.outside",
    ]
    assert [one.rule_id for one in judge_link("https://some-school.top@evil.net/", policy)] == [
        "link.user-info",
        "link.outside",
    ]


def test_a_link_in_a_text_and_alone_is_judged_alike(packaged: RuleSet) -> None:
    url = "https://www.gov.cn.safe-login.net/a?token=1"
    [found] = scan(f"请登录{url}办理。", packaged)
    assert (found.excerpt, found.start, found.rule_id, found.category) == (
        url,
        3,
        "link.gov-in-front",
        Category.BAD_LINK,
    )
    assert judge_link(url)[0].message == found.message
    assert scan(TEXT, packaged) == []


def test_addresses_beyond_the_limit_are_told_as_not_judged(packaged: RuleSet) -> None:
    known = "\n".join(f"https://a{number}.example.gov.cn/" for number in range(2_000))
    assert scan(f"{known}\nhttps://a7.example.gov.cn/", packaged) == []
    text = f"{known}\nhttps://b.example.gov.cn/\nhttps://yabo888.com/"
    [told] = scan(text, packaged)
    assert (told.rule_id, told.excerpt) == ("link.left-out", "https://b.example.gov.cn/")
    assert told.message == "一次只检查2000个不同的网址，从这里起还有2个没有检查。请分成几份再检查。"


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ahtp:/.@?=&%-_0195cngov。．оx[]()#\\，中\u200b "), max_size=120))
def test_any_address_is_judged_without_failing_and_spans_fit(text: str) -> None:
    for start, end in links_in(text):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
    assert all(one.excerpt == text for one in judge_link(text))


@pytest.mark.parametrize(
    "part", ["a.b", "http://", "www.", "1.", "\\\\a", "x" * 64 + ".", "(www.gov.cn)))", "//?u=http://a"]
)
def test_long_texts_of_address_like_signs_are_read_to_an_end(part: str) -> None:
    """What a megabyte of them costs is measured by the bench of hostile texts; here a hang would be a failure."""
    ruleset = compile_ruleset([rule for rule in default_rules() if rule.detector == "links"], on=date(2026, 6, 1))
    text = "http://www.gov.cn.evil.example/ " + part * (500_000 // len(part))
    found = scan(text, ruleset)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert found[0].excerpt == "http://www.gov.cn.evil.example/"
