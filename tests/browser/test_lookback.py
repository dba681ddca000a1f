"""A look-back as people click it: proposed after a term, started, read account by account, a false alarm set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.observation.world import make_account, make_source
from tests.people import PASSWORD, make_county

from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.actions import TermDraft
from zhijian.lib import clock
from zhijian.lookback import actions
from zhijian.lookback.models import LookBack
from zhijian.observation.actions import Sighting, keep_sighting
from zhijian.observation.reading.seen import SeenPost
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.registry.models import Account

pytestmark = pytest.mark.timeout(300)

TEXTS = (
    ("清澈河沿岸步道开放", "清澈河沿岸步道本周六开放，欢迎市民前往。"),
    ("周末停水通知", "因管道检修，城东片区周六停水。"),
    ("河道保洁", "志愿者在清澈河清理垃圾三百公斤。清澈河水质保持良好。"),
)


def show(account: Account) -> None:
    now = clock.now()
    posts = [
        SeenPost(
            url=f"https://water.example/{account.pk}/{number}", title=title, text=text, whole=True,
            published_at=now - timedelta(days=number + 1),
        )
        for number, (title, text) in enumerate(TEXTS)
    ]  # fmt: skip
    sighting = Sighting(now, now - timedelta(days=9), now, posts, sees_all=True)
    keep_sighting(source=make_source(account, "platform_read_back"), sighting=sighting)


def test_a_new_term_is_looked_for_in_everything_that_is_out(
    page: Page, phone_page: Page, transactional_db: None, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    county = make_county()
    officer = county.person("xianban", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    writer = county.person("zhuban", county.county, Role.HOST_OFFICER, subtree=True)
    for platform, name in (("wechat", "云岭水务"), ("weibo", "云岭水务热线")):
        show(make_account(county.water, platform, name))
    draft = TermDraft(wrong="清澈河", right="清澈溪", source="云岭县地名公告", message="以公布的标准地名为准。")
    term = knowledge.propose_term(actor=writer, organisation=county.county, draft=draft)

    sign_in(page, "xianban", PASSWORD)
    page.goto(f"/desk/terms/{term.pk}/")
    page.get_by_role("button", name="启用").click()
    row = LookBack.objects.get()
    actions.estimate(look_back_id=row.pk)
    page.goto("/desk/")
    page.get_by_role("link", name="用语“清澈河”：影响 4 篇已发内容").first.click()
    expect(page.get_by_role("main")).to_contain_text("影响 4 篇已发内容，是否回查？")
    shoot(page, "100-是否回查-桌面")
    page.get_by_role("button", name="回查", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("可以离开这一页")
    actions.carry_on(look_back_id=row.pk)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("云岭水务热线")
    shoot(page, "101-回查结果-桌面")
    page.get_by_role("link", name="云岭水务热线").click()
    expect(page.get_by_role("main")).to_contain_text("志愿者在【清澈河】清理垃圾")
    shoot(page, "102-查出的问题-桌面")
    page.get_by_role("link", name="志愿者在【清澈河】清理垃圾").click()
    shoot(page, "103-一处问题-桌面")

    sign_in(phone_page, "zhuban", PASSWORD)
    phone_page.goto("/desk/lookback/findings/?state=open")
    phone_page.get_by_role("link", name="清理垃圾").first.click()
    phone_page.get_by_label("为什么是误报").fill("转述群众来信，按原样保留。")
    phone_page.get_by_role("button", name="认定为误报").click()
    expect(phone_page.get_by_role("main")).to_contain_text("转述群众来信，按原样保留。")
    shoot(phone_page, "104-认定误报-手机")
    assert officer.pk
