"""A newcomer's first day: the initial password is replaced, without a role the desk tells whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from playwright.sync_api import expect
from tests.browser.world import PASSWORD, Offices, make_offices

from zhijian.organisations import actions
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

OWN = "zi-ji-qi-de-mi-ma"


@pytest.fixture
def offices(transactional_db: None) -> Offices:
    cache.clear()
    return make_offices()


def test_a_newcomer_replaces_the_password_and_learns_whom_to_ask(
    offices: Offices, page: Page, axe: Callable[..., list[str]], shoot: Callable[..., None]
) -> None:
    newcomer = actions.create_person(
        actor=offices.people["xitong"], username="xinlai", display_name="辛徕", organisation=offices.bodies["water"],
        password=PASSWORD,
    )  # fmt: skip
    page.goto("/sign-in/?next=/desk/")
    page.locator("input[name=login]").fill("xinlai")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.get_by_text("现在的密码是管理员设的。")).to_be_visible()
    shoot(page, "first-password")
    assert axe(page) == []
    for name, typed in (("oldpassword", PASSWORD), ("password1", OWN), ("password2", OWN)):
        page.locator(f"input[name={name}]").fill(typed)
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_role("heading", name="请安全管理员给您授予角色")).to_be_visible()
    expect(page.get_by_text("安然，青禾县人民政府安全管理员")).to_be_visible()
    shoot(page, "first-no-role")
    assert axe(page) == []
    actions.grant_role(actor=None, user=newcomer, organisation=offices.bodies["water"], role=Role.EDITOR)
    page.reload()
    expect(page.get_by_role("heading", name="今天的事都办完了")).to_be_visible()


def test_a_citizen_sees_each_fault_once_and_chooses_a_body_out_of_groups(
    offices: Offices, phone_page: Page, axe: Callable[..., list[str]], shoot: Callable[..., None]
) -> None:
    page = phone_page
    page.goto("/messages/write/")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请填写“标题”。")).to_have_count(1)
    expect(page.get_by_text("提交得太快了")).to_have_count(0)
    shoot(page, "write-faulty")
    assert axe(page) == []
    page.get_by_label("标题").fill("水压太低")
    page.get_by_label("内容").fill("六楼没有水。")
    page.get_by_label("写给哪个单位").select_option(label="柳湾镇")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已收到您的留言")).to_be_visible()
    expect(page.get_by_text("写给柳湾镇的，由")).to_be_visible()
    expect(page.get_by_role("link", name="查进度").and_(page.locator("[aria-current=page]"))).to_have_count(1)
    shoot(page, "own-message")
    assert axe(page) == []
