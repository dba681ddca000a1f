"""Two neighbouring bodies, each with everything the product keeps: people of every role and rows in every state.

All words that nobody outside may read carry the body's mark, an invented word found nowhere else.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PIL import Image
from tests.drawn import take_as_read
from tests.isolation.asking import ask_bodies, census_values
from tests.isolation.contracting import hire_a_vendor, vendor_papers, vendor_values
from tests.isolation.equipped import equip, equipped_papers, equipped_values
from tests.isolation.imitating import imitate, impostor_evidence, impostor_values
from tests.isolation.inspecting import inspect, inspection_values, proofs
from tests.isolation.looking import look_back, look_back_values
from tests.isolation.mailbox import case_values, receive_messages
from tests.isolation.observing import observe
from tests.isolation.reforming import close_an_account, delegate, papers_of, plan_a_reform, reform_values
from tests.isolation.shelf import disagree, keep_shelf
from tests.isolation.tidying import drive_values, tidy_up
from tests.isolation.watchkeeping import keep_watch, tell_people
from tests.people import County, make_county
from tests.registry.world import workbook

from zhijian.channels.actions import connect_account
from zhijian.channels.actions.connecting import Credentials
from zhijian.channels.models import CallbackNonce, Connection, QuotaUse
from zhijian.content import actions as content
from zhijian.content.document import from_blocks, heading, paragraph
from zhijian.content.document.nodes import node
from zhijian.content.models import Article, Revision
from zhijian.content.queries import Draft, fields_of
from zhijian.duty.models import Alarm, Handover, Shift, Swap
from zhijian.files.actions import store_picture
from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.actions import TermDraft
from zhijian.knowledge.models import Allowance, Conflict, Question
from zhijian.lib import clock
from zhijian.notify.models import Channel, Notice
from zhijian.observation.models import History, Look, Post, Source
from zhijian.organisations.actions import create_api_token, found_installation
from zhijian.organisations.enums import ADMIN_ROLES, Role
from zhijian.organisations.models import ApiToken, RoleAssignment
from zhijian.proof.actions import PersonSaw, record_link
from zhijian.proof.models import LinkBack
from zhijian.publishing.actions import cancel_delivery, plan_delivery, run_delivery
from zhijian.publishing.models import Delivery, PlatformEvent, Sighting, StrayDraft
from zhijian.registry import actions as registry
from zhijian.registry.models import Account, Filing, Finding, Ledger
from zhijian.review import actions as review
from zhijian.review.models import Delegation, Review, Signature, Stage
from zhijian.services.models import Service
from zhijian.workbench.actions import save_view
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.files.models import StoredFile
    from zhijian.organisations.models import Organisation, User

HEAD = [
    "主办单位", "平台", "账号名称", "平台账号标识", "链接", "功能定位", "分管负责人", "联系人", "联系电话", "备注",
]  # fmt: skip
REVIEW_ROLES = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER, Role.HEAD)


@dataclass
class Party:
    """One body with its people by role, and the ids of its rows by the name they bear in addresses."""

    mark: str
    body: Organisation
    people: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    filings: dict[str, Filing] = field(default_factory=dict)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    stray: StrayDraft | None = None
    picture: StoredFile | None = None
    public_picture: StoredFile | None = None

    @property
    def staff(self) -> list[User]:
        """The people who work with content and accounts."""
        return [person for role, person in self.people.items() if role not in {*ADMIN_ROLES, "all"}]

    def word(self, what: str) -> str:
        """Return a word that tells this body's row from all others."""
        return f"{self.mark}{what.replace('_', '')}"

    @property
    def all_rounder(self) -> User:
        """The person who holds every role that works with content and accounts."""
        return self.people["all"]

    @property
    def insiders(self) -> list[User]:
        """Those who together see everything of this body."""
        return [self.all_rounder, *(self.people[role] for role in (*ADMIN_ROLES, Role.EDITOR))]

    def editor(self) -> User:
        return self.people[Role.EDITOR]

    def officer(self) -> User:
        return self.people[Role.HOST_OFFICER]


@dataclass
class Worlds:
    county: County
    overseer: User
    government: dict[str, User]
    ours: Party
    theirs: Party


def make_worlds() -> Worlds:
    """Make 水务局 and 教育局 of one county, alike in everything, under one supervising officer."""
    found_installation(government_name="云岭县人民政府", is_demonstration=False)
    county = make_county()
    overseer = county.person("overseer", county.county, Role.SUPERVISING_OFFICER, Role.HEAD, subtree=True)
    ours, theirs = Party("mkaqx", county.water), Party("mkbqx", county.school)
    answering = (Role.ANSWERER, Role.FIRST_REVIEWER, Role.HEAD)
    government = {str(role): county.person(f"county.{role}", county.county, role) for role in answering}
    return Worlds(county, overseer, government, ours, theirs)


def furnish(worlds: Worlds, party: Party) -> None:
    """Give a body everything."""
    _hire(worlds.county, party)
    _keep_register(worlds, party)
    _keep_terms(party)
    _allow(party)
    _write(worlds, party)
    receive_messages(party, lambda opened: sign_through(opened, worlds, party))
    _connect(party)
    _send(party)
    keep_shelf(party)
    disagree(party, worlds.government, worlds.county.county)
    keep_watch(party)
    tell_people(party)
    observe(party)
    inspect(party, worlds.overseer)
    imitate(party)
    ask_bodies(party)
    scan = picture_bytes("#21a0b3" if party.mark == "mkaqx" else "#b321a0")
    close_an_account(party, lambda opened: sign_through(opened, worlds, party), scan)
    plan_a_reform(party)
    delegate(party)
    hire_a_vendor(party)
    equip(party)
    tidy_up(party)
    look_back(party)
    _prove(party)


def _hire(county: County, party: Party) -> None:
    business = [role for role in Role if role not in ADMIN_ROLES]
    hired = {**{str(role): [role] for role in Role}, "all": business}
    for name, roles in hired.items():
        # A census is asked of a whole branch: the all-rounder's roles reach below, where nobody is.
        person = county.person(f"{party.mark}.{name}", party.body, *roles, subtree=name == "all")
        person.display_name = party.word(f"name{name}")
        person.save()
        party.people[name] = person
        party.tokens[name] = create_api_token(actor=person, name=party.word("token"))
        save_view(
            actor=person, path="/desk/articles/", listing="articles", name=party.word("view"), query=party.word("query")
        )  # fmt: skip


def _keep_register(worlds: Worlds, party: Party) -> None:
    officer, name = party.officer(), party.body.name
    phone = "0599-76543" + ("21" if party.mark == "mkbqx" else "12")
    told = [party.word("positioning"), party.word("leader"), party.word("contact"), phone, party.word("remark")]
    short = name.removeprefix("云岭县")
    rows = [
        [name, "微信公众号", f"云岭{short}发布", f"gh_{party.mark}00001", "", *told],
        [name, "微信公众号", f"云岭{short}服务", f"gh_{party.mark}00002", "", *told],
        [name, "新浪微博", f"云岭{short}", "", "", *told],
        [
            name,
            "政府网站",
            f"云岭{short}网站",
            "",
            f"https://{'shui' if party.mark == 'mkaqx' else 'jiao'}.example.cn/",
            *told,
        ],
    ]
    file = workbook((party.word("sheet"), [HEAD, *rows]))
    # Only who supervises enters accounts as filed ones.
    party.ledgers["imported"] = registry.import_ledger_file(
        actor=worlds.overseer, organisation=party.body, file_name=f"{party.word('imported')}.xlsx", content=file
    )
    for account in Account.objects.filter(organisation=party.body):
        party.accounts[f"{account.platform}{account.pk}"] = account
    preview = workbook(
        ("台账", [HEAD, [name, "抖音", party.word("row"), f"{party.mark}dy1", "", *told],
                  [party.word("unknownbody"), "抖音", party.word("faulty"), "x", "", *told]])
    )  # fmt: skip
    for state in ("mapping", "preview"):
        party.ledgers[state] = registry.upload_ledger(
            actor=officer, organisation=party.body, file_name=f"{party.word(state)}.xlsx", content=preview
        )
    held = party.ledgers["preview"]
    registry.choose_columns(actor=officer, ledger_id=held.pk, layouts=registry.layouts_of(held))
    _file_openings(worlds, party)


def _file_openings(worlds: Worlds, party: Party) -> None:
    officer = party.officer()
    for state, platform in {
        "draft": "douyin", "in_review": "kuaishou", "returned": "toutiao", "approved": "bilibili",
        "withdrawn": "zhihu",
    }.items():  # fmt: skip
        form = {
            "platform": platform, "kind": platform, "name": f"云岭县{party.word(f'filing{state}')}",
            "positioning": f"发布{party.word('aim')}政策，办理报名。", "grounds": f"群众常用{party.word('grounds')}。",
            "leader": party.word("leader"), "contact": party.word("contact"), "phone": "0599-7654300",
            "reviewers": f"初审{party.word('reviewer')}", "undertaking": True,
        }  # fmt: skip
        filing = registry.create_filing(kind="opening", actor=officer, organisation_id=party.body.pk, form=form)
        party.filings[state] = filing
        if state in {"in_review", "returned", "approved"}:
            registry.submit_filing(actor=officer, filing_id=filing.pk)
        if state == "withdrawn":
            registry.withdraw_filing(actor=officer, filing_id=filing.pk)
        if state == "returned":
            opened = Review.objects.get(thing_kind="registry.filing", thing_id=filing.pk)
            _sign_next(opened, party.people[Role.HEAD], decision="return", comment=party.word("comeback"))
        if state == "approved":
            sign_through(Review.objects.get(thing_kind="registry.filing", thing_id=filing.pk), worlds, party)
            filing.refresh_from_db()
            assert filing.account is not None
            party.accounts["approved"] = filing.account


def sign_through(opened: Review, worlds: Worlds, party: Party) -> None:
    """Sign every stage, each by whoever may."""
    for stage in opened.stages.order_by("position"):
        people = [party.people[role] for role in REVIEW_ROLES] + [worlds.overseer]
        person = next(one for one in people if set(stage.roles) & one.roles_at(stage.organisation))
        _sign_next(opened, person)


def _sign_next(opened: Review, person: User, *, decision: str = "approve", comment: str = "") -> None:
    take_as_read()
    stage = next(one for one in opened.stages.order_by("position") if not one.signatures.exists())
    review.sign(
        review_id=opened.pk, decision=decision, version_hash=opened.version_hash, comment=comment, actor=person,
        gates={gate["code"]: True for gate in stage.gates},
    )  # fmt: skip


def _keep_terms(party: Party) -> None:
    editor, decider = party.editor(), party.people[Role.FINAL_REVIEWER]
    for state in ("proposed", "approved", "rejected", "retired"):
        draft = TermDraft(
            wrong=party.word(f"wrong{state}"), right=party.word("right"), source=party.word("source"),
            message=party.word("message"),
        )  # fmt: skip
        term = knowledge.propose_term(actor=editor, organisation=party.body, draft=draft)
        party.terms[state] = term.pk
    for state in ("approved", "retired"):
        knowledge.approve_term(actor=decider, term_id=party.terms[state], comment=party.word("verdict"))
    knowledge.reject_term(actor=decider, term_id=party.terms["rejected"], comment=party.word("verdict"))
    knowledge.retire_term(actor=decider, term_id=party.terms["retired"], reason=party.word("why"))


def _allow(party: Party) -> None:
    editor, decider = party.editor(), party.people[Role.FINAL_REVIEWER]
    for name in ("allowed", "allowasked"):
        draft = knowledge.AllowanceDraft(
            "words", "confusable.jie-zhi-mu-qian", party.word("allowwhy"), clock.today() + timedelta(days=9),
            f"截止目前{party.word(name)}",
        )  # fmt: skip
        row = knowledge.propose_allowance(actor=editor, organisation=party.body, draft=draft)
        if name == "allowed":
            knowledge.approve_allowance(actor=decider, allowance_id=row.pk)


def picture_bytes(colour: str) -> bytes:
    """Return a small picture, another one for each colour."""
    out = io.BytesIO()
    Image.new("RGB", (24, 24), colour).save(out, "PNG")
    return out.getvalue()


def draft_for(party: Party, what: str, *, picture: str = "", word: str | None = None) -> Draft:
    """Return a piece whose every word is the body's own; `word` None marks it, "" makes a piece for everybody."""
    mark = party.word(what) if word is None else word
    blocks = [heading(f"安排{mark}"), paragraph(f"县里定于本周六检修管道，请提前做好准备。{mark}")]
    if picture:
        blocks.append(node("image", file=picture, alt="现场"))
    return Draft(
        title=f"检修通知{mark}", document=from_blocks(blocks), author=mark, digest=f"摘要{mark}", cover=picture
    )


def _write(worlds: Worlds, party: Party) -> None:
    editor = party.editor()
    blue, red = ("navy", "maroon") if party.mark == "mkaqx" else ("blue", "red")
    party.picture = store_picture(
        actor=editor, organisation=party.body, name=f"{party.word('picture')}.png", data=picture_bytes(blue)
    )
    party.public_picture = store_picture(
        actor=editor, organisation=party.body, name=f"{party.word('out')}.png", data=picture_bytes(red)
    )
    for state in ("draft", "in_review", "returned", "approved", "discarded"):
        draft = draft_for(party, f"piece{state}", picture=party.picture.sha256)
        party.articles[state] = content.create_article(
            actor=editor, organisation=party.body, draft=draft, note=party.word("note")
        )
    public = draft_for(party, "public", picture=party.public_picture.sha256, word="")
    party.articles["published"] = content.create_article(actor=editor, organisation=party.body, draft=public)
    content.discard_article(actor=editor, article_id=party.articles["discarded"].pk)
    for state in ("in_review", "returned", "approved", "published"):
        opened = content.submit_article(actor=editor, article_id=party.articles[state].pk)
        if state == "returned":
            first = next(one for one in opened.stages.order_by("position"))
            person = next(one for one in party.staff if set(first.roles) & one.roles_at(first.organisation))
            _sign_next(opened, person, decision="return", comment=party.word("comeback"))
        elif state != "in_review":
            sign_through(opened, worlds, party)
    _type(party)
    _bring(party)


def _type(party: Party) -> None:
    article, editor = party.articles["draft"], party.editor()
    assert party.picture is not None
    second = draft_for(party, "second", picture=party.picture.sha256)
    content.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=second, note=party.word("note"))
    for person in (editor, party.officer()):
        fields = fields_of(draft_for(party, "unsaved"))
        content.autosave(actor=person, article_id=article.pk, base_number=2, fields=fields)


def _bring(party: Party) -> None:
    lines = ["首页 > 新闻中心 > 正文", f"关于检修的通知{party.word('brought')}", f"本周六检修。{party.word('brought')}",
             f"本周六检修。{party.word('brought')}", "上一篇：无", "下一篇：无"]  # fmt: skip
    article = content.import_pasted(actor=party.editor(), organisation=party.body, text="\n\n".join(lines))
    party.articles["imported"] = article


def _connect(party: Party) -> None:
    officer = party.officer()
    by_platform = {account.platform: account for account in party.accounts.values()}
    main = next(account for account in party.accounts.values() if account.name.endswith("发布"))
    given = Credentials(secret=party.word("secret"), token="")
    made = {
        "wechat": connect_account(
            actor=officer, account_id=main.pk, app_id=f"wx{party.word('app')}", credentials=given, sandbox=True
        ),
        "website": connect_account(actor=officer, account_id=by_platform["website"].pk, hub=""),
        "weibo": connect_account(actor=officer, account_id=by_platform["weibo"].pk, by_hand=True),
    }
    party.connections = made
    made["wechat"].refresh_from_db()
    made["wechat"].state, made["wechat"].state_reason = "ready", party.word("reason")
    made["wechat"].save()
    QuotaUse.objects.create(connection=made["wechat"], name="x", window_start=clock.now(), used=1, limit=3)
    CallbackNonce.objects.create(connection=made["wechat"], signature="0" * 64, seen_at=clock.now())


def _send(party: Party) -> None:
    editor, sent = party.editor(), party.articles
    approved, public = sent["approved"], sent["published"]
    for article in (approved, public):
        article.refresh_from_db()

    def plan(way: str, article: Article) -> Delivery:
        assert article.current_revision_id is not None
        connection = party.connections[way]
        return plan_delivery(actor=editor, connection_id=connection.pk, revision_ids=[article.current_revision_id])

    party.deliveries["published"] = plan("website", public)
    assert run_delivery(delivery_id=party.deliveries["published"].pk) == "published"
    party.deliveries["by_hand"] = plan("weibo", approved)
    assert run_delivery(delivery_id=party.deliveries["by_hand"].pk) == "manual_pending"
    party.deliveries["planned"] = plan("wechat", approved)
    party.deliveries["cancelled"] = plan("website", approved)
    cancel_delivery(actor=editor, delivery_id=party.deliveries["cancelled"].pk, reason=party.word("cancelled"))
    wechat = party.connections["wechat"]
    party.stray = StrayDraft.objects.create(
        connection=wechat, organisation=party.body, draft_id=party.word("draftid"), title=party.word("stray"),
        found_at=clock.now(),
    )  # fmt: skip
    Sighting.objects.create(
        delivery=party.deliveries["planned"], person=editor, verdict="not_out", seen_at=clock.now()
    )  # fmt: skip
    PlatformEvent.objects.create(
        connection=wechat, dedupe_key=party.word("event"), kind="x", payload={"words": party.word("event")},
        received_at=clock.now(),
    )  # fmt: skip
    # After it was out the piece is written on: readers keep what was approved.
    later = draft_for(party, "later")
    content.save_revision(
        actor=editor, article_id=public.pk, base_number=1, draft=later, note=party.word("note"), gives_up_review=True
    )


def all_ids(model: Any, **where: Any) -> list[int]:
    return list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))


def address_values(party: Party) -> dict[str, list[Any]]:
    """Return, for every name of a parameter in an address, the values that belong to this body."""
    assert party.picture is not None
    assert party.stray is not None
    things = [row.pk for row in party.articles.values()]
    return {
        "organisation_id": [party.body.pk],
        "user_id": [person.pk for person in party.people.values()][:2],
        "assignment_id": all_ids(RoleAssignment, organisation=party.body)[:2],
        "token_id": all_ids(ApiToken, user__in=party.people.values())[:2],
        "account_id": [row.pk for row in party.accounts.values()],
        "filing_id": [row.pk for row in party.filings.values()],
        "ledger_id": [row.pk for row in party.ledgers.values()],
        "review_id": all_ids(Review, organisation=party.body),
        "delegation_id": all_ids(Delegation, person__in=party.people.values()),
        "article_id": things,
        "term_id": list(party.terms.values()),
        "question_id": all_ids(Question, organisation=party.body),
        "conflict_id": all_ids(Conflict, first__organisation=party.body),
        "service_id": all_ids(Service, organisation=party.body),
        "connection_id": [row.pk for row in party.connections.values()],
        "delivery_id": [row.pk for row in party.deliveries.values()],
        "stray_id": [party.stray.pk],
        "sha256": [
            party.picture.sha256,
            *_evidence(party),
            *proofs(party),
            *_link_evidence(party),
            *impostor_evidence(party),
            *papers_of(party),
            *vendor_papers(party),
            *equipped_papers(party),
        ],
        "view_id": all_ids(SavedView, user__in=party.people.values())[:1],
        "notice_id": all_ids(Notice, person__in=party.people.values())[:2],
        "channel_id": all_ids(Channel, organisation=party.body),
        "shift_id": all_ids(Shift, organisation=party.body)[:3],
        "swap_id": all_ids(Swap, shift__organisation=party.body),
        "alarm_id": all_ids(Alarm, organisation=party.body),
        "handover_id": all_ids(Handover, organisation=party.body),
        "source_id": all_ids(Source, account__organisation=party.body),
        "post_id": all_ids(Post, account__organisation=party.body),
        "history_id": all_ids(History, organisation=party.body),
        **case_values(party),
        **inspection_values(party),
        **impostor_values(party),
        **census_values(party),
        **reform_values(party),
        **vendor_values(party),
        **equipped_values(party),
        **drive_values(party),
        **look_back_values(party),
        "allowance_id": all_ids(Allowance, organisation=party.body),
        "callback_code": [party.connections["wechat"].callback_code],
    }


def _evidence(party: Party) -> list[str]:
    rows = Look.objects.filter(account__organisation=party.body).exclude(snapshot="")
    return list(rows.values_list("snapshot", flat=True))


def _link_evidence(party: Party) -> list[str]:
    rows = LinkBack.objects.filter(account__organisation=party.body).exclude(evidence="")
    return list(rows.values_list("evidence", flat=True))


def _prove(party: Party) -> None:
    """Look whether an account leads back, with a picture."""
    account = next(row for row in party.accounts.values() if row.platform == "weibo")
    saw = PersonSaw("links", party.word("linknote"), picture_bytes("green" if party.mark == "mkaqx" else "olive"))
    record_link(actor=party.officer(), account_id=account.pk, saw=saw)


def related_ids(party: Party) -> Iterator[tuple[str, list[Any]]]:
    """Yield further ids that forms may name: versions, stages, signatures, findings, rows of ledgers."""
    yield "revision", all_ids(Revision, article__organisation=party.body)
    yield "stage", all_ids(Stage, review__organisation=party.body)
    yield "signature", all_ids(Signature, stage__review__organisation=party.body)
    yield "finding", all_ids(Finding, organisation=party.body)
