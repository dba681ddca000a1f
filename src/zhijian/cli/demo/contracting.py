"""Contracts with companies that run accounts: one in force, one that ends soon, one that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on
from zhijian.cli.demo.pictures import draw
from zhijian.lib import clock
from zhijian.registry.queries import live_accounts_of
from zhijian.vendors import actions
from zhijian.vendors.enums import Paper

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.organisations.models import Organisation, User
    from zhijian.vendors.models import Contract

OFFICER = "zhuban"
PHONE = "0999-8812345"


def hire_vendors(bodies: Bodies, people: People, say: Callable[[str], None]) -> None:
    """Write the contracts down, each while it was in force, with what hangs on it."""
    rows = table("contracts")["contract"]
    for serial, row in enumerate(rows):
        today = clock.today()
        with clock.at(moment_on(row["day"], serial=serial)):
            _hire(row, bodies[row["body"]], people[OFFICER], today + timedelta(days=row["until"]))
    actions.end_due_access()
    say(f"  代运营合同 {len(rows)} 份：在期、快到期、已到期")


def _hire(row: dict[str, Any], body: Organisation, actor: User, ends_on: date) -> None:
    draft = actions.ContractDraft(
        name=row["name"], credit_code=row["code"], contact=row["contact"], phone=PHONE, title=row["title"],
        scope=row["scope"], responsible=row["responsible"], begins_on=clock.today(), ends_on=ends_on,
        forbids_subcontracting=True,
    )  # fmt: skip
    made = actions.create_contract(actor=actor, organisation=body, draft=draft)
    accounts = [live_accounts_of(body).get(platform=platform, name=name).pk for platform, name in row["accounts"]]
    actions.choose_accounts(actor=actor, contract_id=made.pk, account_ids=accounts, seen=made.version)
    papers = {slot: (f"{Paper(slot).label}.png", draw("chart", place)) for place, slot in enumerate(row["papers"])}
    actions.attach_papers(actor=actor, contract_id=made.pk, papers=papers)
    _hang(row, made, actor)


def _hang(row: dict[str, Any], made: Contract, actor: User) -> None:
    for name, duties, username in row["people"]:
        actions.name_person(actor=actor, contract_id=made.pk, draft=actions.PersonDraft(name, duties, username))
    for host, use, days, note in row["domains"]:
        expires_on = clock.today() + timedelta(days=days)
        link = actions.DomainDraft(host, use, is_ours=host.startswith("tianqi."), expires_on=expires_on, note=note)
        actions.link_domain(actor=actor, contract_id=made.pk, draft=link)
