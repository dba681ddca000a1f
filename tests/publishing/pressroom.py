"""A newsroom with accounts: people of every role, pictures, approved pieces, connections to the sandbox."""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
from PIL import Image
from tests.content.newsroom import Newsroom, make_newsroom, sign_all, with_words
from tests.drawn import take_as_read

from zhijian.channels import actions as channels
from zhijian.channels.actions import Credentials
from zhijian.content import actions as content
from zhijian.files.actions import store_picture
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.publishing import actions
from zhijian.publishing.models import Delivery
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.channels.models import Connection
    from zhijian.content.models import Article, Revision
    from zhijian.content.queries import Draft
    from zhijian.organisations.models import Organisation, User

CLIENT = httpx2.Client(timeout=30)
"""One for all tests: making a client costs more than the call."""
SECRET = "s3cr3t-of-the-test-account-000001"
CALLBACK_TOKEN = "callbacktoken01"
AES_KEY = base64.b64encode(hashlib.sha256(b"test key").digest()).decode().rstrip("=")


@dataclass
class Bench:
    """The sandbox as a test sees it."""

    base_url: str
    appid: str

    def control(self, path: str, **facts: Any) -> Any:
        return CLIENT.post(f"{self.base_url}/_ctl/{path}", json=facts).raise_for_status().json()

    def look(self, path: str, **query: str) -> Any:
        return CLIENT.get(f"{self.base_url}/_ctl/{path}", params=query).raise_for_status().json()

    def settings(self, **facts: Any) -> Any:
        return self.control("accounts", appid=self.appid, **facts)

    def fault(self, match: str, kind: str, **more: Any) -> None:
        self.control("faults", match=match, kind=kind, **more)

    def calm(self) -> None:
        CLIENT.delete(f"{self.base_url}/_ctl/faults")

    def wait_until_idle(self) -> None:
        """Wait until everything that has arrived is carried out, whether or not its caller still lives."""
        deadline, quiet = time.monotonic() + 60, 0
        while quiet < 3:  # a request may still lie in the socket at the first look
            quiet = 0 if self.look("under_way")["requests"] else quiet + 1
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def ledger(self, kind: str, **query: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.look("ledger", kind=kind, appid=self.appid, **query)
        return entries

    def drafts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.look(f"accounts/{self.appid}/drafts")
        return found

    def titles(self) -> list[list[str]]:
        """Return the titles of every publication that is out, in the order of publishing."""
        jobs = self.look(f"accounts/{self.appid}/publications")
        return [[piece["title"] for piece in job["articles"]] for job in jobs if job["status"] == 0]


def make_bench(base_url: str) -> Bench:
    """Register a fresh account on the sandbox."""
    bench = Bench(base_url, f"wx{secrets.token_hex(8)}")
    bench.calm()
    bench.settings(secret=SECRET, name="云岭水务", publish_seconds=0)
    return bench


def make_account(body: Organisation, platform: str, *, kind: str = "", name: str = "", number: str = "") -> Account:
    """Register an account in use; a second one of a body on a platform holds no place there."""
    moment = clock.now()
    return Account.objects.create(
        organisation=body, number=number or secrets.token_hex(6), platform=platform, kind=kind,
        platform_group=platform, name=name or f"{body.short_name}{platform}", sort_key="x", initials="x",
        holds_place=not Account.objects.filter(organisation=body, platform_group=platform).exists(),
        created_at=moment, changed_at=moment,
    )  # fmt: skip


@dataclass
class Pressroom:
    newsroom: Newsroom
    officer: User
    wechat: Connection
    website: Connection
    weibo: Connection
    cover: str
    numbers: int = 0
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def editor(self) -> User:
        return self.newsroom.editor

    @property
    def reviewers(self) -> list[User]:
        return self.newsroom.reviewers

    @property
    def body(self) -> Organisation:
        return self.newsroom.county.water

    def draft(self, title: str, *words: str) -> Draft:
        lines = words or (f"{title}，请有关单位和个人提前做好准备。",)
        return replace(with_words(self.newsroom.draft, *lines), title=title, cover=self.cover)

    def piece(self, title: str, *words: str) -> Article:
        """Write a piece; nobody has reviewed it."""
        return content.create_article(actor=self.editor, organisation=self.body, draft=self.draft(title, *words))

    def approve(self, article: Article) -> Revision:
        """Send a piece the whole way through review; return the approved version."""
        sign_all(content.submit_article(actor=self.editor, article_id=article.pk), self.reviewers)
        article.refresh_from_db()
        assert article.current_revision is not None
        return article.current_revision

    def approved(self, title: str, *words: str) -> Revision:
        return self.approve(self.piece(title, *words))

    def edit(self, article: Article, title: str) -> Revision:
        """Edit a piece: whatever approval it had is void."""
        article.refresh_from_db()
        assert article.current_revision is not None
        return content.save_revision(
            actor=self.editor, article_id=article.pk, base_number=article.current_revision.number,
            draft=self.draft(title), gives_up_review=True,
        )  # fmt: skip

    def plan(self, connection: Connection, *revisions: Revision, **more: Any) -> Delivery:
        return actions.plan_delivery(
            actor=self.editor, connection_id=connection.pk, revision_ids=[one.pk for one in revisions], **more
        )


def make_picture(colour: str = "navy") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (90, 40), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def make_pressroom(bench: Bench | None) -> Pressroom:
    """Make the people, the accounts and their connections; without a bench nothing is probed."""
    newsroom = make_newsroom()
    water = newsroom.county.water
    officer = newsroom.county.person("officer", water, Role.HOST_OFFICER)
    cover = store_picture(actor=None, organisation=water, name="封面.jpg", data=make_picture()).sha256
    take_as_read()
    connections = {}
    for platform in ("wechat", "website", "weibo"):
        account = make_account(water, platform)
        secretive = platform == "wechat"
        connections[platform] = channels.connect_account(
            actor=officer, account_id=account.pk, sandbox=secretive,
            app_id=(bench.appid if bench else "wx0000000000000000") if secretive else "",
            credentials=Credentials(secret=SECRET, token=CALLBACK_TOKEN, aes_key=AES_KEY) if secretive else None,
        )  # fmt: skip
    if bench is not None:
        connections["wechat"] = channels.probe_connection(actor=officer, connection_id=connections["wechat"].pk)
    return Pressroom(newsroom, officer, connections["wechat"], connections["website"], connections["weibo"], cover)


def run_until_settled(deliveries: Sequence[Delivery], *, hours: int = 30) -> None:
    """Run whatever is due, later and later, as the sweep would, until nothing of these deliveries is on its way."""
    moment = clock.now()
    end = moment.timestamp() + hours * 3600
    ids = [delivery.pk for delivery in deliveries]
    while moment.timestamp() < end:
        with clock.at(moment):
            actions.run_due()
        waiting = Delivery.objects.filter(pk__in=ids, state__in=["planned", "sending", "submitted", "unknown"])
        due = [row.next_attempt_at for row in waiting if row.next_attempt_at is not None]
        if not due:
            break
        moment = max(min(due), moment) + SECOND
    for delivery in deliveries:
        delivery.refresh_from_db()


SECOND = timedelta(seconds=1)
