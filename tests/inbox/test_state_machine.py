"""Whatever people try in whatever order, a case stays one of those the table allows, and nothing is lost."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.inbox.office import REPLY, Office, beijing, make_office, open_review, sign_stage

from zhijian.inbox import actions
from zhijian.inbox.enums import MOVES, OPEN_STATES, CaseState
from zhijian.inbox.models import Answer, Case, Clock, Entry, Pause
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.review.enums import ReviewState
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhijian.organisations.models import User

START = beijing("2026-03-02 09:00")
STEPS = {(old, MOVES[move][1]) for move in MOVES for old in MOVES[move][0]} | {(state, state) for state in CaseState}
WHO = st.sampled_from(["answerer", "head", "water_answerer", "water_head", "officer", "school_answerer"])


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class CaseMachine(RuleBasedStateMachine):
    """One case and everybody who could touch it; time goes on with every act."""

    office: Office

    @initialize()
    def receive(self) -> None:
        self.outer = rolled_back()
        self.outer.__enter__()
        self.hours = 0
        with clock.at(START):
            self.made = self.office.receive()
        self.before = CaseState.RECEIVED
        self.entries = Entry.objects.count()

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            self.outer.__exit__(None, None, None)

    def attempt(self, act: Callable[..., Any], **arguments: Any) -> None:
        """Try an act as somebody; refused or not, the invariants hold."""
        self.hours += 3
        self.before = self.case.state
        try:
            with clock.at(START + timedelta(hours=self.hours)), transaction.atomic():
                act(**arguments)
        except (Refused, Missing):
            assert self.case.state == self.before

    @property
    def case(self) -> Case:
        return Case.objects.select_related("organisation").get(pk=self.made.case.pk)

    def person(self, name: str) -> User:
        # Roles are read once per person; the machine changes none.
        return self.office[name]

    @rule(who=WHO)
    def accept(self, who: str) -> None:
        self.attempt(actions.accept_case, actor=self.person(who), case_id=self.made.case.pk)

    @rule(who=WHO, to=st.sampled_from(["body", "water"]))
    def assign(self, who: str, to: str) -> None:
        body = getattr(self.office, to)
        self.attempt(
            actions.assign_case, actor=self.person(who), case_id=self.made.case.pk, to=body, reason="由对口单位办。"
        )

    @rule(who=WHO)
    def give_back(self, who: str) -> None:
        self.attempt(actions.return_case, actor=self.person(who), case_id=self.made.case.pk, reason="不归我们管。")

    @rule(who=WHO)
    def chase(self, who: str) -> None:
        self.attempt(actions.chase_case, actor=self.person(who), case_id=self.made.case.pk, text="请尽快办。")

    @rule(who=WHO, days=st.integers(0, 12))
    def extend(self, who: str, days: int) -> None:
        self.attempt(
            actions.extend_case, actor=self.person(who), case_id=self.made.case.pk, days=days, reason="要现场核实。"
        )

    @rule(who=WHO)
    def ask(self, who: str) -> None:
        self.attempt(actions.ask_citizen, actor=self.person(who), case_id=self.made.case.pk, text="请写明位置。")

    @rule(who=WHO)
    def resume(self, who: str) -> None:
        self.attempt(actions.resume_case, actor=self.person(who), case_id=self.made.case.pk, reason="已电话问清。")

    @rule(who=WHO)
    def answer(self, who: str) -> None:
        self.attempt(
            actions.submit_answer, actor=self.person(who), case_id=self.made.case.pk,
            draft=actions.AnswerDraft(text=REPLY),
        )  # fmt: skip

    @rule(who=st.sampled_from(["first", "final", "head", "water_first", "water_final"]), back=st.booleans())
    def sign(self, who: str, back: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        found = current_review(thing_kind="inbox.answer", thing_id=self.made.case.pk)
        if found is not None and found.state == ReviewState.OPEN and current_stage(found) is not None:
            self.attempt(
                sign_stage, opened=open_review("inbox.answer", self.made.case.pk), person=self.person(who),
                decision="return" if back else "approve", comment="请改。" if back else "",
            )  # fmt: skip

    @rule()
    def add(self) -> None:
        self.attempt(actions.add_word, number=self.made.case.number, key=self.made.key, text="补充一句。")

    @rule(satisfaction=st.integers(0, 6))
    def rate(self, satisfaction: int) -> None:
        self.attempt(
            actions.rate_case, number=self.made.case.number, key=self.made.key, satisfaction=satisfaction
        )  # fmt: skip

    @rule()
    def reopen(self) -> None:
        self.attempt(actions.reopen_case, number=self.made.case.number, key=self.made.key, reason="没有解决。")

    @invariant()
    def moves_only_along_the_table(self) -> None:
        if hasattr(self, "made"):
            assert (CaseState(self.before), CaseState(self.case.state)) in STEPS

    @invariant()
    def an_open_case_has_one_clock_and_a_closed_one_none(self) -> None:
        if hasattr(self, "made"):
            case = self.case
            running = list(Clock.objects.filter(case=case, ended_at=None))
            assert len(running) == (1 if case.state in OPEN_STATES else 0)
            assert [row.due_at for row in running] == [case.due_at for _ in running]
            assert Pause.objects.filter(case=case, ended_at=None).count() == (case.state == CaseState.WAITING)

    @invariant()
    def history_only_grows_and_a_closed_case_has_an_approved_answer(self) -> None:
        if hasattr(self, "made"):
            now = Entry.objects.count()
            assert now >= self.entries
            self.entries = now
            if self.case.state in {CaseState.ANSWERED, CaseState.REDIRECTED}:
                sent = Answer.objects.get(pk=self.case.sent_answer_id)
                found = current_review(thing_kind="inbox.answer", thing_id=self.case.pk)
                assert found is not None
                assert (found.state, found.version_hash) == (ReviewState.APPROVED, sent.content_hash)


@pytest.mark.django_db
def test_a_case_stays_on_its_table_whatever_people_try() -> None:
    CaseMachine.office = make_office()
    assert connection.in_atomic_block
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=6, stateful_step_count=18, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip
