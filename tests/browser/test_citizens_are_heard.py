"""Citizens are heard, as people go it: on a phone through the pages, and at the desks behind them.

A citizen writes on a Friday at 17:40, before a Saturday that is worked; staff accept, hand on, give back, chase,
answer and review; the citizen rates; the masked question appears in public. A photo report goes the same way.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Dialog, Page, expect
from tests.browser.conftest import told
from tests.browser.papers import picture
from tests.browser.world import PASSWORD, Offices, make_offices

from zhijian.inbox.models import Case
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)
FRIDAY = datetime(2026, 2, 13, 17, 40, tzinfo=clock.BEIJING)
QUESTION = "我是何小满，电话13900001234。学校门口的路灯坏了三天，孩子放学看不见路。"
REPLY = "您好。检修队已更换学校门口的灯头，昨晚试灯正常。再有问题请在这里补充。"


@pytest.fixture
def offices(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offices:
    """The offices of a county, on that Friday evening: the clock of every thread stands there and runs on."""
    file = tmp_path / "clock"
    file.write_text(str((FRIDAY - datetime.now(clock.BEIJING)).total_seconds()), encoding="ascii")
    monkeypatch.setenv("ZHIJIAN_CLOCK_FILE", str(file))
    settings.ZHIJIAN_INBOX_LEAST_SECONDS = 0
    cache.clear()
    return make_offices()


@pytest.fixture
def staff(page: Page, sign_in: Callable[..., None]) -> Callable[[str], Page]:
    """`staff("jiangan")` gives the desk of a person, freshly signed in."""

    def become(who: str) -> Page:
        page.context.clear_cookies()
        sign_in(page, who, PASSWORD)
        return page

    return become


def test_a_message_written_on_friday_evening_is_answered_and_made_public(
    offices: Offices, phone_page: Page, staff: Callable[[str], Page], shoot: Callable[..., None]
) -> None:
    citizen = phone_page
    citizen.goto("/")
    citizen.locator("a.tile", has_text="写留言").click()
    shoot(citizen, "20-写留言-手机")
    citizen.get_by_label("标题").fill("学校门口的路灯坏了")
    citizen.get_by_label("内容").fill(QUESTION)
    citizen.get_by_label("怎么称呼您").fill("何小满")
    citizen.get_by_label("手机号").fill("13900001234")
    citizen.get_by_role("button", name="提交").click()
    expect(citizen.get_by_role("heading", name="已收到您的留言")).to_be_visible()
    citizen.get_by_text("为什么是这天").click()
    expect(citizen.get_by_text("调休上班、照常计入：2026年2月14日（周六）")).to_be_visible()
    expect(citizen.get_by_text("最迟2026年2月27日（周五）17:30办完。").first).to_be_visible()
    shoot(citizen, "21-已收到留言-手机")
    private = citizen.url.split("?")[0]
    case = Case.objects.get()
    _work_on_it(offices, staff, case, shoot)
    citizen.goto(private)
    expect(citizen.get_by_text(REPLY)).to_be_visible()
    citizen.get_by_label("很满意", exact=True).check()
    shoot(citizen, "23-答复和评价-手机")
    citizen.get_by_role("button", name="评价").click()
    expect(citizen.get_by_role("heading", name="您的评价")).to_be_visible()
    _make_public(staff, case, shoot)
    citizen.goto("/messages/")
    citizen.get_by_role("link", name="学校门口的路灯坏了").click()
    expect(citizen.get_by_text("我是何某某，电话139****1234。")).to_be_visible()
    shoot(citizen, "25-公开的留言-手机")
    assert "13900001234" not in citizen.content()


def _work_on_it(offices: Offices, staff: Callable[[str], Page], case: Case, shoot: Callable[..., None]) -> None:
    desk = staff("xiahe")
    expect(desk.get_by_text(case.number).first).to_be_visible()
    desk.goto(f"/desk/inbox/{case.pk}/")
    desk.get_by_role("button", name="受理").click()
    told(desk, "已受理")
    _hand_on(desk, "学校门口的灯由水务局代管。")
    desk = staff("jiangan")
    _act(desk, case, "退回", "这盏灯是城管局的，请核对。")
    _hand_on(_open(staff("xiahe"), case), "已核对，这盏灯在泵站围墙上，归水务局。")
    _act(staff("chenlian"), case, "催办", "请今天联系群众。")
    desk = _open(staff("jiangan"), case)
    expect(desk.get_by_text("被催办").first).to_be_visible()
    desk.get_by_role("button", name="受理").click()
    told(desk, "已受理")
    shoot(desk, "22-办理留言-桌面")
    desk.get_by_role("link", name="写答复").click()
    desk.get_by_role("textbox", name="答复", exact=True).fill(REPLY)
    _leave_by_mistake_and_stay(desk)
    desk.get_by_role("button", name="送审").click()
    told(desk, "已送审")
    _sign_all(staff, case, "留言答复")


def _leave_by_mistake_and_stay(desk: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.once("dialog", stay)
    desk.get_by_role("link", name="返回", exact=True).click()
    expect(desk.get_by_role("textbox", name="答复", exact=True)).to_have_value(REPLY)
    assert asked == ["beforeunload"]


def _open(desk: Page, case: Case) -> Page:
    desk.goto(f"/desk/inbox/{case.pk}/")
    return desk


def _hand_on(desk: Page, reason: str) -> None:
    fold = desk.locator("details.act-fold", has=desk.locator("summary", has_text="转办"))
    fold.locator("summary").click()
    fold.get_by_label("承办单位").select_option(label="县水务局")
    fold.get_by_label("理由").fill(reason)
    fold.get_by_role("button", name="转办").click()
    told(desk, "已转办")


def _act(desk: Page, case: Case, label: str, words: str) -> None:
    _open(desk, case)
    fold = desk.locator("details.act-fold", has=desk.locator("summary", has_text=label))
    fold.locator("summary").click()
    fold.locator("textarea").fill(words)
    fold.get_by_role("button", name=label).click()
    told(desk, f"已{label}")


def _sign_all(staff: Callable[[str], Page], case: Case, title: str) -> None:
    for who in ("fangyuan", "songbai"):
        desk = staff(who)
        desk.goto("/desk/review/")
        desk.get_by_role("link", name=re.compile(f"{title} {case.number}")).click()
        expect(desk.get_by_role("button", name="同意")).to_be_visible()
        for gate in desk.locator("form.sign input[type=checkbox]").all():
            gate.check()
        desk.get_by_role("button", name="同意").click()
        told(desk, "已签")


def _make_public(staff: Callable[[str], Page], case: Case, shoot: Callable[..., None]) -> None:
    desk = _open(staff("jiangan"), case)
    desk.get_by_role("link", name="公开").click()
    expect(desk.get_by_label("问", exact=True)).to_have_value(re.compile("我是何某某，电话139"))
    shoot(desk, "24-公开稿-桌面")
    desk.get_by_role("button", name="送审").click()
    told(desk, "公开稿已送审")
    _sign_all(staff, case, "公开留言")


def test_a_photo_report_becomes_a_case_and_is_made_public(
    offices: Offices, phone_page: Page, staff: Callable[[str], Page], shoot: Callable[..., None]
) -> None:
    citizen = phone_page
    citizen.goto("/messages/report/")
    citizen.get_by_label("标题").fill("人行道塌了一块")
    citizen.get_by_label("内容").fill("走路要当心，请尽快修。")
    citizen.get_by_role("button", name="提交").click()
    expect(citizen.get_by_text("请拍一张照片，或者从相册选一张。")).to_be_visible()
    expect(citizen.get_by_label("标题")).to_have_value("人行道塌了一块")
    citizen.get_by_label("或者从相册选").set_input_files(
        {"name": "塌陷.png", "mimeType": "image/png", "buffer": picture()}
    )
    citizen.get_by_label("在哪个乡镇街道").select_option(label="柳湾镇")
    citizen.get_by_label("具体地点").fill("柳湾路 8 号前")
    citizen.get_by_label("写给哪个单位").select_option(label="县水务局")
    shoot(citizen, "26-随手拍-手机")
    citizen.get_by_role("button", name="提交").click()
    expect(citizen.get_by_role("heading", name="已收到您的留言")).to_be_visible()
    case = Case.objects.get()
    desk = _open(staff("jiangan"), case)
    desk.get_by_role("button", name="受理").click()
    told(desk, "已受理")
    desk.get_by_role("link", name="写答复").click()
    desk.get_by_role("textbox", name="答复", exact=True).fill("您好。塌陷处已围挡，三天内铺好新砖。")
    desk.get_by_role("button", name="送审").click()
    told(desk, "已送审")
    _sign_all(staff, case, "留言答复")
    _open(staff("jiangan"), case).get_by_role("link", name="公开").click()
    desk.get_by_label("第 1 张").check()
    desk.get_by_label("检查提示的说明").fill("看过照片，只有路面。")
    desk.get_by_role("button", name="送审").click()
    told(desk, "公开稿已送审")
    _sign_all(staff, case, "公开留言")
    citizen.goto("/messages/")
    citizen.get_by_role("link", name="人行道塌了一块").click()
    expect(citizen.get_by_alt_text("反映人拍的第 1 张照片")).to_be_visible()
    assert os.environ["ZHIJIAN_CLOCK_FILE"]
