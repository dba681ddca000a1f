"""A citizen scans a code, sends a picture of one, sees the badge; an officer enters what they saw."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import segno
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import told
from tests.browser.observed import PNG
from tests.browser.world import PASSWORD, make_offices
from tests.observation.world import make_account

from zhijian.proof.actions import publish_register

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(240)


def held(picture: bytes) -> str:
    """Return what a telephone reads in a picture."""
    codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return codes[0].text


def code_of(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=6)
    return out.getvalue()


def test_whoever_scans_a_code_sees_at_once_whether_the_account_is_official(
    transactional_db: None, phone_page: Page, shoot: Callable[..., None], axe: Callable[..., list[str]], site: str
) -> None:
    offices = make_offices()
    account = make_account(offices.bodies["water"], "wechat", "青禾水务", number="ZX000000901")
    gone = make_account(
        offices.bodies["water"],
        "weibo",
        "青禾水务旧号",
        number="ZX000000902",
        state="deregistered",
        closed_on="2025-03-01",
    )
    publish_register()
    page = phone_page
    page.goto(f"/directory/{account.number}/")
    address = held(page.locator("img.sheet-code").screenshot())
    assert address == f"{site}/directory/{account.number}/"

    page.goto(address)
    answer = page.locator(".verdict")
    expect(answer).to_contain_text("官方账号")
    box = answer.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 844, "the answer stands on the first screen of a telephone"
    shoot(page, "60-扫码看到的-手机")
    page.get_by_text("放到网页和账号简介里").click()
    expect(page.locator("#bio")).to_have_text(f"登记号 {account.number}，查验：{address}")
    badge = page.locator("img.plain-badge")
    assert badge.evaluate("image => image.complete && image.naturalWidth") == 232
    assert axe(page) == []

    page.goto(f"/directory/{gone.number}/")
    expect(page.locator(".verdict")).to_contain_text("已不是官方账号")
    expect(page.locator(".verdict")).to_contain_text("到 2025-03-01 为止")
    shoot(page, "61-已不是官方账号-手机")
    assert axe(page) == []

    send_picture(page, code_of(address))
    expect(page.locator(".verdict")).to_contain_text("官方账号")
    assert page.url == address
    send_picture(page, code_of("https://weibo.com/u/5550001112"))
    expect(page.get_by_role("main")).to_contain_text("没有登记")
    expect(page.get_by_role("main")).to_contain_text("二维码里的内容是：https://weibo.com/u/5550001112")
    shoot(page, "62-用二维码查-手机")
    send_picture(page, PNG)
    expect(page.get_by_role("alert")).to_contain_text("这张图片打不开")
    assert axe(page) == []

    page.goto("/data/#register")
    expect(page.get_by_role("main")).to_contain_text("现在这一版：1 个账号")
    assert axe(page) == []


def send_picture(page: Page, data: bytes) -> None:
    page.goto("/lookup/")
    page.get_by_label("拍下二维码，或选一张图片").set_input_files(
        {"name": "码.png", "mimeType": "image/png", "buffer": data}
    )
    page.get_by_role("button", name="看这个码").click()
    page.wait_for_load_state("load")


def test_an_officer_enters_that_an_account_names_its_number(
    transactional_db: None, page: Page, sign_in: Callable[..., None], shoot: Callable[..., None],
    axe: Callable[..., list[str]],
) -> None:  # fmt: skip
    offices = make_offices()
    account = make_account(offices.bodies["water"], "wechat", "青禾水务", number="ZX000000901")
    publish_register()
    sign_in(page, "chenlian", PASSWORD)
    page.get_by_role("link", name="官方证明").first.click()
    expect(page.locator("tbody tr").filter(has_text="青禾水务")).to_contain_text("还没看")
    page.get_by_role("link", name="青禾水务").first.click()
    expect(page.locator("#bio")).to_contain_text(f"登记号 {account.number}，查验：")
    page.get_by_label("简介或主页写明了登记号").check()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("请附一张截图")
    assert page.get_by_label("简介或主页写明了登记号").is_checked()
    page.get_by_label("截图").set_input_files({"name": "shot.png", "mimeType": "image/png", "buffer": picture()})
    page.get_by_label("说明").fill("简介第一行写着登记号。")
    page.get_by_role("button", name="登记", exact=True).click()
    told(page, "已登记。")
    expect(page.get_by_role("main")).to_contain_text("简介第一行写着登记号。")
    shoot(page, "63-账号互认-桌面")
    assert axe(page) == []
    page.goto("/desk/proof/")
    expect(page.locator("tbody tr").filter(has_text="青禾水务")).to_contain_text("写明了登记号")
    page.goto("/desk/proof/chain/")
    expect(page.get_by_role("main")).to_contain_text("链尾指纹")
    shoot(page, "64-签名与变更链-桌面")
    assert axe(page) == []


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 500), "#eef3f8").save(out, "PNG")
    return out.getvalue()
