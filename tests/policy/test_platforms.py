"""Platforms are recognised as people write them and by their addresses, and never by a look-alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.policy.platforms import (
    UnknownPlatform,
    identify_platform,
    load_platforms,
    platform_by_code,
    platform_of_url,
)

TABLE = load_platforms()


@pytest.mark.parametrize(
    ("written", "platform", "kind"),
    [
        ("微信公众号", "wechat", "subscription"),
        ("公众号", "wechat", "subscription"),
        ("订阅号", "wechat", "subscription"),
        ("微信", "wechat", "subscription"),
        ("微信公众号（服务号）", "wechat", "service"),
        ("微信 服务号", "wechat", "service"),
        ("微信视频号", "channels", "channels"),
        ("视频号", "channels", "channels"),
        ("微信小程序", "wechat_mini", "mini"),
        ("新浪微博", "weibo", "weibo"),
        ("ＷＥＩＢＯ", "weibo", "weibo"),
        ("政务微博账号", "weibo", "weibo"),
        ("抖音", "douyin", "douyin"),
        ("政务抖音号", "douyin", "douyin"),
        ("快手号", "kuaishou", "kuaishou"),
        ("今日头条", "toutiao", "toutiao"),
        ("头条号", "toutiao", "toutiao"),
        ("小红书", "xiaohongshu", "xiaohongshu"),
        ("B站", "bilibili", "bilibili"),
        ("哔哩哔哩", "bilibili", "bilibili"),
        ("BiliBili", "bilibili", "bilibili"),
        ("百家号", "baijiahao", "baijiahao"),
        ("澎湃号·政务", "pengpai", "pengpai"),
        ("APP", "app", "app"),
        ("移动客户端", "app", "app"),
        ("政府门户网站", "website", "website"),
        ("支付宝小程序", "alipay", "mini"),
    ],
)
def test_platform_is_recognised_as_people_write_it(written: str, platform: str, kind: str) -> None:
    found = identify_platform(written)
    assert found is not None
    assert (found.platform.code, found.kind.code) == (platform, kind)


@pytest.mark.parametrize("written", ["", "  ", "收音机", "微信、微博", "抖音和快手", "application"])
def test_unknown_or_double_names_are_not_guessed(written: str) -> None:
    assert identify_platform(written) is None


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://mp.weixin.qq.com/s/abc", "wechat"),
        ("https://m.weibo.cn/u/100", "weibo"),
        ("weibo.com/100", "weibo"),
        ("https://WWW.DOUYIN.COM./user/x", "douyin"),
        ("https://weixin.qq.com/sph/A", "channels"),
        ("https://b23.tv/x", "bilibili"),
        ("https://www.sohu.com/a/123", "sohu"),
    ],
)
def test_platform_is_recognised_by_its_address(url: str, code: str) -> None:
    found = platform_of_url(url)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "url",
    [
        "https://evilweibo.com/1",
        "https://weibo.com.example.cn/1",
        "https://example.cn/?u=weibo.com",
        "https://weibo.com@example.cn/",
        "https://weixin.qq.com/other",
        "https://www.sohu.com/about",
        "http://[bad",
        "",
    ],
)
def test_look_alike_address_is_not_taken_for_a_platform(url: str) -> None:
    assert platform_of_url(url) is None


@pytest.mark.parametrize(
    ("platform", "kind", "platform_id", "fits"),
    [
        ("wechat", "subscription", "gh_0123456789ab", True),
        ("wechat", "service", "gh 0123", False),
        ("wechat_mini", "mini", "wx0123456789abcdef", True),
        ("wechat_mini", "mini", "wx0123", False),
        ("weibo", "weibo", "1234567890", True),
        ("weibo", "weibo", "1234567890\n", False),
        ("website", "website", "3713120001", True),
        ("other", "other", "随便", True),
        ("other", "other", "", False),
    ],
)
def test_platform_ids_are_checked_whole(platform: str, kind: str, platform_id: str, fits: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert TABLE.platform_kind(platform, kind).id_fits(platform_id) is fits


def test_unknown_platform_and_kind_are_refused_with_a_way_on() -> None:
    with pytest.raises(UnknownPlatform) as refusal:
        platform_by_code("friendster")
    assert str(refusal.value) == "没有登记平台“friendster”。请在平台表里补上，或选“其他平台”。"
    with pytest.raises(UnknownPlatform) as refusal:
        TABLE.platform_kind("wechat", "radio")
    assert str(refusal.value) == "微信公众号没有“radio”这种账号类型。请在公众号、服务号中选择。"


def test_codes_and_written_names_lead_to_one_platform_each() -> None:
    seen: dict[str, str] = {}
    for platform in TABLE.platforms:
        for word in {platform.name.casefold(), *(word.casefold() for word in platform.synonyms)}:
            assert seen.setdefault(word, platform.code) == platform.code, word


def test_every_platform_is_found_by_its_own_name_and_kinds() -> None:
    for platform in TABLE.platforms:
        found = [identify_platform(name) for name in (platform.code, platform.name)]
        assert [match and match.platform.code for match in found] == [platform.code, platform.code]
        for kind in platform.kinds:
            match = identify_platform(kind.name)
            assert match is not None
            assert (match.platform.code, match.kind.code) == (platform.code, kind.code)


@given(st.text(max_size=40))
def test_any_text_gives_an_answer_or_none(text: str) -> None:
    for answer in (identify_platform(text), platform_of_url(text)):
        assert answer is None or answer
    identified = identify_platform(text)
    assert identified is None or identified.platform in TABLE.platforms
