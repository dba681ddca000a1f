"""Citizens find answers and services in their own words on a phone; staff keep them at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import PHONE
from tests.browser.shelf import Shelf, fill_shelf
from tests.browser.world import PASSWORD, make_offices

from zhijian.knowledge.models import Question

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(600)
TYPED, TYPED_SERVICE = "我的水卡丢了", "开水户"


@pytest.fixture
def shelf(transactional_db: None) -> Shelf:
    cache.clear()
    offices = make_offices()
    return fill_shelf(offices.people, offices.bodies)


def test_a_citizen_types_reads_says_that_it_did_not_help_and_writes(
    shelf: Shelf, phone_page: Page, axe: Callable[..., list[str]], shoot: Callable[..., None]
) -> None:
    page = phone_page
    page.goto("/answers/")
    page.get_by_label("您想问什么").press_sequentially(TYPED)
    found = page.get_by_role("link", name="水卡丢了怎么补办？")
    expect(page.get_by_text("最像的在前面")).to_be_visible()
    expect(found).to_be_visible()
    shoot(page, "phone-answers-found")
    found.click()
    expect(page.get_by_text("青政发〔2025〕3号")).to_be_visible()
    shoot(page, "phone-answer")
    page.get_by_role("button", name="没有解决").click()
    expect(page.get_by_text("我们会请青禾县水务局再看一看。")).to_be_visible()
    assert axe(page) == []
    assert list(Question.objects.filter(pk=shelf.answers["approved"].pk).values_list("helped", "unhelped")) == [(0, 1)]
    page.locator("main").get_by_role("link", name="写留言", exact=True).first.click()
    expect(page.get_by_label("标题")).not_to_have_value("")
    page.goto("/services/")
    page.get_by_label("您想办什么").press_sequentially(TYPED_SERVICE)
    expect(page.get_by_text("最像的在前面")).to_be_visible()
    shoot(page, "phone-services-found")
    page.goto(f"/services/{shelf.services['broken'].pk}/")
    expect(page.get_by_text("入口打不开")).to_be_visible()
    shoot(page, "phone-service-broken")
    page.get_by_role("link", name="打不开？告诉我们").click()
    expect(page.get_by_label("标题")).to_have_value("“供水服务5号”的网上入口打不开")


def test_all_of_it_works_without_javascript(shelf: Shelf, browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, **PHONE)
    page = context.new_page()
    for address, label, typed, name in (
        ("/answers/", "您想问什么", TYPED, "水卡丢了怎么补办？"),
        ("/services/", "您想办什么", TYPED_SERVICE, "供水服务3号"),
    ):
        page.goto(address)
        page.get_by_label(label).fill(typed)
        page.get_by_label(label).press("Enter")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    context.close()


def test_the_keeper_sees_the_state_of_everything(
    shelf: Shelf, page: Page, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    sign_in(page, "tangli", PASSWORD)
    for name, address in {
        "desk-answers": "/desk/answers/",
        "desk-answer": f"/desk/answers/{shelf.answers['approved'].pk}/",
        "desk-answer-draft": f"/desk/answers/{shelf.answers['draft'].pk}/",
        "desk-conflict": f"/desk/answers/conflicts/{shelf.conflicts['open'].pk}/",
        "desk-services": "/desk/services/?health=broken",
        "desk-service": f"/desk/services/{shelf.services['broken'].pk}/",
    }.items():
        page.goto(address)
        shoot(page, name)
    page.goto("/desk/services/?health=broken")
    expect(page.get_by_role("link", name="供水服务5号")).to_be_visible()
    expect(page.get_by_role("link", name="供水服务3号")).to_have_count(0)
