"""What happened to accounts after they were opened, and a reform that is being planned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.pictures import draw
from zhijian.cli.demo.signing import sign_next
from zhijian.files.actions import store_paper
from zhijian.lib import clock
from zhijian.reform import actions as reform
from zhijian.registry import actions as registry
from zhijian.registry.queries import live_accounts_of, platforms
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.organisations.models import Organisation
    from zhijian.registry.models import Account

OFFICER, SUPERVISOR = "zhuban", "zhuguan"


def change_accounts(bodies: Bodies, people: People) -> None:
    """File what happened to the accounts, each filing signed as far as it went."""
    for serial, row in enumerate(table("changes")["filing"]):
        _file(row, bodies[row["body"]], people, serial)


def _file(row: dict[str, Any], body: Organisation, people: People, serial: int) -> None:
    first = moment_on(row["day"], serial=serial)
    account = _account(body, row["platform"], row["name"])
    with clock.at(first):
        filing = registry.create_filing(
            actor=people[OFFICER], kind=row["kind"], account_id=account.pk, form=_form(row, body, people)
        )
        registry.submit_filing(actor=people[OFFICER], filing_id=filing.pk)
    for number in range(row["signed"]):
        with clock.at(step(first, number + 1, day=row["day"])):
            review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
            if review is None:
                raise LookupError("A submitted filing is under review.")
            sign_next(review, people)


def _account(body: Organisation, platform: str, name: str) -> Account:
    return live_accounts_of(body).get(platform=platform, name=name)


def _form(row: dict[str, Any], body: Organisation, people: People) -> dict[str, Any]:
    form = {"happened_on": clock.today().isoformat(), **row["form"]}
    if "until" in row:
        kinds = {platform.code: platform.kinds[0].code for platform in platforms()}
        until = (clock.today() + timedelta(days=row["until"])).isoformat()
        form |= {"platform": row["platform"], "kind": kinds[row["platform"]], "until": until}
    if "into" in row:
        form["target"] = _account(body, row["platform"], row["into"]).pk
    if row.get("proof"):
        paper = store_paper(actor=people[SUPERVISOR], organisation=body, name="平台注销成功.png", data=draw("chart", 9))
        form["attachments"] = [{"slot": "proof", "sha256": paper.sha256, "name": paper.name}]
    return form


def plan_a_reform(bodies: Bodies, people: People) -> None:
    """Plan a reform of bodies and leave it to be started."""
    row, actor = table("changes")["reform"], people[SUPERVISOR]
    with clock.at(moment_on(row["day"])):
        made = reform.create_reform(
            actor=actor, organisation=bodies["county"], title=row["title"], basis=row["basis"],
            effective_on=clock.today() + timedelta(days=30),
        )  # fmt: skip
        for part in row["part"]:
            successor = bodies[part["successor"]] if "successor" in part else None
            reform.add_part(
                actor=actor, reform_id=made.pk, kind=part["kind"], organisation=bodies[part["body"]],
                successor=successor, name=part.get("name", ""), short_name=part.get("short", ""),
            )  # fmt: skip
