"""The whole line as a state machine: whatever anybody does in whatever order, readers get approved versions only."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from tests.publishing.pressroom import SECRET, make_bench, make_pressroom

from zhijian.content import actions as content
from zhijian.content.models import Article, Revision
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.publishing import actions, queries
from zhijian.publishing.models import Delivery, StrayDraft
from zhijian.review import actions as review
from zhijian.review.models import Review, Signature
from zhijian.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.publishing.pressroom import Bench, Pressroom

    from zhijian.organisations.models import User

ANYBODY = st.integers(0, 6)
SOME = st.integers(0, 50)
STATES = ("planned", "sending", "submitted", "unknown", "published", "manual_pending", "failed", "removed")
FAULTS = st.tuples(
    st.sampled_from(["draft/add", "freepublish/submit", "freepublish/get", "batchget", "add_material"]),
    st.sampled_from(["drop_after_commit", "reset", "http", "bad_json", "truncate"]),
)
WAITS = st.sampled_from([timedelta(0), timedelta(seconds=40), timedelta(minutes=4), timedelta(hours=2)])


class LineMachine(RuleBasedStateMachine):
    """People of every role at one body, one stranger; two accounts and the website; hands on the database itself."""

    bench: Bench
    press: Pressroom
    everything: User
    reached: set[str] = set()
    numbers = count()

    @initialize(sent=st.sampled_from(["wechat", "website", "nothing"]))
    def begin(self, sent: str) -> None:
        """Most walks begin with something before the readers, so that what follows can go wrong."""
        self.scope = transaction.atomic()
        self.scope.__enter__()
        self.bench.control("reset")
        self.bench.settings(secret=SECRET, publish_seconds=0)
        self.people: list[User] = [
            self.press.editor, self.press.officer, *self.press.reviewers, self.everything, self.press.newsroom.stranger
        ]  # fmt: skip
        self.moment = clock.now()
        self.approved_when_seen: set[str] = set()
        if sent != "nothing":
            self.send_what_is_approved(where=["wechat", "website"].index(sent), pieces=[0])

    def _title(self) -> str:
        return f"第 {next(self.numbers)} 号通知"

    def _try(self, act: Callable[[], Any]) -> Any:
        """Act as the product would at this moment; a refusal is an answer like any other."""
        with suppress(Refused, Missing, content.EditConflict), transaction.atomic(), clock.at(self.moment):
            return act()
        return None

    def _one(self, rows: list[Any], number: int) -> Any:
        return rows[number % len(rows)] if rows else None

    def _delivery(self, number: int) -> Any:
        """Choose a delivery; every other number chooses among those of the website, where a row is all it takes."""
        rows = Delivery.objects.order_by("pk")
        on_site = list(rows.filter(connector="website"))
        return self._one(on_site, number // 2) if number % 2 and on_site else self._one(list(rows), number // 2)

    def _articles(self) -> list[Article]:
        return list(Article.objects.filter(organisation=self.press.body).order_by("pk"))

    def _revisions(self) -> list[Revision]:
        return list(Revision.objects.filter(article__organisation=self.press.body).order_by("pk"))

    @rule(who=ANYBODY)
    def write(self, who: int) -> None:
        draft = self.press.draft(self._title())
        self._try(lambda: content.create_article(actor=self.people[who], organisation=self.press.body, draft=draft))

    @rule(who=ANYBODY, which=SOME)
    def edit(self, who: int, which: int) -> None:
        article = self._one(self._articles(), which)
        self._try(
            lambda: content.save_revision(
                actor=self.people[who], article_id=article.pk, base_number=article.current_revision.number,
                draft=self.press.draft(self._title()), gives_up_review=True,
            )
        )  # fmt: skip

    @rule(who=ANYBODY, which=SOME)
    def submit(self, who: int, which: int) -> None:
        article = self._one(self._articles(), which)
        self._try(lambda: content.submit_article(actor=self.people[who], article_id=article.pk))

    @rule(who=ANYBODY, which=SOME, decision=st.sampled_from(["approve", "approve", "return"]))
    def sign(self, who: int, which: int, decision: str) -> None:
        opened = self._one(list(Review.objects.filter(state="open").order_by("pk")), which)
        if opened is None:
            return
        gates = {gate["code"]: True for stage in opened.stages.all() for gate in stage.gates}
        self._try(
            lambda: review.sign(
                review_id=opened.pk, decision=decision, version_hash=opened.version_hash, gates=gates, comment="看过",
                actor=self.people[who],
            )
        )  # fmt: skip

    @rule(which=SOME)
    def go_the_whole_way_through_review(self, which: int) -> None:
        article = self._one(self._articles(), which)
        with suppress(Refused, Missing, StopIteration), transaction.atomic():
            self.press.approve(article)

    @rule(who=ANYBODY, which=SOME)
    def withdraw(self, who: int, which: int) -> None:
        opened = self._one(list(Review.objects.order_by("pk")), which)
        if opened is not None:
            self._try(lambda: review.withdraw(review_id=opened.pk, actor=self.people[who]))

    @rule(which=SOME)
    def void(self, which: int) -> None:
        article = self._one(self._articles(), which)
        self._try(lambda: review.void(thing_kind="content.article", thing_id=article.pk, actor=None, reason="停用"))

    @rule(who=ANYBODY, where=st.integers(0, 2), pieces=st.lists(SOME, min_size=1, max_size=3), wait=WAITS)
    def plan(self, who: int, where: int, pieces: list[int], wait: timedelta) -> None:
        """Any version is asked for, approved or not, of today or of yesterday."""
        place = (self.press.wechat, self.press.website, self.press.weibo)[where]
        chosen = [self._one(self._revisions(), piece).pk for piece in pieces]
        later = self.moment + wait if wait else None
        self._try(
            lambda: actions.plan_delivery(
                actor=self.people[who], connection_id=place.pk, revision_ids=chosen, scheduled_at=later
            )
        )

    @rule(where=st.integers(0, 1), pieces=st.lists(SOME, min_size=1, max_size=3, unique=True))
    def plan_approved_pieces(self, where: int, pieces: list[int]) -> None:
        self._plan_approved(where, pieces)

    def _plan_approved(self, where: int, pieces: list[int]) -> None:
        place = (self.press.wechat, self.press.website)[where]
        ready = [row.current_revision_id for row in self._articles() if row.state == "approved"]
        chosen = list(dict.fromkeys(self._one(ready, piece) for piece in pieces)) if ready else []
        if place == self.press.website:
            chosen = chosen[:1]
        self._try(lambda: actions.plan_delivery(actor=self.press.editor, connection_id=place.pk, revision_ids=chosen))

    @rule(where=st.integers(0, 1), pieces=st.lists(SOME, min_size=1, max_size=3, unique=True))
    def send_what_is_approved(self, where: int, pieces: list[int]) -> None:
        self._plan_approved(where, pieces)
        self._work(timedelta(seconds=40), None)
        self._work(timedelta(seconds=40), None)

    @rule(who=ANYBODY, which=SOME, act=st.sampled_from(["cancel", "retry", "look", "down", "confirm", "seen"]))
    def act_on_a_delivery(self, who: int, which: int, act: str) -> None:
        delivery = self._delivery(which)
        if delivery is None:
            return
        told: dict[str, Any] = {"actor": self.people[who], "delivery_id": delivery.pk}
        acts: dict[str, Callable[[], Any]] = {
            "cancel": lambda: actions.cancel_delivery(**told),
            "retry": lambda: actions.retry_delivery(**told),
            "look": lambda: actions.read_back_now(**told),
            "down": lambda: actions.take_down(**told, reason="过期"),
            "confirm": lambda: actions.confirm_hand_off(**told, urls=["https://weibo.com/1/AbC"]),
            "seen": lambda: actions.report_sighting(**told, verdict="not_out"),
        }
        self._try(acts[act])

    @rule(wait=WAITS, fault=st.none() | FAULTS)
    def work(self, wait: timedelta, fault: tuple[str, str] | None) -> None:
        """A worker does what is due, with or without the platform misbehaving."""
        self._work(wait, fault)

    def _work(self, wait: timedelta, fault: tuple[str, str] | None) -> None:
        self.moment += wait
        if fault is not None:
            self.bench.fault(fault[0], fault[1])
        with clock.at(self.moment):
            actions.run_due()
        self.bench.calm()

    @rule(who=ANYBODY)
    def clean_strays(self, who: int) -> None:
        with clock.at(self.moment):
            actions.scan_strays(connection_id=self.press.wechat.pk)
        for stray in StrayDraft.objects.filter(cleaned_at=None):
            self._try(lambda stray=stray: actions.clean_stray(actor=self.people[who], stray_id=stray.pk))

    @rule(which=SOME, state=st.sampled_from(STATES))
    def move_a_delivery_by_hand(self, which: int, state: str) -> None:
        delivery = self._delivery(which)
        if delivery is not None:
            now = clock.now()
            self._sql("UPDATE publishing_delivery SET state = %s, published_at = %s WHERE id = %s",
                      state, now, delivery.pk)  # fmt: skip

    @rule(which=SOME, piece=SOME, honest=st.booleans())
    def slip_a_piece_into_a_delivery_by_hand(self, which: int, piece: int, *, honest: bool) -> None:
        delivery, revision = (
            self._delivery(which),
            self._one(self._revisions(), piece),
        )
        if delivery is None:
            return
        good = Review.objects.filter(state="approved").first()
        digest = revision.content_hash if honest or good is None else good.version_hash
        self._sql(
            "INSERT INTO publishing_deliveryitem (delivery_id, position, account_id, article_id, revision_id,"
            " version_hash, title, files, is_live, url) VALUES (%s, 8, %s, %s, %s, %s, '', '{}', true, '')",
            delivery.pk, delivery.account_id, revision.article_id, revision.pk, digest,
        )  # fmt: skip

    @rule(which=SOME, piece=SOME)
    def change_what_a_delivery_sends_by_hand(self, which: int, piece: int) -> None:
        delivery, revision = (
            self._delivery(which),
            self._one(self._revisions(), piece),
        )
        if delivery is not None:
            self._sql(
                "UPDATE publishing_deliveryitem SET revision_id = %s, version_hash = %s WHERE delivery_id = %s",
                revision.pk, revision.content_hash, delivery.pk,
            )  # fmt: skip
            self._sql("UPDATE publishing_deliveryitem SET is_live = true WHERE delivery_id = %s", delivery.pk)
            self._sql("UPDATE content_revision SET content_hash = %s WHERE id = %s", "0" * 64, revision.pk)

    @rule(which=SOME)
    def approve_by_hand(self, which: int) -> None:
        opened = self._one(list(Review.objects.order_by("pk")), which)
        if opened is not None:
            self._sql("UPDATE review_review SET state = 'approved' WHERE id = %s", opened.pk)

    def _sql(self, statement: str, *values: Any) -> None:
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)

    @invariant()
    def readers_get_only_what_was_approved_when_it_was_sent(self) -> None:
        """Approvals change between acts only, so what is new after an act must be approved after it as well."""
        if not hasattr(self, "scope") or not Delivery.objects.exists():
            return
        for seen in self._shown() - self.approved_when_seen:
            place, title = seen.split(":", 1)
            revision = Revision.objects.get(title=title)
            found = Review.objects.filter(
                thing_kind="content.article", thing_id=revision.article_id, version_hash=revision.content_hash,
                state="approved",
            ).first()  # fmt: skip
            assert found is not None, f"{title} reached {place} without an approval"
            signed = Signature.objects.filter(stage__review=found, decision="approve")
            signers = set(signed.values_list("person_id", flat=True))
            assert len(signers) >= 3
            assert not signers & set(
                Revision.objects.filter(article=revision.article).values_list("created_by", flat=True)
            )
            self.approved_when_seen.add(seen)
            self.reached.add(place)

    def _shown(self) -> set[str]:
        """Everything that ever stood before readers: the platform's jobs, the website's pages."""
        jobs = self.bench.look(f"accounts/{self.bench.appid}/publications")
        on_wechat = {f"wechat:{piece['title']}" for job in jobs for piece in job["articles"]}
        return on_wechat | {f"website:{piece.title}" for piece in queries.public_pieces(number=200)}

    @invariant()
    def nothing_is_posted_twice_and_pieces_keep_their_order(self) -> None:
        if not hasattr(self, "scope") or not Delivery.objects.exclude(state="planned").exists():
            return
        jobs = [job for job in self.bench.look(f"accounts/{self.bench.appid}/publications") if job["status"] == 0]
        keys = [entry["keys"][0] for entry in self.bench.ledger("published")]
        assert sorted(keys) == sorted(set(keys))
        for job in jobs:
            key = job["articles"][0]["content_source_url"].partition("zk=")[2]
            items = queries.items_of(Delivery.objects.get(key=key))
            shown = [piece["title"] for piece in job["articles"]]
            planned = [item.title for item in items if item.title]
            slipped_in = {item.revision.title for item in items if not item.title}
            assert shown[: len(planned)] == planned
            assert set(shown[len(planned) :]) <= slipped_in

    def teardown(self) -> None:
        """Every example begins with an empty database: the machine undoes what it did."""
        if hasattr(self, "scope"):
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)
            self.bench.calm()


def _open_the_house(address: str) -> None:
    """Make what every example begins with: the people, the accounts, two approved pieces and a draft."""
    LineMachine.bench = make_bench(address)
    LineMachine.press = press = make_pressroom(LineMachine.bench)
    county = press.newsroom.county
    roles = [role for role in Role if "admin" not in role]
    LineMachine.everything = county.person("everything", county.water, *roles)
    press.approved("甲号通知")
    press.approved("乙号通知")


class LineTest(TestCase):
    def test_no_sequence_of_acts_by_any_roles_sends_anything_but_approved_versions(self) -> None:
        self.walk(12)

    @pytest.mark.slow
    @pytest.mark.timeout(1800)
    def test_no_sequence_does_among_many_more(self) -> None:
        self.walk(120)

    def walk(self, examples: int) -> None:
        checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
        with running() as address, self.settings(ZHIJIAN_SANDBOX_URL=address):
            _open_the_house(address)
            LineMachine.reached.clear()
            run_machine(
                LineMachine,
                settings=settings(
                    max_examples=examples, stateful_step_count=22, deadline=None, suppress_health_check=checks
                ),
            )
        # A machine that never brought anything before the readers would have shown nothing.
        assert LineMachine.reached == {"wechat", "website"}
