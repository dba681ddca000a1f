"""Keeping watch, as people do it: a month from a list, a swap, an alarm answered on a phone, a hand-over by two."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.world import PASSWORD, Offices, make_offices

from zhijian.duty import actions, queries
from zhijian.duty.models import Alarm, Call, Handover, Shift, Swap
from zhijian.lib import clock
from zhijian.notify.models import Notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)
TODAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.BEIJING)
ROUND = ("何敏", "方远", "梁琦")


@pytest.fixture
def wind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`wind(moment)`: the clock of every thread stands at this moment and runs on."""
    file = tmp_path / "clock"
    monkeypatch.setenv("ZHIJIAN_CLOCK_FILE", str(file))

    def to(moment: datetime) -> None:
        file.write_text(str((moment - datetime.now(clock.BEIJING)).total_seconds()), encoding="ascii")

    to(TODAY)
    return to


@pytest.fixture
def offices(transactional_db: None, wind: Callable[[datetime], None]) -> Offices:
    assert os.environ["ZHIJIAN_CLOCK_FILE"]
    return make_offices()


@pytest.fixture
def staff(page: Page, sign_in: Callable[..., None]) -> Callable[[str], Page]:
    """`staff("tangli")` gives the desk of a person, freshly signed in."""

    def become(who: str) -> Page:
        page.context.clear_cookies()
        sign_in(page, who, PASSWORD)
        return page

    return become


def on_duty(offices: Offices, at: datetime) -> str:
    found = queries.on_duty(organisation=offices.bodies["water"], at=at)
    return found.person.display_name if found else ""


def test_a_month_is_made_a_shift_swapped_an_alarm_answered_and_the_watch_handed_over(
    offices: Offices, staff: Callable[[str], Page], phone_page: Page, sign_in: Callable[..., None],
    wind: Callable[[datetime], None], shoot: Callable[..., None],
) -> None:  # fmt: skip
    _make_the_month(staff("tangli"), shoot)
    # The first day of December is a Tuesday: the list begins with its first name.
    first, second = (
        datetime(2026, 12, 1, 12, 0, tzinfo=clock.BEIJING),
        datetime(2026, 12, 2, 12, 0, tzinfo=clock.BEIJING),
    )
    assert [on_duty(offices, moment) for moment in (first, second)] == ["何敏", "方远"]
    _swap(staff, shoot)
    assert [on_duty(offices, moment) for moment in (first, second)] == ["方远", "何敏"]
    wind(first)
    _answer_the_alarm(offices, phone_page, sign_in, shoot)
    wind(second - timedelta(hours=4))
    _hand_over(staff, phone_page, sign_in, shoot)


def _make_the_month(desk: Page, shoot: Callable[..., None]) -> None:
    desk.goto("/desk/duty/")
    expect(desk.get_by_text("现在没有人值班")).to_be_visible()
    desk.get_by_role("link", name="排班", exact=True).click()
    desk.get_by_label("月份").select_option(label="2026 年 12 月")
    for place, name in enumerate(ROUND, 1):
        desk.get_by_label(f"第 {place} 位", exact=True).select_option(label=name)
    desk.get_by_role("button", name="排班").click()
    expect(desk.get_by_text("已排 31 班，工作日、周末和节假日分开轮。")).to_be_visible()
    expect(desk.locator("td a.duty")).to_have_count(31)
    shoot(desk, "40-值班表-桌面")
    assert Shift.objects.filter(cancelled_at=None).count() == 31


def _swap(staff: Callable[[str], Page], shoot: Callable[..., None]) -> None:
    asker = staff("hemin")
    asker.goto("/desk/duty/?month=2026-12")
    asker.locator("td", has=asker.locator("b", has_text="1")).locator("a.duty", has_text="何敏").first.click()
    asker.get_by_label("换回哪一班").select_option(label="12-02 08:30，方远")
    asker.get_by_label("原因").fill("外出培训")
    asker.get_by_role("button", name="请对方同意").click()
    expect(asker.get_by_text("已告诉对方，等对方同意。")).to_be_visible()
    swap = Swap.objects.get()
    assert (swap.state, swap.shift.person.username) == ("asked", "hemin")
    other = staff("fangyuan")
    other.goto("/desk/notices/")
    other.get_by_role("link", name="何敏想和您换班").click()
    shoot(other, "41-换班-桌面")
    other.get_by_role("button", name="同意换班").click()
    expect(other.get_by_text("已换班。")).to_be_visible()


def _answer_the_alarm(offices: Offices, phone: Page, sign_in: Callable[..., None], shoot: Callable[..., None]) -> None:
    actions.alarm(
        organisation=offices.bodies["water"], kind="system", title="网站打不开", url="/desk/accounts/", key="site"
    )
    told = Notice.objects.get(kind="alarm")
    assert (told.person.username, [call.person.username for call in Call.objects.all()]) == ("fangyuan", ["fangyuan"])
    sign_in(phone, "fangyuan", PASSWORD)
    phone.goto("/desk/notices/")
    phone.get_by_role("link", name="网站打不开").click()
    button = phone.get_by_role("button", name="我来办")
    expect(button).to_be_in_viewport()
    shoot(phone, "42-告警-手机", whole=False)
    button.tap()
    expect(phone.get_by_text("已确认，由您来办。办完请写处理结果。")).to_be_visible()
    row = Alarm.objects.get()
    assert (row.state, row.acknowledged_by, row.next_step_at) == ("acknowledged", told.person, None)


def _hand_over(
    staff: Callable[[str], Page], phone: Page, sign_in: Callable[..., None], shoot: Callable[..., None]
) -> None:
    giver = staff("fangyuan")
    giver.goto("/desk/duty/")
    giver.get_by_role("link", name="交班", exact=True).click()
    expect(giver.get_by_role("link", name="网站打不开")).to_be_visible()
    giver.get_by_label("交班说明").fill("网站还在抢修，十点再问一次机房。")
    giver.get_by_role("button", name="签名交班").click()
    expect(giver.get_by_text("您已签名，等何敏签名接班。")).to_be_visible()
    taker = phone
    taker.context.clear_cookies()
    sign_in(taker, "hemin", PASSWORD)
    taker.goto("/desk/")
    taker.get_by_role("link", name="方远交给何敏").or_(
        taker.get_by_role("link", name="方远的交班等您签名")
    ).first.click()
    taker.get_by_role("button", name="签名接班").tap()
    expect(taker.get_by_text("您已签名接班。")).to_be_visible()
    expect(taker.get_by_text("双方已签")).to_be_visible()
    shoot(taker, "43-交接班-手机")
    row = Handover.objects.get()
    assert (row.giver.username, row.taker.username, [one["title"] for one in row.matters]) == (
        "fangyuan", "hemin", ["网站打不开"],
    )  # fmt: skip
    assert row.taken_at is not None
