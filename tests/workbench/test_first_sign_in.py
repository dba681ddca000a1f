"""The first sign-in: a password an administrator chose is replaced first; who has no role learns whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.people import PASSWORD, County, make_county

from zhijian.audit.models import Event
from zhijian.organisations import actions
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.test import Client

    from zhijian.organisations.models import User

pytestmark = pytest.mark.django_db
OWN = "wo-zi-ji-de-mi-ma"
CHANGE = "/sign-in/password/"


@pytest.fixture
def county() -> County:
    actions.found_installation(government_name="测试县人民政府", is_demonstration=False)
    return make_county()


@pytest.fixture
def newcomer(county: County) -> User:
    """An editor whose sign-in the system administrator opened."""
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    person = actions.create_person(
        actor=system, username="xinren", display_name="辛仁", organisation=county.water, password=PASSWORD
    )
    actions.grant_role(actor=None, user=person, organisation=county.water, role=Role.EDITOR)
    return person


def sign_in(client: Client, name: str = "xinren", password: str = PASSWORD) -> None:
    assert client.post("/sign-in/", {"login": name, "password": password}).status_code == 302


def change(client: Client, new: str, old: str = PASSWORD) -> list[str]:
    """Send the form; return where it leads, or what it says is wrong."""
    answer = client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    if answer.status_code == 302:
        return [answer.headers["Location"]]
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


def test_an_initial_password_is_replaced_before_anything_else(client: Client, newcomer: User) -> None:
    sign_in(client)
    for page in ("/desk/", "/desk/articles/", "/desk/organisations/tokens/"):
        assert client.get(page).headers["Location"] == f"{CHANGE}?required=1"
    assert client.get("/api/v1/accounts").status_code == 403
    assert "现在的密码是管理员设的。" in client.get(f"{CHANGE}?required=1").content.decode()
    assert change(client, PASSWORD) == ["新密码和现在的一样，请换一个。"]
    assert client.get("/desk/").status_code == 302
    assert change(client, OWN) == ["/desk/"]
    assert client.get("/desk/").status_code == 200
    assert "现在的密码是管理员设的。" not in client.get(CHANGE).content.decode()
    client.post("/sign-in/out/")
    sign_in(client, password=OWN)
    assert client.get("/desk/").status_code == 200


def test_choosing_ones_own_password_is_written_down_each_time(client: Client, newcomer: User) -> None:
    sign_in(client)
    assert change(client, OWN) == ["/desk/"]
    assert change(client, f"{OWN}-2", old=OWN) == ["/desk/"]
    rows = Event.objects.filter(name="organisations.password.changed").order_by("pk")
    assert [(row.actor_id, row.thing_id, row.data) for row in rows] == [
        (newcomer.pk, str(newcomer.pk), {"was_initial": True}),
        (newcomer.pk, str(newcomer.pk), {"was_initial": False}),
    ]


def test_a_password_set_anew_by_an_administrator_is_an_initial_one_again(client: Client, newcomer: User) -> None:
    sign_in(client)
    assert change(client, OWN) == ["/desk/"]
    client.post("/sign-in/out/")
    system = type(newcomer).objects.get(username="xitong")
    actions.reset_password(actor=system, user_id=newcomer.pk, password="guan-li-yuan-she-de")
    sign_in(client, password="guan-li-yuan-she-de")
    assert client.get("/desk/").headers["Location"] == f"{CHANGE}?required=1"
    client.force_login(system)
    assert "还没有换掉初始密码" in client.get(f"/desk/organisations/people/{newcomer.pk}/").content.decode()


def test_who_came_with_the_installation_and_demonstration_people_are_not_asked(client: Client, county: County) -> None:
    county.person("bianji", county.water, Role.EDITOR)
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    shown = actions.create_person(
        actor=system, username="yanshi", display_name="演示", organisation=county.water, password=PASSWORD,
        is_demonstration=True,
    )  # fmt: skip
    actions.reset_password(actor=system, user_id=shown.pk, password=OWN)
    for name, password in (("bianji", PASSWORD), ("yanshi", OWN)):
        sign_in(client, name, password)
        assert client.get("/desk/").status_code == 200
        client.post("/sign-in/out/")


def test_a_programs_key_works_whatever_the_password(client: Client, newcomer: User) -> None:
    token = actions.create_api_token(actor=newcomer, name="读取名录")
    assert newcomer.must_change_password
    answer = client.get("/api/v1/accounts", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_a_person_without_a_role_is_told_whom_to_ask(client: Client, county: County) -> None:
    for name, body in (("shi-anquan", county.city), ("xian-anquan", county.county), ("bie-anquan", county.school)):
        county.person(name, body, Role.SECURITY_ADMIN)
    client.force_login(county.person("xinren", county.water))
    page = client.get("/desk/")
    assert [row.user.username for row in page.context["administrators"]] == ["xian-anquan", "shi-anquan"]
    shown = page.content.decode()
    assert "请安全管理员给您授予角色" in shown
    assert "<strong>xian-anquan</strong>，云岭县人民政府安全管理员" in shown
    assert "bie-anquan" not in shown


def test_without_a_security_administrator_the_page_says_so_and_a_role_ends_it(client: Client, county: County) -> None:
    person = county.person("xinren", county.water)
    client.force_login(person)
    assert "系统里还没有管您单位的安全管理员" in client.get("/desk/").content.decode()
    actions.grant_role(actor=None, user=person, organisation=county.water, role=Role.EDITOR)
    assert "今天的事都办完了" in client.get("/desk/").content.decode()
