"""Filings as people click them: an opening through three levels with one return, a closing to its end, a reform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import told
from tests.browser.papers import picture
from tests.browser.test_register import button, sign
from tests.people import PASSWORD, County, make_body, make_county
from tests.registry.filing_desk import sign_all

from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.organisations.models import Organisation, User
from zhijian.registry.actions import import_ledger_file, withdraw_filing
from zhijian.registry.models import Account, Filing

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)

OPENING = {
    "账号名称": "云岭水务", "功能定位": "发布停水信息。", "开设理由": "群众多用这个平台。", "分管负责人": "唐力",
    "联系人": "周文静", "联系电话": "0599-8800001", "审核人员": "初审方远，终审宋柏",
}  # fmt: skip


@pytest.fixture
def county(transactional_db: None) -> County:
    found = make_county()
    found.person("zhuban", found.water, Role.HOST_OFFICER)
    found.person("fuzeren", found.water, Role.HEAD)
    found.person("xianban", found.county, Role.SUPERVISING_OFFICER, subtree=True)
    found.person("xianling", found.county, Role.HEAD)
    found.person("shiban", found.city, Role.SUPERVISING_OFFICER, subtree=True)
    Organisation.objects.filter(pk=found.city.pk).update(policy_pack="shaanxi")
    return found


@pytest.fixture
def enter(page: Page, sign_in: Callable[..., None]) -> Callable[[str], None]:
    def do(username: str) -> None:
        page.context.clear_cookies()
        sign_in(page, username, PASSWORD)

    return do


def test_an_account_is_opened_through_three_levels_and_closed_with_proof(
    page: Page, phone_page: Page, county: County, enter: Callable[[str], None], shoot: Callable[..., None]
) -> None:
    filing = open_one(page, enter, shoot)
    Account.objects.update(state="active", platform_uid="9000000001")
    close_it(page, enter, shoot)
    phone_page.goto("/notices/")
    phone_page.get_by_role("link", name="关于微博账号“云岭水务”关停的公告").click()
    shows(phone_page, "因职责调整关停")
    shoot(phone_page, "72-公告-手机")
    end_it(page, enter)
    phone_page.goto("/lookup/?q=云岭水务")
    shows(phone_page, "曾是官方账号")
    assert Filing.objects.get(pk=filing).account == Account.objects.get(state="deregistered")


def open_one(page: Page, enter: Callable[[str], None], shoot: Callable[..., None]) -> int:
    enter("zhuban")
    page.goto("/desk/accounts/filings/new/")
    page.get_by_role("link", name="开设账号").click()
    page.locator("#id_platform_kind").select_option(value="weibo:weibo")
    for label, words in OPENING.items():
        page.get_by_role("textbox", name=re.compile(f"^{label}")).fill(words)
    page.get_by_label("本单位承诺").check()
    page.get_by_label("实施方案").set_input_files({"name": "方案.png", "mimeType": "image/png", "buffer": picture()})
    shoot(page, "70-开设备案表-桌面")
    button(page, "提交审核").click()
    told(page, "已提交，正在逐级审核。")
    number = int(page.url.rstrip("/").rsplit("/", 1)[-1])
    expect(page.locator(".stepper li")).to_have_count(3)
    expect(page.get_by_role("link", name="方案.png")).to_be_visible()
    enter("fuzeren")
    go_to_review(page, "开设：云岭水务")
    sign(page, "同意")
    enter("xianban")
    go_to_review(page, "开设：云岭水务")
    sign(page, "退回修改", "写明面向谁、多久更新一次。", field="功能定位")
    enter("zhuban")
    page.goto(f"/desk/accounts/filings/{number}/edit/")
    expect(page.get_by_text("审核人指出这一项要改：写明面向谁")).to_be_visible()
    page.get_by_role("textbox", name=re.compile("^功能定位")).fill("面向城区居民，每周发布停水和水质信息。")
    button(page, "提交审核").click()
    for username in ("fuzeren", "xianban", "shiban"):
        enter(username)
        go_to_review(page, "开设：云岭水务")
        expect(page.get_by_role("main")).to_contain_text("面向城区居民")
        sign(page, "同意")
    return number


def shows(page: Page, words: str) -> None:
    expect(page.get_by_role("main")).to_contain_text(words)


def go_to_review(page: Page, title: str) -> None:
    page.goto("/desk/review/")
    page.get_by_role("link", name=title).first.click()


def close_it(page: Page, enter: Callable[[str], None], shoot: Callable[..., None]) -> None:
    enter("zhuban")
    account = Account.objects.get()
    page.goto(f"/desk/accounts/{account.pk}/")
    page.get_by_role("link", name="关停账号").click()
    page.get_by_role("textbox", name=re.compile("^关停原因")).fill("职责调整。")
    page.get_by_role("textbox", name=re.compile("^粉丝、内容")).fill("内容存档，粉丝引到微信公众号。")
    button(page, "提交审核").click()
    told(page, "公告里还有没填的“（原因）”")
    page.get_by_role("main").get_by_role("link", name="修改", exact=True).click()
    text = page.get_by_role("textbox", name=re.compile("^公告正文"))
    text.fill(text.input_value().replace("（原因）", "职责调整"))
    shoot(page, "71-关停备案表-桌面")
    button(page, "提交审核").click()
    told(page, "已提交，正在逐级审核。")
    sign_all(Filing.objects.get(kind="closing"))


def end_it(page: Page, enter: Callable[[str], None]) -> None:
    enter("zhuban")
    account = Account.objects.get()
    page.goto(f"/desk/accounts/{account.pk}/")
    shows(page, "关停正在办理")
    page.get_by_role("link", name="注销备案", exact=True).click()
    page.get_by_role("textbox", name=re.compile("^说明")).fill("平台三天就办结了。")
    button(page, "提交审核").click()
    told(page, "还没有上传：平台注销证明。")
    page.get_by_role("main").get_by_role("link", name="修改", exact=True).click()
    page.get_by_label("平台注销证明").set_input_files(
        {"name": "注销成功.png", "mimeType": "image/png", "buffer": picture()}
    )
    button(page, "提交审核").click()
    told(page, "已提交，正在逐级审核。")
    sign_all(Filing.objects.get(kind="deregister"))


LEDGER = (
    "主办单位,平台,账号名称,账号ID,认证主体\n"
    "云岭县水务局,微信,云岭县水务局,gh_0a1b2c3d4e01,云岭县水务局\n"
    "云岭县教育局,微信,云岭县教育局,gh_0a1b2c3d4e02,云岭县教育局\n"
    "云岭县林业局,微信,云岭林业,gh_0a1b2c3d4e03,云岭县林业局\n"
    "云岭县林业局,抖音,云岭林业,800000000001,云岭县林业局\n"
)


def test_a_reform_renames_two_bodies_and_merges_a_third(
    page: Page, county: County, enter: Callable[[str], None], shoot: Callable[..., None]
) -> None:
    forest = make_body("云岭县林业局", "999901-03", Level.COUNTY, county.county, BodyKind.DEPARTMENT)
    county.person("linye", forest, Role.HEAD)
    county.person("jiaoyu", county.school, Role.HEAD)
    import_ledger_file(
        actor=officer("xianban"), organisation=county.county, file_name="台账.csv", content=LEDGER.encode()
    )
    enter("xianban")
    page.goto("/desk/reforms/")
    page.get_by_role("link", name="新建机构改革").click()
    page.get_by_role("textbox", name=re.compile("^名称")).fill("2026年县直机构改革")
    page.get_by_label("依据文件").fill("《云岭县机构改革方案》（云办发〔2026〕3号）")
    page.get_by_label("施行日期").fill("2026-03-02")
    button(page, "下一步").click()
    shows(page, "先列出涉改单位")
    add(page, "云岭县水务局", "改名", name="云岭县水利和林业局", short="云岭县水利和林业局")
    add(page, "云岭县教育局", "改名", name="云岭县教育和体育局", short="云岭县教育和体育局")
    add(page, "云岭县林业局", "并入其他单位", successor="云岭县水务局")
    expect(page.get_by_label("云岭林业（抖音）怎样处理")).to_have_value("change")
    shoot(page, "73-机构改革-核对账号-桌面")
    page.get_by_role("main").get_by_role("link", name="开始", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="开始").click()
    told(page, "已开始。2 个单位已改名，4 份备案已送审。")
    shows(page, "还要办")
    withdraw_filing(actor=officer("xianban"), filing_id=Filing.objects.get(account__platform="douyin").pk)
    page.reload()
    shows(page, "备案已撤回")
    shoot(page, "74-机构改革-还要办的事-桌面")
    button(page, "重新备案").click()
    told(page, "已改。1 份备案已送审。")
    for filing in Filing.objects.exclude(state="withdrawn"):
        sign_all(filing)
    page.reload()
    shows(page, "公告期满后凭平台证明注销")
    names = set(Organisation.objects.filter(parent=county.county).values_list("name", flat=True))
    assert names == {"云岭县水利和林业局", "云岭县教育和体育局", "云岭县林业局"}
    told_of = Account.objects.values_list("name", "organisation__name", "state").order_by("platform_uid")
    assert list(told_of) == [
        ("云岭林业", "云岭县水利和林业局", "active"),
        ("云岭县水利和林业局", "云岭县水利和林业局", "active"),
        ("云岭县教育和体育局", "云岭县教育和体育局", "active"),
        ("云岭林业", "云岭县林业局", "closing"),
    ]


def add(page: Page, body: str, kind: str, *, name: str = "", short: str = "", successor: str = "") -> None:
    page.get_by_label("涉改单位").select_option(label=body)
    page.get_by_label("怎样变").select_option(label=kind)
    if successor:
        page.get_by_label("接收单位").select_option(label=successor)
    page.get_by_label("新的全称").fill(name)
    page.get_by_label("新的规范简称").fill(short)
    button(page, "列入").click()
    told(page, f"已列入{body}")


def officer(username: str) -> User:
    return User.objects.get(username=username)
