"""What the long story leaves out of the register: a bad file, missing bodies, giving up, taking back; an opening."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser import papers
from tests.browser.conftest import told
from tests.browser.world import PASSWORD, make_offices

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator
    from tests.browser.world import Offices

pytestmark = pytest.mark.timeout(240)

OTHER_NAME = "各单位账号.csv"
OTHER_LAYOUT = (
    "报送单位：青禾县政府办公室,,,,\n"
    "归口单位,渠道,号名,账号编码,粉丝（人）\n"
    "青禾县水务局,微信公众号,青禾水务,gh_0a1b2c3d4e01,1.2万\n"
    "青禾县水务局,微信服务号,青禾水务办事,gh_0a1b2c3d4e09,300\n"
    "青禾县文旅局,新浪微博,青禾文旅,9000000007,2100\n"
)
COLUMNS = {
    "归口单位": "主办单位",
    "渠道": "平台",
    "号名": "账号名称",
    "账号编码": "平台账号标识",
    "粉丝（人）": "关注数",
}
OPENING = {
    "账号名称": "青禾水务",
    "功能定位": "发布停水信息。",
    "开设理由": "年轻人多用这个平台。",
    "分管负责人": "唐力",
    "联系人": "周文静",
    "联系电话": "0999-8800001",
    "审核人员": "初审方远，终审宋柏",
}


@pytest.fixture
def offices(transactional_db: None) -> Offices:
    return make_offices()


@pytest.fixture
def enter(page: Page, sign_in: Callable[..., None]) -> Callable[[str], None]:
    def do(username: str) -> None:
        page.context.clear_cookies()
        sign_in(page, username, PASSWORD)

    return do


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def bring(page: Page, name: str, data: bytes) -> None:
    page.goto("/desk/accounts/ledgers/new/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    button(page, "上传").click()


def test_a_ledger_of_another_make_comes_in_with_the_bodies_it_needs_and_goes_back_whole(
    page: Page, offices: Offices, enter: Callable[[str], None]
) -> None:
    enter("chenlian")
    bring(page, "说明.csv", b"\x89PNG\r\n\x00\x00\x00")
    expect(page.locator("#id_file_error")).to_contain_text("这不是台账文件。请上传 .xlsx 或 .csv 文件。")
    bring(page, OTHER_NAME, OTHER_LAYOUT.encode())
    expect(page.get_by_role("heading", level=1)).to_have_text("核对各列的含义")
    choose_columns(page)
    button(page, "看预览").click()
    faulty = page.locator("tbody tr").filter(has_text="青禾文旅")
    expect(faulty).to_contain_text("在您管理的单位里没有“青禾县文旅局”。")
    button(page, "按主管单位新建这些单位").click()
    told(page, "单位已建立，台账已重新预览。")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr").filter(has_text="新增")).to_have_count(3)
    button(page, "确认导入").click()
    told(page, "已导入。")
    address = page.url
    see_accounts_and_findings(page)
    give_up_another(page)
    page.goto(address)
    page.get_by_role("main").get_by_role("link", name="撤回这次导入").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("新增的 3 个账号从登记册去掉。")
    asked.get_by_role("button", name="撤回", exact=True).click()
    told(page, "已撤回这次导入。")
    expect(page.get_by_role("main")).to_contain_text("已撤回：去掉账号 3 个，恢复账号 0 个。")
    page.goto("/desk/accounts/")
    expect(page.get_by_role("main")).to_contain_text("还没有登记账号")


def choose_columns(page: Page) -> None:
    page.get_by_label("表头所在的行号").fill("2")
    button(page, "按这一行重新识别").click()
    page.get_by_label("导入这张表").check()
    for header, meaning in COLUMNS.items():
        row = page.locator("tbody tr").filter(has=page.get_by_role("cell", name=header, exact=True))
        row.get_by_role("combobox").select_option(label=meaning)


def see_accounts_and_findings(page: Page) -> None:
    page.goto("/desk/accounts/")
    names = sorted(page.locator("tbody tr th").all_inner_texts())
    assert names == ["青禾文旅", "青禾水务", "青禾水务办事"]
    page.goto("/desk/accounts/findings/?kind=surplus")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("青禾水务办事")
    expect(row).to_contain_text("同一平台已登记“青禾水务”")
    expect(row).to_contain_text("国办发〔2018〕123号")


def give_up_another(page: Page) -> None:
    bring(page, papers.LEDGER_NAME, papers.ledger())
    button(page, "放弃").click()
    told(page, "已放弃，登记册没有改动。")
    row = page.locator("tbody tr").filter(has_text=papers.LEDGER_NAME)
    expect(row).to_contain_text("已放弃")
    page.goto("/desk/accounts/")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_an_opening_is_returned_corrected_approved_registered_and_not_opened_twice(
    page: Page, offices: Offices, enter: Callable[[str], None]
) -> None:
    enter("zhouwenjing")
    fill_opening(page)
    button(page, "提交审核").click()
    told(page, "已提交，正在逐级审核。")
    filing = page.url
    enter("tangli")
    open_review(page)
    sign(page, "退回修改", "功能定位写具体些，说明给谁看。", field="功能定位")
    enter("zhouwenjing")
    page.goto(filing)
    expect(page.locator(".note.warn")).to_contain_text("退回补正：功能定位")
    correct(page)
    for username in ("tangli", "chenlian"):
        enter(username)
        open_review(page)
        expect(page.get_by_role("main")).to_contain_text("给城区居民发布停水和水质信息。")
        sign(page, "同意")
    enter("zhouwenjing")
    register(page, filing)
    fill_opening(page)
    button(page, "提交审核").click()
    told(page, "已存为草稿，还不能提交：县水务局在小红书已有账号“青禾水务”（在用，ZX")
    told(page, "一个单位在同一平台只开一个，请用好现有账号，或先注销它；确需多开的，先申请多开例外。")


def fill_opening(page: Page) -> None:
    page.goto("/desk/accounts/filings/new/?kind=opening")
    page.locator("#id_platform_kind").select_option(label="小红书")
    for label, words in OPENING.items():
        page.get_by_role("textbox", name=re.compile(f"^{label}")).fill(words)
    page.get_by_label("本单位承诺").check()


def open_review(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("main").get_by_role("link", name=re.compile("青禾水务")).first.click()


def sign(page: Page, act: str, comment: str = "", *, field: str = "") -> None:
    expect(page.locator("form.sign")).to_be_visible()
    for gate in page.locator("form.sign").get_by_role("checkbox").all():
        gate.check()
    if comment:
        page.locator("form.sign textarea").fill(comment)
    if field:
        page.locator("form.sign select").select_option(label=field)
    button(page, act).click()
    told(page, "已退回" if act == "退回修改" else "已签")


def correct(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="修改", exact=True).click()
    expect(page.locator(".note.warn")).to_contain_text("功能定位写具体些，说明给谁看。")
    page.get_by_role("textbox", name=re.compile("^功能定位")).fill("给城区居民发布停水和水质信息。")
    button(page, "提交审核").click()
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("本单位负责人同意")


def register(page: Page, filing: str) -> None:
    page.goto(filing)
    page.get_by_role("link", name="打开账号").click()
    page.get_by_role("link", name="登记账号").click()
    page.get_by_role("textbox").first.fill("9000000123")
    button(page, "保存").click()
    told(page, "已登记，账号从现在起在用。")
    expect(page.get_by_role("main")).to_contain_text("在用")
