"""Who is told of what ends: the officers of the body and above it, once for each thing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from zhijian.lib import clock
from zhijian.notify.actions import Telling, notify, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.queries import HoldersByBody, holders
from zhijian.vendors.enums import Fault
from zhijian.vendors.queries import Standing, all_contracts, all_uncovered_accounts, watched
from zhijian.vendors.rules import KEEPERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.vendors.models import Contract

TOLD = (Fault.LINKED_AFTER_END, Fault.ENDS_SOON, Fault.NO_UNDERTAKING)


def tell_of_end(contract: Contract, sign_ins: int) -> None:
    """Tell that the access of a vendor's people was taken back."""
    notify(
        people=holders(organisation=contract.organisation, roles=KEEPERS), kind=NoticeKind.ALARM,
        title=f"代运营合同结束，已收回 {sign_ins} 个登录名的权限：{contract.vendor.name}",
        url=f"/desk/vendors/{contract.pk}/", dedup_key=f"vendors.over {contract.pk}",
    )  # fmt: skip


def tell_of_account_gone(contract: Contract, account_id: int) -> None:
    """Tell that an account a contract was for belongs to another body now."""
    notify(
        people=holders(organisation=contract.organisation, roles=KEEPERS), kind=NoticeKind.INSPECTION,
        title=f"合同里的一个账号已转给别的单位，不再由这份合同管：{contract.title}",
        url=f"/desk/vendors/{contract.pk}/", dedup_key=f"vendors.moved {contract.pk} {account_id} {contract.version}",
    )  # fmt: skip


def warn() -> int:
    """Tell of everything that ends soon or is missing; return how many notices are new. The system's own work.

    Accounts without a contract are told of once a month for each body.
    """
    people = HoldersByBody(KEEPERS)
    tellings = [*_of_contracts(people), *_of_bodies(people)]
    return len(notify_many(kind=NoticeKind.INSPECTION, tellings=tellings))


def _of_contracts(people: HoldersByBody) -> Iterator[Telling]:
    standing = Standing()
    for row in watched(all_contracts()).order_by("pk"):
        faults = standing.faults(row)
        for fault in faults:
            if fault in TOLD:
                yield _telling(people, row, f"{fault.label}：{row.vendor.name}", f"{fault} {row.pk} {row.ends_on}")
        if Fault.DOMAIN_EXPIRED in faults or Fault.DOMAIN_EXPIRES in faults:
            yield from _of_domains(people, row, standing)


def _of_domains(people: HoldersByBody, row: Contract, standing: Standing) -> Iterator[Telling]:
    for domain in row.domains.all():
        fault = standing.domain_fault(domain, row.organisation)
        if fault:
            key = f"{fault} {domain.pk} {domain.expires_on}"
            yield _telling(people, row, f"{fault.label}：{domain.host}", key)


def _telling(people: HoldersByBody, row: Contract, title: str, key: str) -> Telling:
    return Telling(people.at(row.organisation), title, f"/desk/vendors/{row.pk}/", f"vendors.{key}")


def _of_bodies(people: HoldersByBody) -> Iterator[Telling]:
    month = f"{clock.today():%Y-%m}"
    bodies = Counter(account.organisation for account in all_uncovered_accounts().order_by("organisation_id"))
    for body, number in bodies.items():
        title = f"{number} 个账号登记了代运营、没有在期合同：{body.short_name}"
        yield Telling(people.at(body), title, "/desk/vendors/accounts/", f"vendors.uncovered {body.pk} {month}")
