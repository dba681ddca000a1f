"""A body's entries of the Q&A library and its services, every word marked; what is public bears no mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.queries import ANSWER_KIND, AnswerDraft
from zhijian.organisations.enums import Role
from zhijian.review.actions import sign
from zhijian.review.queries import current_review, current_stage
from zhijian.services import actions as services
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from tests.isolation.world import Party

    from zhijian.organisations.models import Organisation, User


def keep_shelf(party: Party) -> None:
    """Write entries and services in several states."""
    for name in ("answerdraft", "answerwaiting", "answerinternal", "answergone"):
        _entry(party, name)
    officer = party.officer()
    for name in ("servicedraft", "serviceretired"):
        mark = party.word(name)
        draft = ServiceDraft(name=mark, how=mark, words=(mark,), phone="0599-1", source=mark)
        row = services.create_service(actor=officer, organisation=party.body, draft=draft)
        if name == "serviceretired":
            services.publish_service(actor=officer, service_id=row.pk)
            services.retire_service(actor=officer, service_id=row.pk, reason=party.word("retired"))


ASKED = {"mkaqx": "家里的水表不走字了找谁来换", "mkbqx": "孩子转学要带哪些证明材料"}


def disagree(party: Party, government: dict[str, User], body: Organisation) -> None:
    """Answer one question in public otherwise than the government above does; neither bears a mark."""
    for people, owner, answer in ((party.people, party.body, "打电话。"), (government, body, "到窗口来。")):
        draft = AnswerDraft(question=ASKED[party.mark], answer=answer, basis="通知", confidentiality="public")
        entry = knowledge.create_question(actor=people[Role.ANSWERER], organisation=owner, draft=draft)
        knowledge.submit_question(actor=people[Role.ANSWERER], question_id=entry.pk)
        for role in (Role.FIRST_REVIEWER, Role.HEAD):
            _sign(entry.pk, people[role])


def _entry(party: Party, name: str) -> None:
    mark, writer = party.word(name), party.people[Role.ANSWERER]
    internal = "internal" if name == "answerinternal" else "public"
    draft = AnswerDraft(
        question=mark, answer=mark, similar=(party.word("similar"),), basis=mark, confidentiality=internal
    )
    entry = knowledge.create_question(actor=writer, organisation=party.body, draft=draft, note=party.word("note"))
    if name == "answerdraft":
        return
    knowledge.submit_question(actor=writer, question_id=entry.pk)
    if name == "answerwaiting":
        return
    for role in (Role.FIRST_REVIEWER, Role.HEAD):
        _sign(entry.pk, party.people[role])
    if name == "answergone":
        knowledge.withdraw_question(actor=party.people[Role.HEAD], question_id=entry.pk, reason=party.word("gone"))


def _sign(question_id: int, person: User) -> None:
    review = current_review(thing_kind=ANSWER_KIND, thing_id=question_id)
    assert review is not None
    stage = current_stage(review)
    assert stage is not None
    sign(
        review_id=review.pk, decision="approve", version_hash=review.version_hash, comment="", gates={
            gate["code"]: True for gate in stage.gates}, actor=person,
    )  # fmt: skip
