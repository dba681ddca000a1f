"""An officer adds a source, hears why it cannot see, and writes down what a telephone showed: by clicks and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.observed import PNG
from tests.browser.world import PASSWORD, make_offices
from tests.observation.world import make_account

from zhijian.lib import clock
from zhijian.observation.actions import look_at
from zhijian.observation.models import Look, Source

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(600)


def test_a_source_is_added_fails_with_its_reason_and_a_look_by_hand_covers(
    transactional_db: None, page: Page, sign_in: Callable[..., None], axe: Callable[..., list[str]]
) -> None:
    offices = make_offices()
    account = make_account(offices.bodies["water"], "website", "青禾水务网")
    sign_in(page, "chenlian", PASSWORD)
    page.get_by_role("link", name="看见账号").first.click()
    page.get_by_role("link", name="添加来源").first.click()
    page.get_by_label("账号").fill("青禾水务网")
    page.get_by_label("订阅源地址").fill("http://no-such-name.invalid/feed.xml")
    page.get_by_label("这个来源能看全").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请写明为什么能看全").first).to_be_visible()
    assert axe(page) == []
    page.get_by_label("为什么能看全").fill("网站说明这是全站订阅源")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("还没有看过。")).to_be_visible()

    look_at(source_id=Source.objects.get(account=account).pk)

    page.reload()
    expect(page.get_by_text("看不到", exact=True)).to_be_visible()
    expect(page.get_by_text("没看成", exact=True)).to_be_visible()
    page.goto("/desk/observation/looks/new/")
    page.get_by_label("账号").fill(account.number)
    page.get_by_label("最近一条的发布时间").fill(f"{clock.today():%Y}-01-05T00:00")
    page.get_by_label("最近一条的标题").fill("停水通知")
    page.get_by_label("截图").set_input_files({"name": "shot.png", "mimeType": "image/png", "buffer": PNG})
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("看全", exact=True)).to_be_visible()
    assert axe(page) == []
    assert list(Look.objects.order_by("pk").values_list("result", "sees_all")) == [("could_not", False), ("saw", True)]
