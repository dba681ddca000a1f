"""青禾县: a small fictitious county for the browser, first its offices and people, then a desk full of work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.browser.asked import ask_bodies
from tests.browser.contracted import hire_vendors
from tests.browser.equipped import equip
from tests.browser.imitated import imitate
from tests.browser.inspected import inspect, write_bulletins
from tests.browser.looked import look_back
from tests.browser.mailbox import fill_mailbox
from tests.browser.observed import watch_accounts
from tests.browser.papers import PIECE_NAME, ledger, picture, word_file
from tests.browser.shelf import Shelf, fill_shelf
from tests.browser.tidied import tidy_up
from tests.browser.watch import keep_watch
from tests.drawn import take_as_read

from zhijian.channels import actions as channels
from zhijian.content import actions as content
from zhijian.content.document import from_blocks, heading, paragraph
from zhijian.content.queries import Draft
from zhijian.files.actions import store_picture
from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.actions.language_model import ModelDraft, consent_to_model, set_up_model
from zhijian.lib import clock
from zhijian.organisations import actions as organisations
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.publishing import actions as publishing
from zhijian.publishing.queries import visible_strays
from zhijian.reform import actions as reform
from zhijian.registry import actions as registry
from zhijian.registry.queries import visible_accounts
from zhijian.review import actions as review
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from zhijian.channels.models import Connection
    from zhijian.content.models import Article
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account, Filing, Ledger
    from zhijian.review.models import Review

PASSWORD = "liu-wan-qing-he-26"
GOVERNMENT = "青禾县人民政府"
PEOPLE: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("chenlian", "陈立安", "county", (Role.SUPERVISING_OFFICER,)),
    ("zhouwenjing", "周文静", "water", (Role.HOST_OFFICER,)),
    ("hemin", "何敏", "water", (Role.EDITOR,)),
    ("fangyuan", "方远", "water", (Role.FIRST_REVIEWER,)),
    ("liangqi", "梁琦", "water", (Role.SECOND_REVIEWER,)),
    ("songbai", "宋柏", "water", (Role.FINAL_REVIEWER,)),
    ("tangli", "唐力", "water", (Role.HEAD,)),
    ("luolan", "罗兰", "school", (Role.HOST_OFFICER, Role.EDITOR)),
    ("xiahe", "夏禾", "county", (Role.ANSWERER,)),
    ("jiangan", "江岸", "water", (Role.ANSWERER,)),
    ("xitong", "秦系", "county", (Role.SYSTEM_ADMIN,)),
    ("anquan", "安然", "county", (Role.SECURITY_ADMIN,)),
    ("shenji", "沈季", "county", (Role.AUDIT_ADMIN,)),
)


@dataclass
class Offices:
    """The bodies by a short name, the people by their sign-in name."""

    bodies: dict[str, Organisation]
    people: dict[str, User]

    @property
    def reviewers(self) -> list[User]:
        return [self.people[name] for name in ("fangyuan", "liangqi", "songbai")]


def make_offices() -> Offices:
    """Found the installation: the county, two departments, a town, and their people."""
    organisations.found_installation(government_name=GOVERNMENT, is_demonstration=False)
    county = _body(GOVERNMENT, "青禾县政府", "999911", Level.COUNTY, BodyKind.GOVERNMENT, None)
    bodies = {
        "county": county,
        "water": _body("青禾县水务局", "县水务局", "999911-01", Level.COUNTY, BodyKind.DEPARTMENT, county),
        "school": _body("青禾县教育局", "县教育局", "999911-02", Level.COUNTY, BodyKind.DEPARTMENT, county),
        "town": _body("柳湾镇人民政府", "柳湾镇", "999911-03", Level.TOWNSHIP, BodyKind.GOVERNMENT, county),
    }
    return Offices(bodies, {row[0]: _person(bodies, *row) for row in PEOPLE})


def _body(name: str, short: str, code: str, level: str, kind: str, parent: Organisation | None) -> Organisation:
    return organisations.create_organisation(
        actor=None, name=name, short_name=short, code=code, level=level, kind=kind, parent=parent
    )


def _person(bodies: dict[str, Organisation], username: str, name: str, place: str, roles: tuple[str, ...]) -> User:
    body = bodies[place]
    person = organisations.create_person(
        actor=None, username=username, display_name=name, organisation=body, password=PASSWORD
    )
    for role in roles:
        organisations.grant_role(
            actor=None, user=person, organisation=body, role=role, includes_subtree=place == "county"
        )
    return person


def piece(title: str, *lines: str, **more: str) -> Draft:
    """Return a piece of one heading and some paragraphs."""
    words = [paragraph(line) for line in lines]
    return Draft(title=title, document=from_blocks([heading("安排"), *words]), author="水务局", **more)


def approve(offices: Offices, article: Article, editor: str = "hemin") -> Article:
    """Submit a piece and sign every stage, without a browser."""
    content.submit_article(actor=offices.people[editor], article_id=article.pk)
    for person in offices.reviewers:
        sign(review_of("content.article", article.pk), person)
    article.refresh_from_db()
    return article


def sign(opened: Review, person: User, decision: str = "approve", comment: str = "") -> None:
    """Sign the current stage with every gate ticked; pictures are read by then."""
    take_as_read()
    stage = current_stage(opened)
    assert stage is not None
    review.sign(
        review_id=opened.pk, decision=decision, version_hash=opened.version_hash, comment=comment, actor=person,
        gates={gate["code"]: True for gate in stage.gates},
    )  # fmt: skip


@dataclass
class Desk:
    """A desk full of work: something in every state that a page can show."""

    offices: Offices
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    filings: dict[str, Filing] = field(default_factory=dict)
    notice: Any = None
    reforms: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    connections: dict[str, Connection] = field(default_factory=dict)
    deliveries: dict[str, Any] = field(default_factory=dict)
    duty: dict[str, Any] = field(default_factory=dict)
    watched: dict[str, Any] = field(default_factory=dict)
    inspected: dict[str, Any] = field(default_factory=dict)
    imitated: dict[str, Any] = field(default_factory=dict)
    contracted: dict[str, Any] = field(default_factory=dict)
    equipped: dict[str, Any] = field(default_factory=dict)
    drives: dict[str, Any] = field(default_factory=dict)
    looked: dict[str, Any] = field(default_factory=dict)
    bulletins: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    ways_out: dict[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, User]:
        return self.offices.people

    @property
    def stray(self) -> Any:
        """Return the draft left on the platform."""
        return visible_strays(actor=self.people["zhouwenjing"]).get()

    def review(self, article: str) -> Review:
        """Return the latest review of a piece."""
        return review_of("content.article", self.articles[article].pk)

    def filing_review(self, filing: str) -> Review:
        """Return the latest review of a filing."""
        return review_of("registry.filing", self.filings[filing].pk)


LIST = b"\xef\xbb\xbf" + "单位,平台,账号名称,平台账号标识,关注数\n".encode()
GOOD_ROWS = (
    "青禾县水务局,微信公众号,青禾水务,gh_0a1b2c3d4e01,12340\n"
    "青禾县水务局,新浪微博,青禾水务,9000000001,860\n"
    "青禾县水务局,新浪微博,青禾水务热线,9000000009,12\n"
    "青禾县水务局,政府网站,青禾水务网,9999110001,\n"
    "青禾县水务局,抖音,青禾水务,900000000000001,4200\n"
    "青禾县教育局,微信公众号,青禾教育,gh_0a1b2c3d4e02,18000\n"
    "青禾县水务局,百家号,青禾水务,1600000000000001,30\n"
)
BAD_ROWS = (
    "青禾县文旅局,微信公众号,青禾文旅,,900\n"
    "青禾县水务局,传呼机,青禾水务,,很多\n"
    "青禾县教育局,抖音,青禾教育,900000000000002,4200\n"
)


def fill_desk(offices: Offices) -> Desk:
    """Put work of every kind on the desks, by the same actions the pages call."""
    desk = Desk(offices)
    _import_ledgers(desk)
    _file_openings(desk)
    _file_closing(desk)
    _propose_terms(desk)
    _allow(desk)
    keep_watch(desk)
    _write_pieces(desk)
    desk.watched = watch_accounts(
        desk.people["chenlian"], desk.offices.bodies["county"], desk.accounts["website 青禾水务网"],
        desk.accounts["wechat 青禾水务"],
    )  # fmt: skip
    desk.inspected = inspect(
        desk.people["chenlian"], desk.people["zhouwenjing"], desk.accounts["wechat 青禾水务"]
    )  # fmt: skip
    desk.imitated = imitate(desk.people["chenlian"], desk.people["zhouwenjing"])
    desk.contracted = hire_vendors(
        desk.people["zhouwenjing"], desk.offices.bodies["water"], desk.accounts["wechat 青禾水务"]
    )  # fmt: skip
    desk.equipped = equip(desk.people["zhouwenjing"], desk.offices.bodies["water"])
    desk.bulletins = write_bulletins(
        desk.people["chenlian"], desk.offices.bodies["county"], desk.offices.bodies["water"],
        lambda opened: [sign(opened, person) for person in offices.reviewers],
    )  # fmt: skip
    desk.asked = ask_bodies(
        offices.people, offices.bodies,
        lambda sheet: sign(review_of("census.sheet", sheet.pk), offices.people["tangli"]),
    )  # fmt: skip
    desk.drives = tidy_up(
        desk.people["chenlian"], desk.people["zhouwenjing"], desk.offices.bodies["county"], desk.accounts
    )
    desk.looked = look_back(
        desk.people["chenlian"], desk.offices.bodies["county"], desk.watched["feed"],
        lambda wrong, right: _approve_term(desk, wrong, right),
    )  # fmt: skip
    _reform(desk)
    _let_the_model_in(desk)
    desk.shelf = fill_shelf(offices.people, offices.bodies)
    desk.cases = fill_mailbox(offices.people, offices.bodies["water"])
    return desk


def _let_the_model_in(desk: Desk) -> None:
    draft = ModelDraft("http://10.20.3.4:8000/v1", "office", bodies=(desk.offices.bodies["water"].pk,), key="a-key")
    row = set_up_model(actor=desk.people["xitong"], draft=draft)
    consent_to_model(actor=desk.people["anquan"], stamp=row.stamp)


def _import_ledgers(desk: Desk) -> None:
    officer, county = desk.people["chenlian"], desk.offices.bodies["county"]

    def upload(name: str, data: bytes) -> Ledger:
        return registry.upload_ledger(actor=officer, organisation=county, file_name=name, content=data)

    desk.ledgers["imported"] = registry.import_ledger_file(
        actor=officer, organisation=county, file_name="全县台账.csv", content=LIST + GOOD_ROWS.encode()
    )
    desk.ledgers["columns"] = upload("摸底表.xlsx", ledger())
    shown = upload("有问题的台账.csv", LIST + BAD_ROWS.encode())
    layouts = registry.layouts_of(shown)
    desk.ledgers["preview"] = registry.choose_columns(actor=officer, ledger_id=shown.pk, layouts=layouts)
    desk.ledgers["discarded"] = registry.discard_ledger(actor=officer, ledger_id=upload("放弃的.xlsx", ledger()).pk)
    long = "".join(f"青禾县水务局,今日头条,青禾水务{number},{9000000 + number},\n" for number in range(3_000))
    slow = upload("很长的台账.csv", LIST + long.encode())
    desk.ledgers["reading"] = registry.choose_columns(
        actor=officer, ledger_id=slow.pk, layouts=registry.layouts_of(slow)
    )
    for row in visible_accounts(actor=officer):
        desk.accounts[f"{row.platform} {row.name}"] = row


OPENING = {
    "platform": "kuaishou", "kind": "kuaishou", "name": "青禾教育", "positioning": "发布招生政策，解答家长疑问。",
    "grounds": "乡镇家长多用这个平台。", "leader": "罗兰", "contact": "罗兰", "phone": "0999-8800002",
    "reviewers": "初审罗兰，终审唐力", "undertaking": True,
}  # fmt: skip


def _file_openings(desk: Desk) -> None:
    officer, body = desk.people["zhouwenjing"], desk.offices.bodies["water"]

    def opening(platform: str, **more: Any) -> Filing:
        form = {**OPENING, "platform": platform, "kind": platform, "name": "青禾水务", **more}
        return registry.create_filing(kind="opening", actor=officer, organisation_id=body.pk, form=form)

    desk.filings["draft"] = opening("kuaishou", grounds="")
    desk.filings["in_review"] = opening("toutiao")
    desk.filings["returned"] = opening("xiaohongshu")
    desk.filings["approved"] = opening("bilibili")
    for name in ("in_review", "returned", "approved"):
        registry.submit_filing(actor=officer, filing_id=desk.filings[name].pk)
    head, supervisor = desk.people["tangli"], desk.people["chenlian"]
    sign(review_of("registry.filing", desk.filings["returned"].pk), head, "return", "功能定位写具体些。")
    for person in (head, supervisor):
        sign(review_of("registry.filing", desk.filings["approved"].pk), person)
    for filing in desk.filings.values():
        filing.refresh_from_db()
    approved = desk.filings["approved"].account
    assert approved is not None
    desk.accounts["approved"] = approved


def _reform(desk: Desk) -> None:
    """Plan one reform, and have another under way: the school office is to go into the water bureau."""
    officer, bodies = desk.people["chenlian"], desk.offices.bodies
    told = {"basis": "《青禾县机构改革方案》（青办发〔2026〕3号）", "effective_on": clock.today()}
    for name in ("planned", "running"):
        made = reform.create_reform(
            actor=officer, organisation=bodies["county"], title=f"2026年机构改革（{name}）", **told
        )
        part = reform.add_part(
            actor=officer, reform_id=made.pk, kind="merge", organisation=bodies["school"], successor=bodies["water"]
        )
        desk.reforms[name], desk.reforms["part"] = made, part
    reform.start_reform(actor=officer, reform_id=desk.reforms["running"].pk)


TOLD = {
    "notice_title": "关于青禾水务百家号关停的公告",
    "notice_text": "青禾县水务局百家号“青禾水务”因使用率低关停，公告期满后注销。请关注微信公众号“青禾水务”。",
}


def _file_closing(desk: Desk) -> None:
    """Close one account up to its notice, keep a second one by an exemption, leave a change waiting."""
    officer, people = desk.people["zhouwenjing"], (desk.people["tangli"], desk.people["chenlian"])
    plans: tuple[tuple[str, str, dict[str, Any], int], ...] = (
        ("closing", "baijiahao 青禾水务", {"grounds": "使用率低。", "followers_plan": "引到微信公众号。", **TOLD}, 2),
        ("exemption", "weibo 青禾水务热线", {
            "platform": "weibo", "kind": "weibo", "grounds": "热线专门答复停水咨询，与主账号分工。",
            "until": (clock.today() + timedelta(days=300)).isoformat(), "undertaking": True,
        }, 2),
        ("change", "weibo 青禾水务", {
            "grounds": "职责调整。", "new_positioning": "发布停水信息，答复用水咨询。",
            "happened_on": clock.today().isoformat(),
        }, 1),
    )  # fmt: skip
    for kind, name, form, signed in plans:
        filing = registry.create_filing(actor=officer, kind=kind, form=form, account_id=desk.accounts[name].pk)
        registry.submit_filing(actor=officer, filing_id=filing.pk)
        for person in people[:signed]:
            sign(review_of("registry.filing", filing.pk), person)
        filing.refresh_from_db()
        desk.filings[kind] = filing
    desk.notice = desk.filings["closing"].published_notice


def review_of(kind: str, thing_id: int) -> Review:
    found = current_review(thing_kind=kind, thing_id=thing_id)
    assert found is not None
    return found


def _propose_terms(desk: Desk) -> None:
    editor, body = desk.people["hemin"], desk.offices.bodies["water"]
    drafts = {
        "proposed": knowledge.TermDraft(wrong="自来水费", right="供水水费", source="县水务局用语规范"),
        "approved": knowledge.TermDraft(wrong="停水通告", right="停水通知", source="县水务局用语规范"),
        "retired": knowledge.TermDraft(wrong="水利站", right="水务服务站", source="县水务局用语规范"),
    }
    for name, draft in drafts.items():
        desk.terms[name] = knowledge.propose_term(actor=editor, organisation=body, draft=draft)
    decider = desk.people["songbai"]
    for name in ("approved", "retired"):
        knowledge.approve_term(actor=decider, term_id=desk.terms[name].pk)
    knowledge.retire_term(actor=decider, term_id=desk.terms["retired"].pk, reason="机构已改名。")


def _allow(desk: Desk) -> None:
    editor, body = desk.people["hemin"], desk.offices.bodies["water"]
    until = clock.today() + timedelta(days=90)
    for name, words in (("allowed", "截止目前停水"), ("asked", "截止目前供水")):
        draft = knowledge.AllowanceDraft("words", "confusable.jie-zhi-mu-qian", "引用旧通知的标题。", until, words)
        desk.terms[name] = knowledge.propose_allowance(actor=editor, organisation=body, draft=draft)
    knowledge.approve_allowance(actor=desk.people["songbai"], allowance_id=desk.terms["allowed"].pk)


def _approve_term(desk: Desk, wrong: str, right: str) -> None:
    draft = knowledge.TermDraft(wrong=wrong, right=right, source="县住建局来函")
    body = desk.offices.bodies["water"]
    term = knowledge.propose_term(actor=desk.people["hemin"], organisation=body, draft=draft)
    knowledge.approve_term(actor=desk.people["songbai"], term_id=term.pk)


APPROVED = {
    "approved": "城东片区停水通知", "second": "河西片区停水通知", "third": "水质检测结果", "fourth": "水表更换安排",
    "fifth": "防汛值守安排",
}  # fmt: skip


def _write_pieces(desk: Desk) -> None:
    editor, body = desk.people["hemin"], desk.offices.bodies["water"]

    cover = store_picture(actor=editor, organisation=body, name="水管.png", data=picture())

    def write(title: str, *lines: str) -> Article:
        draft = piece(title, *lines, cover=cover.sha256)
        return content.create_article(actor=editor, organisation=body, draft=draft)

    desk.articles["draft"] = write("蓄水设施检查", "检修队按步就班检查水箱。", "联系电话 13900000001。")
    _save_twice(desk, cover.sha256)
    desk.articles["imported"] = content.import_article(
        actor=editor, organisation=body, name=PIECE_NAME, data=word_file()
    )
    desk.articles["in_review"] = write("夏季用水提示", "气温升高，用水增加，请错峰用水。")
    desk.articles["returned"] = write("水费缴纳办法", "水费可以到水务服务站缴纳。")
    desk.articles["discarded"] = write("写坏的一篇", "不要了。")
    for name in ("in_review", "returned"):
        content.submit_article(actor=editor, article_id=desk.articles[name].pk)
    first = desk.offices.reviewers[0]
    sign(review_of("content.article", desk.articles["returned"].pk), first, "return", "写明办理时间和地点。")
    content.discard_article(actor=editor, article_id=desk.articles["discarded"].pk)
    for name, title in APPROVED.items():
        desk.articles[name] = approve(desk.offices, write(title, "本周六上午八时起检修，请提前储水。"))


def _save_twice(desk: Desk, cover: str) -> None:
    article, editor = desk.articles["draft"], desk.people["hemin"]
    first = piece("蓄水设施检查", "检修队按步就班检查水箱和泵房。", "联系电话 13900000001。", cover=cover)
    content.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=first, note="补上泵房")
    article.refresh_from_db()


def connect_accounts(desk: Desk, *, appid: str, secret: str) -> None:
    """Connect the WeChat account to the running sandbox, the website, and one account by hand."""
    officer = desk.people["zhouwenjing"]
    ways: dict[str, dict[str, Any]] = {
        "wechat": {
            "account": "wechat 青禾水务", "app_id": appid, "sandbox": True,
            "credentials": channels.Credentials(secret=secret),
        },
        "website": {"account": "website 青禾水务网", "sandbox": True},
        "hand": {"account": "douyin 青禾水务", "by_hand": True},
    }  # fmt: skip
    for name, facts in ways.items():
        account = desk.accounts[facts.pop("account")]
        desk.connections[name] = channels.connect_account(actor=officer, account_id=account.pk, **facts)
    desk.connections["wechat"] = channels.probe_connection(actor=officer, connection_id=desk.connections["wechat"].pk)


def send_pieces(desk: Desk, spoil: Callable[..., None]) -> None:
    """Plan deliveries that end in different states; `spoil(match, kind, **more)` lets an answer of the sandbox fail."""
    host = desk.people["zhouwenjing"]

    def plan(way: str, *names: str, at: datetime | None = None) -> Any:
        revisions = [desk.articles[name].current_revision_id or 0 for name in names]
        return publishing.plan_delivery(
            actor=host, connection_id=desk.connections[way].pk, revision_ids=revisions, scheduled_at=at
        )

    desk.deliveries["site"] = plan("website", "approved")
    desk.deliveries["push"] = plan("wechat", "approved", "second")
    desk.deliveries["hand"] = plan("hand", "third", "second")
    publishing.run_due()
    for name, piece_name, fault, more in (
        ("unknown", "third", "drop_after_commit", {}),
        ("failed", "fourth", "errcode", {"code": 47001}),
    ):
        desk.deliveries[name] = plan("wechat", piece_name)
        spoil("freepublish/submit", fault, **more)
        publishing.run_due()
    _leave_a_stray(desk, plan("wechat", "fifth"), spoil)
    desk.deliveries["planned"] = plan("website", "second", at=clock.now() + timedelta(days=1))
    desk.deliveries["cancelled"] = publishing.cancel_delivery(
        actor=host, delivery_id=plan("website", "third", at=clock.now() + timedelta(days=1)).pk
    )


def _leave_a_stray(desk: Desk, delivery: Any, spoil: Callable[..., None]) -> None:
    """The answer to the new draft is lost, and before it is read back somebody edits the piece."""
    spoil("draft/add", "drop_after_commit")
    publishing.run_due()
    article = desk.articles["fifth"]
    content.save_revision(
        actor=desk.people["hemin"], article_id=article.pk, base_number=1, draft=piece("防汛值守安排", "改了一处。"),
        gives_up_review=True,
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(hours=1)):
        publishing.run_due()
    publishing.scan_strays(connection_id=desk.connections["wechat"].pk)
    desk.deliveries["stopped"] = delivery
