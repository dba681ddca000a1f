"""A merge-and-close drive as people click it: proposed, sent, agreed to with one click, asked to be kept, counted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import told
from tests.browser.papers import picture
from tests.browser.test_register import button
from tests.people import PASSWORD, make_county
from tests.registry.filing_desk import sign_all

from zhijian.drives.models import Drive, Target
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.registry.actions import import_ledger_file
from zhijian.registry.models import Account, Filing

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)

LEDGER = (
    "主办单位,平台,账号名称,账号ID,认证主体,关注数\n"
    "云岭县水务局,微信,云岭水务,gh_0a1b2c3d4e01,云岭县水务局,12340\n"
    "云岭县水务局,微信,云岭供水热线,gh_0a1b2c3d4e02,,310\n"
    "云岭县水务局,抖音,云岭水务,800000000001,,86\n"
    "云岭县教育局,微信,云岭教育,gh_0a1b2c3d4e03,云岭县教育局,18000\n"
)


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_role("main").get_by_label(re.compile(f"^{label}")).first.fill(value)


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def shows(page: Page, words: str) -> None:
    expect(page.get_by_role("main")).to_contain_text(words)


def test_an_office_picks_proposals_a_body_answers_and_the_progress_counts_itself(
    page: Page, phone_page: Page, transactional_db: None, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    county = make_county()
    for name, body, role in (
        ("zhuban", county.water, Role.HOST_OFFICER), ("fuzeren", county.water, Role.HEAD),
        ("xianling", county.county, Role.HEAD),
    ):  # fmt: skip
        county.person(name, body, role)
    officer = county.person("xianban", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    county.person("shiban", county.city, Role.SUPERVISING_OFFICER, subtree=True)
    import_ledger_file(actor=officer, organisation=county.county, file_name="台账.csv", content=LEDGER.encode())

    def enter(username: str) -> None:
        page.context.clear_cookies()
        sign_in(page, username, PASSWORD)

    enter("xianban")
    pick(page, shoot)
    send(page, shoot)
    enter("zhuban")
    answer(page, shoot)
    sign_in(phone_page, "zhuban", PASSWORD)
    phone_page.goto("/desk/drives/answers/")
    shows(phone_page, "申请保留，待定")
    shoot(phone_page, "93-要答复的账号-手机")
    enter("xianban")
    page.goto("/desk/")
    page.get_by_role("main").get_by_role("link", name="2026年清理整合：1 个账号申请保留").click()
    decide(page)
    enter("zhuban")
    finish(page)
    enter("xianban")
    page.goto(f"/desk/drives/{Drive.objects.get().pk}/")
    shows(page, "2 个账号，办结和保留 2 个")
    shoot(page, "94-行动进度-桌面")
    follow(page, "结束")
    page.get_by_role("dialog").get_by_role("button", name="结束").click()
    told(page, "已结束，报表已经定下来。")
    with page.expect_download() as got:
        follow(page, "下载报表")
    assert got.value.suggested_filename == "2026年清理整合.xlsx"


def pick(page: Page, shoot: Callable[..., None]) -> None:
    page.goto("/desk/drives/")
    follow(page, "建议")
    shows(page, "同一平台已登记“云岭水务”")
    shows(page, "这只是提示，要不要保留由主管人员判断")
    shoot(page, "90-清理整合建议-桌面")
    page.get_by_label("选择云岭供水热线").check()
    page.get_by_label("选择云岭水务").check()
    button(page, "列入行动").click()
    page.get_by_label("列入哪个行动").select_option(label="新建一个行动（填写下面几项）")
    fill(page, 名称="2026年清理整合", 依据文件="《云岭县清理整合方案》（云政办函〔2026〕11号）")
    button(page, "列入").click()
    shows(page, "新建行动要填这一项。")
    fill(page, 截止日期=(clock.today() + timedelta(days=30)).isoformat())
    button(page, "列入").click()
    told(page, "已列入 2 个账号。请核对每个账号怎样处理。")


def send(page: Page, shoot: Callable[..., None]) -> None:
    follow(page, "看账号")
    shows(page, "并入“云岭水务”")
    page.get_by_role("row", name=re.compile("抖音")).get_by_role("link", name="云岭水务").click()
    shows(page, "打算：保留")
    page.get_by_label("怎样处理").select_option(label="关停")
    button(page, "保存").click()
    told(page, "已改为：关停。")
    page.goto(f"/desk/drives/{Drive.objects.get().pk}/")
    shoot(page, "91-行动草稿-桌面")
    follow(page, "下发")
    page.get_by_role("dialog").get_by_role("button", name="下发").click()
    told(page, "已下发，各单位已收到通知。")
    shows(page, "没有答复 2")


def answer(page: Page, shoot: Callable[..., None]) -> None:
    page.goto("/desk/")
    page.get_by_role("main").get_by_role("link", name="2026年清理整合：2 个账号要答复").click()
    follow(page, "看账号")
    follow(page, "云岭供水热线")
    shows(page, "要求：并入“云岭水务”")
    shoot(page, "92-答复一个账号-桌面")
    button(page, "同意，去办备案").click()
    told(page, "已答复同意，备案已经填好。")
    shows(page, "关于微信公众号“云岭供水热线”合并的公告")
    button(page, "提交审核").click()
    told(page, "已提交，正在逐级审核。")
    page.goto("/desk/drives/answers/")
    page.get_by_role("row", name=re.compile("抖音")).get_by_role("link", name="云岭水务").click()
    follow(page, "申请保留")
    button(page, "申请保留").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_be_visible()
    fill(page, 为什么要保留="汛期直播只在这里做，有专人。")
    button(page, "申请保留").click()
    told(page, "已申请保留，等云岭县人民政府决定。")


def decide(page: Page) -> None:
    follow(page, "看账号")
    page.get_by_role("row", name=re.compile("申请保留，待定")).get_by_role("link", name="云岭水务").click()
    follow(page, "决定")
    shows(page, "汛期直播只在这里做，有专人。")
    page.get_by_label("准予保留").check()
    button(page, "决定").click()
    told(page, "已决定：准予保留。")


def finish(page: Page) -> None:
    sign_all(Filing.objects.get(kind="merging"))
    account = Account.objects.get(name="云岭供水热线")
    page.goto(f"/desk/accounts/{account.pk}/")
    page.get_by_role("link", name="注销备案", exact=True).click()
    page.get_by_role("textbox", name=re.compile("^说明")).fill("平台三天就办结了。")
    page.get_by_label("平台注销证明").set_input_files(
        {"name": "注销成功.png", "mimeType": "image/png", "buffer": picture()}
    )
    button(page, "提交审核").click()
    told(page, "已提交，正在逐级审核。")
    page.goto(f"/desk/drives/targets/{Target.objects.get(account=account).pk}/")
    shows(page, "备案办理中")
    sign_all(Filing.objects.get(kind="deregister"))
    page.reload()
    shows(page, "已办结")
