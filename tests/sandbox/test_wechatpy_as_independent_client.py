"""wechatpy, written by others, drives the sandbox and opens its callbacks: the sandbox is not only our own reading."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import queue
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import xmltodict
from PIL import Image
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException, WeChatClientException
from wechatpy.utils import check_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import PreparedRequest

REAL = "https://api.weixin.qq.com"
SECRET = "secret-for-wechatpy"
TOKEN = "tokenforcallback"
AES_KEY = base64.b64encode(hashlib.sha256(b"wechatpy peer").digest()).decode().rstrip("=")
Heard = tuple[dict[str, str], str]


class ToSandbox(HTTPAdapter):
    """Send what is meant for the platform to the sandbox."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        request.url = str(request.url).replace(REAL, f"{self.base_url}/wechat")
        return super().send(request, *args, **kwargs)


@pytest.fixture
def appid(sandbox: str) -> str:
    facts = {"appid": f"wx{secrets.token_hex(8)}", "secret": SECRET, "name": "对照账号", "publish_seconds": 0.3}
    httpx2.post(f"{sandbox}/_ctl/accounts", json=facts).raise_for_status()
    return facts["appid"]


@pytest.fixture
def peer(sandbox: str, appid: str) -> WeChatClient:
    client = WeChatClient(appid, SECRET, auto_retry=False)
    client._http.mount(REAL, ToSandbox(sandbox))  # noqa: SLF001 -- wechatpy has no public way to another host
    return client


@pytest.fixture
def listener() -> Iterator[tuple[str, queue.Queue[Heard]]]:
    heard: queue.Queue[Heard] = queue.Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.put((dict(parse_qsl(urlsplit(self.path).query)), body))
            self.send_response(200 if refuse.empty() else refuse.get())
            self.end_headers()
            self.wfile.write(b"success")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
            pass

    refuse: queue.Queue[int] = queue.Queue()
    server = HTTPServer(("127.0.0.1", 0), Ear)
    server.refuse = refuse  # type: ignore[attr-defined]  # the test's own knob
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    heard.refuse = refuse  # type: ignore[attr-defined]  # handed to the test with the queue
    yield f"http://127.0.0.1:{server.server_port}/callback", heard
    server.shutdown()
    thread.join()


def jpeg() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(buffer, "JPEG")
    buffer.seek(0)
    buffer.name = "cover.jpg"  # type: ignore[attr-defined]  # what a client takes as the file name
    return buffer


def draft_of(peer: WeChatClient, title: str = "端午假期出行提示") -> str:
    cover = peer.material.add("image", jpeg())["media_id"]
    article = {"title": title, "author": "县文旅局", "content": "<p>请错峰出行。</p>", "thumb_media_id": cover}
    return str(peer.draft.add([article])["media_id"])


def published(peer: WeChatClient, publish_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found: dict[str, Any] = peer.freepublish.get(publish_id)
        if found["publish_status"] != 1:
            return found
        time.sleep(0.1)
    raise AssertionError("still publishing")


def test_token_is_given_and_lasts_two_hours(peer: WeChatClient) -> None:
    given = peer.fetch_access_token()
    assert (set(given), given["expires_in"]) == ({"access_token", "expires_in"}, 7200)


def test_material_lives_through_add_list_get_count_and_delete(peer: WeChatClient) -> None:
    added = peer.material.add("image", jpeg())
    listed = peer.material.batchget("image")
    assert [(item["media_id"], item["name"]) for item in listed["item"]] == [(added["media_id"], "cover.jpg")]
    assert peer.material.get_count()["image_count"] == 1
    assert peer.material.get(added["media_id"]).content == jpeg().read()
    assert peer.material.delete(added["media_id"])["errcode"] == 0
    assert peer.material.batchget("image")["total_count"] == 0


def test_draft_lives_through_add_get_update_list_and_delete(peer: WeChatClient) -> None:
    draft_id = draft_of(peer)
    article = peer.draft.get(draft_id)["news_item"][0]
    assert (article["title"], article["digest"]) == ("端午假期出行提示", "请错峰出行。")
    peer.draft.update(draft_id, 0, {**article, "title": "端午出行提示（更新）"})
    assert peer.draft.batchget(no_content=1)["item"][0]["content"]["news_item"][0]["title"] == "端午出行提示（更新）"
    assert peer.draft.count()["total_count"] == 1
    peer.draft.delete(draft_id)
    with pytest.raises(WeChatClientException) as caught:
        peer.draft.get(draft_id)
    assert caught.value.errcode == 40007


def test_publishing_is_queued_then_done_and_consumes_the_draft(peer: WeChatClient) -> None:
    draft_id = draft_of(peer)
    queued = peer.freepublish.submit(draft_id)
    assert queued["errcode"] == 0
    assert peer.freepublish.get(queued["publish_id"])["publish_status"] == 1
    done = published(peer, queued["publish_id"])
    assert (done["publish_status"], done["article_detail"]["count"], done["fail_idx"]) == (0, 1, [])
    assert peer.draft.count()["total_count"] == 0
    article = peer.freepublish.getarticle(done["article_id"])["news_item"][0]
    assert (article["is_deleted"], article["url"]) == (False, done["article_detail"]["item"][0]["article_url"])
    assert [item["article_id"] for item in peer.freepublish.batchget(0, 20)["item"]] == [done["article_id"]]
    peer.freepublish.delete(done["article_id"])  # no index: all of them
    assert peer.freepublish.getarticle(done["article_id"])["news_item"][0]["is_deleted"] is True


def test_picture_for_the_body_is_kept_and_a_foreign_one_vanishes_silently(peer: WeChatClient, sandbox: str) -> None:
    own = peer.media.upload_image(jpeg())
    cover = peer.material.add("image", jpeg())["media_id"]
    content = f'<p><img src="{own}"><img src="https://elsewhere.example/x.png">文字</p><script>alert(1)</script>'
    draft_id = peer.draft.add([{"title": "图", "content": content, "thumb_media_id": cover}])["media_id"]
    assert peer.draft.get(draft_id)["news_item"][0]["content"] == f'<p><img src="{own}">文字</p>'
    assert own.startswith(f"{sandbox}/mmbiz/")


def test_refusals_carry_the_real_codes(peer: WeChatClient) -> None:
    cover = peer.material.add("image", jpeg())["media_id"]
    good = {"title": "好", "content": "<p>好</p>", "thumb_media_id": cover}
    bad: list[tuple[dict[str, Any], int]] = [
        ({"title": "长" * 33}, 45003),
        ({"author": "长" * 17}, 45110),
        ({"digest": "长" * 129}, 45004),
        ({"content": "长" * 20_000}, 45002),
        ({"content": ""}, 44004),
        ({"thumb_media_id": "nothing"}, 40007),
    ]
    found = []
    for change, _ in bad:
        with pytest.raises(WeChatClientException) as caught:
            peer.draft.add([{**good, **change}])
        found.append((change, caught.value.errcode))
        assert "rid: " in caught.value.errmsg
    assert found == bad
    assert peer.draft.count()["total_count"] == 0


def test_an_expired_token_and_a_wrong_secret_are_refused(sandbox: str, appid: str, peer: WeChatClient) -> None:
    peer.session.set(peer.access_token_key, "made-up")
    with pytest.raises(WeChatClientException) as caught:
        peer.draft.count()
    assert caught.value.errcode == 40001
    other = WeChatClient(appid, "wrong", auto_retry=False)
    other._http.mount(REAL, ToSandbox(sandbox))  # noqa: SLF001 -- as above
    with pytest.raises(WeChatClientException) as caught:
        other.fetch_access_token()
    assert caught.value.errcode == 40125


@pytest.mark.parametrize("mode", ["aes", "compat", "plain"])
def test_wechatpy_opens_our_callbacks(
    sandbox: str, appid: str, peer: WeChatClient, listener: tuple[str, queue.Queue[Heard]], mode: str
) -> None:
    url, heard = listener
    callback = {"url": url, "token": TOKEN, "aes_key": AES_KEY, "mode": mode}
    httpx2.post(f"{sandbox}/_ctl/accounts", json={"appid": appid, "callback": callback})
    queued = peer.freepublish.submit(draft_of(peer))
    query, body = heard.get(timeout=10)
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    if mode != "plain":
        assert query["encrypt_type"] == "aes"
        crypto = WeChatCrypto(TOKEN, AES_KEY, appid)
        body = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    info = xmltodict.parse(body)["xml"]["PublishEventInfo"]
    assert (info["publish_id"], info["publish_status"]) == (queued["publish_id"], "0")


def test_a_wrongly_signed_callback_is_refused_by_wechatpy(
    sandbox: str, appid: str, peer: WeChatClient, listener: tuple[str, queue.Queue[Heard]]
) -> None:
    url, heard = listener
    callback = {"url": url, "token": TOKEN, "aes_key": AES_KEY, "mode": "aes", "wrong_signature": True}
    httpx2.post(f"{sandbox}/_ctl/accounts", json={"appid": appid, "callback": callback})
    peer.freepublish.submit(draft_of(peer))
    query, body = heard.get(timeout=10)
    with pytest.raises(InvalidSignatureException):
        WeChatCrypto(TOKEN, AES_KEY, appid).decrypt_message(
            body, query["msg_signature"], query["timestamp"], query["nonce"]
        )


def test_a_callback_is_tried_three_times_repeated_and_lost_as_told(
    sandbox: str, appid: str, peer: WeChatClient, listener: tuple[str, queue.Queue[Heard]]
) -> None:
    url, heard = listener
    callback = {"url": url, "token": TOKEN, "mode": "plain", "retry_seconds": 0.1, "lose": 1}
    httpx2.post(f"{sandbox}/_ctl/accounts", json={"appid": appid, "callback": callback})
    published(peer, peer.freepublish.submit(draft_of(peer))["publish_id"])  # this one is lost
    for _ in range(5):
        heard.refuse.put(500)  # type: ignore[attr-defined]  # the knob of the fixture
    second = peer.freepublish.submit(draft_of(peer))["publish_id"]
    bodies = [heard.get(timeout=10)[1] for _ in range(3)]
    assert [second in body for body in bodies] == [True, True, True]
    time.sleep(0.5)
    assert heard.empty()
    kinds = httpx2.get(f"{sandbox}/_ctl/ledger", params={"appid": appid}).json()
    sent = [(entry["attempt"], entry["accepted"]) for entry in kinds if entry["kind"] == "callback_sent"]
    assert (sent, [entry["kind"] for entry in kinds].count("callback_lost")) == (
        [(1, False), (2, False), (3, False)],
        1,
    )


def test_text_escaped_as_unicode_numbers_is_refused(sandbox: str, peer: WeChatClient) -> None:
    escaped = json.dumps({"articles": [{"title": "中文"}]})  # what Python does unless told otherwise
    address = f"{sandbox}/wechat/cgi-bin/draft/add?access_token={peer.access_token}"
    assert httpx2.post(address, content=escaped).json()["errcode"] == 40033
