"""Contracts as they stand today, and what hangs on a vendor. All is scoped by `actor` but what says otherwise."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Min, OuterRef, Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.queries import Ruling, all_accounts, visible_accounts
from zhijian.vendors.enums import ContractState, Fault
from zhijian.vendors.models import Contract, LinkedDomain, NamedPerson, Vendor
from zhijian.vendors.rules import KEEPERS, READERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

THING_KIND = "vendors.contract"
VENDOR_KIND = "vendors.vendor"
MOST_WORK = 50
MOST_WATCHED = 200
MOST_VENDORS = 300
# A contract that begins earlier before the end of another stands beside it and does not renew it.
RENEWED_BEFORE = timedelta(days=31)
LONGEST_WARNING = timedelta(days=366)
ENDED = (ContractState.OVER, ContractState.ENDED_EARLY)


def in_force(day: date) -> Q:
    """Return the filter that keeps the contracts in force on a day."""
    return Q(ended_on=None, begins_on__lte=day, ends_on__gte=day)


def all_contracts() -> QuerySet[Contract]:
    """Return every contract with what its standing is told by, for the system's own work.

    `is_renewed`: the body has one with the same vendor that begins about when it ends; `is_carried_on`: one that is in
    force today.
    """
    today = clock.today()
    others = Contract.objects.filter(organisation=OuterRef("organisation"), vendor=OuterRef("vendor"), ended_on=None)
    others = others.exclude(pk=OuterRef("pk"))
    rows = Contract.objects.select_related("organisation", "vendor").prefetch_related("domains", "accounts")
    return rows.annotate(
        is_renewed=Exists(
            others.filter(begins_on__gt=OuterRef("ends_on") - RENEWED_BEFORE, ends_on__gt=OuterRef("ends_on"))
        ),
        is_carried_on=Exists(others.filter(in_force(today))),
    )


def visible_contracts(*, actor: User) -> QuerySet[Contract]:
    """Return the contracts of the bodies whose accounts this person keeps, heads or inspects."""
    return all_contracts().filter(in_scope(actor=actor, roles=READERS))


def find_contract(*, actor: User, contract_id: int) -> Contract:
    """Return one contract of the actor's scope. Raises Missing."""
    row = visible_contracts(actor=actor).filter(pk=contract_id).first()
    if row is None:
        raise Missing
    return row


def find_named(*, actor: User, contract_id: int, named_id: int) -> NamedPerson:
    """Return one person named in a contract of the actor's scope. Raises Missing."""
    rows = NamedPerson.objects.filter(in_scope(actor=actor, roles=READERS), contract=contract_id, pk=named_id)
    row = rows.select_related("contract__organisation", "user").first()
    if row is None:
        raise Missing
    return row


def find_domain(*, actor: User, contract_id: int, domain_id: int) -> LinkedDomain:
    """Return one domain of a contract of the actor's scope. Raises Missing."""
    rows = LinkedDomain.objects.filter(in_scope(actor=actor, roles=READERS), contract=contract_id, pk=domain_id)
    row = rows.select_related("contract__organisation").first()
    if row is None:
        raise Missing
    return row


def visible_vendors(*, actor: User) -> QuerySet[Vendor]:
    """Return the companies the bodies of the actor's scope have a row of."""
    return Vendor.objects.filter(in_scope(actor=actor, roles=READERS)).select_related("organisation")


def find_vendor(*, actor: User, vendor_id: int) -> Vendor:
    """Return one company as a body of the actor's scope knows it. Raises Missing."""
    row = visible_vendors(actor=actor).filter(pk=vendor_id).first()
    if row is None:
        raise Missing
    return row


def vendor_choices(*, actor: User) -> list[tuple[str, str]]:
    """Return (credit code, name) of the companies of the actor's scope, each once."""
    rows = visible_vendors(actor=actor).order_by("credit_code", "pk").values_list("credit_code", "name")
    return list(dict(rows[:MOST_VENDORS]).items())


def contracts_with(vendor: Vendor, *, actor: User) -> QuerySet[Contract]:
    """Return the contracts of the actor's scope with the same company, whichever body knows it."""
    return visible_contracts(actor=actor).filter(vendor__credit_code=vendor.credit_code).order_by("-ends_on", "pk")


def search_contracts(rows: QuerySet[Contract], text: str) -> QuerySet[Contract]:
    """Keep the contracts with these words in the title, the company, the body, a domain or an account."""
    hosts = LinkedDomain.objects.filter(host__icontains=text).values("contract")
    accounts = Contract.accounts.through.objects.filter(account__name__icontains=text).values("contract")
    return rows.filter(
        Q(title__icontains=text) | Q(vendor__name__icontains=text) | Q(vendor__credit_code=text.strip().upper())
        | Q(organisation__name__icontains=text) | Q(pk__in=hosts) | Q(pk__in=accounts)
    )  # fmt: skip


class Standing:
    """How contracts stand today, by the rules of their bodies, which are read once for the whole tree."""

    def __init__(self) -> None:
        self.today = clock.today()
        self._ruling = Ruling()

    def warns_until(self, organisation: Organisation) -> date:
        """Return the last day whose ends are told of already (policy vendor.expiry_warning_days)."""
        days = self._ruling.policy(organisation).integer("vendor.expiry_warning_days")
        return self.today + timedelta(days=days)

    def state(self, row: Contract) -> ContractState:
        """Tell where a contract stands."""
        if row.ended_on is not None:
            return ContractState.ENDED_EARLY
        if row.ends_on < self.today:
            return ContractState.OVER
        if row.begins_on > self.today:
            return ContractState.NOT_BEGUN
        soon = row.ends_on <= self.warns_until(row.organisation)
        return ContractState.ENDS_SOON if soon else ContractState.IN_FORCE

    def faults(self, row: Contract) -> list[Fault]:
        """Give everything that is wrong with a contract, the worst first. `row` comes from `all_contracts`."""
        found = set(self._after_end(row) if self.state(row) in ENDED else self._before_end(row))
        return [fault for fault in Fault if fault in found]

    def _after_end(self, row: Contract) -> Iterator[Fault]:
        linked = any(domain.taken_off_at is None for domain in row.domains.all())
        if linked and not row.is_carried_on:  # type: ignore[attr-defined]  # annotated by all_contracts
            yield Fault.LINKED_AFTER_END

    def _before_end(self, row: Contract) -> Iterator[Fault]:
        if self.state(row) == ContractState.ENDS_SOON and not row.is_renewed:  # type: ignore[attr-defined]  # as above
            yield Fault.ENDS_SOON
        if row.undertaking_paper_id is None:
            yield Fault.NO_UNDERTAKING
        if row.contract_paper_id is None:
            yield Fault.NO_PAPER
        if not row.forbids_subcontracting and self._ruling.policy(row.organisation).flag("vendor.no_subcontracting"):
            yield Fault.MAY_SUBCONTRACT
        if not row.accounts.all():
            yield Fault.NO_ACCOUNTS
        yield from (fault for domain in row.domains.all() if (fault := self.domain_fault(domain, row.organisation)))

    def domain_fault(self, domain: LinkedDomain, organisation: Organisation) -> Fault | None:
        """Tell whether a domain that is linked still is registered no more, or not for long."""
        if domain.taken_off_at is not None or domain.expires_on is None:
            return None
        if domain.expires_on < self.today:
            return Fault.DOMAIN_EXPIRED
        return Fault.DOMAIN_EXPIRES if domain.expires_on <= self.warns_until(organisation) else None


def in_state(rows: QuerySet[Contract], state: str) -> QuerySet[Contract]:
    """Keep the contracts that stand so today."""
    today = clock.today()
    if state == ContractState.ENDED_EARLY:
        return rows.exclude(ended_on=None)
    if state == ContractState.OVER:
        return rows.filter(ended_on=None, ends_on__lt=today)
    if state == ContractState.NOT_BEGUN:
        return rows.filter(ended_on=None, begins_on__gt=today)
    standing = Standing()
    near = rows.filter(in_force(today), ends_on__lte=today + LONGEST_WARNING)
    soon = [row.pk for row in near if standing.state(row) == ContractState.ENDS_SOON]
    running = rows.filter(in_force(today))
    return running.filter(pk__in=soon) if state == ContractState.ENDS_SOON else running.exclude(pk__in=soon)


def watched(rows: QuerySet[Contract]) -> QuerySet[Contract]:
    """Keep the contracts something can be wrong with: those that are not over, and those with a domain still linked."""
    linked = LinkedDomain.objects.filter(contract=OuterRef("pk"), taken_off_at=None)
    return rows.filter(Q(ended_on=None, ends_on__gte=clock.today()) | Q(Exists(linked)))


def with_faults(rows: QuerySet[Contract], *, has: bool = True) -> QuerySet[Contract]:
    """Keep the contracts with something wrong, or those without."""
    standing = Standing()
    faulty = [row.pk for row in watched(rows) if standing.faults(row)]
    return rows.filter(pk__in=faulty) if has else rows.exclude(pk__in=faulty)


def _uncovered(rows: QuerySet[Account]) -> QuerySet[Account]:
    covering = Contract.objects.filter(
        in_force(clock.today()), accounts=OuterRef("pk"), organisation=OuterRef("organisation")
    )  # fmt: skip
    return rows.filter(~Exists(covering), state__in=LIVE_STATES).exclude(vendor="")


def uncovered_accounts(*, actor: User) -> QuerySet[Account]:
    """Return the accounts the register names a vendor for, that no contract in force covers."""
    return _uncovered(visible_accounts(actor=actor, roles=READERS))


def all_uncovered_accounts() -> QuerySet[Account]:
    """Return such accounts of every body, for the system's own work."""
    return _uncovered(all_accounts())


def last_moment(day: date) -> datetime:
    """Return the end of a contract's last day."""
    return datetime.combine(day, time(23, 59), tzinfo=clock.BEIJING)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what is wrong with the contracts of this person's own bodies, and a line each for a branch's."""
    if not actor.holds(*KEEPERS):
        return []
    standing, kept = Standing(), in_scope(actor=actor, roles=[Role.HOST_OFFICER])
    rows = [row for row in _next_to_end(visible_contracts(actor=actor).filter(kept)) if standing.faults(row)]
    items = [_item(row, standing) for row in rows[:MOST_WORK]]
    return [*items, *_of_branch(actor, standing, kept), *_of_accounts(actor)]


def _next_to_end(rows: QuerySet[Contract]) -> list[Contract]:
    """Return the contracts a home page looks through, the first to end first; a list shows all of them."""
    return list(watched(rows).order_by("ends_on", "pk")[:MOST_WATCHED])


def _item(row: Contract, standing: Standing) -> WorkItem:
    faults = standing.faults(row)
    due = last_moment(row.ends_on) if Fault.ENDS_SOON in faults else None
    return WorkItem(
        title=f"{row.vendor.name}：{faults[0].label}", url=f"/desk/vendors/{row.pk}/", kind="代运营",
        organisation=row.organisation.short_name, state=standing.state(row).label, since=row.created_at, due=due,
    )  # fmt: skip


def _of_branch(actor: User, standing: Standing, kept: Q) -> Iterator[WorkItem]:
    above = in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER])
    seen = _next_to_end(visible_contracts(actor=actor).filter(above).exclude(kept))
    rows = [row for row in seen if standing.faults(row)]
    if rows:
        least = "至少 " if len(seen) == MOST_WATCHED else ""
        yield WorkItem(
            title=f"{least}{len(rows):,} 份代运营合同要处理", url="/desk/vendors/?faulty=1", kind="代运营",
            organisation=_home(actor), state="要处理", since=min(row.created_at for row in rows),
        )  # fmt: skip


def _of_accounts(actor: User) -> Iterator[WorkItem]:
    rows = _uncovered(visible_accounts(actor=actor, roles=KEEPERS))
    found = rows.order_by().aggregate(number=Count("pk"), since=Min("changed_at"))
    if found["number"]:
        yield WorkItem(
            title=f"{found['number']:,} 个账号登记了代运营、没有在期合同", url="/desk/vendors/accounts/", kind="代运营",
            organisation=_home(actor), state="没有合同", since=found["since"],
        )  # fmt: skip


def _home(actor: User) -> str:
    return actor.organisation.short_name if actor.organisation else ""
