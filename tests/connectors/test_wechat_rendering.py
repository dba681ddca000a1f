"""What a piece looks like on WeChat, and what stops it before it gets there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.connectors.contract import Issue
from zhijian.connectors.wechat.connector import WechatConnector
from zhijian.connectors.wechat.limits import CAPABILITIES
from zhijian.connectors.wechat.render import (
    articles_for,
    image_keys,
    key_in,
    marked,
    replace_sources,
    style_body,
    visible_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.connectors.contract import Bundle, MediaRef

CONNECTOR = WechatConnector()


def test_the_key_is_found_in_an_address_given_back_escaped() -> None:
    assert key_in("https://www.example.cn/n/1?from=site&amp;zk=abc") == "abc"
    assert key_in("https://www.example.cn/n/1") == ""


def test_every_limit_names_its_source_and_the_day_it_was_checked() -> None:
    for limit in CAPABILITIES.limits.values():
        assert limit.source.startswith("https://developers.weixin.qq.com/")
        assert limit.checked.year >= 2026


def test_styles_are_inline_and_active_content_is_gone() -> None:
    html = style_body(
        '<p onclick="x()" class="a">甲<script>alert(1)</script><font>乙</font></p><iframe src="x"></iframe>'
    )
    assert html.endswith('<p style="margin:0 0 1em">甲乙</p></section>')
    assert (html.count("style="), "script" in html, "iframe" in html, "class" in html) == (2, False, False, False)


def test_foreign_links_become_notes_and_own_ones_stay() -> None:
    html = style_body(
        '<p><a href="https://www.example.cn/?a=1&amp;b=2">预案</a>、<a href="https://mp.weixin.qq.com/s/x">上期</a>、'
        '<a href="javascript:alert(1)">坏</a></p>'
    )
    assert "预案[1]、" in html
    assert "[1] https://www.example.cn/?a=1&amp;b=2</p>" in html
    assert html.count("<a ") == 1
    assert "javascript" not in html


def test_text_before_the_first_tag_survives() -> None:
    assert visible_text(style_body("甲 &lt; 乙<p>丙</p>丁")) == "甲<乙丙丁"


def test_a_repeated_picture_is_uploaded_once_and_replaced_everywhere() -> None:
    html = '<p><img src="k1"><img src="k2"></p><img src="k1">'
    assert image_keys(html) == ["k1", "k2"]
    assert image_keys(replace_sources(html, {"k1": "u1", "k2": "u2"})) == ["u1", "u2"]


def test_the_same_bundle_gives_the_same_hash_and_a_changed_picture_another(
    bundle: Bundle, picture: Callable[..., MediaRef]
) -> None:
    first = CONNECTOR.render(bundle)
    assert CONNECTOR.render(bundle).payload_hash == first.payload_hash
    other = replace(bundle.pieces[0], images=(picture("media:a", "purple"), bundle.pieces[0].images[1]))
    assert CONNECTOR.render(replace(bundle, pieces=(other, bundle.pieces[1]))).payload_hash != first.payload_hash


def test_a_digest_is_sent_for_a_single_piece_only(bundle: Bundle) -> None:
    piece = replace(bundle.pieces[1], digest="摘要")
    digests = []
    for pieces in ((piece,), (piece, piece)):
        rendered = CONNECTOR.render(replace(bundle, pieces=pieces))
        digests.append([article["digest"] for article in articles_for(rendered.payload, {}, {})])
    assert digests == [["摘要"], ["", ""]]


def test_a_good_bundle_has_no_blocking_issue(bundle: Bundle) -> None:
    assert CONNECTOR.validate(bundle) == [
        Issue(0, "body", "微信正文不能点外部链接。链接会改成文末注释。", blocking=False)
    ]


def test_every_limit_is_told_before_anything_is_sent(bundle: Bundle, picture: Callable[..., MediaRef]) -> None:
    heavy = replace(picture("media:x"), size=1024 * 1024)
    moving = replace(picture("media:y"), media_type="image/webp")
    bad = replace(
        bundle.pieces[1],
        title="字" * 33,
        author="字" * 17,
        digest="字" * 129,
        cover=None,
        body="<p>" + "字" * 20_000 + '</p><img src="media:x"><img src="media:y"><img src="https://x.example/1.png">',
        images=(heavy, moving),
        source_url="https://www.example.cn/" + "a" * 1024,
    )
    issues = CONNECTOR.validate(replace(bundle, pieces=(bad,)))
    assert [(issue.field, issue.blocking) for issue in issues] == [
        ("title", True),
        ("author", True),
        ("digest", True),
        ("cover", True),
        ("body", True),
        ("body", True),
        ("body", True),
        ("body", True),
        ("source_url", True),
    ]
    assert issues[0].message == "标题有 33 个字，微信最多 32 个字。请缩短。"
    assert issues[6].message == "第 2 张图片格式微信不支持。请换成 JPG 或 PNG。"


@pytest.mark.parametrize(
    ("count", "message"), [(0, "没有稿件。请至少放入一篇。"), (9, "一次最多发 8 篇。请拆成两次。")]
)
def test_one_to_eight_pieces_go_in_one_push(bundle: Bundle, count: int, message: str) -> None:
    issues = CONNECTOR.validate(replace(bundle, pieces=(bundle.pieces[1],) * count))
    assert [issue.message for issue in issues] == [message]


def test_thirty_two_signs_are_not_too_long(bundle: Bundle) -> None:
    piece = replace(bundle.pieces[1], title="字" * 32, author="字" * 16, digest="字" * 128)
    assert CONNECTOR.validate(replace(bundle, pieces=(piece,))) == []


@given(st.text(max_size=200))
def test_any_text_is_rendered_without_active_content(body: str) -> None:
    html = style_body(body)
    assert style_body(body) == html
    assert html.startswith("<section style=")
    assert "<script" not in html.lower()


@given(
    st.from_regex(r"[0-9a-f]{8,64}", fullmatch=True),
    st.from_regex(r"https://a\.cn/[a-z]{0,9}(\?[a-z]=[a-z0-9]{1,5})?", fullmatch=True),
)
def test_a_key_put_into_an_address_is_found_again(key: str, url: str) -> None:
    assert key_in(marked(url, key)) == key
    assert marked(marked(url, "00"), key) == marked(url, key)
