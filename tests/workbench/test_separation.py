"""Administrators and business pages: one answer everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from tests.people import County, make_county

from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import ADMIN_ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.urls import URLPattern, URLResolver

pytestmark = pytest.mark.django_db
THEIRS = ("desk/audit/", "desk/organisations/", "desk/language-model/", "desk/views/", "desk/notices/", "desk/style/")


@pytest.fixture
def county() -> County:
    found_installation(government_name="测试县人民政府", is_demonstration=False)
    return make_county()


def _business_pages() -> list[str]:
    """Every address of the desk without a parameter that is none of theirs, read from the resolver."""
    from django.urls import get_resolver  # noqa: PLC0415 - this file is read before Django's settings

    found = [text for text in _walk(get_resolver().url_patterns, "") if text.startswith("desk/") and text != "desk/"]
    return [f"/{text}" for text in found if "<" not in text and not text.startswith(THEIRS)]


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        text = before + str(pattern.pattern)
        inside = getattr(pattern, "url_patterns", None)
        if inside is None:
            yield text
        else:
            yield from _walk(inside, text)


@pytest.mark.parametrize("role", ADMIN_ROLES)
def test_every_business_page_gives_an_administrator_the_same_answer(county: County, role: str) -> None:
    client = Client()
    client.force_login(county.person("guanli", county.city, role))
    pages = _business_pages()
    assert len(pages) > 15
    answers = {page: client.get(page) for page in pages} | {f"{page} (post)": client.post(page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items() if answer.status_code != 403} == {}
    assert {page for page, answer in answers.items() if "管理员不参与业务" not in answer.content.decode()} == set()
    told = answers["/desk/articles/"].content.decode()
    assert "“采编”由主办人员、采编、初审、复审、终审、单位负责人办理" in told


def test_an_administrator_opens_what_is_theirs_and_others_their_business(county: County) -> None:
    client = Client()
    client.force_login(county.person("shenji", county.city, Role.AUDIT_ADMIN))
    for page in ("/desk/", "/desk/audit/", "/desk/views/", "/desk/organisations/tokens/", "/"):
        assert client.get(page).status_code == 200, page
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    assert client.get("/desk/articles/").status_code == 200
    client.logout()
    assert client.get("/desk/articles/").status_code == 302
