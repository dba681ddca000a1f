"""What a body has, as people click it: leader, licence, rule, talk; and what the office above sees missing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import told
from tests.browser.test_register import button
from tests.people import PASSWORD, make_body, make_county

from zhijian.lib import clock
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.registry.actions import import_ledger_file
from zhijian.resources.models import Licence

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)

LEDGER = (
    "主办单位,平台,账号名称,账号ID,认证主体\n"
    "云岭县融媒体中心,微信,云岭发布,gh_0a1b2c3d4e01,云岭县融媒体中心\n"
    "云岭县教育局,微信,云岭教育,gh_0a1b2c3d4e02,云岭县教育局\n"
)
PDF = b"%PDF-1.4\n%%EOF\n"


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(re.compile(f"^{label}")).first.fill(value)


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def attach(page: Page, name: str) -> None:
    file = {"name": name, "mimeType": "application/pdf", "buffer": PDF + name.encode()}
    page.get_by_label("原件").set_input_files(file)


def test_a_host_writes_down_what_it_has_and_the_office_above_sees_what_is_missing(
    page: Page, phone_page: Page, transactional_db: None, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    county = make_county()
    media = make_body("云岭县融媒体中心", "999901-03", Level.COUNTY, county.county, BodyKind.MEDIA_CENTRE)
    county.person("zhuban", media, Role.HOST_OFFICER)
    officer = county.person("xianban", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    import_ledger_file(actor=officer, organisation=county.county, file_name="台账.csv", content=LEDGER.encode())
    sign_in(page, "zhuban", PASSWORD)
    page.goto("/desk/resources/")
    expect(page.get_by_role("main").get_by_text("今年没有填保障情况", exact=True).first).to_be_visible()
    follow(page, "云岭县融媒体中心")
    state(page)
    license_it(page)
    write_rule(page)
    talk_to_platform(page)
    shoot(page, "83-保障与资质-桌面")
    page.goto("/desk/")
    expect(page.get_by_role("main").get_by_text("许可证快到期：云网许〔2024〕9号")).to_be_visible()
    sign_in(phone_page, "xianban", PASSWORD)
    see_from_above(phone_page)
    shoot(phone_page, "84-缺什么-手机")
    assert Licence.objects.get().paper is not None


def state(page: Page) -> None:
    follow(page, "填写保障情况")
    fill(page, 分管负责人="秦越", 职务="副主任", 分管负责人电话="0999-8810001", 责任科室="新媒体部",
         经费来源="财政拨款", 专人名单="周文静：审核")  # fmt: skip
    page.get_by_label("经费（元）").fill("-5")
    page.get_by_label("专人（人）").fill("4")
    button(page, "保存").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("经费（元）")
    page.get_by_label("经费（元）").fill("960000.50")
    button(page, "保存").click()
    told(page, "已保存。")
    expect(page.get_by_text("960,000.50 元（财政拨款）")).to_be_visible()


def license_it(page: Page) -> None:
    today = clock.today()
    follow(page, "登记许可证")
    fill(page, 许可证编号="云网许〔2024〕9号", 发证机关="云山省互联网信息办公室",
         有效期起=(today - timedelta(days=700)).isoformat(),
         有效期止=(today + timedelta(days=60)).isoformat())  # fmt: skip
    page.get_by_label("类别").select_option(label="互联网新闻信息服务许可证")
    attach(page, "许可证.pdf")
    button(page, "登记").click()
    told(page, "已登记。")
    expect(page.get_by_role("link", name="许可证.pdf")).to_be_visible()
    page.get_by_role("link", name="云岭县融媒体中心").first.click()


def write_rule(page: Page) -> None:
    today = clock.today()
    follow(page, "登记制度")
    page.get_by_label("类别").select_option(label="信息发布审核制度")
    fill(page, 制度名称="信息发布三审三校制度", 文号="云融发〔2025〕2号",
         印发日期=(today - timedelta(days=300)).isoformat(),
         施行日期=(today - timedelta(days=290)).isoformat(),
         复核期限=(today + timedelta(days=75)).isoformat())  # fmt: skip
    attach(page, "制度.pdf")
    button(page, "登记").click()
    told(page, "已登记。")
    page.get_by_role("link", name="云岭县融媒体中心").first.click()


def talk_to_platform(page: Page) -> None:
    follow(page, "记一次对接")
    page.get_by_role("combobox", name=re.compile("^平台")).select_option("wechat")
    fill(page, 平台联系人="卢晓溪", 联系人电话="0755-0000111", 提了什么="名称与一家公司重名，请平台核实。",
         结果="已受理，五个工作日内答复。", 跟进日期=(clock.today() + timedelta(days=5)).isoformat())  # fmt: skip
    button(page, "记下").click()
    told(page, "已记下。")
    page.get_by_role("link", name="云岭县融媒体中心").first.click()


def see_from_above(page: Page) -> None:
    page.goto("/desk/resources/?lack=any")
    main = page.get_by_role("main")
    expect(main.get_by_text(re.compile("缺许可证：信息网络传播视听节目许可证"))).to_be_visible()
    expect(main.get_by_text("今年没有填保障情况").last).to_be_visible()
    page.goto("/desk/resources/?lack=no_statement")
    expect(main.get_by_role("link", name="云岭县教育局")).to_be_visible()
    expect(main.get_by_role("link", name="云岭县融媒体中心")).to_have_count(0)
    page.goto("/desk/resources/?lack=any")
