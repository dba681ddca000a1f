"""A census over sixty bodies: asked once, one table by hand and back again, summed up in a workbook that is right."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from tests.browser.conftest import told
from tests.browser.world import PASSWORD, make_offices
from tests.observation.world import make_account

from zhijian.census import actions
from zhijian.census.models import Campaign, Row, Sheet
from zhijian.lib import clock
from zhijian.organisations import actions as organisations
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.registry.models import Account
from zhijian.review import actions as review
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page
    from tests.browser.world import Offices

    from zhijian.organisations.models import User

pytestmark = pytest.mark.timeout(240)
TITLE = "2026年第四季度政务新媒体排查"
MORE_BODIES = 58
PLATFORMS = ("wechat", "weibo", "douyin")


@pytest.fixture
def offices(transactional_db: None) -> Offices:
    """Sixty departments, of which every fourth has no account."""
    made = make_offices()
    county = made.bodies["county"]
    for number in range(MORE_BODIES):
        body = organisations.create_organisation(
            actor=None, name=f"青禾县第{number + 1}局", short_name=f"第{number + 1}局", code=f"999911-5{number:02d}",
            level=Level.COUNTY, kind=BodyKind.DEPARTMENT, parent=county,
        )  # fmt: skip
        for platform in PLATFORMS[: number % 4]:
            make_account(body, platform, f"青禾第{number + 1}局")
    make_account(made.bodies["water"], "wechat", "青禾水务", leader="周文静", followers=12_000)
    make_account(made.bodies["water"], "weibo", "青禾水务发布")
    make_account(made.bodies["school"], "wechat", "青禾教育")
    return made


@pytest.fixture
def head(offices: Offices) -> User:
    """One head over the county signs for the bodies that are not clicked through."""
    county = offices.bodies["county"]
    person = organisations.create_person(
        actor=None, username="lujing", display_name="陆静", organisation=county, password=PASSWORD
    )
    organisations.grant_role(actor=None, user=person, organisation=county, role=Role.HEAD, includes_subtree=True)
    return person


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=name, exact=True)


def test_sixty_bodies_are_asked_once_and_summed_up_rightly(
    page: Page, phone_page: Page, offices: Offices, head: User, sign_in: Callable[..., None],
    shoot: Callable[..., None],
) -> None:  # fmt: skip
    def enter(username: str) -> None:
        page.context.clear_cookies()
        sign_in(page, username, PASSWORD)

    enter("chenlian")
    ask(page, shoot)
    campaign = Campaign.objects.get()
    assert Sheet.objects.filter(campaign=campaign).count() == MORE_BODIES + 2
    answer_for_the_others(offices, campaign, head)

    enter("zhouwenjing")
    sheet = Sheet.objects.get(campaign=campaign, organisation=offices.bodies["water"])
    fill_in(page, shoot)
    enter("tangli")
    sign(page, sheet, comment="少了短视频账号。", shoot=shoot)
    enter("zhouwenjing")
    mend(page, sheet)
    enter("tangli")
    sign(page, sheet)
    sign_in(phone_page, "zhouwenjing", PASSWORD)
    phone_page.goto(f"/desk/census/sheets/{sheet.pk}/")
    shoot(phone_page, "52-统计表-手机")

    enter("chenlian")
    see_progress(page, campaign, shoot)
    check_workbook(page, campaign, shoot)
    put_right(page, campaign, shoot)


def ask(page: Page, shoot: Callable[..., None]) -> None:
    page.goto("/desk/")
    page.get_by_role("navigation", name="工作台栏目").get_by_role("link", name="排查").first.click()
    link(page, "发起排查").click()
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_basis").fill("青政办字〔2026〕18号")
    page.get_by_label("政府部门", exact=True).check()
    page.locator("#id_guidance").fill("包括没有备案的、由个人代管的和已经停用忘了注销的账号。")
    page.locator("#id_due_on").fill((clock.today() + timedelta(days=10)).isoformat())
    button(page, "存为草稿").click()
    told(page, "已存为草稿。")
    expect(page.get_by_role("heading", name="要填的单位（60）")).to_be_visible()
    shoot(page, "50-发起排查-桌面")
    link(page, "下发").click()
    page.get_by_role("dialog").get_by_role("button", name="下发", exact=True).click()
    told(page, "已下发，各单位收到了通知。")
    expect(page.get_by_role("main")).to_contain_text("60 个单位，已签字 0 个")


def answer_for_the_others(offices: Offices, campaign: Campaign, head: User) -> None:
    """Let fifty-six of the other bodies answer by the actions of the room; two never do."""
    own = [offices.bodies["water"].pk, offices.bodies["school"].pk]
    sheets = Sheet.objects.filter(campaign=campaign).exclude(organisation__in=own).order_by("pk")
    for sheet in sheets[: MORE_BODIES - 2]:
        if not Row.objects.filter(sheet=sheet).exists():
            actions.sign_empty(actor=head, sheet_id=sheet.pk)
            continue
        actions.submit_sheet(actor=offices.people["chenlian"], sheet_id=sheet.pk, base_version=0)
        opened = current_review(thing_kind="census.sheet", thing_id=sheet.pk)
        assert opened is not None
        stage = current_stage(opened)
        assert stage is not None
        gates = {gate["code"]: True for gate in stage.gates}
        review.sign(
            review_id=opened.pk, decision="approve", version_hash=opened.version_hash, gates=gates, comment="",
            actor=head,
        )  # fmt: skip


def fill_in(page: Page, shoot: Callable[..., None]) -> None:
    page.goto("/desk/")
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name="账号（2）")).to_be_visible()
    page.get_by_role("link", name=re.compile("核对.*“青禾水务”")).click()
    expect(page.get_by_label("分管负责人")).to_have_value("周文静")
    page.get_by_label("分管负责人").fill("唐力")
    page.get_by_label("关注数").fill("12600")
    shoot(page, "51-核对账号-桌面")
    button(page, "保存").click()
    told(page, "已保存。")
    page.get_by_role("link", name=re.compile("核对.*“青禾水务发布”")).click()
    page.get_by_label("长期不更新").check()
    page.locator("#id_measure").select_option(label="关停")
    button(page, "保存").click()
    expect(page.locator("#form-errors")).to_contain_text("请写完成时限")
    page.locator("#id_measure_on").fill((clock.today() + timedelta(days=30)).isoformat())
    button(page, "保存").click()
    told(page, "已保存。")
    shoot(page, "52-统计表-桌面")
    button(page, "送负责人签字").click()
    told(page, "已送负责人签字。")


def sign(page: Page, sheet: Sheet, *, comment: str = "", shoot: Callable[..., None] | None = None) -> None:
    page.goto("/desk/review/")
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("main")).to_contain_text("周文静 → 唐力")
    if shoot:
        shoot(page, "53-负责人签字-桌面")
    if comment:
        page.get_by_label("意见").fill(comment)
        button(page, "退回修改").click()
        told(page, "已退回")
    else:
        page.get_by_label("属实").check()
        button(page, "同意").click()
        told(page, "审核通过")
    sheet.refresh_from_db()
    assert sheet.state == ("returned" if comment else "signed")


def mend(page: Page, sheet: Sheet) -> None:
    page.goto(f"/desk/census/sheets/{sheet.pk}/")
    expect(page.get_by_role("main")).to_contain_text("退回意见：少了短视频账号。")
    link(page, "补报账号").click()
    page.locator("#id_platform_kind").select_option(label="抖音")
    page.locator("#id_name").fill("青禾水务抖音")
    button(page, "补报").click()
    told(page, "已补报“青禾水务抖音”。")
    button(page, "送负责人签字").click()
    told(page, "已送负责人签字。")


def see_progress(page: Page, campaign: Campaign, shoot: Callable[..., None]) -> None:
    page.goto(f"/desk/census/{campaign.pk}/")
    expect(page.get_by_role("main")).to_contain_text("60 个单位，已签字 57 个")
    button(page, "催报").click()
    told(page, "已提醒 1 个单位。另有 2 个单位没有主办人员和负责人")
    expect(page.get_by_role("main")).to_contain_text("今天已经催过一次")
    shoot(page, "54-排查进度-桌面", whole=False)


def check_workbook(page: Page, campaign: Campaign, shoot: Callable[..., None]) -> None:
    page.goto(f"/desk/census/{campaign.pk}/figures/")
    shoot(page, "55-排查统计-桌面", whole=False)
    button(page, "生成汇总表").click()
    with page.expect_download() as download:
        link(page, "下载汇总表").click()
    assert download.value.suggested_filename == f"{TITLE}（青禾县政府）.xlsx"
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    signed = Row.objects.filter(campaign=campaign, sheet__state="signed")
    rows = list(book["明细"].iter_rows(values_only=True))
    assert len(rows) - 1 == signed.count() > 60
    figures = list(book["统计"].iter_rows(values_only=True))
    heads, total = list(figures[0]), next(line for line in figures if line[0] == "合计")
    assert total[heads.index("合计")] == signed.count()
    for label, platform in (("微信", "wechat"), ("微博", "weibo"), ("抖音", "douyin")):
        line = next(one for one in figures if one[0] and str(one[0]).startswith(label))
        assert line[heads.index("合计")] == signed.filter(platform=platform).count()
    assert total[heads.index("关停")] == signed.filter(measure="close").count() == 1
    branches = list(book["分单位"].iter_rows(values_only=True))
    assert sum(line[1] for line in branches[1:-1]) == branches[-1][1] == signed.count()
    assert len(list(book["没有签字的单位"].iter_rows())) - 1 == 3


def put_right(page: Page, campaign: Campaign, shoot: Callable[..., None]) -> None:
    page.goto(f"/desk/census/{campaign.pk}/comparisons/")
    button(page, "开始比对").click()
    line = page.locator("tbody tr").filter(has_text="唐力")
    expect(line).to_contain_text("分管负责人：唐力（对照：周文静）")
    expect(page.get_by_role("link", name=re.compile("补办开设备案.*青禾水务抖音"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("办理关停.*青禾水务发布"))).to_be_visible()
    shoot(page, "56-比对和办理-桌面")
    line.get_by_role("button", name=re.compile("按填报改登记册")).click()
    told(page, "“青禾水务”已按填报写入登记册。")
    account = Account.objects.get(name="青禾水务")
    assert (account.leader, account.followers) == ("唐力", 12_600)
    page.get_by_role("link", name=re.compile("补办开设备案.*青禾水务抖音")).click()
    expect(page.locator("#id_name")).to_have_value("青禾水务抖音")
