from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.vendors.office import CODE, PDF, Office, day

from zhijian.vendors import actions, queries
from zhijian.vendors.forms import read_host
from zhijian.vendors.models import Contract, LinkedDomain, NamedPerson

if TYPE_CHECKING:
    from django.test import Client

HOME = "/desk/vendors/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_pages_lead_from_the_first_form_to_the_end(client: Client, office: Office) -> None:
    client.force_login(office["host"])
    assert "还没有代运营合同" in text(client.get(HOME))
    data = {
        "seen": 0, "organisation": office.county.water.pk, "name": "云岭清溪文化传媒有限公司", "credit_code": CODE,
        "contact": "卢溪", "phone": "0999-8812345", "title": "运维服务合同", "scope": "写稿", "responsible": "周文静",
        "begins_on": day(-10).isoformat(), "ends_on": day(20).isoformat(), "forbids_subcontracting": "on",
    }  # fmt: skip
    wrong = client.post(f"{HOME}new/", {**data, "credit_code": CODE[:-1] + "1", "ends_on": day(-11).isoformat()})
    assert wrong.status_code == 409
    assert all(words in text(wrong) for words in ("校验位不对", "到期日期早于开始日期", "卢溪"))
    page = client.post(f"{HOME}new/", data, follow=True)
    row = Contract.objects.get()
    address = f"{HOME}{row.pk}/"
    assert page.redirect_chain[-1][0] == address
    weibo = office.account("云岭水务", "weibo")
    assert client.post(f"{address}accounts/", {"seen": 0, "accounts": []}).status_code == 409
    client.post(f"{address}accounts/", {"seen": 1, "accounts": [weibo.pk]})
    assert client.post(f"{address}papers/", {}).status_code == 409
    paper = {
        "undertaking": SimpleUploadedFile("承诺书.pdf", PDF),
        "contract": SimpleUploadedFile("合同.pdf", PDF + b"2"),
    }
    client.post(f"{address}papers/", paper)
    assert (
        client.post(f"{address}people/", {"name": "卢溪", "duties": "写稿", "username": "water_head"}).status_code
        == 409
    )
    client.post(f"{address}people/", {"name": "卢溪", "duties": "写稿", "username": "qingxi_writer"})
    client.post(f"{address}domains/", {"host": "https://H5.qingxi.example/a?b=1", "use": "menu"})
    shown = text(client.get(address))
    for words in ("快到期", "承诺书.pdf", "合同.pdf", "qingxi_writer", "h5.qingxi.example", "云岭水务"):
        assert words in shown
    edited = {**data, "seen": Contract.objects.get().version, "title": "运维服务合同（修订）"}
    assert "已保存" in text(client.post(f"{address}edit/", edited, follow=True))
    assert client.post(f"{address}edit/", edited).status_code == 409
    company = text(client.get(f"{HOME}companies/{row.vendor_id}/"))
    assert all(words in company for words in ("运维服务合同（修订）", "h5.qingxi.example", "qingxi_writer"))
    person, domain = NamedPerson.objects.get(), LinkedDomain.objects.get()
    assert "不再参与？" in text(client.get(f"{address}people/{person.pk}/leave/"))
    client.post(f"{address}people/{person.pk}/leave/")
    client.post(f"{address}domains/{domain.pk}/take-off/")
    assert client.post(f"{address}end/", {"reason": ""}).status_code == 409
    done = text(client.post(f"{address}end/", {"reason": "不再合作。"}, follow=True))
    assert all(words in done for words in ("提前终止", "权限已收回", "已撤下", "不再合作。"))
    for stranger in ("school_host", "artist"):
        client.force_login(office[stranger])
        places = (address, f"{address}edit/", f"{address}end/", f"{HOME}companies/{row.vendor_id}/")
        assert [client.get(place).status_code for place in places] == [404] * 4
        assert "运维服务合同" not in text(client.get(HOME))


def test_the_list_filters_by_what_is_derived_and_costs_the_same_for_thirty(client: Client, office: Office) -> None:
    client.force_login(office["host"])
    office.whole(title="甲合同")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(HOME).status_code == 200
        return len(seen)

    client.get(HOME)
    before = cost()
    soon = office.whole(title="乙合同", ends_on=day(59), credit_code="91999901MA0000002T", name="云岭晴川网络有限公司")
    office.contract(title="丙合同", ends_on=day(-1))
    office.contract(title="丁合同", begins_on=day(1))
    actions.end_contract(actor=office["host"], contract_id=office.contract(title="戊合同").pk, reason="不合作。")

    def shown(query: str) -> set[str]:
        page = text(client.get(f"{HOME}?{query}"))
        return {mark for mark in "甲乙丙丁戊" if f"{mark}合同" in page}

    found = {state: shown(f"state={state}") for state in ("in_force", "ends_soon", "over", "not_begun", "ended_early")}
    assert found == {
        "in_force": {"甲"},
        "ends_soon": {"乙"},
        "over": {"丙"},
        "not_begun": {"丁"},
        "ended_early": {"戊"},
    }
    assert (shown("faulty=1"), shown("vendor=91999901MA0000002T")) == ({"乙", "丁"}, {"乙"})
    assert (shown("q=晴川"), shown("faulty=0")) == ({"乙"}, {"甲", "丙", "戊"})
    for number in range(26):
        office.contract(title=f"合同{number}")
    assert cost() == before
    assert queries.find_contract(actor=office["officer"], contract_id=soon.pk) == soon
    rows = client.get(f"{HOME}accounts/?export=csv")
    assert rows.status_code == 200


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://H5.Example.cn:8443/a?b#c", "h5.example.cn"), ("h5.example.cn", "h5.example.cn"),
        ("政务.example.cn", "xn--zfr164b.example.cn"), ("//a.example.cn.", "a.example.cn"),
    ],
)  # fmt: skip
def test_a_host_is_read_out_of_what_is_pasted(typed: str, host: str) -> None:
    assert read_host(typed) == host


@pytest.mark.parametrize(
    "typed", ["", "localhost", "http://", "a b.example.cn", "10.0.0.1", "http://[::1", "-a.example.cn"]
)
def test_what_is_no_host_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="不像一个域名"):
        read_host(typed)
