"""What programs and phones get: files with digests, pages of the chain, badge, code, look-up by picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.proof.test_links import picture_of, png
from tests.proof.world import NAMES

from zhijian.lib.digests import sha256_hex
from zhijian.lib.signing import known_providers
from zhijian.proof.actions import publish_register
from zhijian.proof.verifying import Verifier

if TYPE_CHECKING:
    from django.test import Client
    from tests.proof.world import Register

BASE = "http://127.0.0.1:8000"
ADDRESSES = {
    "register.json": "/register.json", "register.json.sig": "/register.json.sig", "register.csv": "/register.csv",
    "manifest.json": "/register/manifest.json", "manifest.json.sig": "/register/manifest.json.sig",
    "keys.json": "/register/keys.json",
}  # fmt: skip


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_what_is_downloaded_over_the_web_proves_itself(register: Register, client: Client) -> None:
    assert client.get("/register.json").status_code == 404
    assert "还没有生成" in client.get("/register.json").content.decode()
    assert publish_register() is not None
    files = []
    for name in NAMES:
        answer = client.get(ADDRESSES[name])
        data = body(answer)
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
        assert answer["ETag"] == f'"{sha256_hex(data)}"'
        assert client.get(ADDRESSES[name], headers={"If-None-Match": answer["ETag"]}).status_code == 304
        files.append((name, data))
    after, pages = 0, 0
    while seals := json.loads(body(client.get(f"/register/changes.json?after={after}")))["seals"]:
        files.append((f"changes-{after}.json", body(client.get(f"/register/changes.json?after={after}"))))
        after, pages = seals[-1]["number"], pages + 1
    assert pages == 1
    report = Verifier(known_providers("")).verify(files)
    assert (report.faults, report.missing, report.accounts) == ([], [], 3)
    told = client.get("/.well-known/zhijian-register.json").json()
    assert (told["publisher"], told["chain"]["digest"]) == ("东溪县人民政府", report.head)
    for wrong in ("x", "-1", "²", "9" * 10, "1e3"):
        assert client.get("/register/changes.json", {"after": wrong}).status_code == 400, wrong


def test_the_spreadsheet_holds_no_formula_and_no_private_word(register: Register, client: Client) -> None:
    publish_register()
    text = body(client.get("/register.csv")).decode("utf-8-sig")
    assert "'=东溪" in text
    whole = text + body(client.get("/register.json")).decode() + body(client.get("/register/changes.json")).decode()
    assert [word for word in ("王分管", "0599", "没备案", "东溪健康旧号") if word in whole] == []
    assert "东溪教育" in whole


def test_the_page_of_a_number_says_official_and_the_badge_draws_it(register: Register, client: Client) -> None:
    account, gone = register.accounts["wechat"], register.accounts["gone"]
    page = client.get(f"/directory/{account.number}/").content.decode()
    assert page.index("官方账号") < page.index("主办单位")
    assert f"{BASE}/register/{account.number}/badge.svg" in page
    assert "<script>" not in page
    for row, words in ((account, "官方账号"), (gone, "已不是官方账号")):
        answer = client.get(f"/register/{row.number}/badge.svg")
        drawing = ET.fromstring(answer.content)  # noqa: S314 - our own picture
        told = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
        assert told == [words, f"登记号 {row.number}"]
        assert answer["Content-Type"] == "image/svg+xml"
        assert b"script" not in answer.content
        assert b"style" not in answer.content


def sent(client: Client, data: bytes) -> Any:
    return client.post("/lookup/code/", {"picture": SimpleUploadedFile("码.png", data, "image/png")})


def test_a_picture_of_a_code_is_answered(register: Register, client: Client) -> None:
    account, gone = register.accounts["wechat"], register.accounts["gone"]
    own = sent(client, picture_of(f"{BASE}/directory/{account.number}/"))
    assert (own.status_code, own["Location"]) == (302, f"/directory/{account.number}/")
    assert sent(client, picture_of(f"{BASE}/directory/{gone.number}/"))["Location"] == f"/directory/{gone.number}/"
    for text, verdict in (
        ("https://weibo.com/u/1234567890", "官方账号"), ("https://weibo.com/u/999", "没有登记"),
        (f"https://evil.example/directory/{account.number}/", "没有登记"),
        (f"{BASE}.evil.example/directory/{account.number}/", "没有登记"),
        ("http://weixin.qq.com/r/AbCdEfGh", "看不出是哪个账号"), ("东溪教育", "官方账号"),
    ):  # fmt: skip
        answer = sent(client, picture_of(text))
        assert answer.status_code == 302, text
        page = client.get(answer["Location"]).content.decode()
        assert verdict in page, text
        assert "二维码里的内容是" in page
    assert sent(client, png()).status_code == 409
    assert "图里没有找到二维码" in sent(client, png()).content.decode()
    assert client.post("/lookup/code/").status_code == 409
    assert client.get("/lookup/code/").status_code == 302
