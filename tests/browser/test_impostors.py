"""The story of an impostor: told of on a phone, verified, confirmed, the platform asked, taken down, looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import told
from tests.browser.world import PASSWORD, make_offices
from tests.impostors.world import make_account, picture

from zhijian.impostors.models import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload

pytestmark = pytest.mark.timeout(300)
SHOT: FilePayload = {"name": "截图.png", "mimeType": "image/png", "buffer": picture("navy")}
FAKE = "青禾\u200b氷务官方"


def do(page: Page, act: str, fill: dict[str, str], done: str) -> None:
    """Open an act of the case, fill it in and send it."""
    box = page.get_by_role("complementary").locator("details").filter(has=page.locator("summary", has_text=act)).first
    box.locator("summary").click()
    for label, value in fill.items():
        box.get_by_label(label).fill(value)
    box.get_by_role("button", name=act, exact=True).click()
    told(page, done)


def test_the_story_of_an_impostor(  # noqa: PLR0915 -- one story, told in order
    transactional_db: None, page: Page, phone_page: Page, sign_in: Callable[..., None], axe: Callable[..., list[str]],
    shoot: Callable[..., None], settings: Any,
) -> None:  # fmt: skip
    settings.ZHIJIAN_INBOX_LEAST_SECONDS = 0
    offices = make_offices()
    make_account(offices.bodies["water"], "青禾水务")

    phone_page.goto(f"/lookup/?q={FAKE}")
    expect(phone_page.locator("#answer")).to_contain_text("没有登记")
    phone_page.get_by_role("link", name="它冒充政府账号，我要举报").click()
    expect(phone_page.get_by_label("可疑账号的名称")).to_have_value(FAKE)
    phone_page.get_by_label("在哪个平台").select_option(label="抖音")
    phone_page.get_by_label("主页链接").fill("https://www.douyin.com/user/fake-water")
    phone_page.get_by_label("发生了什么").fill("说水费要涨，让我点链接先交三个月。")
    phone_page.locator("input[type=file]").set_input_files(SHOT)
    assert axe(phone_page) == []
    shoot(phone_page, "70-举报仿冒账号-手机")
    phone_page.get_by_role("button", name="提交举报").click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("已收到举报")

    sign_in(page, "zhouwenjing", PASSWORD)
    expect(page.get_by_role("main")).to_contain_text("核实仿冒线索")
    page.goto("/desk/impostors/compare/")
    page.get_by_label("名称").first.fill(f"{FAKE}\n青禾水雾\n青禾老王钓鱼\n青禾水务")
    page.get_by_role("main").get_by_role("button", name="比对").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="青禾水雾")).to_contain_text("同音字：“雾”代“务”")
    shoot(page, "71-名称比对-桌面")
    page.goto("/desk/impostors/")
    shoot(page, "72-仿冒案件列表-桌面")
    page.get_by_role("main").get_by_role("link", name="氷务").click()
    expect(page.get_by_role("main")).to_contain_text("说水费要涨")
    do(page, "开始核实", {}, "已开始核实。")
    page.get_by_role("complementary").locator("summary", has_text="加证据").click()
    page.get_by_label("截图或 PDF").set_input_files(SHOT)
    page.get_by_role("complementary").get_by_role("button", name="加证据", exact=True).click()
    told(page, "已存下")
    do(page, "认定仿冒", {"凭什么认定": "头像用了本局徽标，让群众点链接交水费。"}, "已认定。")
    assert axe(page) == []
    page.get_by_role("complementary").locator("summary", has_text="请平台处置").click()
    shoot(page, "73-请平台处置-桌面")
    page.get_by_role("complementary").locator("summary", has_text="请平台处置").click()
    do(page, "请平台处置", {"怎么送出": "应用内投诉"}, "处置期限开始计算。")
    expect(page.locator(".letter")).to_contain_text("青禾县水务局")
    with page.expect_download() as kept:
        page.get_by_role("link", name="下载 Word").click()
    assert kept.value.suggested_filename.endswith(".docx")
    expect(page.locator("summary", has_text="补全信息")).to_have_count(0)
    do(page, "撤回认定，重新核实", {"理由": "链接抄错了一位，先核对。"}, "重新认定之前群众查不到它是仿冒账号")
    phone_page.goto(f"/lookup/?q={FAKE}")
    expect(phone_page.locator("#impostor")).to_have_count(0)
    do(page, "认定仿冒", {"凭什么认定": "链接核对过了。"}, "已认定。")
    do(page, "请平台处置", {"怎么送出": "应用内投诉"}, "处置期限开始计算。")
    phone_page.goto(f"/lookup/?q={FAKE}")
    expect(phone_page.locator("#impostor")).to_contain_text("已认定的仿冒账号")
    shoot(phone_page, "74-查到仿冒账号-手机")
    page.get_by_role("complementary").locator("summary", has_text="平台已处置").click()
    page.get_by_label("下架或封禁").check()
    page.get_by_role("complementary").get_by_role("button", name="平台已处置", exact=True).click()
    told(page, "已办结")
    shoot(page, "75-仿冒案件-桌面")
    phone_page.goto("/lookup/?q=https://www.douyin.com/user/fake-water")
    expect(phone_page.locator("section[aria-labelledby=impostor]")).to_contain_text("处置（下架或封禁）")
    expect(phone_page.get_by_role("link", name="青禾水务")).to_be_visible()
    page.goto("/desk/impostors/figures/")
    expect(page.locator("tbody tr").filter(has_text="抖音")).to_contain_text("1")
    shoot(page, "76-仿冒统计-桌面")
    assert list(Case.objects.values_list("state", "remedy")) == [("removed", "taken_down")]
