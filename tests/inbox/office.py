"""An office that answers citizens: a county that takes in, two departments, and everybody who signs."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.people import County, make_county

from zhijian.inbox import actions
from zhijian.inbox.models import Case
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.review import actions as review
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review

REPLY = "您好，经实地查看，路灯线路已于昨日修复，请您再看一看。如仍不亮，请随时补充。"


@dataclass
class Office:
    """People by short name: answerer, head, first and final reviewer of the county and of the water bureau."""

    county: County
    people: dict[str, User] = field(default_factory=dict)

    @property
    def body(self) -> Organisation:
        return self.county.county

    @property
    def water(self) -> Organisation:
        return self.county.water

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def receive(self, **fields: Any) -> actions.Received:
        """Take in a message as the portal does."""
        token = fields.pop("token", secrets.token_hex(16))
        network = fields.pop("network", "192.0.2.7")
        given = {"title": "路灯不亮", "text": "柳湾路口的路灯坏了三天，晚上看不见路。", "kind": "consult", **fields}
        return actions.receive_from_portal(draft=actions.CaseDraft(**given), form_token=token, address=network)

    def answered(self, made: actions.Received, text: str = REPLY) -> Case:
        """Accept, answer and have the answer signed at the county."""
        actions.accept_case(actor=self["answerer"], case_id=made.case.pk)
        actions.submit_answer(
            actor=self["answerer"], case_id=made.case.pk, draft=actions.AnswerDraft(text=text, note="已核对。")
        )
        self.sign("inbox.answer", made.case.pk)
        return fresh(made.case)

    def sign(self, kind: str, thing_id: int, *, where: str = "") -> None:
        """Sign every stage that waits, each by whoever may."""
        opened = open_review(kind, thing_id)
        while (stage := current_stage(opened)) is not None:
            names = ("first", "final", "head") if not where else (f"{where}_first", f"{where}_final", f"{where}_head")
            person = next(self[name] for name in names if set(stage.roles) & self[name].roles_at(stage.organisation))
            sign_stage(opened, person)
            opened = open_review(kind, thing_id)


def sign_stage(opened: Review, person: User, decision: str = "approve", comment: str = "") -> None:
    stage = current_stage(opened)
    assert stage is not None
    review.sign(
        review_id=opened.pk, decision=decision, version_hash=opened.version_hash, comment=comment, actor=person,
        gates={gate["code"]: True for gate in stage.gates},
    )  # fmt: skip


def open_review(kind: str, thing_id: int) -> Review:
    found = current_review(thing_kind=kind, thing_id=thing_id)
    assert found is not None
    return found


def fresh(case: Case) -> Case:
    return Case.objects.select_related("organisation", "handler", "secret").get(pk=case.pk)


def beijing(text: str) -> datetime:
    """Read `2026-02-13 17:40` as Beijing time."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.BEIJING)


@contextmanager
def on(text: str) -> Iterator[None]:
    with clock.at(beijing(text)):
        yield


def make_office(county: County | None = None) -> Office:
    county = county or make_county()
    office = Office(county)
    places = {"": county.county, "water_": county.water, "school_": county.school}
    roles = {
        "answerer": Role.ANSWERER, "head": Role.HEAD, "first": Role.FIRST_REVIEWER, "final": Role.FINAL_REVIEWER,
    }  # fmt: skip
    for prefix, body in places.items():
        for name, role in roles.items():
            office.people[f"{prefix}{name}"] = county.person(f"{prefix}{name}", body, role)
    office.people["officer"] = county.person("overseer", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    return office
