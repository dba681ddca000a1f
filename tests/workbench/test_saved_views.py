from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.people import County, make_county

from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LIST = "/desk/review/all/"


@pytest.fixture
def county() -> County:
    found_installation(government_name="测试县人民政府", is_demonstration=False)
    return make_county()


def keep(client: Client, name: str, query: str, path: str = LIST) -> int:
    form = {"listing": "reviews", "name": name, "query": query}
    return client.post(f"/desk/views/save/?path={path}", form).status_code


def test_a_view_is_kept_shown_on_its_list_and_forgotten(client: Client, county: County) -> None:
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    assert keep(client, "退回的", "state=returned") == 302
    assert keep(client, "退回的", "state=returned&sort=title") == 302
    row = SavedView.objects.get()
    assert row.url == f"{LIST}?state=returned&sort=title"
    assert "退回的" in client.get(LIST).content.decode()
    assert "退回的" not in client.get("/desk/organisations/tokens/").content.decode()
    assert client.post(f"/desk/views/{row.pk}/drop/").status_code == 302
    assert not SavedView.objects.exists()


def test_views_are_ones_own(client: Client, county: County) -> None:
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    keep(client, "只给自己看", "state=open")
    assert "只给自己看" in client.get(LIST).content.decode()
    client.force_login(county.person("shencha", county.water, Role.FIRST_REVIEWER))
    assert "只给自己看" not in client.get(LIST).content.decode()
    assert client.post(f"/desk/views/{SavedView.objects.get().pk}/drop/").status_code == 404
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "/lookup/", "/desk/none/", ""])
def test_a_view_leads_nowhere_but_to_a_page_of_the_desk(client: Client, county: County, path: str) -> None:
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    assert keep(client, "出去", "a=b", path) == 409
    assert not SavedView.objects.exists()
