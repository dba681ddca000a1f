"""Messages in every state a page can show, by the same acts citizens and staff use."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.browser.papers import picture

from zhijian.inbox import actions
from zhijian.inbox.enums import AnswerKind
from zhijian.lib import clock
from zhijian.review import actions as review
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from zhijian.inbox.actions.receiving import Received
    from zhijian.inbox.models import Publication
    from zhijian.organisations.models import Organisation, User

REPLY = "您好。检修队已更换灯头，昨晚试灯正常。再有问题请在这里补充，或拨打供水热线。"
ANSWERER, COUNTY_ANSWERER = "jiangan", "xiahe"


def fill_mailbox(people: dict[str, User], water: Organisation) -> dict[str, Received]:
    """Return what was received, by the state it stands in."""
    box = Mailbox(people, water)
    made = {name: box.write(title) for name, title in TITLES.items()}
    box.move(made)
    return made


TITLES = {
    "received": "路口的路灯不亮", "working": "水压太低", "waiting": "水费算错了", "in_review": "水表读数不对",
    "answered": "什么时候通水", "redirected": "邻县的桥坏了", "public": "停水要提前几天通知",
    "returned": "换表要收费吗", "public_in_review": "家里能自己换水表吗",
    "hidden": "旧管道什么时候换",
}  # fmt: skip


class Mailbox:
    """Receives, answers and signs at the water bureau."""

    def __init__(self, people: dict[str, User], water: Organisation) -> None:
        self.people, self.water, self.number = people, water, 0
        self.answerer = people[ANSWERER]

    def write(self, title: str, **more: Any) -> Received:
        self.number += 1
        draft = actions.CaseDraft(
            title=title, text=f"{title}，请尽快处理。我姓何，电话13900001234。", organisation=self.water,
            name="何小满", phone=f"1390000{self.number:04d}", **more,
        )  # fmt: skip
        return actions.receive_from_portal(draft=draft, form_token=f"mailbox{self.number:025d}", address="")

    def move(self, made: dict[str, Received]) -> None:
        """Bring each to the state it is named after, and add what is late, secret, or came with a picture."""
        for name in TITLES.keys() - {"received"}:
            actions.accept_case(actor=self.answerer, case_id=made[name].case.pk)
        actions.ask_citizen(actor=self.answerer, case_id=made["waiting"].case.pk, text="请写明户号。")
        self.send(made["in_review"])
        for name in ("answered", "public", "hidden", "public_in_review"):
            self.send(made[name])
            self.sign("inbox.answer", made[name].case.pk)
        self.send(made["redirected"], kind=AnswerKind.NOT_OURS, right_address="邻县交通运输局，电话 0999-8811111。")
        self.sign("inbox.answer", made["redirected"].case.pk)
        self.send(made["returned"])
        self.sign("inbox.answer", made["returned"].case.pk, decision="return")
        for name in ("public", "hidden"):
            self.sign("inbox.publication", self.submit_public(made[name]).pk)
        self.submit_public(made["public_in_review"])
        actions.hide_publication(actor=self.answerer, case_id=made["hidden"].case.pk, reason="群众要求撤下。")
        with clock.at(clock.now() - timedelta(days=60)):
            made["late"] = self.write("井盖丢了")
        actions.chase_case(
            actor=self.people["chenlian"], case_id=made["late"].case.pk, text="请今天办，晚上会有人掉进去。"
        )  # fmt: skip
        made["secret"] = self.write("有人夜里偷水", is_confidential=True)
        shot = actions.keep_photo(organisation=self.water, name="井盖.png", data=picture())
        made["photo"] = self.write("人行道塌了一块", form="photo", photos=(shot,), place="柳湾路 8 号前")

    def send(self, one: Received, **more: Any) -> None:
        draft = actions.AnswerDraft(text=REPLY, **more)
        actions.submit_answer(actor=self.answerer, case_id=one.case.pk, draft=draft)

    def sign(self, kind: str, thing_id: int, decision: str = "approve") -> None:
        for name in ("fangyuan", "songbai"):
            opened = current_review(thing_kind=kind, thing_id=thing_id)
            assert opened is not None
            stage = current_stage(opened)
            if stage is None:
                return
            review.sign(
                review_id=opened.pk, decision=decision, version_hash=opened.version_hash, actor=self.people[name],
                comment="写明通水的日子。" if decision == "return" else "",
                gates={gate["code"]: True for gate in stage.gates},
            )  # fmt: skip

    def submit_public(self, one: Received) -> Publication:
        one.case.refresh_from_db()
        text = actions.masked_text(actor=self.answerer, case=one.case)
        return actions.submit_publication(actor=self.answerer, case_id=one.case.pk, text=text)
