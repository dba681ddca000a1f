"""What citizens wrote and what became of it, by the inbox's own acts, each at its moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.pictures import draw
from zhijian.cli.demo.signing import sign_next
from zhijian.inbox import actions
from zhijian.inbox.enums import AnswerKind, CaseForm
from zhijian.lib import clock
from zhijian.review.enums import ReviewState
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from zhijian.organisations.models import Organisation, User

ANSWERERS: Final = {"office": "dafu", "water": "shuiwu-zhuban"}
ANSWERED: Final = ("answered", "public", "rated", "reopened", "redirected")
CHASE: Final = "请今天联系群众，说明原因。"
PICTURE_NUMBER: Final = 90


def receive_messages(
    bodies: dict[str, Organisation], people: dict[str, User], say: Callable[[str], None]
) -> None:  # fmt: skip
    """Let citizens write, and staff work on it, so that every state has a case."""
    rows = table("messages")["message"]
    for serial, row in enumerate(rows):
        _Matter(row, bodies, people, serial).live()
    say(f"  留言 {len(rows)} 件，各种状态都有")


class _Matter:
    """One message on its way."""

    def __init__(
        self, row: dict[str, Any], bodies: dict[str, Organisation], people: dict[str, User], serial: int
    ) -> None:
        self.row, self.bodies, self.people, self.serial = row, bodies, people, serial
        self.start, self.steps = moment_on(row["day"], serial=serial), 0
        self.place: str = row.get("to", "office")
        self.answerer = people[ANSWERERS[self.place]]

    def live(self) -> None:
        """Go as far as the state of the row says."""
        with clock.at(self.start):
            self.made = actions.receive_from_portal(
                draft=self._draft(), form_token=f"demo{self.serial:028d}", address=""
            )
        state = self.row["state"]
        if self.place != "office":
            self._then(self._hand_on)
        if state in {"received", "late"}:
            return
        self._then(lambda: actions.accept_case(actor=self.answerer, case_id=self.pk))
        if "ask" in self.row:
            self._then(lambda: actions.ask_citizen(actor=self.answerer, case_id=self.pk, text=self.row["ask"]))
        if self.row.get("chased"):
            officer = self.people["zhuguan"]
            self._then(lambda: actions.chase_case(actor=officer, case_id=self.pk, text=CHASE))
        if "reply" in self.row:
            self._answer(state)

    @property
    def pk(self) -> int:
        return self.made.case.pk

    def _draft(self) -> actions.CaseDraft:
        row = self.row
        photos: tuple[str, ...] = ()
        if "picture" in row:
            data = draw(row["picture"], PICTURE_NUMBER + self.serial)
            photos = (actions.keep_photo(organisation=self.bodies["office"], name="现场.png", data=data),)
        return actions.CaseDraft(
            title=row["title"], text=row["text"], kind=row["kind"], form=row.get("form", CaseForm.MESSAGE),
            organisation=self.bodies["office"], place=row.get("place", ""), name=row.get("name", ""),
            phone=row.get("phone", ""), is_confidential=row.get("confidential", False), photos=photos,
        )  # fmt: skip

    def _hand_on(self) -> None:
        actions.assign_case(
            actor=self.people["dafu"], case_id=self.pk, to=self.bodies[self.place], reason="供水方面的事由县水务局办。"
        )  # fmt: skip

    def _answer(self, state: str) -> None:
        address = self.row.get("address", "")
        kind = AnswerKind.NOT_OURS if address else AnswerKind.REPLY
        draft = actions.AnswerDraft(text=self.row["reply"], kind=kind, right_address=address)
        self._then(lambda: actions.submit_answer(actor=self.answerer, case_id=self.pk, draft=draft))
        if state == "in_review":
            return
        if state == "returned":
            self._then(lambda: self._sign("inbox.answer", self.pk, comment=self.row["comment"]))
            return
        self._sign_all("inbox.answer", self.pk)
        self._afterwards(state)

    def _afterwards(self, state: str) -> None:
        made, row = self.made, self.row
        if "rate" in row:
            self._then(lambda: actions.rate_case(
                number=made.case.number, key=made.key, satisfaction=row["rate"], comment=row.get("comment", "")
            ))  # fmt: skip
        if state == "reopened":
            self._then(lambda: actions.reopen_case(
                number=made.case.number, key=made.key, reason=row["reason"]
            ))  # fmt: skip
        if state == "public":
            self._make_public()

    def _make_public(self) -> None:
        made = self.made.case
        made.refresh_from_db()
        text = actions.masked_text(actor=self.answerer, case=made)
        shots = tuple(made.photos.values_list("sha256", flat=True))
        note = "照片都看过，没有人脸、车牌和门牌。" if shots else ""
        text = actions.PublicText(text.title, text.question, text.answer, text.place, shots, note)
        publication = self._then(
            lambda: actions.submit_publication(actor=self.answerer, case_id=self.pk, text=text)
        )  # fmt: skip
        self._sign_all("inbox.publication", publication.pk)

    def _sign_all(self, kind: str, thing_id: int) -> None:
        while self._then(lambda: self._sign(kind, thing_id)):
            pass

    def _sign(self, kind: str, thing_id: int, *, comment: str = "") -> bool:
        """Sign the stage that waits; tell whether another one waits after it."""
        review = current_review(thing_kind=kind, thing_id=thing_id)
        if review is None:
            raise LookupError(f"No review of {kind} {thing_id}.")
        sign_next(review, self.people, comment=comment)
        after = current_review(thing_kind=kind, thing_id=thing_id)
        return after is not None and after.state == ReviewState.OPEN

    def _then(self, act: Callable[[], Any]) -> Any:
        """Do something half an hour after the last thing."""
        self.steps += 1
        moment = self._moment()
        with clock.at(moment):
            return act()

    def _moment(self) -> datetime:
        return min(step(self.start, self.steps, day=self.row["day"]), clock.now() - timedelta(seconds=1))
