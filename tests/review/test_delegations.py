"""Signing in somebody's place: for some days, under both names, and around no wall."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from tests.registry.filing_desk import filed, form_of, imported
from tests.registry.world import World, make_person, make_world

from zhijian.audit.queries import events_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.registry.actions import create_filing, submit_filing
from zhijian.review.actions import delegate_signing, end_delegation, sign
from zhijian.review.models import Delegation, Review, Signature
from zhijian.review.queries import current_review, current_stage, signers_of, steps_of, waiting_stages

if TYPE_CHECKING:
    from django.test import Client

    from zhijian.organisations.models import User

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 10:00").replace(tzinfo=clock.BEIJING)


def give(world: World, to: User, first: date = FIRST, last: date = LAST) -> Delegation:
    return delegate_signing(actor=world.head, delegate=to, first_day=first, last_day=last, reason="外出开会")


def sign_as(review: Review, person: User) -> Review:
    stage = current_stage(review)
    assert stage is not None
    return sign(
        review_id=review.pk, decision="approve", version_hash=review.version_hash, comment="", actor=person,
        gates={gate["code"]: True for gate in stage.gates},
    )  # fmt: skip


def sent(world: World) -> Review:
    (account,) = imported(world, "东溪县教育局,微信,东溪教育,dongxijy1,")
    filing = filed(world.officer, "freeze", account=account)
    found = current_review(thing_kind="registry.filing", thing_id=filing.pk)
    assert found is not None
    return found


def test_a_delegate_signs_for_the_days_and_under_both_names(world: World) -> None:
    deputy = make_person("deputy", world.education, Role.SECOND_REVIEWER)
    with clock.at(at("2026-03-01")):
        row = give(world, deputy)
        review = sent(world)
        assert not waiting_stages(actor=deputy).exists()
        with pytest.raises(Refused, match="由县教育局的单位负责人来签"):
            sign_as(review, deputy)
    with clock.at(at("2026-03-02")):
        stage = waiting_stages(actor=deputy).get()
        assert {person.username for person in signers_of(stage.pk).people} == {"head", "deputy"}
        sign_as(review, deputy)
        signature = Signature.objects.get()
        assert (signature.person, signature.on_behalf_of) == (deputy, world.head)
        assert steps_of(review)[0].who == "deputy（受head委托）"
        assert not waiting_stages(actor=world.head).exists()
    assert [event.name for event in events_of(thing_kind="review.delegation", thing_id=row.pk)] == [
        "review.delegation.given"
    ]


def test_it_ends_with_its_last_day_or_before(world: World) -> None:
    deputy = make_person("deputy", world.education, Role.SECOND_REVIEWER)
    with clock.at(at("2026-03-02")):
        review, row = sent(world), give(world, deputy)
        with pytest.raises(Missing):
            end_delegation(actor=deputy, delegation_id=row.pk)
    with clock.at(at("2026-03-07")):
        assert not waiting_stages(actor=deputy).exists()
    with clock.at(at("2026-03-03")):
        end_delegation(actor=world.head, delegation_id=row.pk)
        with pytest.raises(Refused, match="由县教育局的单位负责人来签"):
            sign_as(review, deputy)
        with pytest.raises(Refused, match="已经结束"):
            end_delegation(actor=world.head, delegation_id=row.pk)


def test_who_wrote_it_signs_by_nobodys_hand(world: World) -> None:
    writer = make_person("writing_head", world.education, Role.HEAD)
    writer_role = make_person("both", world.education, Role.HOST_OFFICER)
    (account,) = imported(world, "东溪县教育局,微信,东溪教育,dongxijy1,")
    with clock.at(at("2026-03-02")):
        delegate_signing(actor=world.head, delegate=world.officer, first_day=FIRST, last_day=LAST, reason="休假")
        delegate_signing(actor=writer, delegate=writer_role, first_day=FIRST, last_day=LAST, reason="休假")
        filing = create_filing(actor=world.officer, kind="freeze", account_id=account.pk, form=form_of("freeze"))
        submit_filing(actor=world.officer, filing_id=filing.pk)
        review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
        assert review is not None
        with pytest.raises(Refused, match="不能审核自己的"):
            sign_as(review, world.officer)
        Review.objects.filter(pk=review.pk)
        stage = current_stage(review)
        with pytest.raises(DatabaseError, match="nobody asked"), transaction.atomic():
            Signature.objects.create(
                stage=stage, person=writer_role, on_behalf_of=world.head, decision="approve",
                version_hash=review.version_hash, signed_at=clock.now(),
            )  # fmt: skip
        assert waiting_stages(actor=writer_role).get() == stage
    with pytest.raises(DatabaseError, match="ended, not changed"), transaction.atomic():
        Delegation.objects.update(last_day=date(2030, 1, 1))


def test_leave_is_given_inside_the_body_and_for_a_while(client: Client, world: World) -> None:
    deputy = make_person("deputy", world.education, Role.SECOND_REVIEWER)
    with clock.at(at("2026-03-02")):
        editor = make_person("editor", world.education, Role.EDITOR)
        for other, reason in ((world.supervisor, "请选同一单位"), (world.head, "不能委托给自己"), (editor, "没有审核")):
            with pytest.raises(Refused, match=reason):
                give(world, other)
        with pytest.raises(Refused, match="一次最多委托 60 天"):
            give(world, deputy, FIRST, date(2026, 6, 1))
        with pytest.raises(Refused, match="结束日期"):
            give(world, deputy, FIRST, date(2026, 3, 1))
    client.force_login(world.head)
    today = clock.today().isoformat()
    data = {"delegate": deputy.pk, "first_day": today, "last_day": today, "reason": "外出"}
    assert client.post("/desk/review/delegations/", {**data, "reason": ""}).status_code == 409
    page = client.post("/desk/review/delegations/", data, follow=True).content.decode()
    assert ("head 委托 deputy" in page, "代签中" in page) == (True, True)
    row = Delegation.objects.get()
    client.force_login(deputy)
    assert "head 委托 deputy" in client.get("/desk/review/delegations/").content.decode()
    assert client.post(f"/desk/review/delegations/{row.pk}/end/").status_code == 404
    client.force_login(world.head)
    assert "已结束" in client.post(f"/desk/review/delegations/{row.pk}/end/", follow=True).content.decode()
    client.force_login(world.officer)
    assert "只有签审的人可以委托" in client.get("/desk/review/delegations/").content.decode()
