"""What a person sees of the sandbox: honest, escaped, without script."""

from __future__ import annotations

import io
import secrets
from typing import Any

import httpx2
import lxml.html
import pytest
from PIL import Image


def post(base_url: str, path: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = httpx2.post(f"{base_url}/wechat/cgi-bin/{path}?access_token={token}", json=body).json()
    return answer


@pytest.fixture
def account(sandbox: str) -> tuple[str, str, str]:
    """Register an account; return appid, token and the media id of a cover."""
    appid = f"wx{secrets.token_hex(8)}"
    facts = {"appid": appid, "secret": "s", "name": "临江<发布>", "publish_seconds": 0}
    httpx2.post(f"{sandbox}/_ctl/accounts", json=facts).raise_for_status()
    body = {"grant_type": "client_credential", "appid": appid, "secret": "s"}
    token = httpx2.post(f"{sandbox}/wechat/cgi-bin/stable_token", json=body).json()["access_token"]
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "PNG")
    url = f"{sandbox}/wechat/cgi-bin/material/add_material?type=image&access_token={token}"
    added = httpx2.post(url, files={"media": ("c.png", buffer.getvalue(), "image/png")}).json()
    return appid, token, added["media_id"]


def publish(sandbox: str, account: tuple[str, str, str], *titles: str, content: str = "<p>正文</p>") -> list[str]:
    appid, token, cover = account
    articles = [{"title": title, "content": content, "thumb_media_id": cover} for title in titles]
    draft = post(sandbox, "draft/add", token, {"articles": articles})["media_id"]
    post(sandbox, "freepublish/submit", token, {"media_id": draft})
    job = httpx2.get(f"{sandbox}/_ctl/accounts/{appid}/publications").json()[-1]
    return [f"{sandbox}/s/{slug}" for slug in job["slugs"]]


def test_one_push_of_several_pieces_is_one_list_of_cards_with_titles_escaped(
    sandbox: str, account: tuple[str, str, str]
) -> None:
    publish(sandbox, account, "头条<b>", "次条", "三条")
    page = lxml.html.fromstring(httpx2.get(f"{sandbox}/followers/?account={account[0]}").text)
    pushes = [[str(card.text_content()) for card in push.iter("li")] for push in page.iter("ol")]
    assert pushes == [["头条<b>", "次条", "三条"]]
    assert page.xpath("//section/h2/text()") == ["临江<发布>"]
    assert len(page.xpath("//ol//img[starts-with(@src, '/mmbiz/')]")) == 3


def test_an_opened_article_shows_what_was_published_and_runs_nothing(
    sandbox: str, account: tuple[str, str, str]
) -> None:
    content = '<p style="margin:0" onclick="x()">正文<a href="javascript:x()">链</a><script>x()</script></p>'
    (url,) = publish(sandbox, account, "标题", content=content)
    answer = httpx2.get(url)
    assert '<p style="margin:0">正文<a>链</a></p>' in answer.text
    assert "script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'")


def test_a_deleted_piece_and_a_wrong_address_say_so(sandbox: str, account: tuple[str, str, str]) -> None:
    first, second = publish(sandbox, account, "一", "二")
    job = httpx2.get(f"{sandbox}/_ctl/accounts/{account[0]}/publications").json()[-1]
    post(sandbox, "freepublish/delete", account[1], {"article_id": job["article_id"], "index": 1})
    assert [httpx2.get(url).status_code for url in (first, second, f"{sandbox}/s/none")] == [410, 200, 404]
    assert "该内容已被发布者删除。" in httpx2.get(first).text


def test_a_refused_push_is_shown_as_refused_and_not_as_received(sandbox: str, account: tuple[str, str, str]) -> None:
    assert publish(sandbox, account, "违规示例") == []
    text = httpx2.get(f"{sandbox}/followers/?account={account[0]}").text
    assert "<b>审核未通过</b>《违规示例》" in text
    assert "这个账号还没有发过内容。" in text


@pytest.mark.parametrize("path", ["/", "/followers/", "/s/none"])
def test_pages_carry_no_inline_script_or_style_and_name_their_language(sandbox: str, path: str) -> None:
    page = lxml.html.fromstring(httpx2.get(f"{sandbox}{path}").text)
    assert (page.xpath("//script | //style | //@style"), page.get("lang")) == ([], "zh-CN")
    assert len(page.xpath("//h1")) == 1


def test_what_came_last_stands_first(sandbox: str, account: tuple[str, str, str]) -> None:
    publish(sandbox, account, "今天的")
    httpx2.post(f"{sandbox}/_ctl/clock", json={"offset": -86400})
    try:
        publish(sandbox, account, "昨天的")
    finally:
        httpx2.post(f"{sandbox}/_ctl/clock", json={"offset": 0})
    page = lxml.html.fromstring(httpx2.get(f"{sandbox}/followers/?account={account[0]}").text)
    assert [str(push.text_content())[:3] for push in page.iter("ol")] == ["今天的", "昨天的"]
