"""The county's questions and answers in every state, and its services with their entrances."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.http import urlencode

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.signing import sign_next
from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.queries import ANSWER_KIND, AnswerDraft
from zhijian.lib import clock
from zhijian.lib.watched import COULD_NOT_LOOK, GONE, REACHED
from zhijian.organisations.enums import Role
from zhijian.review.queries import current_review
from zhijian.services import actions as services
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.knowledge.models import Question
    from zhijian.organisations.models import Organisation, User
    from zhijian.services.models import Service

FIRST, LAST = 60, 6
A_YEAR = 365
AUDIENCES = {"p": "person", "c": "company", "b": "both"}
HALL, NET = "hb", "nb"
USED = (0, 3, 12, 41, 7, 1, 25, 90)


def make_answers_and_services(bodies: Bodies, people: People, say: Callable[[str], None]) -> None:
    """Write both catalogues as the people of the county do."""
    entries = table("answers")["entry"]
    for serial, row in enumerate(entries):
        _answer(row, serial, bodies[row["body"]], people)
    made = [_service(name, row, bodies, people) for name, rows in table("services")["bodies"].items() for row in rows]
    say(f"  答问 {len(entries)} 条、办事服务 {len(made)} 项已建立")


def _answer(row: dict[str, Any], serial: int, body: Organisation, people: People) -> None:
    state = row.get("state", "in_force")
    moment = moment_on(FIRST - (FIRST - LAST) * serial // 60 if state == "in_force" else LAST - 1, serial=serial)
    if "days_to_confirm" in row:
        moment = moment_on(A_YEAR - row["days_to_confirm"], serial=serial)
    with clock.at(moment):
        entry = knowledge.create_question(actor=_writer(body, people), organisation=body, draft=_draft(row, body))
    if state == "draft":
        return
    with clock.at(step(moment, 1, day=1)):
        knowledge.submit_question(actor=_writer(body, people), question_id=entry.pk)
    if state == "returned":
        _sign(entry, people, step(moment, 2, day=1), comment=row["comment"])
    elif state != "in_review":
        for number in (2, 3):
            _sign(entry, people, step(moment, number, day=1))
        _live_on(row, serial, entry, people, step(moment, 4, day=1))


def _sign(entry: Question, people: People, moment: datetime, *, comment: str = "") -> None:
    review = current_review(thing_kind=ANSWER_KIND, thing_id=entry.pk)
    if review is None:
        raise LookupError("A submitted answer is under review.")
    with clock.at(moment):
        sign_next(review, people, comment=comment)


def _live_on(row: dict[str, Any], serial: int, entry: Question, people: People, moment: datetime) -> None:
    with clock.at(moment):
        for _ in range(USED[serial % len(USED)]):
            knowledge.note_use(question_id=entry.pk)
        if row.get("state") == "withdrawn":
            knowledge.withdraw_question(actor=people["zhuban"], question_id=entry.pk, reason=row["comment"])
        if "newer" in row:
            draft = _draft({**row, "a": row["newer"]}, entry.organisation)
            knowledge.save_question(
                actor=_writer(entry.organisation, people), question_id=entry.pk, base_number=1, draft=draft,
                note="小餐饮改办登记证",
            )  # fmt: skip


def _draft(row: dict[str, Any], body: Organisation) -> AnswerDraft:
    ends = row.get("days_to_end")
    return AnswerDraft(
        question=row["q"], similar=tuple(row.get("also", ())), answer=row["a"], topic=row["topic"],
        basis=f"{body.short_name}办事指南（演示）", basis_number="",
        valid_to=clock.today() + timedelta(days=ends + FIRST) if ends else None,
        confidentiality="public" if row.get("public", True) else "internal",
    )  # fmt: skip


def _writer(body: Organisation, people: People) -> User:
    """Return the editor of a body, or where it has none the county's officer."""
    own = (person for person in people.values() if person.organisation_id == body.pk)
    return next((person for person in own if Role.EDITOR in person.roles_at(body)), people["zhuban"])


def _service(key: str, row: list[Any], bodies: Bodies, people: People) -> Service:
    name, words, topic, audience, way, how = row
    body, told, officer = bodies[key], table("services"), people["zhuban"]
    with clock.at(moment_on(50)):
        service = services.create_service(
            actor=officer, organisation=body,
            draft=ServiceDraft(
                name=name, how=how, words=tuple(words), topic=topic, audience=AUDIENCES[audience],
                entrance_url=_entrance(name, broken=name in told["broken"]) if way in NET else "",
                materials="身份证" if audience == "p" else "",
                address=f"墨溪县政务服务中心{body.short_name.removeprefix('墨溪县')}窗口" if way in HALL else "",
                hours="工作日9:00至17:00" if way in HALL else "", phone="0900-5550199", fee="不收费",
                source=f"{body.short_name}事项清单（演示）",
            ),
        )  # fmt: skip
        if name not in told["draft"]:
            reason = "入口在演示系统里。" if service.entrance_url else ""
            services.publish_service(actor=officer, service_id=service.pk, reason=reason)
    _look(service, told)
    if name in told["retired"]:
        with clock.at(moment_on(20)):
            services.retire_service(actor=officer, service_id=service.pk, reason="改发电子账单。")
    return service


def _entrance(name: str, *, broken: bool) -> str:
    """Every entrance of the demonstration lies in the demonstration itself: nobody else is visited at night."""
    base = settings.ZHIJIAN_BASE_URL.rstrip("/")
    return f"{base}/services/entrance-moved/" if broken else f"{base}/services/?{urlencode({'q': name})}"


def _look(service: Service, told: dict[str, Any]) -> None:
    if not service.entrance_url:
        return
    results = dict.fromkeys(told["broken"], (GONE, "页面已经不存在。"))
    results |= dict.fromkeys(told["unseen"], (COULD_NOT_LOOK, "对方网站太久没有回应，这次没看成，请稍后再试。"))
    result, reason = results.get(service.name, (REACHED, ""))
    with clock.at(moment_on(1)):
        services.note_health(
            service_id=service.pk, url=service.entrance_url, result=result, at=clock.now(), reason=reason
        )
