from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import make_body
from tests.resources.office import PDF, Office, day

from zhijian.organisations.enums import BodyKind, Level
from zhijian.registry.actions import import_ledger_file
from zhijian.resources import queries
from zhijian.resources.models import LiaisonEntry, Licence, RuleDocument, Statement

if TYPE_CHECKING:
    from django.test import Client

HOME = "/desk/resources/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def exported(client: Client, query: str) -> str:
    answer: Any = client.get(f"{HOME}{query}")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def means(office: Office, **more: Any) -> dict[str, Any]:
    return {
        "seen": 0, "leader_name": "秦越", "leader_post": "副局长", "leader_phone": "0999-8810001", "unit": "办公室",
        "budget": "86000.50", "budget_source": "部门预算", "staff_count": "3", "staff_names": "周文静", "note": "",
        **more,
    }  # fmt: skip


def test_the_forms_lead_through_a_year_and_keep_what_was_typed_wrong(client: Client, office: Office) -> None:
    client.force_login(office["host"])
    body, year = f"{HOME}bodies/{office.county.water.pk}/", office.year
    wrong = client.post(f"{body}means/{year}/", means(office, budget="八万", staff_count="99999"))
    assert wrong.status_code == 409
    assert all(words in text(wrong) for words in ("秦越", "八万", "99999"))
    late = client.post(f"{body}means/{year - 1}/", means(office))
    assert (late.status_code, Statement.objects.count()) == (409, 0)
    client.post(f"{body}means/{year - 1}/", means(office, reason="补记去年的。", unit="去年的科室"))
    opened = text(client.get(f"{body}means/{year}/"))
    assert all(words in opened for words in (f"已照 {year - 1} 年的填好", "去年的科室", "86000.50"))
    done = text(client.post(f"{body}means/{year}/", means(office), follow=True))
    assert all(
        words in done for words in ("已保存", "秦越，副局长，0999-8810001", "86,000.50 元（部门预算）", "补记去年的。")
    )
    assert client.post(f"{body}means/{year}/", means(office)).status_code == 409
    assert [client.get(f"{body}means/{wrong_year}/").status_code for wrong_year in (2017, year + 1)] == [404, 404]
    assert sorted(Statement.objects.values_list("year", "unit")) == [(year - 1, "去年的科室"), (year, "办公室")]


def test_the_pages_of_a_licence_lead_from_the_first_form_to_the_end(client: Client, office: Office) -> None:
    client.force_login(office["host"])
    body = f"{HOME}bodies/{office.county.water.pk}/"
    assert client.post(f"{body}licences/", {"kind": "没有"}).status_code == 409
    licence = {
        "kind": "other", "number": "甲-1", "issuer": "发证局", "holder": "水务局", "begins_on": day(-9).isoformat(),
        "ends_on": day(9).isoformat(), "paper": SimpleUploadedFile("证.pdf", PDF),
    }  # fmt: skip
    fake = client.post(f"{body}licences/", {**licence, "paper": SimpleUploadedFile("证.pdf", b"MZ" + PDF)})
    assert (fake.status_code, Licence.objects.count()) == (409, 0)
    client.post(f"{body}licences/", licence | {"paper": SimpleUploadedFile("证.pdf", PDF)})
    row = Licence.objects.get()
    page = f"{HOME}licences/{row.pk}/"
    shown = text(client.get(page))
    assert all(words in shown for words in ("快到期", "证.pdf", "其他许可", "甲-1"))
    assert row.paper is not None
    assert client.get(f"/files/{row.paper.sha256}").status_code == 200
    fixed = {**licence, "number": "甲-2", "seen": 1}
    del fixed["paper"]
    client.post(f"{page}correct/", fixed)
    assert client.post(f"{page}correct/", fixed).status_code == 409
    client.post(f"{page}renew/", {**fixed, "number": "乙-1", "ends_on": day(999).isoformat()})
    new = Licence.objects.get(number="乙-1")
    assert all(words in text(client.get(f"{HOME}licences/{new.pk}/")) for words in ("换下的旧证", "甲-2"))
    client.post(f"{HOME}licences/{new.pk}/give-up/", {"reason": "不做了。"})
    assert "不再持有" in text(client.get(f"{HOME}licences/{new.pk}/"))


def test_the_pages_of_rules_and_talks_do_so_too_and_strangers_find_none_of_them(client: Client, office: Office) -> None:
    client.force_login(office["host"])
    body = f"{HOME}bodies/{office.county.water.pk}/"
    page = f"{HOME}licences/{office.licence().pk}/"
    rule = {
        "kind": "duty", "title": "值班值守办法", "number": "云水发〔2026〕1号", "issued_on": day(-9).isoformat(),
        "in_force_from": day(-8).isoformat(), "review_by": day(-1).isoformat(),
    }  # fmt: skip
    client.post(f"{body}rules/", rule)
    made = RuleDocument.objects.get()
    at = f"{HOME}rules/{made.pk}/"
    assert "该复核了" in text(client.get(at))
    client.post(f"{at}review/", {"review_by": day(99).isoformat()})
    client.post(f"{at}correct/", {**rule, "seen": 2, "title": "值班值守制度"})
    client.post(f"{at}replace/", {**rule, "title": "值班值守制度（修订）", "review_by": ""})
    later = RuleDocument.objects.get(title="值班值守制度（修订）")
    assert "已被代替" in text(client.get(at))
    client.post(f"{HOME}rules/{later.pk}/abolish/", {"reason": "并入总办法。"})
    assert "已废止" in text(client.get(f"{HOME}rules/{later.pk}/"))
    talk = {
        "platform": "wechat", "day": day(0).isoformat(), "contact_name": "卢晓溪", "contact_phone": "0755-1",
        "way": "phone",
        "asked": "账号名称重名", "came_of": "已受理", "state": "open", "follow_up_on": day(3).isoformat(),
    }  # fmt: skip
    assert client.post(f"{body}liaison/", {**talk, "asked": ""}).status_code == 409
    client.post(f"{body}liaison/", talk)
    entry = LiaisonEntry.objects.get()
    assert "卢晓溪" in text(client.get(f"{HOME}liaison/{entry.pk}/next/"))
    client.post(f"{HOME}liaison/{entry.pk}/next/", {**talk, "asked": "再问一次"})
    newest = LiaisonEntry.objects.latest("pk")
    client.post(
        f"{HOME}liaison/{newest.pk}/correct/", {**talk, "asked": "又问了一次", "state": "closed", "follow_up_on": ""}
    )
    whole = text(client.get(f"{HOME}liaison/{entry.pk}/"))
    assert all(words in whole for words in ("账号名称重名", "再问一次", "又问了一次", "已更正", "已办完"))
    assert "卢晓溪" in text(client.get(f"{HOME}liaison/contacts/?platform=wechat"))
    assert "卢晓溪" not in text(client.get(f"{HOME}liaison/contacts/?platform=weibo"))
    for stranger in ("school_host", "editor", "head"):
        client.force_login(office[stranger])
        places = (body, page, f"{page}renew/", at, f"{at}correct/", f"{HOME}liaison/{entry.pk}/", f"{body}means/2026/")
        assert [client.get(place).status_code for place in places] == [404] * 7
        lists = "".join(text(client.get(f"{HOME}{one}")) for one in ("", "licences/", "rules/", "liaison/"))
        theirs = ("99920260001", "云水发〔2026〕1号", "又问了一次", f"bodies/{office.county.water.pk}/")
        assert [words for words in theirs if words in lists] == []


def test_the_overview_tells_a_whole_branch_what_is_missing_and_costs_the_same_for_thirty(
    client: Client, office: Office
) -> None:
    office.state(budget=None, leader_name="=1+1")
    office.licence(ends_on=day(-1))
    office.rule(review_by=day(-1))
    client.force_login(office["officer"])

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(HOME).status_code == 200
        return len(seen)

    client.get(HOME)
    before = cost()
    with CaptureQueriesContext(connection) as seen:
        assert queries.Survey(queries.kept_bodies(actor=office["officer"])).counts()
    assert len(seen) <= 12

    def shown(query: str) -> set[str]:
        rows = csv.reader(io.StringIO(exported(client, f"?{query}&export=csv")))
        return {row[0] for row in list(rows)[1:]}

    everybody = {"云岭县人民政府", "云岭县水务局", "云岭县教育局", "云岭县融媒体中心"}
    assert shown("") == everybody
    found = {
        lack: shown(f"lack={lack}") for lack in ("no_budget", "no_statement", "licence_over", "review_due", "none")
    }
    assert found == {
        "no_budget": {"云岭县水务局"}, "no_statement": {"云岭县融媒体中心"}, "licence_over": {"云岭县融媒体中心"},
        "review_due": {"云岭县水务局"}, "none": {"云岭县人民政府", "云岭县教育局"},
    }  # fmt: skip
    assert shown("accounts=1&lack=any") == {"云岭县水务局", "云岭县融媒体中心"}
    assert shown("q=教育") == {"云岭县教育局"}
    file = exported(client, "?export=csv")
    assert "'=1+1" in file
    assert client.get(f"{HOME}?export=xlsx").status_code == 200
    ledger = "主办单位,平台,账号名称,账号ID\n"
    town = make_body("云岭县云溪镇人民政府", "999901-50", Level.TOWNSHIP, office.county.county, BodyKind.GOVERNMENT)
    for number in range(26):
        name = f"云岭县云溪镇第{number}站"
        make_body(name, f"999901-50-{number}", Level.TOWNSHIP, town, BodyKind.INSTITUTION)
        ledger += f"{name},微博,云溪{number}站,77{number:08}\n"
    import_ledger_file(
        actor=office["officer"], organisation=office.county.county, file_name="站.csv", content=ledger.encode()
    )
    assert cost() == before
    assert len(shown(f"branch={town.pk}")) == 27
    branches = text(client.get(f"{HOME}branches/"))
    assert f'?branch={town.pk}&amp;lack=no_statement">26</a>' in branches
