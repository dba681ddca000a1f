"""Does an account lead back? Three answers, and "could not look" is none of the other two."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import segno
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests.registry.world import make_person

from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.proof import actions, queries
from zhijian.proof.actions import PersonSaw
from zhijian.proof.codes import read_code
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from tests.proof.world import Register

PAGES: dict[str, bytes] = {}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", "text/html; charset=gb18030" if self.path == "/gb" else "text/html")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(settings: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ZHIJIAN_FETCH_ALLOWED = [f"127.0.0.1/32@{server.server_port}"]
    PAGES.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def look(register: Register, name: str, url: str) -> tuple[str, str]:
    account = register.accounts[name]
    Account.objects.filter(pk=account.pk).update(url=url)
    actions.check_link_backs(account_ids=[account.pk])
    found = queries.link_back_of(queries.find_account(actor=register.world.supervisor, account_id=account.pk))
    assert found is not None
    return found.state, found.sentence


def test_a_page_is_read_and_the_answer_has_three_values(register: Register, site: str) -> None:
    number = register.accounts["site"].number
    PAGES["/"] = f'<a href="https://elsewhere.example/directory/{number}/">官方</a>'.encode()
    PAGES["/gb"] = f"登记号{number}。".encode("gb18030")
    PAGES["/other"] = f"登记号 {number}1，不是它".encode()
    assert look(register, "site", f"{site}/") == ("links", "页面上写着登记号，或链到了登记页。")
    assert look(register, "site", f"{site}/gb")[0] == "links"
    assert look(register, "site", f"{site}/other") == ("absent", "页面上没有登记号，也没有链到登记页。")
    assert look(register, "site", f"{site}/gone") == ("unseen", "页面已经不存在。")
    assert look(register, "site", "http://10.0.0.9/")[0] == "unseen"
    # The page of a platform is put together in the browser: not finding the number there says nothing.
    assert look(register, "weibo", f"{site}/other")[0] == "unseen"
    PAGES["/robots.txt"] = b"User-agent: *\nDisallow: /"
    assert actions.due_link_backs() == []


def test_an_officer_enters_what_they_saw_with_a_picture_and_a_program_does_not_overrule_it(
    register: Register, site: str
) -> None:
    account, officer = register.accounts["weibo"], register.world.supervisor

    def enter(saw: PersonSaw, actor: Any = officer) -> Any:
        return actions.record_link(actor=actor, account_id=account.pk, saw=saw)

    for saw, reason in (
        (PersonSaw("links"), "请附一张截图：写明了或没有写明，都要看得出来。"),
        (PersonSaw("unseen"), "请说明为什么没看成。"), (PersonSaw("perhaps"), "请选择看到了什么。"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=reason):
            enter(saw)
    with pytest.raises(Refused, match="这张图片打不开"):
        enter(PersonSaw("links", picture=b"no picture"))
    with pytest.raises(Missing):
        enter(PersonSaw("links", picture=png()), register.world.stranger)
    with pytest.raises(Missing):
        enter(PersonSaw("links", picture=png()), register.world.officer)
    head = make_person("health_head", register.world.health, Role.HEAD)
    with pytest.raises(Refused, match="只有县卫健局的主办人员"):
        enter(PersonSaw("links", picture=png()), head)
    kept = enter(PersonSaw("links", "简介第二行", png()))
    assert (kept.state, kept.sentence, kept.checked_by, bool(kept.evidence)) == ("links", "简介第二行", officer, True)
    assert look(register, "weibo", f"{site}/gone")[0] == "links"
    assert queries.find_evidence(actor=officer, sha256=kept.evidence).pk == kept.pk
    with pytest.raises(Missing):
        queries.find_evidence(actor=register.world.stranger, sha256=kept.evidence)
    host = make_person("health_host", register.world.health, Role.HOST_OFFICER)
    assert queries.work_items(actor=host) == []
    enter(PersonSaw("absent", "简介里没有", png()))
    assert [(item.title, item.kind) for item in queries.work_items(actor=host)] == [
        ("1 个账号的简介没有写明登记号", "写明"),
    ]  # fmt: skip
    assert queries.work_items(actor=officer) == []


def test_the_list_costs_the_same_for_few_and_for_many(register: Register, client: Client) -> None:
    client.force_login(register.world.supervisor)
    client.get("/desk/proof/")
    with CaptureQueriesContext(connection) as few:
        assert "东溪教育" in client.get("/desk/proof/?state=never").content.decode()
    for number in range(29):
        register.account(register.world.education, "weibo", f"东溪微博{number}")
    with CaptureQueriesContext(connection) as many:
        assert "东溪微博7" in client.get("/desk/proof/?state=never").content.decode()
    assert len(few) == len(many)
    chain = client.get("/desk/proof/chain/").content.decode()
    assert "还没有生成文件" in chain
    page = client.get(f"/desk/proof/{register.accounts['wechat'].pk}/").content.decode()
    assert f"登记号 {register.accounts['wechat'].number}，查验：" in page
    assert client.get(f"/desk/proof/{register.accounts['gone'].pk}/").status_code == 404


def picture_of(text: str, kind: str = "png", **more: Any) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=6, border=4, **more)
    if kind == "png":
        return out.getvalue()
    poster = Image.new("RGB", (1500, 2200), "#c8102e")
    poster.paste(Image.open(out).convert("RGB").rotate(12, expand=True, fillcolor="#c8102e"), (900, 1700))
    taken = io.BytesIO()
    poster.save(taken, "JPEG", quality=60)
    return taken.getvalue()


def test_the_code_of_a_picture_is_read_from_posters_and_transparent_pictures_too() -> None:
    address = "https://zwxmt.dongxi.example/directory/ZX000000001/"
    assert read_code(picture_of(address)) == address
    assert read_code(picture_of(address, light=None)) == address
    assert read_code(picture_of(address, "jpeg")) == address
    with pytest.raises(Refused, match="没有找到二维码"):
        read_code(png())
    with pytest.raises(Refused, match="打不开"):
        read_code(b"%PDF-1.7")
    with pytest.raises(Refused, match="超过 10 MB"):
        read_code(bytes(10 * 1024 * 1024 + 1))
