from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from tests.people import make_county

from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.services import actions
from zhijian.services.models import Service
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.organisations.models import User


@pytest.fixture
def county(db: None) -> County:
    return make_county()


@pytest.fixture
def host(county: County) -> User:
    return county.person("host", county.water, Role.HOST_OFFICER)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def published(county: County, host: User, name: str = "用水卡补领") -> Service:
    told = ServiceDraft(
        name=name, how="网上填表。", words=("水卡丢了",), entrance_url="https://sw.example.gov.cn/card", source="清单"
    )
    service = actions.create_service(actor=host, organisation=county.water, draft=told)
    return actions.publish_service(actor=host, service_id=service.pk)


def test_a_table_goes_in_by_three_steps_and_nothing_is_doubled(county: County, host: User) -> None:
    published(county, host)
    desk = client_of(host)
    table = "事项,电话,备注\n用水卡补领,1,甲\n水表更换,0599-1,乙\n,,\n水价查询,0599-2,丙\n".encode()
    page = desk.post(
        reverse("services:import"), {"organisation": county.water.pk, "file": SimpleUploadedFile("事项.csv", table)}
    )
    sheet = page.context["sheet"]
    columns = {"column_0": "name", "column_1": "phone", "column_2": ""}
    sent = {"organisation": county.water.pk, "sheet": sheet, **columns}
    preview = desk.post(reverse("services:check_import"), sent).content.decode()
    assert "可以导入 2 项，有问题 1 项，不会导入。" in preview
    assert "本单位已有这项服务，不重复导入。" in preview
    assert Service.objects.count() == 1
    for _ in range(2):
        desk.post(reverse("services:check_import"), {**sent, "confirm": "1"})
    assert list(Service.objects.order_by("pk").values_list("name", "phone", "state")) == [
        ("用水卡补领", "", "published"), ("水表更换", "0599-1", "draft"), ("水价查询", "0599-2", "draft"),
    ]  # fmt: skip


def test_another_body_cannot_be_written_into_by_an_import(county: County, host: User) -> None:
    outside = client_of(county.person("stranger", county.school, Role.HOST_OFFICER))
    sent = {"organisation": county.water.pk, "sheet": "行,名称\n2,偷加的\n", "column_0": "name", "confirm": "1"}
    assert outside.post(reverse("services:check_import"), sent).status_code == 409
    assert Service.objects.count() == 0


def test_the_list_costs_the_same_for_one_service_and_for_thirty(county: County, host: User) -> None:
    published(county, host)
    desk = client_of(host)
    desk.get(reverse("services:list"))
    with CaptureQueriesContext(connection) as one:
        desk.get(reverse("services:list"))
    for number in range(29):
        published(county, host, f"服务{number:02}")
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get(reverse("services:list")).content.decode()
    assert "服务28" in page
    assert len(thirty) == len(one)


def test_a_citizen_finds_a_service_and_sees_how_its_entrance_was(county: County, host: User, client: Client) -> None:
    service = published(county, host)
    address = reverse("portal:service", args=[service.pk])
    assert "还没有查看" in client.get(address).content.decode()
    told = {"reached": "入口能打开", "could_not_look": "没能查看", "gone": "入口打不开"}
    for result, words in told.items():
        actions.note_health(
            service_id=service.pk, url=service.entrance_url, result=result, at=clock.now(), reason="原因"
        )
        assert words in client.get(address).content.decode()
    found = client.get(reverse("portal:services"), {"q": "水卡丢了怎么办", "part": "1"}).content.decode()
    assert "用水卡补领" in found
    assert "<html" not in found
    assert "<html" in client.get(reverse("portal:services"), {"q": "水卡丢了怎么办"}).content.decode()


def test_a_broken_entrance_is_reported_by_a_message_begun_for_the_owner(
    county: County, host: User, client: Client
) -> None:  # fmt: skip
    service = published(county, host)
    county.person("answerer", county.county, Role.ANSWERER, subtree=True)
    county.person("ours", county.water, Role.ANSWERER)
    page = client.get(reverse("portal:service", args=[service.pk]))
    form = client.get(page.context["report_url"]).content.decode()
    assert "“用水卡补领”的网上入口打不开" in form
    assert "https://sw.example.gov.cn/card" in form
    assert f'<option value="{county.water.pk}" selected>' in form


def test_a_draft_and_a_retired_service_are_not_there_for_citizens(county: County, host: User, client: Client) -> None:
    draft = actions.create_service(
        actor=host, organisation=county.water, draft=ServiceDraft(name="草稿服务", source="清单")
    )
    gone = published(county, host)
    actions.retire_service(actor=host, service_id=gone.pk, reason="停办")
    told = [client.get(reverse("portal:service", args=[one.pk])).status_code for one in (draft, gone)]
    assert told == [404, 404]
    found = client.get(reverse("portal:services"), {"q": "草稿服务", "part": "1"}).content.decode()
    assert "草稿服务" not in found
    assert "没有找到这项服务" in found


def told_how(how: str) -> ServiceDraft:
    return ServiceDraft(name="用水卡补领", how=how, entrance_url="https://sw.example.gov.cn/card", source="清单")


def test_the_desk_tells_who_let_a_finding_stand_when_and_why_and_citizens_never(
    county: County, host: User, client: Client
) -> None:
    other = county.person("other", county.water, Role.HOST_OFFICER)
    text = "把身份证11010519491231002X的复印件交到窗口。"
    service = actions.create_service(actor=host, organisation=county.water, draft=told_how(text))
    desk, public = reverse("services:service", args=[service.pk]), reverse("portal:service", args=[service.pk])
    with clock.at(datetime(2026, 11, 20, 1, 30, tzinfo=UTC)):
        actions.publish_service(actor=other, service_id=service.pk, reason="是样表上的示例号码")

    seen = client_of(host).get(desk).context["override"]
    page = " ".join(strip_tags(client_of(host).get(desk).content.decode()).split())
    assert (seen.who, seen.places, seen.reason) == (str(other), ("怎么办",), "是样表上的示例号码")
    assert re.search(rf"{other} 于 2026.{{1,20}}9:30 放行（怎么办）：是样表上的示例号码", page)
    assert "示例号码" not in client.get(public).content.decode()

    actions.save_service(actor=host, service_id=service.pk, edition=1, draft=told_how(text), reason="示例")
    assert client_of(host).get(desk).context["override"].who == str(other)
    clean = told_how("到窗口办。")
    actions.save_service(actor=host, service_id=service.pk, edition=1, draft=clean, reason="多写的理由")
    assert client_of(host).get(desk).context["override"] is None
    assert "放行（" not in client_of(host).get(desk).content.decode()
