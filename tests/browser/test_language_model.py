"""The language model as people click it: set up and tried, consented to by another, asked by an editor who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect
from tests.content.newsroom import make_newsroom, with_words
from tests.model_world import model_house
from tests.people import PASSWORD

from zhijian.content import actions
from zhijian.content.document import to_copy_text
from zhijian.content.models import Revision
from zhijian.content.queries import draft_of
from zhijian.sandbox.language_model import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)
WORDS = ("各乡镇要提前搞好排水，值班人员要在岗。", "有险情请拨打值班电话，并搞好登记。")
URL = "/desk/language-model/"


def test_an_administrator_consents_and_an_editor_takes_one_opinion_and_leaves_another(
    page: Page, phone_page: Page, transactional_db: None, settings: Any, sign_in: Callable[..., None],
    shoot: Callable[..., None], axe: Callable[..., list[str]],
) -> None:  # fmt: skip
    newsroom = make_newsroom()
    piece = actions.create_article(
        actor=newsroom.editor, organisation=newsroom.county.water, draft=with_words(newsroom.draft, *WORDS)
    )
    with model_house(newsroom.county, settings) as house:
        sign_in(page, "xitong", PASSWORD)
        page.goto(URL)
        page.get_by_role("link", name="设置", exact=True).click()
        for field, value in (("address", house.address), ("name", "office"), ("key", KEY)):
            page.locator(f"#id_{field}").fill(value)
        page.get_by_label("云岭县人民政府").check()
        page.evaluate("scrollTo(0, 0)")
        shoot(page, "110-设置大模型-桌面")
        page.get_by_role("button", name="保存").click()
        page.get_by_role("button", name="试一下").click()
        expect(page.locator(".messages")).to_contain_text("秒答复")
        shoot(page, "111-试一下-桌面")
        assert len(house.chats()) == 1

        page.context.clear_cookies()
        sign_in(page, "anquan", PASSWORD)
        page.goto(URL)
        page.get_by_role("button", name="同意并启用").click()
        expect(page.locator(".messages")).to_contain_text("已同意并启用")
        shoot(page, "112-同意书-桌面")
        assert axe(page) == []

        page.context.clear_cookies()
        sign_in(page, "editor", PASSWORD)
        page.goto(f"/desk/articles/{piece.pk}/edit/")
        model = page.get_by_role("region", name="大模型")
        model.get_by_role("button", name="请模型看一遍").wait_for()
        assert len(house.chats()) == 1
        model.get_by_role("button", name="请模型看一遍").click()
        expect(model.get_by_role("status")).to_contain_text("提出 2 处")
        shoot(page, "113-模型意见-桌面", whole=False)
        assert axe(page, "[data-opinions]") == []
        model.get_by_role("button", name="改为“做好”").first.click()
        model.get_by_role("button", name="不理会").click()
        expect(model.get_by_role("status")).to_have_text("都看过了。")
        assert len(house.chats()) == 2
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_url(f"**/desk/articles/{piece.pk}/")
        saved = Revision.objects.filter(article=piece).latest("number")
        assert to_copy_text(draft_of(saved).document).split() == [WORDS[0].replace("搞好", "做好"), WORDS[1]]

        sign_in(phone_page, "editor", PASSWORD)
        phone_page.goto(f"/desk/articles/{piece.pk}/edit/")
        phone_page.get_by_role("button", name="请模型看一遍").click()
        expect(phone_page.get_by_role("region", name="大模型").get_by_role("status")).to_contain_text("提出 1 处")
        shoot(phone_page, "114-模型意见-手机")
