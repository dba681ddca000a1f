"""The shared parts in a real browser, with script and without: the style page holds them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def style_page(settings: Any, transactional_db: None) -> None:
    settings.ZHIJIAN_STYLE_PAGE = True


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    """A browser that runs no script."""
    context = browser.new_context(base_url=site, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_filters_apply_themselves_and_the_address_tells_the_state(page: Page) -> None:
    page.goto("/desk/style/")
    page.get_by_role("combobox", name="状态").select_option("stale")
    expect(page.locator("[data-listing-count]")).not_to_have_text("共 64 项")
    expect(page.locator("tbody .badge")).to_have_text(["久未更新"] * page.locator("tbody tr").count())
    assert page.url.endswith("/desk/style/?state=stale")
    expect(page.locator("[data-listing-status]")).to_have_text(page.locator("[data-listing-count]").inner_text())
    page.get_by_role("searchbox", name="搜索").fill("第 1")
    expect(page.locator(".chips")).to_contain_text("搜索：第 1")
    expect(page.get_by_role("searchbox", name="搜索")).to_be_focused()
    page.get_by_role("link", name="关注人数").click()
    expect(page.locator("[aria-sort=ascending]")).to_contain_text("关注人数")
    assert page.url.endswith("?q=%E7%AC%AC+1&state=stale&sort=followers")
    page.go_back()
    expect(page.locator("[aria-sort=descending]")).to_contain_text("最近更新")
    page.get_by_role("link", name="清除全部条件").click()
    expect(page.locator("[data-listing-count]")).to_have_text("共 64 项")


def test_one_box_chooses_all_rows_of_the_page(page: Page) -> None:
    page.goto("/desk/style/")
    page.get_by_role("checkbox", name="选择本页全部").check()
    expect(page.locator("[data-chosen]")).to_have_text("已选 20 项")
    page.locator("input[name=chosen]").first.uncheck()
    expect(page.locator("[data-chosen]")).to_have_text("已选 19 项")
    expect(page.get_by_role("checkbox", name="选择本页全部")).not_to_be_checked()


def test_columns_are_chosen_and_stay(page: Page) -> None:
    page.goto("/desk/style/")
    page.locator("summary", has_text="列").first.click()
    page.get_by_role("checkbox", name="登记序号").check()
    page.get_by_role("button", name="应用").click()
    expect(page.locator("thead")).to_contain_text("登记序号")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".turns")).to_contain_text("2 / 4")
    expect(page.locator("thead")).to_contain_text("登记序号")


def test_an_act_asks_first_and_escape_leaves_it_undone(page: Page) -> None:
    page.goto("/desk/style/")
    page.get_by_role("link", name="撤回").click()
    expect(page.get_by_role("dialog", name="撤回？")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="撤回？")).to_be_hidden()
    assert page.url.endswith("/desk/style/")


def test_a_menu_closes_by_escape_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/desk/style/")
    summary = page.locator(".topbar summary", has_text="显示")
    summary.click()
    expect(page.get_by_role("button", name="深色")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="深色")).to_be_hidden()
    expect(summary).to_be_focused()


def test_lists_menus_and_the_elder_mode_work_without_script(plain_page: Page) -> None:
    plain_page.goto("/desk/style/")
    plain_page.get_by_role("combobox", name="状态").select_option("stale")
    plain_page.get_by_role("button", name="筛选").click()
    expect(plain_page.locator(".chips")).to_contain_text("状态：久未更新")
    expect(plain_page.locator("tbody .badge").first).to_have_text("久未更新")
    plain_page.locator(".topbar summary", has_text="显示").click()
    plain_page.get_by_role("button", name="大字版").click()
    expect(plain_page.locator("html")).to_have_attribute("data-elder", "1")
    expect(plain_page.locator(".chips")).to_contain_text("状态：久未更新")


def test_a_phone_shows_rows_as_cards_and_folds_the_navigation(phone_page: Page) -> None:
    phone_page.goto("/desk/style/")
    expect(phone_page.locator("aside.side")).to_be_hidden()
    phone_page.locator(".topbar summary", has_text="菜单").click()
    expect(phone_page.locator(".topbar .sections").get_by_role("link", name="审核")).to_be_visible()
    phone_page.keyboard.press("Escape")
    phone_page.get_by_label("排序").select_option("followers")
    expect(phone_page.locator("tbody th").first).to_have_text("青禾发布第 1 号")
    assert phone_page.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"
    assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
