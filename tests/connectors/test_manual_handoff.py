"""The package a person copies from, and the address they bring back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zhijian.connectors.contract import Account, PlatformError, ReceiptState
from zhijian.connectors.handoff.client import address_fault
from zhijian.connectors.handoff.connector import hand_back
from zhijian.connectors.handoff.errors import AddressFault
from zhijian.connectors.handoff.render import PlatformGuide, build_package, plain_text, readme, zip_package
from zhijian.connectors.progress import advance
from zhijian.connectors.registry import connector_for
from zhijian.connectors.tokens import MemoryTokenStore

if TYPE_CHECKING:
    from zhijian.connectors.contract import Bundle, State

GUIDE = PlatformGuide("xiaohongshu", "小红书", title_chars=10, images=1, note="没有发布接口。")
HOSTS = ("*.xiaohongshu.com", "xhslink.com")


def test_text_keeps_paragraphs_lists_and_the_places_of_pictures() -> None:
    body = (
        "<h2>通知</h2><p>第一段<br>换行</p><ol><li>甲</li><li>乙</li></ol><ul><li>丙</li></ul>"
        '<figure><img src="k"><figcaption>图注</figcaption></figure><table><tr><th>项</th><td>一</td></tr></table>'
    )
    assert plain_text(body).split("\n\n") == [
        "通知", "第一段", "换行", "1. 甲", "2. 乙", "· 丙", "【图 1】", "图注", "项 一",
    ]  # fmt: skip


def test_the_package_lists_files_in_order_and_warns_about_the_platform(bundle: Bundle) -> None:
    package = build_package(bundle, GUIDE)
    first = package.pieces[0]
    assert [file.name for file in first.files] == ["1-封面.jpg", "1-图1.jpg", "1-图2.jpg"]
    assert first.warnings == ("标题有 11 个字，该平台一般不超过 10 个字。", "图片有 2 张，该平台一般不超过 1 张。")
    assert package.checklist[-1] == "复制发布后的网址，粘贴回本系统。"
    assert package.note == "没有发布接口。"
    assert all("没有发布接口" not in step for step in package.checklist)
    assert "关于这个平台\n没有发布接口。" in readme(package)


def test_the_mark_of_a_list_stands_on_the_line_of_its_words() -> None:
    papers = "<ul><li><p>身份证</p></li><li><p>户口簿</p><p>原件</p></li></ul>"
    body = f"<p>带好：</p>{papers}<ol><li>取号</li><li><p>办理</p></li></ol>"
    assert plain_text(body).split("\n\n") == [
        "带好：", "· 身份证", "· 户口簿", "原件", "1. 取号", "2. 办理",
    ]  # fmt: skip


def test_the_archive_is_complete_and_always_the_same(bundle: Bundle) -> None:
    package = build_package(bundle, GUIDE)
    packed = zip_package(package)
    assert zip_package(build_package(bundle, GUIDE)) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == [
            "请先读我.txt", "1-正文.txt", "1-封面.jpg", "1-图1.jpg", "1-图2.jpg", "2-正文.txt", "2-封面.jpg",
        ]  # fmt: skip
        text = archive.read("1-正文.txt").decode("utf-8-sig")
        assert text.startswith("临江县启动夏季防汛演练\n\n现场\n\n演练于上午九点开始。")
        assert archive.read("1-图1.jpg") == bundle.pieces[0].images[0].load()


def test_a_picture_that_is_not_the_approved_one_stops_the_archive(bundle: Bundle) -> None:
    cover = bundle.pieces[1].cover
    assert cover is not None
    piece = replace(bundle.pieces[1], cover=replace(cover, sha256="0" * 64))
    with pytest.raises(PlatformError):
        zip_package(build_package(replace(bundle, pieces=(piece,)), GUIDE))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://www.xiaohongshu.com/explore/1", None),
        (" https://xhslink.com/a/b ", None),
        ("https://XHSLINK.com./a", None),
        ("", AddressFault.EMPTY),
        ("www.xiaohongshu.com/explore/1", AddressFault.NOT_AN_ADDRESS),
        ("javascript:alert(1)", AddressFault.NOT_AN_ADDRESS),
        ("https://www.xiaohongshu.com@evil.example/1", AddressFault.NOT_AN_ADDRESS),
        ("https://evil.example\\.xiaohongshu.com/1", AddressFault.NOT_AN_ADDRESS),
        ("https://www.xiaohongshu.com:8443/1", AddressFault.NOT_AN_ADDRESS),
        ("https://www.xiaohongshu.com:x/1", AddressFault.NOT_AN_ADDRESS),
        ("https://evilxiaohongshu.com/1", AddressFault.OTHER_PLATFORM),
        ("https://xiaohongshu.com.evil.example/1", AddressFault.OTHER_PLATFORM),
        ("https://www.xhslink.com/1", AddressFault.OTHER_PLATFORM),
        ("https://www.xiaohongshu.com/", AddressFault.HOME_PAGE),
    ],
)
def test_only_an_address_of_the_platform_is_taken_back(url: str, fault: AddressFault | None) -> None:
    assert address_fault(url, HOSTS) is fault


def test_the_delivery_waits_for_the_person_and_ends_with_the_address(bundle: Bundle) -> None:
    connector = connector_for("handoff")
    account = Account("handoff", "red", "", MemoryTokenStore())
    states: list[State] = [{}]
    receipt = advance(connector, account, connector.render(bundle), {}, save=states.append)
    assert receipt.state is ReceiptState.WAITING_FOR_PERSON
    with pytest.raises(PlatformError) as caught:
        hand_back(states[-1], ["https://xhslink.com/a", "https://elsewhere.example/1"], HOSTS)
    assert caught.value.hint_zh == "第 2 条：这个网址不属于该平台。请检查是否粘贴错了。"
    closed = connector.receipt(hand_back(states[-1], ["https://xhslink.com/a"], HOSTS))
    assert (closed.state, closed.urls) == (ReceiptState.PUBLISHED, ("https://xhslink.com/a",))
