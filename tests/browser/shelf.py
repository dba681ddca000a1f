"""What the library and the catalogue of 青禾县 hold: an answer and a service in every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.models import Conflict
from zhijian.knowledge.queries import ANSWER_KIND, AnswerDraft
from zhijian.lib import clock
from zhijian.review.actions import sign
from zhijian.review.queries import current_review, current_stage
from zhijian.services import actions as services
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import Organisation, User


@dataclass
class Shelf:
    answers: dict[str, Any] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)


def fill_shelf(people: Mapping[str, User], bodies: Mapping[str, Organisation]) -> Shelf:
    """Write answers and services as their people do."""
    shelf = Shelf()
    writer, water = people["jiangan"], bodies["water"]
    answers = {
        "draft": "停水前多久通知？", "in_review": "怎样申请用水分户？", "returned": "水费有没有优惠？",
        "approved": "水卡丢了怎么补办？", "withdrawn": "水票在哪里买？",
    }  # fmt: skip
    for name, question in answers.items():
        text = "请到扫黑险恶窗口。" if name == "draft" else "带户主身份证到水务局服务大厅办理，当场办好。"
        draft = AnswerDraft(question=question, answer=text, similar=("用水卡不见了",) if name == "approved" else (),
                            basis="青禾县供水办法", basis_number="青政发〔2025〕3号", topic="utilities")  # fmt: skip
        shelf.answers[name] = knowledge.create_question(actor=writer, organisation=water, draft=draft)
    for name in ("in_review", "returned", "approved", "withdrawn"):
        knowledge.submit_question(actor=writer, question_id=shelf.answers[name].pk)
    _sign(shelf.answers["returned"].pk, people["fangyuan"], "return", "请写清楚哪些人有优惠。")
    for name in ("approved", "withdrawn"):
        for signer in ("fangyuan", "tangli"):
            _sign(shelf.answers[name].pk, people[signer])
    knowledge.withdraw_question(
        actor=people["tangli"], question_id=shelf.answers["withdrawn"].pk, reason="不再卖水票。"
    )
    _differ(people, bodies, shelf)
    _offer(people["zhouwenjing"], water, shelf)
    return shelf


def _sign(question_id: int, person: User, decision: str = "approve", comment: str = "") -> None:
    review = current_review(thing_kind=ANSWER_KIND, thing_id=question_id)
    assert review is not None
    stage = current_stage(review)
    assert stage is not None
    sign(
        review_id=review.pk, decision=decision, version_hash=review.version_hash, comment=comment, actor=person,
        gates={gate["code"]: True for gate in stage.gates},
    )  # fmt: skip


def _differ(people: Mapping[str, User], bodies: Mapping[str, Organisation], shelf: Shelf) -> None:
    """教育局 answers the question of the lost card in another way."""
    from zhijian.organisations.actions import grant_role  # noqa: PLC0415 - used here only
    from zhijian.organisations.enums import Role  # noqa: PLC0415 - as above

    for name, role in (("fangyuan", Role.FIRST_REVIEWER), ("tangli", Role.HEAD)):
        grant_role(actor=None, user=people[name], organisation=bodies["school"], role=role)
    draft = AnswerDraft(question="水卡丢了怎样补办？", answer="住校生找宿舍管理员。", basis="学校后勤办法")
    entry = knowledge.create_question(actor=people["luolan"], organisation=bodies["school"], draft=draft)
    knowledge.submit_question(actor=people["luolan"], question_id=entry.pk)
    for signer in ("fangyuan", "tangli"):
        _sign(entry.pk, people[signer])
    shelf.conflicts["open"] = Conflict.objects.get()


def _offer(officer: User, body: Organisation, shelf: Shelf) -> None:
    wanted = {
        "draft": None,
        "unknown": "",
        "opens": "reached",
        "not_looked": "could_not_look",
        "broken": "gone",
        "retired": "",
    }
    for name, result in wanted.items():
        draft = ServiceDraft(
            name=f"供水服务{len(shelf.services) + 1}号", how="网上填表，三个工作日办好。", words=("通水", "开水户"),
            entrance_url="https://fuwu.example.cn/water", materials="身份证", phone="0999-8800001",
            address="青禾县政务服务中心2号窗口", hours="工作日9:00至17:00", fee="不收费", source="县水务局事项清单",
        )  # fmt: skip
        row = services.create_service(actor=officer, organisation=body, draft=draft)
        shelf.services[name] = row
        if result is not None:
            services.publish_service(actor=officer, service_id=row.pk)
        if result:
            services.note_health(
                service_id=row.pk, url=row.entrance_url, result=result, at=clock.now(), reason="页面已经不存在。"
            )
    services.retire_service(actor=officer, service_id=shelf.services["retired"].pk, reason="并入总入口。")
