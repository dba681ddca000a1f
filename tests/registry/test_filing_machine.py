"""Whatever is filed, signed, returned, imported, waited for: one account a place, no end without proof, all logged.

Every change is in the log and in the signed chain, and no byte of what is published can be altered unnoticed.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.proof.world import documents
from tests.registry.filing_desk import filed, imported, proof, sign_all
from tests.registry.world import World, make_person, make_world

from zhijian.audit.queries import all_events
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.lib.signing import known_providers
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role
from zhijian.proof.documents import SHAPE_FIELDS
from zhijian.proof.models import Change
from zhijian.proof.verifying import Report, Verifier
from zhijian.registry.actions import begin_day, register_account, withdraw_filing
from zhijian.registry.enums import LIVE_STATES, OPEN_FILING_STATES, PUBLIC_STATES, AccountState, FilingKind, FilingState
from zhijian.registry.models import Account, Exemption, Filing, Finding
from zhijian.registry.queries import public_account
from zhijian.review.actions import sign
from zhijian.review.enums import Decision
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = clock.now().replace(year=2026, month=3, day=2, hour=2, minute=0)
PICK = st.integers(0, 5)
OF_ACCOUNTS = st.sampled_from(["change", "freeze", "resume", "closing", "merging", "deregister", "exemption", "late"])


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def verified(files: list[tuple[str, bytes]]) -> Report:
    return Verifier(known_providers("")).verify(files)


class RegisterMachine(RuleBasedStateMachine):
    """One body on one platform, its neighbour, and everything that can be filed about their accounts."""

    world: World
    proof: dict[str, str]

    @initialize()
    def begin(self) -> None:
        self.outer = rolled_back()
        self.outer.__enter__()
        self.day, self.serial, self.brought = 0, 0, set[int]()
        self.last_change, self.last_event = newest(Change.objects), newest(all_events())

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            self.outer.__exit__(None, None, None)

    def attempt(self, act: Callable[[], Any]) -> None:
        """Try an act; one that is refused leaves everything as it was."""
        with clock.at(START + timedelta(days=self.day)):
            before = list(Account.objects.order_by("pk").values_list("pk", "state", "organisation"))
            try:
                with transaction.atomic():
                    act()
            except (Refused, Missing):
                assert before == list(Account.objects.order_by("pk").values_list("pk", "state", "organisation"))

    def account(self, pick: int) -> Account | None:
        rows = list(Account.objects.order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    @rule(advance=st.booleans())
    def open(self, *, advance: bool) -> None:
        self.attempt(lambda: self._file("opening", body=self.world.education, name="东溪教育", advance=advance))

    @rule(days=st.integers(1, 90))
    def ask_for_a_second(self, days: int) -> None:
        until = (START + timedelta(days=self.day + days)).date().isoformat()
        self.attempt(lambda: self._file("exemption", body=self.world.education, until=until, advance=True))

    @rule(kind=OF_ACCOUNTS, pick=PICK, other=PICK, proven=st.booleans(), advance=st.booleans())
    def file(self, kind: str, pick: int, other: int, *, proven: bool, advance: bool) -> None:
        account, target = self.account(pick), self.account(other)
        if account is None or target is None:
            return
        more: dict[str, Any] = {
            "merging": {"target": target.pk},
            "change": {"new_organisation": self.world.health.pk},
            "exemption": {"until": (START + timedelta(days=self.day + 30)).date().isoformat()},
            "deregister": {"attachments": [self.proof] if proven else []},
        }.get(kind, {})
        self.attempt(lambda: self._file(kind, account=account, advance=advance, **more))

    def _file(self, kind: str, *, advance: bool, **more: Any) -> None:
        filing = filed(self.world.supervisor, kind, **more)
        if advance:
            sign_all(filing)

    @rule(pick=PICK, proven=st.booleans())
    def close_and_end(self, pick: int, *, proven: bool) -> None:
        account = self.account(pick)
        if account is not None:
            papers = [self.proof] if proven else []
            self.attempt(lambda: self._file("closing", account=account, advance=True))
            self.attempt(lambda: self._file("deregister", account=account, attachments=papers, advance=True))

    @rule(pick=PICK, decision=st.sampled_from(["sign", "return", "withdraw"]))
    def go_on(self, pick: int, decision: str) -> None:
        rows = list(Filing.objects.filter(state__in=OPEN_FILING_STATES).order_by("pk"))
        if rows:
            self.attempt(lambda: self._go_on(rows[pick % len(rows)], decision))

    def _go_on(self, filing: Filing, decision: str) -> None:
        if decision == "withdraw":
            withdraw_filing(actor=self.world.supervisor, filing_id=filing.pk)
        elif decision == "sign" and filing.state == FilingState.IN_REVIEW:
            sign_all(filing, stages=1)
        elif filing.state == FilingState.IN_REVIEW:
            review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
            assert review is not None
            assert current_stage(review) is not None
            sign(
                review_id=review.pk, decision=Decision.RETURN, version_hash=review.version_hash, gates={},
                comment="请改。", actor=self.world.county_head,
            )  # fmt: skip

    @rule(pick=PICK)
    def register(self, pick: int) -> None:
        account = self.account(pick)
        if account is not None:
            self.serial += 1
            uid = f"{7_000_000_000 + self.serial}"
            self.attempt(
                lambda: register_account(actor=self.world.supervisor, account_id=account.pk, platform_uid=uid)
            )  # fmt: skip

    @rule(state=st.sampled_from(["", "未备案", "已注销"]))
    def bring_by_ledger(self, state: str) -> None:
        self.serial += 1
        row = f"东溪县教育局,微博,东溪教育{self.serial},{8_000_000_000 + self.serial},{state}"
        self.attempt(lambda: self.brought.update(account.pk for account in imported(self.world, row)))

    @rule(pick=PICK)
    def end_by_ledger(self, pick: int) -> None:
        account = self.account(pick)
        if account is not None:
            row = f"{account.organisation.name},微博,{account.name},{account.platform_uid},已注销"
            self.attempt(lambda: self.brought.update(made.pk for made in imported(self.world, row)))

    @rule(days=st.integers(1, 60))
    def wait(self, days: int) -> None:
        self.day += days
        with clock.at(START + timedelta(days=self.day)):
            begin_day()

    @invariant()
    def a_second_live_account_has_an_exemption_or_came_by_a_ledger_and_is_a_finding(self) -> None:
        if not hasattr(self, "day"):
            return
        with clock.at(START + timedelta(days=self.day)):
            begin_day()
            today = clock.today()
        for body in (self.world.education, self.world.health):
            live = Account.objects.filter(organisation=body, state__in=LIVE_STATES)
            assert live.filter(holds_place=True).count() <= 1
            for account in live.filter(holds_place=False):
                terms = Exemption.objects.filter(account=account)
                assert account.pk in self.brought or terms.exists(), "a second account by way of filing needs leave"
                if live.filter(holds_place=True).exists() and not terms.filter(valid_until__gte=today).exists():
                    kinds = Finding.objects.filter(account=account, closed_at=None).values_list("kind", flat=True)
                    assert {"surplus", "exemption_expired"} & set(kinds)

    @invariant()
    def none_ends_without_proof(self) -> None:
        if not hasattr(self, "day"):
            return
        for account in Account.objects.filter(state=AccountState.DEREGISTERED):
            came_so = account.pk in self.brought and not account.filings.filter(state=FilingState.APPROVED).exists()
            last = account.filings.filter(kind=FilingKind.DEREGISTER, state=FilingState.APPROVED).first()
            assert came_so or (last is not None and last.form["attachments"][0]["slot"] == "proof")

    @invariant()
    def every_state_is_in_the_log(self) -> None:
        if not hasattr(self, "day"):
            return
        for account in Account.objects.all():
            rows = all_events().filter(thing_kind="registry.account", thing_id=str(account.pk)).order_by("id")
            told = [event.data["changes"]["state"][1] for event in rows if "state" in event.data.get("changes", {})]
            names = {event.name.rpartition(".")[2] for event in rows}
            assert names & {"opened", "imported"}
            if told:
                assert told[-1] == account.state or "registered" in names

    @invariant()
    def every_change_the_public_sees_is_in_the_chain_and_in_the_log(self) -> None:
        if not hasattr(self, "day"):
            return
        told = {row.account_id: row for row in Change.objects.order_by("pk")}
        for account in Account.objects.select_related("organisation"):
            last = told.get(account.pk)
            if account.state in PUBLIC_STATES:
                shown = public_account(account)
                shape = {field: getattr(shown, field) for field in SHAPE_FIELDS if field != "kind"}
                assert last is not None
                assert json.loads(last.shape) == {**shape, "kind": account.kind}
            else:
                assert last is None or last.kind == "left"
        logged = all_events().filter(pk__gt=self.last_event, thing_kind="registry.account")
        names = {f"{number}" for number in logged.values_list("thing_id", flat=True)}
        new = Change.objects.filter(pk__gt=self.last_change).values_list("account_id", flat=True)
        assert {f"{number}" for number in new} <= names
        self.last_change, self.last_event = newest(Change.objects), newest(all_events())

    @rule(which=st.integers(0, 6), place=st.floats(0, 1, exclude_max=True), byte=st.integers(1, 255))
    def publish_and_alter_a_byte(self, which: int, place: float, byte: int) -> None:
        with clock.at(START + timedelta(days=self.day)):
            files = documents()
        assert verified(files).is_proved
        shown = {row["number"] for row in json.loads(dict(files)["register.json"])["accounts"]}
        assert shown == set(Account.objects.filter(state__in=PUBLIC_STATES).values_list("number", flat=True))
        name, content = files[which]
        at = int(place * len(content))
        files[which] = (name, content[:at] + bytes([content[at] ^ byte]) + content[at + 1 :])
        assert not verified(files).intact, (name, at, byte)


def newest(rows: Any) -> int:
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.django_db
@pytest.mark.parametrize("runs", [5, pytest.param(120, marks=pytest.mark.slow)])
def test_no_order_of_filings_breaks_the_rules_of_the_register(runs: int) -> None:
    found_installation(government_name="东溪县人民政府", is_demonstration=False)
    world = make_world()
    make_person("health_head", world.health, Role.HEAD)
    RegisterMachine.world = world
    RegisterMachine.proof = proof(world.education, world.supervisor)
    run_state_machine_as_test(
        RegisterMachine,
        settings=settings(
            max_examples=runs, stateful_step_count=24, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip
