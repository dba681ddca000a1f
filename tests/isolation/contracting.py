"""A body's contract with a vendor, who both bodies know: one company, two rows, nothing of the other to be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.organisations.actions import create_person
from zhijian.vendors import actions
from zhijian.vendors.models import Contract, LinkedDomain, NamedPerson, Vendor

if TYPE_CHECKING:
    from tests.isolation.world import Party

SAME_COMPANY = "91999901MA0000001P"


def hire_a_vendor(party: Party) -> None:
    """Write one contract down with its papers, accounts, a person who signs in, and a domain."""
    actor, today = party.people["all"], clock.today()
    draft = actions.ContractDraft(
        name=party.word("vendor"), credit_code=SAME_COMPANY, contact=party.word("vcontact"), phone="0999-8812345",
        title=party.word("contract"), scope=party.word("vscope"), responsible=party.word("keeper"),
        begins_on=today - timedelta(days=9), ends_on=today + timedelta(days=9), forbids_subcontracting=True,
    )  # fmt: skip
    row = actions.create_contract(actor=actor, organisation=party.body, draft=draft)
    accounts = [account.pk for account in party.accounts.values() if account.state == "active"][:1]
    actions.choose_accounts(actor=actor, contract_id=row.pk, account_ids=accounts, seen=row.version)
    paper = (f"{party.word('paper')}.pdf", b"%PDF-1.4\n" + party.word("paper").encode())
    actions.attach_papers(actor=actor, contract_id=row.pk, papers={"undertaking": paper})
    writer = create_person(
        actor=None, username=party.word("vsign"), display_name=party.word("vname"), organisation=party.body,
        password="qing-shui-he-2026", is_of_vendor=True,
    )  # fmt: skip
    named = actions.PersonDraft(party.word("vperson"), party.word("vduties"), writer.username)
    actions.name_person(actor=actor, contract_id=row.pk, draft=named)
    link = actions.DomainDraft(
        f"{party.mark}.example.cn", "menu", is_ours=False, expires_on=None, note=party.word("link")
    )
    actions.link_domain(actor=actor, contract_id=row.pk, draft=link)


def vendor_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""

    def ids(model: Any) -> list[int]:
        return list(model.objects.filter(organisation=party.body).order_by("pk").values_list("pk", flat=True))

    return {
        "vendor_id": ids(Vendor), "contract_id": ids(Contract), "named_id": ids(NamedPerson),
        "domain_id": ids(LinkedDomain),
    }  # fmt: skip


def vendor_papers(party: Party) -> list[str]:
    """Return the digests of the papers of the body's contracts."""
    rows = Contract.objects.filter(organisation=party.body).exclude(undertaking_paper=None)
    return list(rows.values_list("undertaking_paper__sha256", flat=True))
