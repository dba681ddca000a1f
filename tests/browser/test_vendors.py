"""A contract with a vendor as people click it: written down, completed, near its end, over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import told
from tests.browser.test_register import button
from tests.people import PASSWORD, make_county

from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.organisations.models import User
from zhijian.registry.actions import import_ledger_file
from zhijian.vendors.models import Contract

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)

LEDGER = (
    "主办单位,平台,账号名称,账号ID,认证主体,代运营单位\n"
    "云岭县水务局,微信,云岭水务,gh_0a1b2c3d4e01,云岭县水务局,云岭清溪文化传媒有限公司\n"
)
PDF = b"%PDF-1.4\n%%EOF\n"


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(re.compile(f"^{label}")).first.fill(value)


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_a_vendor_is_written_down_watched_and_loses_everything_at_the_end(
    page: Page, phone_page: Page, transactional_db: None, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    county = make_county()
    county.person("zhuban", county.water, Role.HOST_OFFICER)
    county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    writer = county.person("qingxi", county.water, Role.EDITOR)
    officer = county.person("xianban", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    import_ledger_file(actor=officer, organisation=county.county, file_name="台账.csv", content=LEDGER.encode())
    sign_in(page, "xitong", PASSWORD)
    mark(page, writer)
    shoot(page, "79-代运营登录名-桌面")
    leave(page)
    sign_in(page, "zhuban", PASSWORD)
    page.goto("/desk/vendors/accounts/")
    expect(page.get_by_role("main").get_by_role("link", name="云岭水务")).to_be_visible()
    write_down(page)
    complete(page)
    shoot(page, "80-代运营合同-桌面")
    page.goto("/desk/")
    expect(page.get_by_role("main").get_by_text("云岭清溪文化传媒有限公司：合同快到期")).to_be_visible()
    page.goto("/desk/vendors/")
    shoot(page, "81-代运营合同列表-桌面")
    end_it(page)
    assert not User.objects.get(pk=writer.pk).is_active
    sign_in(phone_page, "zhuban", PASSWORD)
    phone_page.goto(f"/desk/vendors/{Contract.objects.get().pk}/")
    expect(phone_page.get_by_text("合同已结束，链接没有撤下")).to_be_visible()
    shoot(phone_page, "82-合同结束后-手机")
    phone_page.get_by_role("button", name="链接已撤下").click()
    told(phone_page, "已记下：“h5.qingxi.example”的链接已撤下。")
    phone_page.get_by_role("link", name="这家单位还管着什么").click()
    expect(phone_page.get_by_text("没有登记的域名，或都已撤下。")).to_be_visible()


def mark(page: Page, writer: User) -> None:
    page.goto(f"/desk/organisations/people/{writer.pk}/")
    follow(page, "标为代运营")
    button(page, "标为代运营").click()
    told(page, "已保存。")
    expect(page.get_by_role("main").get_by_text("代运营", exact=True)).to_be_visible()


def leave(page: Page) -> None:
    page.locator("details.person summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("details.person")).to_have_count(0)


def write_down(page: Page) -> None:
    today = clock.today()
    follow(page, "登记合同")
    fill(page, 代运营单位全称="云岭清溪文化传媒有限公司", 统一社会信用代码="91999901MA0000001X", 对方联系人="卢溪",
         对方联系电话="0999-8812345", 合同名称="政务新媒体运维服务合同", 服务范围="写稿、排版、做图。不负责审核。",
         本单位责任人="周文静", 开始日期=(today - timedelta(days=300)).isoformat(),
         到期日期=(today + timedelta(days=40)).isoformat())  # fmt: skip
    page.get_by_label("合同里写明了不得转包、分包").check()
    button(page, "登记").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text(
        "校验位不对，有一位抄错了。请照营业执照核对。"
    )
    fill(page, 统一社会信用代码="91999901MA0000001P")
    button(page, "登记").click()
    told(page, "已登记。请接着勾选账号，上传合同和保密承诺书。")


def complete(page: Page) -> None:
    follow(page, "选择账号")
    page.get_by_label(re.compile("云岭水务")).check()
    button(page, "保存").click()
    follow(page, "上传材料")
    for label in ("合同", "保密承诺书"):
        file = {"name": f"{label}.pdf", "mimeType": "application/pdf", "buffer": PDF + label.encode()}
        page.get_by_label(label, exact=True).set_input_files(file)
    button(page, "上传").click()
    told(page, "已上传。")
    follow(page, "登记人员")
    fill(page, 姓名="卢溪", 可以做什么="写稿、排版、做图", 登录名="qingxi")
    button(page, "登记").click()
    follow(page, "登记域名")
    fill(page, 域名="https://h5.qingxi.example/index.html", 说明="微信菜单“百姓呼声”")
    button(page, "登记").click()
    told(page, "已登记。")
    expect(page.get_by_role("rowheader", name=re.compile("h5.qingxi.example"))).to_be_visible()


def end_it(page: Page) -> None:
    page.get_by_role("link", name="政务新媒体运维服务合同").click()
    follow(page, "提前终止")
    fill(page, 终止的原因="多次发错，不再合作。")
    button(page, "终止").click()
    told(page, "合同已终止，代运营人员的权限已收回。请把还挂着的链接撤下。")
