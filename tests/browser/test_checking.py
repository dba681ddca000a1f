"""A list of people is checked before it goes out, and goes out masked."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect
from tests.people import PASSWORD, make_county
from tests.posters import poster_png

from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def workbook() -> bytes:
    book = Workbook()
    book.active.title = "名单"
    for row in (
        ["2026年6月城乡低保对象公示名单"],
        ["序号", "姓名", "类别", "联系电话", "备注"],
        [1, "王小明", "低保户", "13800138000", "已核对"],
        [2, "李丽", "低保户", "服务热线12345", "身份证11010519491231002X"],
    ):
        book.active.append(row)
    hidden = book.create_sheet("底稿")
    hidden.append(["经办人手机13900139000"])
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def check(page: Page, name: str, data: bytes) -> None:
    page.get_by_label("选择文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="检查", exact=True).click()


def test_a_list_is_checked_and_its_masked_copy_is_clean(
    page: Page,
    phone_page: Page,
    transactional_db: None,
    sign_in: Callable[..., None],
    shoot: Callable[..., None],
    tmp_path: Path,
) -> None:
    county = make_county()
    county.person("bianji", county.water, Role.EDITOR)
    sign_in(page, "bianji", PASSWORD)
    page.get_by_role("link", name="检查文件").first.click()
    check(page, "低保名单.xlsx", workbook())
    expect(page.get_by_text("有必须处理的问题")).to_be_visible()
    expect(page.get_by_role("heading", name="表‘名单’第 3 行 D 列")).to_be_visible()
    expect(page.get_by_role("heading", name="隐藏的表‘底稿’第 1 行 A 列")).to_be_visible()
    shoot(page, "85-检查文件-桌面")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载遮挡副本").click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert target.name == "低保名单（已遮挡）.xlsx"
    rows = list(load_workbook(target)["名单"].iter_rows(min_row=3, values_only=True))
    assert rows == [
        (1, "王某某", "低保户", "138****8000", "已核对"),
        (2, "李某", "低保户", "服务热线12345", "身份证11*************02X"),
    ]
    check(page, target.name, target.read_bytes())
    expect(page.get_by_text("没有发现问题。")).to_be_visible()
    sign_in(phone_page, "bianji", PASSWORD)
    phone_page.goto("/desk/check/")
    check(phone_page, "旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    expect(phone_page.get_by_text("请用 WPS 或 Office 打开，另存为 .xlsx 后再检查。")).to_be_visible()
    check(phone_page, "低保名单.xlsx", workbook())
    shoot(phone_page, "86-检查文件-手机")


def test_a_poster_is_shown_with_a_numbered_box_on_every_fault(
    page: Page, phone_page: Page, transactional_db: None, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    county = make_county()
    county.person("bianji", county.water, Role.EDITOR)
    for one, where in ((page, "桌面"), (phone_page, "手机")):
        sign_in(one, "bianji", PASSWORD)
        one.goto("/desk/check/")
        check(one, "海报.png", poster_png())
        expect(one.get_by_text("有必须处理的问题")).to_be_visible()
        shown = one.get_by_alt_text("标出问题的图片，框里的号码与下面的序号相同")
        expect(shown).to_be_visible()
        width = one.viewport_size["width"] if one.viewport_size else 0
        assert 200 < (shown.bounding_box() or {"width": 0})["width"] <= width
        found = one.locator("section[aria-labelledby=found] ol > li")
        expect(found).to_have_count(3)
        expect(found.nth(0)).to_contain_text("扫黑除恶")
        expect(found.nth(1)).to_contain_text("身份证号")
        expect(found.nth(2)).to_contain_text("图片上的二维码")
        expect(one.get_by_role("link", name="下载清除附带信息的图片")).to_be_visible()
        shoot(one, f"88-检查图片-{where}")
