"""The story of the inspector: an account falls silent, is warned, fails, is ordered, updates and is closed.

In the same days another account's source is out and gets no verdict; a false alarm is written off; the bulletin tells
all of it in figures.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.observed import PNG
from tests.browser.world import PASSWORD, make_offices, sign
from tests.observation.world import make_account, make_source

from zhijian.inspection import actions
from zhijian.inspection.models import Finding
from zhijian.lib import clock
from zhijian.observation.actions import Sighting, keep_failure, keep_sighting
from zhijian.observation.reading.seen import SeenPost
from zhijian.organisations.actions import create_person, grant_role
from zhijian.organisations.enums import Role
from zhijian.review.models import Review

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from zhijian.observation.models import Source

pytestmark = pytest.mark.timeout(900)
DAY = timedelta(days=1)


@pytest.fixture
def set_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the clock of server and test together, so many days from now."""
    shift = tmp_path / "clock"
    monkeypatch.setitem(os.environ, "ZHIJIAN_CLOCK_FILE", str(shift))

    def move(days: float) -> None:
        shift.write_text(str(days * 86_400), encoding="ascii")

    move(0)
    return move


def look(source: Source, start: datetime, *posts: SeenPost) -> datetime:
    """Look from `start` to now and return now: the next look goes on from there, without a gap."""
    now = clock.now()
    keep_sighting(source=source, sighting=Sighting(now, start, now, posts, sees_all=True))
    return now


def inspect_now() -> None:
    actions.carry_on_run(run_id=actions.start_run().pk)


def test_the_story_of_the_inspector(  # noqa: PLR0915 -- one story, told in order
    transactional_db: None, page: Page, sign_in: Callable[..., None], axe: Callable[..., list[str]],
    set_day: Callable[[float], None],
) -> None:  # fmt: skip
    offices = make_offices()
    county = offices.bodies["county"]
    second = create_person(actor=None, username="second", display_name="孟远", organisation=county, password=PASSWORD)
    grant_role(actor=None, user=second, organisation=county, role=Role.SUPERVISING_OFFICER, includes_subtree=True)
    site = make_account(offices.bodies["water"], "website", "青禾水务网")
    dark = make_account(offices.bodies["school"], "website", "青禾教育网")
    source, out = make_source(site), make_source(dark, url="https://school.example/feed.xml")
    begun = clock.now()
    old = SeenPost(url="https://water.example/1", title="供水通知", text="供水", whole=True, published_at=begun)
    last = look(source, begun - 20 * DAY, old)
    look(out, begun - 20 * DAY, SeenPost(url="https://school.example/1", title="招生", published_at=begun))

    warned = {}
    for number in range(1, 16):
        set_day(number + 0.01)
        keep_failure(source=out, start=last, at=clock.now(), reason="对方网站太久没有回应。")
        last = look(source, last)
        inspect_now()
        if number in {7, 10, 12, 14}:
            warned[number] = actions_for(offices.people["zhouwenjing"])
    told = {7: "还剩 7 天", 10: "还剩 4 天", 12: "还剩 2 天"}
    assert warned == {number: [("更新账号", state)] for number, state in told.items()} | {14: []}

    sign_in(page, "chenlian", PASSWORD)
    page.get_by_role("link", name="巡检").first.click()
    expect(page.get_by_role("link", name="1 不合格")).to_be_visible()
    expect(page.get_by_role("link", name="1 没能看全")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="1 没能看全").click()
    page.get_by_role("link", name="青禾教育网").click()
    expect(page.get_by_text("期限内没有看全，不下结论").first).to_be_visible()
    page.goto("/desk/inspection/findings/")
    page.get_by_role("link", name="内容不更新").click()
    expect(page.get_by_text("检查时点往前 14 天全部看过，没有一条更新。").first).to_be_visible()
    page.get_by_text("下达整改通知").first.click()
    page.get_by_role("button", name="下达整改通知").click()
    expect(page.get_by_text("已下达，主办单位会收到通知。")).to_be_visible()
    expect(page.get_by_text("期限怎么算")).to_be_visible()
    finding_url = page.url

    set_day(15.5)
    piece = SeenPost(url="https://water.example/2", title="停水通知", text="停水", whole=True, published_at=clock.now())
    page.context.clear_cookies()
    sign_in(page, "zhouwenjing", PASSWORD)
    page.goto(finding_url)
    page.get_by_text("反馈整改情况").first.click()
    page.get_by_label("做了什么").fill("停水通知经三审后已发布。")
    page.get_by_label("内容或页面地址").fill("https://water.example/2")
    page.get_by_role("button", name="反馈整改情况").click()
    expect(page.get_by_text("待复查").first).to_be_visible()

    set_day(16.01)
    look(source, last, piece)
    inspect_now()
    page.reload()
    expect(page.get_by_text("已销号").first).to_be_visible()
    expect(page.get_by_text("复查通过").first).to_be_visible()

    wrong_alarm(page, sign_in, site.pk, offices.people["zhouwenjing"])
    bulletin(page, sign_in, offices)


def actions_for(host: object) -> list[tuple[str, str]]:
    from zhijian.inspection.queries import work_items  # noqa: PLC0415 -- beside its only use

    fresh = type(host).objects.get(pk=host.pk)  # type: ignore[attr-defined]  # a user without the roles it kept
    return [(item.kind, item.state) for item in work_items(actor=fresh)]


def wrong_alarm(page: Page, sign_in: Callable[..., None], account_id: int, host: object) -> None:
    """The officer finds a fault that is none; the host appeals, a second officer writes it off."""
    page.context.clear_cookies()
    sign_in(page, "chenlian", PASSWORD)
    page.goto(f"/desk/inspection/accounts/{account_id}/check/")
    page.get_by_label("检查什么").select_option("NM-V3.1")
    page.get_by_label("不合格").check()
    page.get_by_label("看到了什么").fill("首页没有留言入口。")
    page.get_by_label("截图").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    page.get_by_role("button", name="登记结论").click()
    expect(page.get_by_text("已登记检查结论。")).to_be_visible()
    finding = Finding.objects.get(indicator="NM-V3.1")
    actions.appeal(actor=host, finding_id=finding.pk, reason="入口在“互动”栏目。")  # type: ignore[arg-type]  # a user
    page.context.clear_cookies()
    sign_in(page, "second", PASSWORD)
    page.goto(f"/desk/inspection/findings/{finding.pk}/")
    page.get_by_label("认定误报，核销").check()
    page.get_by_label("理由").last.fill("核对过，入口可用。")
    page.get_by_role("button", name="裁定").click()
    expect(page.get_by_text("误报核销").first).to_be_visible()


def bulletin(page: Page, sign_in: Callable[..., None], offices: object) -> None:
    """The officer drafts the quarter of the bureau, its reviewers sign, every citizen reads the figures."""
    now = clock.now()
    page.context.clear_cookies()
    sign_in(page, "chenlian", PASSWORD)
    page.goto("/desk/bulletins/new/")
    page.get_by_label("通报哪个单位及以下").select_option(label="县水务局")
    page.locator("[name=quarter]").select_option(str((now.month + 2) // 3))
    page.get_by_role("button", name="起草").click()
    expect(page.get_by_text("已按数据起草。").first).to_be_visible()
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_text("已送审").first).to_be_visible()
    for person in offices.reviewers:  # type: ignore[attr-defined]  # Offices
        sign(Review.objects.get(thing_kind="assessment.bulletin"), person)
    page.context.clear_cookies()
    page.goto("/bulletins/")
    page.get_by_role("link", name="县水务局关于").click()
    row = page.locator("tbody tr").last.locator("th, td")
    expect(row).to_have_text(["合计", "1", "1", "0", "1", "0", "1", "1", "0"])
