"""Openings in every state, and the county's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.signing import sign_next
from zhijian.knowledge import actions as knowledge
from zhijian.lib import clock
from zhijian.policy.queries import platform_by_code
from zhijian.registry import actions as registry
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.organisations.models import User

THING_KIND = "registry.filing"


def make_filings(bodies: Bodies, people: People) -> None:
    """Begin, submit, sign, return and withdraw the openings, each at its time."""
    for serial, row in enumerate(table("filings")["filing"]):
        moments = (step(moment_on(row["day"], serial=serial), number, day=row["day"]) for number in range(9))
        _make_filing(row, bodies, people, moments)


def _make_filing(row: dict[str, Any], bodies: Bodies, people: People, moments: Iterator[datetime]) -> None:
    actor = people[row["by"]]
    with clock.at(next(moments)):
        filing = registry.create_filing(
            kind="opening", actor=actor, organisation_id=bodies[row["body"]].pk, form=_form(row, bodies)
        )
    if row["end"] == "draft":
        return
    with clock.at(next(moments)):
        registry.submit_filing(actor=actor, filing_id=filing.pk)
    for _ in range(row["signed"]):
        with clock.at(next(moments)):
            _sign(filing.pk, people)
    with clock.at(next(moments)):
        _end(row, filing.pk, actor, people)


def _end(row: dict[str, Any], filing_id: int, actor: User, people: People) -> None:
    if row["end"] == "returned":
        _sign(filing_id, people, comment=row["comment"], field=row["field"])
    elif row["end"] == "withdrawn":
        registry.withdraw_filing(actor=actor, filing_id=filing_id)
    elif row["end"] == "registered":
        account = _account_of(filing_id, actor)
        registry.register_account(actor=actor, account_id=account, platform_uid=row["uid"])


def _account_of(filing_id: int, actor: User) -> int:
    from zhijian.registry.queries import find_filing  # noqa: PLC0415 - used by one of the ends only

    account = find_filing(actor=actor, filing_id=filing_id).account
    if account is None:
        raise LookupError("An approved opening has an account.")
    return account.pk


def _sign(filing_id: int, people: People, *, comment: str = "", field: str = "") -> None:
    review = current_review(thing_kind=THING_KIND, thing_id=filing_id)
    if review is None:
        raise LookupError("A submitted opening is under review.")
    sign_next(review, people, comment=comment, field=field)


def _form(row: dict[str, Any], bodies: Bodies) -> dict[str, Any]:
    body = bodies[row["body"]]
    return {
        "platform": row["platform"], "kind": platform_by_code(row["platform"]).kinds[0].code, "name": row["name"],
        "positioning": row["positioning"], "grounds": row["grounds"], "leader": "顾景明", "contact": "小许",
        "phone": "0900-5550100", "reviewers": f"{body.short_name}三审人员", "undertaking": True,
    }  # fmt: skip


def make_terms(bodies: Bodies, people: People) -> None:
    """Put the county's terms up, approve the settled ones by a second person, leave the others waiting."""
    for serial, row in enumerate(table("terms")["approved"]):
        with clock.at(moment_on(70, serial=serial)):
            term = knowledge.propose_term(actor=people["zhuban"], organisation=bodies["county"], draft=_term(row))
        with clock.at(moment_on(69, serial=serial)):
            knowledge.approve_term(actor=people["zhuguan"], term_id=term.pk, comment="情况属实，同意启用。")
    for serial, row in enumerate(table("terms")["proposed"]):
        with clock.at(moment_on(2, serial=serial)):
            knowledge.propose_term(actor=people[row["by"]], organisation=bodies[row["body"]], draft=_term(row))


def _term(row: dict[str, Any]) -> knowledge.TermDraft:
    fields = ("wrong", "right", "kind", "severity", "message", "source")
    return knowledge.TermDraft(**{name: row[name] for name in fields}, exceptions=tuple(row.get("exceptions", ())))
