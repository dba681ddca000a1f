"""A small Q&A library: two bodies, their writers and signers, and an answer brought into force as people do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.people import make_county

from zhijian.knowledge import actions
from zhijian.knowledge.models import Question
from zhijian.knowledge.queries import AnswerDraft
from zhijian.organisations.enums import Role
from zhijian.review.actions import sign
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review


@dataclass(frozen=True)
class Library:
    county: County
    writer: User
    first: User
    head: User
    outsider: User
    others: dict[int, tuple[User, User, User]]

    def draft(self, **more: Any) -> AnswerDraft:
        """Return an answer about a lost water card, with what a test wants otherwise."""
        told = {
            "question": "水卡丢了怎么补办？", "answer": "带身份证到水务局服务大厅补办，当场领取。",
            "similar": ("水卡遗失补领", "用水卡不见了"),
            "basis": "云岭县供水服务办法", "basis_number": "云政发〔2025〕9号",
        }  # fmt: skip
        return AnswerDraft(**{**told, **more})

    def entry(self, body: Organisation | None = None, **more: Any) -> Question:
        """Write an entry."""
        body = body or self.county.water
        return actions.create_question(
            actor=self.others[body.pk][0], organisation=body, draft=self.draft(**more)
        )  # fmt: skip

    def in_force(self, body: Organisation | None = None, **more: Any) -> Question:
        """Write an entry and bring it into force."""
        entry = self.entry(body, **more)
        self.approve(entry)
        return Question.objects.get(pk=entry.pk)

    def submit(self, entry: Question) -> Review:
        """Send the newest version to review."""
        return actions.submit_question(actor=self.others[entry.organisation_id][0], question_id=entry.pk)

    def approve(self, entry: Question) -> None:
        """Send the newest version to review and sign it at both stages."""
        review = self.submit(entry)
        for signer in self.others[entry.organisation_id][1:]:
            self.sign(review, signer)

    def sign(self, review: Review, signer: User, decision: str = "approve", comment: str = "") -> None:
        """Sign the stage that waits."""
        now = current_review(thing_kind=review.thing_kind, thing_id=review.thing_id)
        assert now is not None
        stage = current_stage(now)
        assert stage is not None
        sign(
            review_id=review.pk, decision=decision, version_hash=review.version_hash, comment=comment, actor=signer,
            gates={gate["code"]: True for gate in stage.gates},
        )  # fmt: skip


def make_library() -> Library:
    """Make 水务局 and 教育局, each with a writer, a first reviewer and a head."""
    county = make_county()
    staff = {
        body.pk: (
            county.person(f"{name}.writer", body, Role.ANSWERER),
            county.person(f"{name}.first", body, Role.FIRST_REVIEWER),
            county.person(f"{name}.head", body, Role.HEAD),
        )
        for name, body in (("water", county.water), ("school", county.school), ("county", county.county))
    }
    writer, first, head = staff[county.water.pk]
    return Library(county, writer, first, head, staff[county.school.pk][0], staff)
