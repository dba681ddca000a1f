"""What bodies have for their new media: leaders and budgets, licences, rules of their own, talks with platforms."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on
from zhijian.cli.demo.pictures import draw
from zhijian.lib import clock
from zhijian.resources import actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.organisations.models import User
    from zhijian.resources.models import LiaisonEntry

OFFICER = "zhuban"


def equip_bodies(bodies: Bodies, people: People, say: Callable[[str], None]) -> None:
    """Write down what a few bodies have; the others have written nothing yet."""
    rows, actor = table("means"), people[OFFICER]
    for row in rows["statement"]:
        _state(row, bodies, actor)
    for place, row in enumerate(rows["licence"]):
        _license(row, bodies, actor, place)
    for place, row in enumerate(rows["rule"]):
        _rule(row, bodies, actor, place)
    _talk(rows["talk"], bodies, actor)
    say(f"  保障情况 {len(rows['statement'])} 份，许可证 {len(rows['licence'])} 份，制度 {len(rows['rule'])} 份")


def _state(row: dict[str, Any], bodies: Bodies, actor: User) -> None:
    name, post, phone = row["leader"]
    draft = actions.StatementDraft(
        leader_name=name, leader_post=post, leader_phone=phone, unit=row["unit"],
        budget=Decimal(row["budget"]) if row["budget"] else None, budget_source=row["source"],
        staff_count=row["staff"], staff_names=row["names"],
    )  # fmt: skip
    year = clock.today().year
    actions.state_means(actor=actor, organisation=bodies[row["body"]], year=year, draft=draft, seen=0)


def _paper(row: dict[str, Any], name: str, place: int) -> tuple[str, bytes] | None:
    return (f"{name}.png", draw("chart", place)) if row["paper"] else None


def _license(row: dict[str, Any], bodies: Bodies, actor: User, place: int) -> None:
    body, today = bodies[row["body"]], clock.today()
    draft = actions.LicenceDraft(
        number=row["number"], issuer=row["issuer"], holder=body.name, begins_on=today - timedelta(days=row["day"]),
        ends_on=today + timedelta(days=row["until"]),
    )  # fmt: skip
    paper = _paper(row, "许可证", place)
    actions.record_licence(actor=actor, organisation=body, kind=row["kind"], draft=draft, paper=paper)


def _rule(row: dict[str, Any], bodies: Bodies, actor: User, place: int) -> None:
    issued, review_by = (clock.today() + timedelta(days=number) for number in (-row["day"], row["review"]))
    draft = actions.RuleDraft(row["title"], row["number"], issued, issued + timedelta(days=10), review_by)
    paper = _paper(row, row["title"], place)
    actions.record_rule(actor=actor, organisation=bodies[row["body"]], kind=row["kind"], draft=draft, paper=paper)


def _talk(rows: list[dict[str, Any]], bodies: Bodies, actor: User) -> None:
    last: LiaisonEntry | None = None
    for serial, row in enumerate(rows):
        follow_up_on = clock.today() + timedelta(days=row["follow"]) if "follow" in row else None
        with clock.at(moment_on(row["day"], serial=serial)):
            name, phone, mail = row["contact"]
            draft = actions.TalkDraft(
                platform=row["platform"], day=clock.today(), contact_name=name, contact_phone=phone,
                contact_mail=mail, way=row["way"], asked=row["asked"], came_of=row["came_of"],
                follow_up_on=follow_up_on, state=row["state"],
            )  # fmt: skip
            if row.get("goes_on") and last is not None:
                last = actions.follow_up(actor=actor, entry_id=last.pk, draft=draft)
            else:
                last = actions.record_talk(actor=actor, organisation=bodies[row["body"]], draft=draft)
