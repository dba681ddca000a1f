from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.people import County, make_county

from zhijian.audit.events import EventName
from zhijian.audit.queries import events_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation, User
from zhijian.review import actions, queries
from zhijian.review.enums import Decision, ReviewState
from zhijian.review.models import Review, Signature, Stage
from zhijian.review.routes import Gate, Route, StageSpec
from zhijian.review.signals import review_approved, review_voided

HASH = "a" * 64
OTHER = "b" * 64
GATES = (Gate("political", "政治关"), Gate("wording", "文字关"))
ALL = {"political": True, "wording": True}


def route_of(county: County) -> Route:
    stages = tuple(
        StageSpec(code=role.value, name=role.label, organisation_id=county.water.pk, roles=(role,), gates=GATES)
        for role in (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)
    )
    return Route(name="三审", stages=stages, source="测试规则")


def submit(county: County, actor: User, *, thing_id: int = 1, version: str = HASH) -> Review:
    return actions.submit(
        thing_kind="tests.thing", thing_id=thing_id, version_hash=version, title="停水通知", url="/",
        item_class="ordinary", organisation=county.water, author_ids=[actor.pk], route=route_of(county), actor=actor,
    )  # fmt: skip


def approve(review: Review, actor: User, version: str = HASH) -> Review:
    return actions.sign(
        review_id=review.pk, decision=Decision.APPROVE, version_hash=version, gates=ALL, comment="", actor=actor
    )


@pytest.fixture
def county(db: None) -> County:
    return make_county()


@pytest.fixture
def editor(county: County) -> User:
    return county.person("editor", county.water, Role.EDITOR)


@pytest.fixture
def reviewers(county: County) -> list[User]:
    roles = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)
    return [county.person(f"r{number}", county.water, role) for number, role in enumerate(roles)]


def test_three_people_sign_in_order_and_the_owner_hears_of_it(
    county: County, editor: User, reviewers: list[User]
) -> None:
    heard: list[str] = []
    receiver = lambda **facts: heard.append(facts["version_hash"])  # noqa: E731 - a name for the weak reference
    review_approved.connect(receiver)
    review = submit(county, editor)
    assert [stage.review_id for stage in queries.waiting_stages(actor=reviewers[0])] == [review.pk]
    assert not queries.waiting_stages(actor=reviewers[1]).exists()
    for reviewer in reviewers:
        assert not queries.is_approved(thing_kind="tests.thing", thing_id=1, version_hash=HASH)
        review = approve(review, reviewer)
    assert review.state == ReviewState.APPROVED
    assert queries.is_approved(thing_kind="tests.thing", thing_id=1, version_hash=HASH)
    assert not queries.is_approved(thing_kind="tests.thing", thing_id=1, version_hash=OTHER)
    assert heard == [HASH]
    review_approved.disconnect(receiver)


def test_an_author_who_also_reviews_cannot_sign(county: County) -> None:
    both = county.person("both", county.water, Role.EDITOR, Role.FIRST_REVIEWER)
    review = submit(county, both)
    assert not queries.waiting_stages(actor=both).exists()
    with pytest.raises(Refused, match="不能审核自己的稿件"):
        approve(review, both)
    stage = Stage.objects.get(review=review, position=1)
    with pytest.raises(DatabaseError, match="author"), transaction.atomic():
        Signature.objects.create(
            stage=stage, person=both, decision="approve", version_hash=HASH, gates=ALL, signed_at=clock.now()
        )
    assert not Signature.objects.exists()


def test_one_person_signs_only_one_stage(county: County, editor: User) -> None:
    chief = county.person("chief", county.water, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
    review = approve(submit(county, editor), chief)
    with pytest.raises(Refused, match="不同的人"):
        approve(review, chief)
    assert review.state == ReviewState.OPEN


def test_a_person_without_any_role_signs_nothing(county: County, editor: User) -> None:
    nobody = county.person("nobody", county.water)
    with pytest.raises(Refused):
        approve(submit(county, editor), nobody)


def test_a_return_stands_in_the_log_once(county: County, editor: User, reviewers: list[User]) -> None:
    review = approve(submit(county, editor), reviewers[0])
    actions.sign(
        review_id=review.pk, decision=Decision.RETURN, version_hash=HASH, gates={}, comment="请写明日期。",
        actor=reviewers[1],
    )  # fmt: skip
    log = [(event.name, event.actor_id) for event in events_of(thing_kind="tests.thing", thing_id=1)]
    assert log == [
        (EventName.REVIEW_SUBMITTED, editor.pk),
        (EventName.REVIEW_STAGE_SIGNED, reviewers[0].pk),
        (EventName.REVIEW_RETURNED, reviewers[1].pk),
    ]  # fmt: skip


def test_an_open_gate_a_wordless_return_and_a_stale_page_are_refused(
    county: County, editor: User, reviewers: list[User]
) -> None:
    review = submit(county, editor)
    with pytest.raises(Refused, match="文字关"):
        actions.sign(
            review_id=review.pk, decision="approve", version_hash=HASH, gates={"political": True}, comment="",
            actor=reviewers[0],
        )  # fmt: skip
    with pytest.raises(Refused, match="写明"):
        actions.sign(
            review_id=review.pk, decision="return", version_hash=HASH, gates={}, comment=" ", actor=reviewers[0]
        )
    with pytest.raises(Refused, match="刷新"):
        approve(review, reviewers[0], version=OTHER)
    assert not Signature.objects.exists()


def test_a_return_closes_the_review_and_a_new_version_starts_over(
    county: County, editor: User, reviewers: list[User]
) -> None:
    review = approve(submit(county, editor), reviewers[0])
    review = actions.sign(
        review_id=review.pk, decision="return", version_hash=HASH, gates={}, comment="日期有误", actor=reviewers[1]
    )
    assert review.state == ReviewState.RETURNED
    again = submit(county, editor, version=OTHER)
    assert queries.current_stage(again).position == 1


def test_voiding_ends_an_approval(county: County, editor: User, reviewers: list[User]) -> None:
    heard: list[int] = []
    receiver = lambda **facts: heard.append(facts["thing_id"])  # noqa: E731 - a name for the weak reference
    review_voided.connect(receiver)
    review = submit(county, editor)
    for reviewer in reviewers:
        approve(review, reviewer)
    assert actions.void(thing_kind="tests.thing", thing_id=1, actor=editor, reason="改了标题") == 1
    assert not queries.is_approved(thing_kind="tests.thing", thing_id=1, version_hash=HASH)
    assert heard == [1]
    review_voided.disconnect(receiver)


def test_only_the_submitter_takes_a_review_back(county: County, editor: User, reviewers: list[User]) -> None:
    review = submit(county, editor)
    with pytest.raises(Refused):
        actions.withdraw(review_id=review.pk, actor=reviewers[0])
    assert actions.withdraw(review_id=review.pk, actor=editor).state == ReviewState.WITHDRAWN


def test_a_neighbour_body_sees_no_review(county: County, editor: User) -> None:
    review = submit(county, editor)
    neighbour = county.person("neighbour", county.school, Role.FINAL_REVIEWER)
    assert not queries.visible_reviews(actor=neighbour).exists()
    with pytest.raises(Missing):
        queries.find_review(actor=neighbour, review_id=review.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE review_review SET state = 'approved'",
        "UPDATE review_review SET version_hash = repeat('c', 64)",
        "UPDATE review_review SET author_ids = '{}'",
        (
            "INSERT INTO review_review (thing_kind, thing_id, version_hash, title, url, item_class, organisation_id,"
            " state, route, author_ids, submitted_by_id, submitted_at, due_text, closing_comment)"
            " SELECT thing_kind, 99, version_hash, title, url, item_class, organisation_id, 'approved', route,"
            " author_ids, submitted_by_id, submitted_at, '', '' FROM review_review"
        ),
    ],
)
def test_the_database_refuses_a_forged_approval(county: County, editor: User, statement: str) -> None:
    submit(county, editor)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [row.state for row in Review.objects.all()] == [ReviewState.OPEN]


def test_a_closed_review_never_opens_again_in_the_database(county: County, editor: User, reviewers: list[User]) -> None:
    review = submit(county, editor)
    for reviewer in reviewers:
        approve(review, reviewer)
    actions.void(thing_kind="tests.thing", thing_id=1, actor=editor, reason="改了标题")
    for state in ("open", "approved"):
        with pytest.raises(DatabaseError, match="stays so"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE review_review SET state = %s", [state])
    assert Review.objects.get().state == ReviewState.VOIDED


def test_the_database_wants_different_people_at_the_stages(county: County, editor: User) -> None:
    chief = county.person("chief", county.water, *(stage.roles[0] for stage in route_of(county).stages))
    review = submit(county, editor)
    for stage in Stage.objects.filter(review=review):
        Signature.objects.create(
            stage=stage, person=chief, decision="approve", version_hash=HASH, gates=ALL, signed_at=clock.now()
        )
    with pytest.raises(DatabaseError, match="different people"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state=ReviewState.APPROVED)
    assert Review.objects.get().state == ReviewState.OPEN


def test_a_signature_is_never_changed(county: County, editor: User, reviewers: list[User]) -> None:
    approve(submit(county, editor), reviewers[0])
    for statement in ("UPDATE review_signature SET decision = 'return'", "DELETE FROM review_signature"):
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Signature.objects.get().decision == Decision.APPROVE


class ReviewMachine(RuleBasedStateMachine):
    """Any people do any acts in any order: an approval always rests on three signatures of three other people."""

    @initialize()
    def begin(self) -> None:
        number = User.objects.count()
        self.county = County(*_bodies())
        self.people = [
            self.county.person(f"p{number}-{index}", self.county.water, *roles)
            for index, roles in enumerate(
                [
                    (Role.EDITOR,),
                    (Role.EDITOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER),
                    (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER),
                    (Role.SECOND_REVIEWER, Role.FINAL_REVIEWER),
                    (Role.FINAL_REVIEWER,),
                    (),
                ]
            )
        ]
        self.thing = number

    @rule(who=st.integers(0, 1), version=st.sampled_from([HASH, OTHER]))
    def submit_version(self, who: int, version: str) -> None:
        self._try(lambda: submit(self.county, self.people[who], thing_id=self.thing, version=version))

    @rule(
        who=st.integers(0, 5), version=st.sampled_from([HASH, OTHER]), decision=st.sampled_from(["approve", "return"])
    )
    def sign_something(self, who: int, version: str, decision: str) -> None:
        for review in Review.objects.filter(thing_id=self.thing, state=ReviewState.OPEN):
            self._try(
                lambda review=review: actions.sign(
                    review_id=review.pk, decision=decision, version_hash=version, gates=ALL, comment="看过",
                    actor=self.people[who],
                )
            )  # fmt: skip

    @rule(who=st.integers(0, 5))
    def edit(self, who: int) -> None:
        actions.void(thing_kind="tests.thing", thing_id=self.thing, actor=self.people[who], reason="改稿")

    @invariant()
    def an_approval_rests_on_three_other_people(self) -> None:
        for review in Review.objects.filter(thing_id=getattr(self, "thing", -1), state=ReviewState.APPROVED):
            rows = Signature.objects.filter(stage__review=review, decision="approve", version_hash=review.version_hash)
            signers = {row.person_id for row in rows}
            assert len(signers) == 3
            assert not signers & set(review.author_ids)
            for row in rows.select_related("stage"):
                assert set(row.stage.roles) & {part.role for part in row.person.role_rows.all()}

    def _try(self, act: object) -> None:
        try:
            act()  # type: ignore[operator]  # one of the lambdas above
        except Refused:
            return


def _bodies() -> tuple[object, ...]:
    found = Organisation.objects.order_by("pk")
    if found.exists():
        return tuple(found[:4])
    county = make_county()
    return (county.city, county.county, county.water, county.school)


class ReviewMachineTest(TestCase):
    def test_no_sequence_of_acts_approves_without_three_other_people(self) -> None:
        run_state_machine_as_test(
            ReviewMachine, settings=settings(max_examples=25, stateful_step_count=14, deadline=None)
        )
