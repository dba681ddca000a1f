"""Rules as people keep them: a website vouched for, a bad rule seen in the figures and switched off by two."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.people import PASSWORD, make_county

from zhijian.knowledge.queries import ruleset_for
from zhijian.lib import clock
from zhijian.lookback.models import RuleDay
from zhijian.organisations.enums import Role
from zhijian.screening import scan

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)

TEXT = "截止目前，报名请看 https://www.lake-school.top/open/ 。"


def test_a_website_is_vouched_for_and_a_bad_rule_is_switched_off_by_two_people(
    page: Page, phone_page: Page, transactional_db: None, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    county = make_county()
    county.person("caibian", county.water, Role.EDITOR)
    for name in ("xianban", "xianban-er"):
        county.person(name, county.county, Role.SUPERVISING_OFFICER, subtree=True)
    before = {one.rule_id: one.excerpt for one in scan(TEXT, ruleset_for(county.water))}
    rule = next(name for name, excerpt in before.items() if excerpt == "截止目前")
    for ago, (hits, aside) in enumerate([(30, 22), (12, 9)]):
        RuleDay.objects.create(
            organisation=county.water, rule_id=rule, category="confusable", day=clock.today() - timedelta(days=ago),
            drafts=hits, posts=2, waived=aside,
        )  # fmt: skip

    # The editor writes a whole suffix first, then the very website; nothing typed is lost.
    sign_in(phone_page, "caibian", PASSWORD)
    phone_page.goto("/desk/terms/allowed/new/")
    phone_page.get_by_label("放行什么").select_option("host")
    phone_page.get_by_label("说法或网站").fill("com.cn")
    phone_page.get_by_label("理由").fill("合作办学的学校官方网站。")
    phone_page.get_by_label("到哪天止").fill(str(clock.today() + timedelta(days=90)))
    phone_page.get_by_role("button", name="提交审核").click()
    expect(phone_page.get_by_role("main")).to_contain_text("请写网站的主机名")
    expect(phone_page.get_by_label("理由")).to_have_value("合作办学的学校官方网站。")
    phone_page.get_by_label("说法或网站").fill("https://www.lake-school.top/open/")
    phone_page.get_by_role("button", name="提交审核").click()
    expect(phone_page.get_by_role("main")).to_contain_text("www.lake-school.top")
    shoot(phone_page, "112-许可网站-手机")

    sign_in(page, "xianban", PASSWORD)
    page.goto("/desk/")
    page.get_by_role("link", name="许可网站：www.lake-school.top").first.click()
    shoot(page, "110-同意放行-桌面")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("已同意")
    assert {one.rule_id for one in scan(TEXT, ruleset_for(county.water))} == {rule}

    # The figures tell that most of what the rule finds is no fault; two supervising officers switch it off.
    page.goto("/desk/lookback/rules/")
    expect(page.get_by_role("main")).to_contain_text("建议停用")
    shoot(page, "111-规则效果-桌面")
    page.get_by_role("row", name=rule).get_by_role("link").click()
    page.get_by_role("link", name="提出放行").click()
    page.get_by_label("单位").select_option(str(county.county.pk))
    page.get_by_label("放行什么").select_option("off")
    page.get_by_label("理由").fill("四十六处里三十一处是误报。")
    page.get_by_label("到哪天止").fill(str(clock.today() + timedelta(days=180)))
    page.get_by_role("button", name="提交审核").click()
    address = page.url
    expect(page.get_by_role("main")).to_contain_text("由另一位人员来审")
    page.context.clear_cookies()
    sign_in(page, "xianban-er", PASSWORD)
    page.goto(address)
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("已同意")
    assert scan(TEXT, ruleset_for(county.water)) == []
