"""The pages: comparing a list, handling a case, telling of an account as a citizen, and the public look-up."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import docx
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.impostors.world import picture

from zhijian.impostors.enums import CaseState
from zhijian.impostors.models import AllowedName, Case, Evidence, Report

if TYPE_CHECKING:
    from django.test import Client
    from tests.impostors.world import Stage


def shot(colour: str = "red") -> SimpleUploadedFile:
    return SimpleUploadedFile("截图.png", picture(colour), "image/png")


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def told(client: Client, **fields: Any) -> Any:
    """Send the citizens' form as somebody who read it twice."""
    token = re.search(r'name="token" value="([^"]+)"', client.post("/report/", {}).content.decode())
    assert token
    return client.post("/report/", {"token": token[1], "name": "芸岭发布", "platform": "weibo", **fields})


def test_a_list_is_compared_and_a_case_opened_from_it(stage: Stage, client: Client) -> None:
    stage.signed_in(client, stage.officer)
    names = "名称,粉丝\n云岭发布,1\n芸岭发布,2\n老张说房,3\n云岭发布官方,4\n"
    table = SimpleUploadedFile("名单.csv", names.encode("gb18030"), "text/csv")
    answer = client.post("/desk/impostors/compare/", {"names": "云\u200b岭县水务局\n\n", "table": table})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "比对了 5 个名称" in page
    assert "3 个像官方账号" in page
    assert "同音字：“芸”代“云”" in page
    assert "看不见的字符：U+200B" in page
    assert answer.context["officials"] == ["云岭发布"]
    assert answer.context["unlike"] == ["老张说房"]
    empty = client.post("/desk/impostors/compare/", {"names": " \n"})
    assert (empty.status_code, "请贴一个或几个名称" in text_of(empty)) == (409, True)
    many = client.post("/desk/impostors/compare/", {"names": "\n".join(f"名{place}" for place in range(5_001))})
    assert "这里有 5,001 个" in text_of(many)
    assert 'value="芸岭发布"' in client.get("/desk/impostors/new/?name=芸岭发布").content.decode()
    opened = client.post("/desk/impostors/new/", {"name": "芸岭发布", "platform": "douyin", "proof": shot()})
    case = Case.objects.get()
    assert opened["Location"] == f"/desk/impostors/{case.pk}/"
    assert (case.opened_by, case.evidence.count()) == (stage.officer, 1)


def test_a_case_is_handled_page_by_page(stage: Stage, client: Client) -> None:
    case = stage.report(platform="", url="")
    stage.signed_in(client, stage.host)
    address = f"/desk/impostors/{case.pk}/"

    def do(name: str, **fields: Any) -> Any:
        case.refresh_from_db()
        return client.post(f"{address}do/{name}/", {f"{name}-seen": case.version, **fields})

    assert "请先补全它在哪个平台。" in text_of(client.get(address))
    lost = do("confirm", **{"confirm-text": "写了半天的理由"})
    assert (lost.status_code, "写了半天的理由" in lost.content.decode()) == (409, False)
    told = {"name": "芸岭发布", "platform": "weibo", "url": "https://weibo.com/u/1", "platform_uid": "1", "real": ""}
    assert do("describe", **{f"describe-{key}": value for key, value in told.items()}).status_code == 302
    assert do("evidence", **{"evidence-proof": shot("blue"), "evidence-note": "主页"}).status_code == 302
    short = do("confirm", **{"confirm-text": ""})
    assert short.status_code == 409
    assert do("confirm", **{"confirm-text": "自称县政府"}).status_code == 302
    letter = client.get(f"{address}letter/")
    lines = [one.text for one in docx.Document(io.BytesIO(letter.content)).paragraphs]
    assert lines[0] == "关于请求处置仿冒政务新媒体账号的函"
    assert lines[-2] == "云岭县人民政府"
    kept = Evidence.objects.get(note="主页")
    shown = client.get(f"{address}evidence/{kept.sha256}")
    assert b"".join(shown) == picture("blue")
    sent = {"request-recipient": "微博", "request-way": "站内投诉", "request-text": "请处置"}
    assert do("request", **sent).status_code == 302
    assert "请处置" in text_of(client.get(address))
    assert do("remove", **{"remove-remedy": "renamed"}).status_code == 302
    assert Case.objects.get().state == CaseState.REMOVED
    assert "已处置" in text_of(client.get("/desk/impostors/"))
    assert "1 " in text_of(client.get("/desk/impostors/figures/"))
    stage.signed_in(client, stage.neighbour)
    for hidden in (address, f"{address}letter/", f"{address}evidence/{kept.sha256}"):
        assert client.get(hidden).status_code == 404
    assert client.post(f"{address}do/reopen/", {}).status_code == 404
    assert "芸岭发布" not in client.get("/desk/impostors/").content.decode()


def test_allowed_names_are_kept_and_ended_on_their_page(stage: Stage, client: Client) -> None:
    stage.signed_in(client, stage.officer)
    sent = {"organisation": stage.county.county.pk, "name": "芸岭发布", "reason": "", "expires_on": ""}
    assert client.post("/desk/impostors/allowed/new/", sent).status_code == 409
    assert client.post("/desk/impostors/allowed/new/", {**sent, "reason": "企业字号"}).status_code == 302
    row = AllowedName.objects.get()
    assert "企业字号" in text_of(client.get("/desk/impostors/allowed/"))
    assert "在可接受的名单里" in text_of(client.get("/desk/impostors/compare/?q=芸岭发布"))
    client.post(f"/desk/impostors/allowed/{row.pk}/end/")
    row.refresh_from_db()
    assert row.ended_by == stage.officer
    stage.signed_in(client, stage.neighbour)
    assert "芸岭发布" not in client.get("/desk/impostors/allowed/").content.decode()


def test_a_citizen_tells_and_later_looks_it_up(stage: Stage, client: Client) -> None:
    nothing = client.get("/lookup/?q=芸岭发布").content.decode()
    assert "/report/?q=%E8%8A%B8%E5%B2%AD%E5%8F%91%E5%B8%83" in nothing
    assert 'value="芸岭发布"' in client.get("/report/?q=芸岭发布").content.decode()
    assert client.post("/report/", {"name": "芸岭发布"}).status_code == 409
    trapped = told(client, website="https://spam.example")
    assert (trapped.status_code, Report.objects.count()) == (409, 0)
    broken = told(client, picture=SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\nbroken", "image/png"), text="留着我")
    assert (broken.status_code, "留着我" in broken.content.decode(), Case.objects.count()) == (409, True, 0)
    done = told(client, text="让我扫码", url="https://weibo.com/u/5550001111", picture=shot())
    assert done["Location"] == "/report/done/"
    assert "已收到" in text_of(client.get("/report/done/"))
    assert "芸岭发布" not in str(Report.objects.values())
    assert "已认定的仿冒账号" not in text_of(client.get("/lookup/?q=芸岭发布"))
    stage.confirmed()
    found = text_of(client.get("/lookup/?q=芸岭发布"))
    assert "已认定的仿冒账号" in found
    assert "真正的官方账号是 云岭发布" in found
    assert "没有登记" not in found
    assert "已认定的仿冒账号" in text_of(client.get("/lookup/?q=https://weibo.com/u/5550001111"))
    assert "已认定的仿冒账号" not in text_of(client.get("/lookup/?q=云岭发布"))


def test_the_list_costs_the_same_for_one_case_and_for_thirty(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    stage.signed_in(client, stage.officer)
    stage.report()
    with django_assert_max_num_queries(12) as few:
        client.get("/desk/impostors/")
    now = stage.real.created_at
    for place in range(29):
        Case.objects.create(
            number=f"试{place}", organisation=stage.county.county, account=stage.real, name=f"芸岭{place}",
            name_key=f"芸岭{place}", origin="citizen", opened_at=now, changed_at=now,
        )  # fmt: skip
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/desk/impostors/")
