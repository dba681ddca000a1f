"""Writing a contract down, changing it, and what it covers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.actions import store_paper
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import in_scope
from zhijian.registry.queries import live_accounts_of
from zhijian.vendors.actions.telling import tell_of_account_gone
from zhijian.vendors.credit_code import read_credit_code
from zhijian.vendors.enums import Paper
from zhijian.vendors.models import Contract, Vendor
from zhijian.vendors.queries import THING_KIND, VENDOR_KIND
from zhijian.vendors.rules import READERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from zhijian.organisations.models import Organisation, User

FIELDS = ("title", "scope", "responsible", "begins_on", "ends_on", "forbids_subcontracting")
VENDOR_FIELDS = ("name", "contact", "phone")


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract as somebody filled it in, with the company it is made with."""

    name: str
    credit_code: str
    contact: str
    phone: str
    title: str
    scope: str
    responsible: str
    begins_on: date
    ends_on: date
    forbids_subcontracting: bool


@transaction.atomic
def create_contract(*, actor: User, organisation: Organisation, draft: ContractDraft) -> Contract:
    """Write a contract of a body down. Raises Refused with every reason."""
    require(Permission.VENDOR_MANAGE, actor=actor, thing=organisation)
    code = _checked(draft)
    row = Contract.objects.create(
        organisation=organisation, vendor=_vendor(actor, organisation, code, draft), created_by=actor,
        created_at=clock.now(), **_told(draft),
    )  # fmt: skip
    write_down(EventName.VENDOR_CONTRACT_RECORDED, row, actor, ends_on=draft.ends_on.isoformat())
    return row


def _told(draft: ContractDraft) -> dict[str, Any]:
    given = asdict(draft)
    return {name: given[name] for name in FIELDS}


def _checked(draft: ContractDraft) -> str:
    """Return the company's code in its plain form. Raises Refused with every reason."""
    reasons, code = [], ""
    try:
        code = read_credit_code(draft.credit_code)
    except ValueError as error:
        reasons.append(str(error))
    if draft.ends_on < draft.begins_on:
        reasons.append("到期日期早于开始日期，请核对。")
    if reasons:
        raise Refused(reasons)
    return code


def _vendor(actor: User, organisation: Organisation, code: str, draft: ContractDraft) -> Vendor:
    """Return the body's row of a company, made or brought up to date."""
    told = {"name": draft.name, "contact": draft.contact, "phone": draft.phone}
    row, is_new = Vendor.objects.get_or_create(organisation=organisation, credit_code=code, defaults=told)
    changed = [name for name, value in told.items() if getattr(row, name) != value]
    if is_new or changed:
        for name in changed:
            setattr(row, name, told[name])
        row.save()
        record(
            EventName.VENDOR_RECORDED, actor=actor, organisation_id=organisation.pk, thing_kind=VENDOR_KIND,
            thing_id=row.pk, data={"credit_code": code, "changed": changed},
        )  # fmt: skip
    return row


def why_not_keep(*, actor: User, contract: Contract) -> list[str]:
    """Give every reason why this person may not keep a contract's papers and domains, over or not."""
    return why_not(Permission.VENDOR_MANAGE, actor=actor, thing=contract.organisation)


def why_not_change(*, actor: User, contract: Contract) -> list[str]:
    """Give every reason why a contract, what it covers and its people cannot be changed."""
    reasons = why_not_keep(actor=actor, contract=contract)
    if is_over(contract):
        reasons.append("合同已经结束，不再修改。继续合作的，请登记新合同。")
    return reasons


def is_over(contract: Contract) -> bool:
    """Tell whether a contract has ended, by its day or early."""
    return contract.ended_on is not None or contract.ends_on < clock.today()


def lock_contract(actor: User, contract_id: int) -> Contract:
    """Return a contract of the actor's scope, locked. Raises Missing."""
    rows = Contract.objects.select_for_update(of=("self",)).select_related("organisation", "vendor")
    row = rows.filter(in_scope(actor=actor, roles=READERS), pk=contract_id).first()
    if row is None:
        raise Missing
    return row


def lock_to_change(actor: User, contract_id: int, *, seen: int | None = None) -> Contract:
    """Return a contract that may be changed, locked; `seen` is the version the page showed.

    Raises Missing, Refused with every reason.
    """
    row = lock_contract(actor, contract_id)
    reasons = why_not_change(actor=actor, contract=row)
    if reasons:
        raise Refused(reasons)
    if seen is not None and row.version != seen:
        raise Refused("这份合同刚刚被别人改过。请重新打开，看过再改。")
    return row


def save_next(row: Contract, *fields: str) -> None:
    """Save some fields as the next version."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def write_down(event: EventName, row: Contract, actor: User | None, **data: Any) -> None:
    """Put an act on a contract into the log."""
    record(event, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND, thing_id=row.pk, data=data)


@transaction.atomic
def change_contract(*, actor: User, contract_id: int, draft: ContractDraft, seen: int) -> Contract:
    """Change what a contract says; `seen` is the version the page showed. Raises Missing, Refused."""
    row = lock_to_change(actor, contract_id, seen=seen)
    code, told = _checked(draft), _told(draft)
    changed = sorted(name for name, value in told.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, told[name])
    row.vendor = _vendor(actor, row.organisation, code, draft)
    save_next(row, "vendor", *changed)
    write_down(EventName.VENDOR_CONTRACT_CHANGED, row, actor, fields=changed, ends_on=row.ends_on.isoformat())
    return row


@transaction.atomic
def choose_accounts(*, actor: User, contract_id: int, account_ids: Collection[int], seen: int) -> Contract:
    """Say which accounts of the body a contract is for; `seen` as above. Raises Missing, Refused."""
    row = lock_to_change(actor, contract_id, seen=seen)
    had = set(row.accounts.values_list("pk", flat=True))
    wanted = set(account_ids)
    known = set(live_accounts_of(row.organisation).values_list("pk", flat=True)) | had
    if not wanted <= known:
        raise Missing
    row.accounts.set(wanted)
    save_next(row)
    write_down(
        EventName.VENDOR_ACCOUNTS_CHOSEN, row, actor, added=sorted(wanted - had), removed=sorted(had - wanted)
    )  # fmt: skip
    return row


@transaction.atomic
def let_go_of_account(*, account_id: int, organisation_id: int) -> None:
    """Take an account that went over to another body out of the contracts of others, and tell who keeps them.

    Those that are over stay as they were. The system's own work.
    """
    held = Contract.accounts.through.objects.filter(account=account_id).values("contract")
    rows = Contract.objects.select_for_update(of=("self",)).select_related("organisation", "vendor")
    rows = rows.filter(pk__in=held, ended_on=None, ends_on__gte=clock.today()).exclude(organisation=organisation_id)
    for row in rows.order_by("pk"):
        row.accounts.remove(account_id)
        save_next(row)
        write_down(EventName.VENDOR_ACCOUNTS_CHOSEN, row, None, added=[], removed=[account_id])
        tell_of_account_gone(row, account_id)


@transaction.atomic
def attach_papers(*, actor: User, contract_id: int, papers: Mapping[str, tuple[str, bytes]]) -> Contract:
    """Keep the papers of a contract, (name, bytes) by `Paper`; one there before gives way. Raises Missing, Refused."""
    row = lock_contract(actor, contract_id)
    require(Permission.VENDOR_MANAGE, actor=actor, thing=row.organisation)
    if not papers:
        raise Refused("请选择要上传的文件。")
    for slot, (name, data) in papers.items():
        stored = store_paper(actor=actor, organisation=row.organisation, name=name, data=data)
        setattr(row, f"{Paper(slot)}_paper", stored)
    save_next(row, *(f"{slot}_paper" for slot in papers))
    write_down(EventName.VENDOR_PAPERS_ATTACHED, row, actor, papers=sorted(papers))
    return row
