"""The whole way of a ledger and a piece, as people go it: through the pages, in Chromium, with a worker behind.

An officer imports a ledger of their own make, accounts are connected, an editor brings a Word file and mends what was
found, three reviewers sign, the host officer sends two pieces in one push, followers and citizens see them.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from django.db import connection
from playwright.sync_api import Locator, Page, expect
from tests.browser import papers
from tests.browser.conftest import told
from tests.browser.world import GOVERNMENT, PASSWORD, Offices, approve, make_offices, piece
from tests.drawn import take_as_read

from zhijian.content import actions as content
from zhijian.files.actions import store_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.timeout(600)

APP_ID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
SECOND_TITLE = "送水车停靠点和时间"
SECOND_LINES = ("停水期间，送水车每天停靠三个点。", "请自备干净的容器。")
TRIES = 40
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Station(NamedTuple):
    """Takes the picture of a station at both sizes: `station("01-登录")`."""

    page: Page
    shoot: Callable[..., None]

    def __call__(self, name: str, *, whole: bool = True) -> None:
        self.shoot(self.page, f"{name}-桌面", whole=whole)
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.shoot(self.page, f"{name}-手机", whole=whole)
        self.page.set_viewport_size({"width": 1440, "height": 900})


@pytest.fixture
def offices(transactional_db: None) -> Offices:
    return make_offices()


@pytest.fixture
def worker(site: str, sandbox: str, settings: Any) -> Iterator[None]:
    """A real `zhijian worker` on the test's database."""
    settings.ZHIJIAN_HUB_URL = f"{sandbox}/hub"
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(connection.settings_dict['NAME'])}")
    environment = {
        **os.environ, "DATABASE_URL": address.geturl(), "ZHIJIAN_BASE_URL": site, "ZHIJIAN_SANDBOX_URL": sandbox,
        "ZHIJIAN_HUB_URL": f"{sandbox}/hub", "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    with subprocess.Popen([sys.executable, "-m", "zhijian.cli.main", "worker"], env=environment) as process:
        yield
        process.send_signal(signal.SIGTERM)


def skip(_name: str, **_more: bool) -> None:
    """Take no picture."""


@pytest.fixture
def station(page: Page, shoot: Callable[..., None]) -> Callable[..., None]:
    if not os.environ.get("ZHIJIAN_SCREENSHOTS"):
        return skip
    return Station(page, shoot)


@pytest.fixture
def enter(page: Page, sign_in: Callable[..., None]) -> Callable[[str], None]:
    """`enter("hemin")`: leave, and sign in as somebody else."""

    def do(username: str) -> None:
        person = page.locator("details.person")
        if person.count():
            person.locator("summary").click()
            person.get_by_role("button", name="退出登录").click()
            expect(person).to_have_count(0)
        sign_in(page, username, PASSWORD)
        expect(page.get_by_role("heading", level=1)).to_have_text("工作台")

    return do


def follow(page: Page, section: str) -> None:
    """Go to a section of the navigation."""
    page.locator("aside.side").get_by_role("link", name=section, exact=True).click()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=name, exact=True)


def wait_for(page: Page, place: Locator, words: str) -> None:
    """Look again and again, as a person reloads a page, until it says so."""
    for _ in range(TRIES):
        try:
            expect(place).to_contain_text(words, timeout=1_000)
        except AssertionError:
            page.reload()
        else:
            return
    expect(place).to_contain_text(words)


def test_a_ledger_and_a_piece_go_all_the_way_to_the_readers(
    page: Page, phone_page: Page, site: str, sandbox: str, offices: Offices, worker: None,
    enter: Callable[[str], None], station: Callable[..., None],
) -> None:  # fmt: skip
    import_the_ledger(page, enter, station)
    connect_the_accounts(page, enter, station, sandbox)
    bring_the_piece(page, enter, station)
    mend_the_finding(page, station)
    submit_the_piece(page, station)
    for number, (username, stage) in enumerate((("fangyuan", "初审"), ("liangqi", "复审"), ("songbai", "终审"))):
        sign_the_piece(page, enter, station if number == 0 else skip, username, stage)
    write_a_second_piece(offices)
    plan_the_push(page, enter, station)
    see_it_sent(page, station)
    read_as_a_follower(page, sandbox, station)
    read_as_a_citizen(page, station)
    ask_about_an_account(phone_page)


def import_the_ledger(page: Page, enter: Callable[[str], None], station: Callable[..., None]) -> None:
    enter("chenlian")
    station("01-工作台")
    follow(page, "账号")
    expect(page.get_by_role("main")).to_contain_text("还没有登记账号")
    page.locator(".page-head").get_by_role("link", name="导入台账").click()
    page.locator("input[type=file]").set_input_files(
        {"name": papers.LEDGER_NAME, "mimeType": XLSX, "buffer": papers.ledger()}
    )
    button(page, "上传").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("核对各列的含义")
    settle_the_columns(page)
    station("02-核对台账各列")
    button(page, "看预览").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(papers.LEDGER_NAME)
    last = page.locator("tbody tr").filter(has_text="第 9 行")
    expect(last).to_contain_text("G 列：“二〇一九年”看不懂是哪一天。")
    station("03-台账预览")
    button(page, "确认导入").click()
    expect(page.locator(".note.danger")).to_contain_text("有 1 行有问题。")
    page.get_by_label("跳过有问题的 1 行，其余导入").check()
    button(page, "确认导入").click()
    told(page, "已导入。")
    follow(page, "账号")
    expect(page.locator("tbody tr")).to_have_count(5)
    names = sorted(page.locator("tbody tr th").all_inner_texts())
    assert names == ["青禾教育", "青禾教育", "青禾水务", "青禾水务", "青禾水务网"]
    station("04-账号列表")


def settle_the_columns(page: Page) -> None:
    """Point at the row of the header, and give every column the meaning the office gave it, whatever was guessed."""
    page.get_by_label("表头所在的行号").fill(str(papers.HEADER_ROW))
    button(page, "按这一行重新识别").click()
    page.get_by_label("导入这张表").check()
    for header, meaning in papers.COLUMNS.items():
        row = page.locator("tbody tr").filter(has=page.get_by_role("cell", name=header, exact=True))
        row.get_by_role("combobox").select_option(label=meaning)


def connect_the_accounts(page: Page, enter: Callable[[str], None], station: Callable[..., None], sandbox: str) -> None:
    facts = {"appid": APP_ID, "secret": SECRET, "name": "青禾水务", "verified": True}
    httpx2.post(f"{sandbox}/_ctl/accounts", json=facts).raise_for_status()
    enter("zhouwenjing")
    follow(page, "平台接入")
    expect(page.get_by_role("main")).to_contain_text("还没有接入任何账号")
    begin_connecting(page, "青禾水务（微信公众号")
    page.get_by_label("平台沙箱（演练用，粉丝收不到）").check()
    page.get_by_label("AppID").fill(APP_ID)
    page.get_by_label("开发者密钥（AppSecret）").fill(SECRET)
    button(page, "接入").click()
    expect(page.get_by_text("登录接口、草稿箱和发布都可用。")).to_be_visible(timeout=20_000)
    station("05-平台接入")
    follow(page, "平台接入")
    begin_connecting(page, "青禾水务网（政府网站")
    page.get_by_label("本站网页发布").check()
    button(page, "接入").click()
    told(page, "已接入，可以发布了。")


def begin_connecting(page: Page, account: str) -> None:
    page.locator(".page-head").get_by_role("link", name="接入账号").click()
    page.get_by_label(account).check()
    button(page, "下一步").click()


def bring_the_piece(page: Page, enter: Callable[[str], None], station: Callable[..., None]) -> None:
    enter("hemin")
    follow(page, "采编")
    page.locator(".page-head").get_by_role("link", name="写稿").click()
    page.get_by_role("link", name="上传文件").click()
    page.locator("input[type=file]").set_input_files(
        {"name": papers.PIECE_NAME, "mimeType": DOCX, "buffer": papers.word_file()}
    )
    button(page, "导入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"导入结果：{papers.PIECE_TITLE}")
    read_the_imported(page.locator("article.piece"))
    expect(page.get_by_role("main")).to_contain_text(papers.MISTAKE)
    station("06-导入稿件")
    page.get_by_role("link", name="到编辑器里逐处处理").click()


def read_the_imported(shown: Locator) -> None:
    """Headings, both lists, the table and the picture are there."""
    assert shown.locator("h2:not(.piece-title), h3").all_inner_texts() == ["检修步骤", "停水和送水", "有事找谁"]
    assert shown.locator("ol > li").all_inner_texts() == [
        "关闭阀门，排空管道",
        "更换旧管，检查接口",
        "通水冲洗，检测水质",
    ]
    assert shown.locator("ul > li").all_inner_texts() == [
        "水务服务站全天有人值守", "家里有病人、老人需要送水的，请提前一天登记",
    ]  # fmt: skip
    cells = shown.locator("table").first.locator("th, td").all_inner_texts()
    assert cells == [words for line in papers.SHIFTS for words in line]
    expect(shown.locator("figure img, img").first).to_be_visible()


def mend_the_finding(page: Page, station: Callable[..., None]) -> None:
    margin = page.get_by_role("complementary", name="检查和预览")
    finding = margin.locator(".finding-item").filter(has_text=papers.MISTAKE)
    expect(finding).to_have_count(1)
    finding.locator(".finding-show").click()
    station("07-编辑器里的问题", whole=False)
    finding.get_by_role("button", name=f"改为“{papers.MENDED}”").click()
    expect(margin.locator(".finding-item").filter(has_text=papers.MISTAKE)).to_have_count(0)
    expect(page.locator(".ProseMirror")).to_contain_text(f"检修队{papers.MENDED}更换旧管")
    describe_the_picture(page)
    page.get_by_label("摘要").fill("六月下旬分两天检修，停水时间和送水点见表。")
    page.get_by_label("封面图片").set_input_files(
        {"name": "封面.png", "mimeType": "image/png", "buffer": papers.picture()}
    )
    page.get_by_label("修改说明").fill("改正成语，配上封面")
    button(page, "保存").click()
    told(page, "已保存第 2 版。")


def describe_the_picture(page: Page) -> None:
    """A picture from Word has no words for those who cannot see it; the piece could not be submitted."""
    page.get_by_role("button", name="请补替代文字").click()
    dialog = page.get_by_role("dialog", name="图片说明")
    dialog.get_by_label("替代文字").fill("两座房子之间埋着一根供水管。")
    dialog.get_by_role("button", name="确定").click()
    expect(page.get_by_role("button", name="修改图片说明")).to_be_visible()


def submit_the_piece(page: Page, station: Callable[..., None]) -> None:
    expect(page.get_by_role("main")).not_to_contain_text(papers.MISTAKE)
    station("08-稿件页")
    button(page, "送审").click()
    told(page, "已送审。")
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("初审")


def sign_the_piece(
    page: Page, enter: Callable[[str], None], station: Callable[..., None], username: str, stage: str
) -> None:
    take_as_read()
    enter(username)
    page.get_by_role("main").get_by_role("link", name=papers.PIECE_TITLE).click()
    expect(page.locator("form.sign h2")).to_have_text(stage)
    expect(page.locator("article.piece")).to_contain_text(papers.MENDED)
    station("09-审核页")
    gates = page.locator("form.sign").get_by_role("checkbox")
    assert gates.count() > 1
    button(page, "同意").click()
    expect(page.locator("#form-errors")).to_contain_text("还有关口没有确认")
    for gate in gates.all():
        gate.check()
    button(page, "同意").click()
    told(page, "已签，这一版审核通过。" if stage == "终审" else "已签。")


def write_a_second_piece(offices: Offices) -> None:
    editor, body = offices.people["hemin"], offices.bodies["water"]
    cover = store_picture(actor=editor, organisation=body, name="送水车.png", data=papers.picture(800, 450))
    draft = piece(SECOND_TITLE, *SECOND_LINES, cover=cover.sha256)
    approve(offices, content.create_article(actor=editor, organisation=body, draft=draft))


def plan_the_push(page: Page, enter: Callable[[str], None], station: Callable[..., None]) -> None:
    enter("zhouwenjing")
    follow(page, "采编")
    link(page, SECOND_TITLE).click()
    link(page, "发布").click()
    chosen = page.locator("ol.pieces > li")
    expect(chosen).to_have_count(1)
    page.get_by_role("button", name=re.compile(f"加入.*{papers.PIECE_TITLE}")).click()
    page.get_by_role("button", name=re.compile(f"上移.*{papers.PIECE_TITLE}")).click()
    expect(chosen).to_contain_text([papers.PIECE_TITLE, SECOND_TITLE])
    page.get_by_label("青禾水务网").check()
    page.get_by_label("微信公众号：青禾水务").check()
    button(page, "检查").click()
    expect(page.locator("section:has(#checks)")).to_contain_text("可以发")
    expect(page.locator("section:has(#checks)")).not_to_contain_text("现在不能发")
    station("10-安排发布")
    button(page, "安排发布").click()
    told(page, "已安排 3 次发布。")


def see_it_sent(page: Page, station: Callable[..., None]) -> None:
    push = page.locator("tbody tr").filter(has_text="等 2 篇")
    wait_for(page, push, "已发布")
    for title in (papers.PIECE_TITLE, SECOND_TITLE):
        row = page.locator("tbody tr").filter(has_text="青禾水务网").filter(has_text=title)
        wait_for(page, row, "已发布")
    push.get_by_role("link").first.click()
    expect(page.locator("ol.plain > li")).to_contain_text([papers.PIECE_TITLE, SECOND_TITLE])
    station("11-发布结果")


def read_as_a_follower(page: Page, sandbox: str, station: Callable[..., None]) -> None:
    published = httpx2.get(f"{sandbox}/_ctl/ledger", params={"kind": "published"}).json()
    assert [entry["appid"] for entry in published] == [APP_ID]
    jobs = httpx2.get(f"{sandbox}/_ctl/accounts/{APP_ID}/publications").json()
    articles = [article for job in jobs for article in job["articles"]]
    assert [article["title"] for article in articles] == [papers.PIECE_TITLE, SECOND_TITLE]
    page.goto(f"{sandbox}/followers/?account={APP_ID}")
    expect(page.locator("section.phone")).to_contain_text(papers.PIECE_TITLE)
    station("12-粉丝收到的")
    page.get_by_role("link", name=re.compile(papers.PIECE_TITLE)).first.click()
    read_the_words(page.locator(".content"))
    page.goto(f"{sandbox}/followers/?account={APP_ID}")
    page.get_by_role("link", name=re.compile(SECOND_TITLE)).first.click()
    assert page.locator(".content").inner_text().split() == ["安排", *SECOND_LINES]


def read_the_words(body: Locator) -> None:
    """The body is the approved words, all of them and in their order."""
    text = re.sub(r"\s+", "", body.inner_text())
    steps = ("关闭阀门，排空管道", "更换旧管，检查接口", "通水冲洗，检测水质")
    services = ("水务服务站全天有人值守", "家里有病人、老人需要送水的，请提前一天登记")
    words = [
        "城东片区供水管道用了二十年，本月进行检修。检修分两天做，请提前储水。", "检修步骤",
        f"检修队{papers.MENDED}更换旧管，先主管，后支管。", *steps, "停水和送水",
        *(cell for line in papers.SHIFTS for cell in line), "有事找谁", *services,
    ]  # fmt: skip
    assert text == re.sub(r"\s+", "", "".join(words))
    expect(body.locator("img")).to_be_visible()


def read_as_a_citizen(page: Page, station: Callable[..., None]) -> None:
    page.goto("/")
    news = page.locator("ul.pieces")
    expect(news.get_by_role("link")).to_have_count(2)
    station("13-门户首页")
    news.get_by_role("link", name=papers.PIECE_TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(papers.PIECE_TITLE)
    expect(page.locator("article.reading")).to_contain_text(papers.MENDED)
    expect(page.locator("article.reading img")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("也发布在：微信公众号“青禾水务”")
    station("14-门户稿件")


def ask_about_an_account(phone: Page) -> None:
    phone.context.clear_cookies()
    phone.goto("/")
    expect(phone).to_have_title(re.compile(GOVERNMENT))
    phone.get_by_placeholder("粘贴链接，或输入账号名称").fill("青禾水务")
    phone.get_by_role("button", name="查一查").click()
    expect(phone.locator("#answer")).to_contain_text("官方")
    expect(phone.get_by_role("main")).to_contain_text("县水务局")
    phone.get_by_placeholder("粘贴链接，或输入账号名称").fill("幸福家园缴费中心")
    phone.get_by_role("button", name="查一查").click()
    expect(phone.locator("#answer")).to_contain_text("没有登记")
