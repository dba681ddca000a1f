"""The editor in a real browser, with a real server behind it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from zhijian.content.document import exported_schema, parse_document, to_copy_text

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "vendor" / "axe" / "axe.min.js"


def body(page: Page) -> str:
    """Return what the form would send, as plain words; a body the server would refuse fails here."""
    return to_copy_text(parse_document(page.locator('textarea[name="document"]').input_value()))


def at_end_of(page: Page, words: str) -> None:
    """Put the caret behind these words; on a slow machine it arrives after the click has returned."""
    page.locator(".editor-text").get_by_text(words).first.click()
    page.wait_for_function(
        """words => {
          const node = document.getSelection().anchorNode;
          const place = node && (node.nodeType === 1 ? node : node.parentElement).closest("p, li, h2, h3, td, th");
          return place && place.textContent.includes(words);
        }""",
        arg=words,
    )
    page.keyboard.press("End")


def tool(page: Page, name: str) -> None:
    page.get_by_role("toolbar", name="编辑工具").get_by_role("button", name=name, exact=True).click()


def paste(page: Page, html: str) -> None:
    page.evaluate(
        """html => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            document.querySelector(".editor-text").dispatchEvent(
              new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        html,
    )


def test_both_sides_have_the_same_schema(page: Page) -> None:
    shown = page.evaluate("import('/static/content/schema.js').then(module => module.exportedSchema())")
    assert shown == exported_schema()


def test_typing_and_formatting_reach_the_form(page: Page) -> None:
    at_end_of(page, "排查管网")
    page.keyboard.press("Enter")
    page.keyboard.type("检修锅炉")
    assert "• 排查管网\n• 检修锅炉" in body(page)
    page.keyboard.press("Shift+Home")
    tool(page, "加粗")
    expect(page.get_by_role("button", name="加粗", exact=True)).to_have_attribute("aria-pressed", "true")
    sent: dict[str, Any] = json.loads(page.locator('textarea[name="document"]').input_value())
    bold = sent["content"][3]["content"][1]["content"][0]["content"]
    assert bold == [{"type": "text", "text": "检修锅炉", "marks": [{"type": "strong"}]}]


def test_findings_that_arrive_right_after_a_click_leave_the_caret_where_it_was_put(page: Page) -> None:
    """The browser tells of a new caret a moment after it is set; an answer may be drawn between the two."""
    expect(page.locator(".findings-list li")).not_to_have_count(0)
    page.locator(".editor-text").focus()
    page.evaluate(
        """async () => {
          const { editors: [{ findings }] } = await import("/static/content/editor.js");
          const words = document.querySelector(".editor-text li p");
          document.getSelection().setPosition(words, words.childNodes.length);
          findings.take([]);
        }"""
    )
    page.keyboard.type("到底")
    assert "• 排查管网到底" in body(page)


def test_a_table_is_made_and_grown(page: Page) -> None:
    at_end_of(page, "如有问题")
    tool(page, "插入表格")
    page.keyboard.type("事项")
    page.keyboard.press("Tab")
    page.keyboard.type("时限")
    tool(page, "加行（在下方）")
    tool(page, "加列（在右侧）")
    tool(page, "删行（本行）")
    rows = page.locator(".editor-text tr")
    expect(rows).to_have_count(3)
    expect(rows.first.locator("td,th")).to_have_count(4)


def test_a_finding_is_selected_and_mended_at_the_exact_words(page: Page) -> None:
    expect(page.locator(".editor-text .finding-error")).to_have_text("按步就班")
    expect(page.locator("[data-findings] [role=status]")).to_have_text("发现 3 处，请逐处处理。")
    page.locator(".finding-show", has_text="按步就班").click()
    assert page.evaluate("getSelection().toString()") == "按步就班"
    page.get_by_role("button", name="改为“按部就班”").press("Enter")
    assert "各乡镇要按部就班做好𠮷祥小区" in body(page)
    expect(page.locator(".finding-item")).to_have_count(2)


def test_words_after_a_rare_character_are_underlined_where_they_stand(page: Page) -> None:
    """𠮷 is two units in the browser and one code point on the server."""
    at_end_of(page, "如有问题")
    page.keyboard.type("𠮷𠮷按步就班")
    page.locator(".finding-show", has_text="按步就班").wait_for()
    page.get_by_role("button", name="改为“按部就班”").click()
    expect(page.locator(".editor-text .finding-error")).to_have_text("按步就班")
    assert "。𠮷𠮷按步就班" in body(page)


def test_marked_blocks_are_kept_or_deleted(page: Page) -> None:
    expect(page.locator(".marked-label strong")).to_have_text("疑似网页导航")
    page.locator(".marked-label").get_by_role("button", name="删除").click()
    assert "返回首页" not in body(page)
    tool(page, "撤销")
    page.locator(".marked-label").get_by_role("button", name="保留").click()
    expect(page.locator(".marked-label")).to_have_count(0)
    assert "返回首页 打印" in body(page)


def test_a_picture_needs_words_before_it_stands_in_the_text(page: Page) -> None:
    at_end_of(page, "如有问题")
    with page.expect_file_chooser() as chooser:
        tool(page, "插入图片")
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    page.get_by_role("button", name="插入", exact=True).click()
    expect(page.locator(".editor-problem")).to_have_text("请写一句话说明图里有什么。")
    page.get_by_label("替代文字").fill("检修现场")
    page.get_by_role("button", name="插入", exact=True).click()
    expect(page.locator(".editor-image img")).to_have_attribute("src", "/files/new.png")
    assert "〔图片：检修现场〕" in body(page)


def test_words_beside_a_picture_are_mended_and_the_picture_stays(page: Page) -> None:
    page.get_by_role("button", name="改为“按部就班”").click()
    at_end_of(page, "如有问题")
    with page.expect_file_chooser() as chooser:
        tool(page, "插入图片")
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    page.get_by_label("替代文字").fill("检修现场")
    page.get_by_label("图片说明").fill("𠮷祥小区按步就班检修")
    page.get_by_role("button", name="插入", exact=True).click()
    expect(page.locator(".finding-show", has_text="按步就班")).to_be_visible()
    page.get_by_role("button", name="改为“按部就班”").click()
    expect(page.locator(".editor-image figcaption")).to_have_text("𠮷祥小区按部就班检修")
    expect(page.locator(".editor-image img")).to_have_attribute("src", "/files/new.png")
    sent = json.loads(page.locator('textarea[name="document"]').input_value())
    (picture,) = [block for block in sent["content"] if block["type"] == "image"]
    assert (picture["attrs"]["alt"], picture["attrs"]["caption"]) == ("检修现场", "𠮷祥小区按部就班检修")


def test_a_link_with_a_script_is_refused(page: Page) -> None:
    page.locator(".editor-text h2").click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    tool(page, "插入或取消链接")
    page.get_by_label("链接地址").fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.locator(".editor-problem")).to_have_text("链接地址请以 http://、https://、mailto: 或 tel: 开头。")
    page.get_by_label("链接地址").fill("https://example.org/a")
    page.keyboard.press("Enter")
    expect(page.locator(".editor-text h2 a")).to_have_attribute("href", "https://example.org/a")
    assert "https://example.org/a" in body(page)


def test_pasted_html_keeps_structure_and_loses_the_rest(page: Page) -> None:
    at_end_of(page, "如有问题")
    page.keyboard.press("Enter")
    paste(
        page,
        "<style>p{}</style><h1 onclick='x()'>通告</h1><p style='font-weight:bold;color:red'>正\u200b文"
        "<a href='javascript:x()'>点</a><span style='display:none'>隐藏</span></p><img src='https://example.org/a.png'>",
    )
    text = body(page)
    assert "通告\n\n正文点" in text
    expect(page.locator(".editor-text strong", has_text="正文")).to_have_count(1)
    assert "隐藏" not in text
    expect(page.locator(".editor-notice")).to_have_text("粘贴的内容里有 1 张图片没有带入，请用“图片”按钮插入。")


def test_text_is_saved_after_a_pause_with_the_token_of_the_form(page: Page) -> None:
    at_end_of(page, "如有问题")
    page.keyboard.type("特此通知。")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "未保存")
    expect(page.locator("[data-save-state]")).to_have_text("已保存：09:30")
    desk: Any = page.evaluate("fetch('/ledger').then(answer => answer.json())")
    assert desk["tokens"] == ["token-of-the-form"]
    assert "特此通知。" in to_copy_text(parse_document(desk["saved"][-1]["document"]))
    assert page.evaluate("localStorage.getItem('zhijian-draft:article-7')") is None


def test_a_dropped_line_loses_nothing(page: Page) -> None:
    page.context.set_offline(True)
    at_end_of(page, "如有问题")
    page.keyboard.type("断网时写的话。")
    expect(page.locator("[data-save-state]")).to_have_text("离线：文字已暂存在本机，恢复连接后自动保存")
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_have_text("已保存：09:30")


def test_text_left_on_this_machine_is_offered_back(page: Page, refuse: Callable[[str, int], None]) -> None:
    page.context.set_offline(True)
    at_end_of(page, "如有问题")
    page.keyboard.type("没来得及保存的话。")
    page.get_by_label("标题", exact=True).fill("新标题")
    page.wait_for_function("localStorage.getItem('zhijian-draft:article-7')?.includes('新标题')")
    page.on("dialog", lambda dialog: dialog.accept())
    refuse("/autosave", 409)
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="恢复这些文字").click()
    assert "没来得及保存的话。" in body(page)
    expect(page.get_by_label("标题", exact=True)).to_have_value("新标题")


def test_another_persons_save_stops_ours_and_says_so(page: Page, refuse: Callable[[str, int], None]) -> None:
    refuse("/autosave", 409)
    at_end_of(page, "如有问题")
    page.keyboard.type("。")
    expect(page.locator("[data-save-state]")).to_have_text("未保存：这篇文字在别处改过，请复制您的改动后刷新页面")


def test_leaving_with_unsaved_text_is_asked_about(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    at_end_of(page, "如有问题")
    page.keyboard.type("。")
    page.reload()
    assert asked == ["beforeunload"]


def test_the_form_submits_without_being_asked(page: Page) -> None:
    at_end_of(page, "如有问题")
    page.keyboard.type("完。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("body")).to_have_text("已收到")


def test_the_toolbar_is_one_tab_stop_with_arrows_inside(page: Page) -> None:
    at_end_of(page, "如有问题")
    page.keyboard.press("Alt+F10")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused) == "撤销"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "加粗"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className").startswith("ProseMirror")
    assert page.locator(".editor-toolbar button[tabindex='0']").count() == 1


def test_f8_walks_through_the_findings(page: Page) -> None:
    page.locator(".editor-text h2").click()
    page.keyboard.press("F8")
    assert page.evaluate("getSelection().toString()") == "按步就班"
    page.keyboard.press("F8")
    assert page.evaluate("getSelection().toString()") == "打印"
    expect(page.locator(".finding-current")).to_have_count(1)
    expect(page.locator(".finding-current q")).to_have_text("打印")
    page.keyboard.press("Shift+F8")
    expect(page.locator("[aria-current] q")).to_have_text("按步就班")
    assert page.evaluate("getSelection().toString()") == "按步就班"


def test_counters_and_other_editors_are_shown(page: Page) -> None:
    page.get_by_label("标题", exact=True).fill("𠮷" * 35)
    expect(page.locator("#title + output")).to_have_text("35/32 超出 3 字")
    expect(page.locator("[data-presence]")).to_have_text("张三正在编辑，请先商量，以免互相覆盖。")


def faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(  # type: ignore[no-any-return]  axe gives a list of names
        """async () => (await axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}))
            .violations.map(fault => fault.id + " " + fault.nodes.map(node => node.html).join(" | "))"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_text_dialog_or_table(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    assert faults(page) == []
    at_end_of(page, "如有问题")
    tool(page, "插入表格")
    page.keyboard.type("事项")
    assert faults(page) == []
    tool(page, "插入或取消链接")
    assert faults(page) == []


def test_the_page_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".editor-button").first.bounding_box()["height"] >= 44  # type: ignore[index]  the button is shown
