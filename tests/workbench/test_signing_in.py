from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.people import PASSWORD, County, make_county

from zhijian.audit.models import Event
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    found_installation(government_name="测试县人民政府", is_demonstration=False)
    return make_county()


def try_to_sign_in(client: Client, password: str, name: str = "bianji") -> int:
    return client.post("/sign-in/", {"login": name, "password": password}).status_code


def test_signing_in_and_out_is_written_down(client: Client, county: County) -> None:
    county.person("bianji", county.water, Role.EDITOR)
    assert try_to_sign_in(client, PASSWORD) == 302
    assert client.get("/desk/").status_code == 200
    client.post("/sign-in/out/")
    assert client.get("/desk/").headers["Location"] == "/sign-in/?next=/desk/"
    names = list(Event.objects.filter(name__startswith="organisations.session").values_list("name", flat=True))
    assert names == ["organisations.session.opened", "organisations.session.closed"]


def test_the_sixth_try_is_locked_even_with_the_right_password(client: Client, county: County) -> None:
    county.person("bianji", county.water, Role.EDITOR)
    for _ in range(5):
        assert try_to_sign_in(client, "wrong-password") == 200
    assert try_to_sign_in(client, PASSWORD) != 302
    assert client.get("/desk/").status_code == 302
    assert Event.objects.filter(name="organisations.session.refused").count() == 5


def test_nobody_opens_a_sign_in_for_themselves(client: Client, county: County) -> None:
    assert client.get("/sign-in/up/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


def test_a_person_sees_only_what_their_roles_open(client: Client, county: County) -> None:
    sections = {}
    for username, role in {"bianji": Role.EDITOR, "shenji": Role.AUDIT_ADMIN, "xitong": Role.SYSTEM_ADMIN}.items():
        client.force_login(county.person(username, county.water, role))
        page = client.get("/desk/")
        sections[username] = [section["label"] for section in page.context["navigation"]]
    assert sections["shenji"] == ["工作台", "操作记录"]
    assert sections["xitong"] == ["工作台", "单位与人员"]
    client.force_login(county.person("zongguan", county.city, Role.SYSTEM_ADMIN))
    assert "大模型" in [section["label"] for section in client.get("/desk/").context["navigation"]]
    assert "采编" in sections["bianji"]
    assert "操作记录" not in sections["bianji"]


def test_the_log_and_the_people_are_404_for_those_who_do_not_keep_them(client: Client, county: County) -> None:
    editor = county.person("bianji", county.water, Role.EDITOR)
    client.force_login(editor)
    for address in (
        "/desk/audit/", "/desk/audit/verify/", "/desk/audit/export/", "/desk/organisations/people/",
        f"/desk/organisations/people/{editor.pk}/", f"/desk/organisations/{county.water.pk}/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    client.force_login(county.person("shenji", county.city, Role.AUDIT_ADMIN))
    assert client.get("/desk/audit/").status_code == 200
    assert "完好" in client.get("/desk/audit/verify/").content.decode()


def test_the_security_administrator_grants_a_role_on_the_page(client: Client, county: County) -> None:
    person = county.person("bianji", county.water)
    client.force_login(county.person("anquan", county.county, Role.SECURITY_ADMIN))
    address = f"/desk/organisations/people/{person.pk}/"
    answer = client.post(address, {"organisation": county.water.pk, "role": Role.EDITOR})
    assert answer.status_code == 302
    assert "采编" in client.get(address).content.decode()
    refused = client.post(address, {"organisation": county.water.pk, "role": Role.AUDIT_ADMIN})
    assert refused.status_code == 422
    assert "不能兼任" in refused.content.decode()


def test_who_forgot_the_password_gets_a_new_one_from_the_system_administrator(client: Client, county: County) -> None:
    person = county.person("bianji", county.water, Role.EDITOR)
    address = f"/desk/organisations/people/{person.pk}/password/"
    client.force_login(county.person("anquan", county.county, Role.SECURITY_ADMIN))
    assert client.post(address, {"password": "xin-mi-ma-hen-chang"}).status_code == 422
    client.force_login(county.person("xitong", county.county, Role.SYSTEM_ADMIN))
    assert client.post(address, {"password": "12345"}).status_code == 422
    assert client.post(address, {"password": "xin-mi-ma-hen-chang"}).status_code == 302
    client.logout()
    assert try_to_sign_in(client, PASSWORD) == 200
    assert try_to_sign_in(client, "xin-mi-ma-hen-chang") == 302
    assert Event.objects.filter(name="organisations.password.reset").count() == 1
