"""Two people have the same piece open: the second is shown both texts, and nothing either typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.world import PASSWORD, make_offices

from zhijian.content import actions
from zhijian.content.document import from_blocks, paragraph
from zhijian.content.models import Revision
from zhijian.content.queries import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.content.models import Article

FIRST = "县水务局定于周六上午检修城东供水管道。"


@pytest.fixture
def article(transactional_db: None) -> Article:
    offices = make_offices()
    draft = Draft(title="城东停水通知", document=from_blocks([paragraph(FIRST)]))
    return actions.create_article(actor=offices.people["hemin"], organisation=offices.bodies["water"], draft=draft)


def write(page: Page, words: str) -> None:
    page.locator(".editor-text").press("Control+End")
    page.locator(".editor-text").type(words)


def words_of(article: Article) -> list[str]:
    rows = Revision.objects.filter(article=article).order_by("number")
    return [revision.plain_text for revision in rows]


def test_the_second_to_save_sees_both_texts_and_loses_nothing(
    page: Page, phone_page: Page, sign_in: Callable[..., None], axe: Callable[..., list[str]], article: Article
) -> None:
    address = f"/desk/articles/{article.pk}/edit/"
    for one, who in ((page, "hemin"), (phone_page, "zhouwenjing")):
        sign_in(one, who, PASSWORD)
        one.goto(address)
    expect(phone_page.locator("[data-presence]")).to_contain_text("何敏正在编辑")
    write(page, "请提前储水。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存第 2 版。")).to_be_visible()
    write(phone_page, "取水点设在文化广场。")
    phone_page.get_by_role("button", name="保存", exact=True).click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("这篇稿件有两份修改")
    said = phone_page.locator("main")
    expect(said).to_contain_text("何敏保存了第 2 版")
    expect(said.locator('pre[aria-label="最新一版的文字"]')).to_contain_text("请提前储水。")
    expect(said.locator('pre[aria-label="这一页的文字"]')).to_contain_text("取水点设在文化广场。")
    expect(said).not_to_contain_text("周文静")
    assert axe(phone_page, "main") == []
    phone_page.get_by_role("link", name="接着改这一页的文字").click()
    write(phone_page, "请提前储水。")
    expect(phone_page.locator("[data-save-state]")).to_contain_text("对照两份文字")
    phone_page.get_by_role("button", name="保存", exact=True).click()
    phone_page.get_by_role("button", name="以这一页为准，存成新一版").click()
    expect(phone_page.get_by_text("已保存第 3 版。")).to_be_visible()
    assert words_of(article) == [FIRST, f"{FIRST}请提前储水。", f"{FIRST}取水点设在文化广场。请提前储水。"]


def test_the_preview_follows_what_is_typed(
    page: Page, sign_in: Callable[..., None], axe: Callable[..., list[str]], article: Article
) -> None:
    sign_in(page, "hemin", PASSWORD)
    page.goto(f"/desk/articles/{article.pk}/edit/")
    shown = page.get_by_role("region", name="手机上的样子")
    expect(shown).to_contain_text(FIRST)
    page.locator("#preview").get_by_role("link", name="网站").click()
    expect(page.locator("#preview-website")).to_have_attribute("aria-current", "page")
    write(page, "请提前储水。")
    expect(shown).to_contain_text(f"{FIRST}请提前储水。")
    expect(page.locator("#preview-website")).to_have_attribute("aria-current", "page")
    expect(page.locator("#preview")).to_contain_text("还没有存成版本的样子")
    assert axe(page, "main") == []
