"""Keeping contracts, what hangs on them, and ending both; each function is one act in one transaction."""

from zhijian.vendors.actions.contracts import (
    ContractDraft,
    attach_papers,
    change_contract,
    choose_accounts,
    create_contract,
    let_go_of_account,
    why_not_change,
    why_not_keep,
)
from zhijian.vendors.actions.domains import DomainDraft, link_domain, take_off, why_not_take_off
from zhijian.vendors.actions.ending import end_contract, end_due_access, leave, why_not_end, why_not_leave
from zhijian.vendors.actions.people import PersonDraft, name_person
from zhijian.vendors.actions.telling import warn

__all__ = [
    "ContractDraft",
    "DomainDraft",
    "PersonDraft",
    "attach_papers",
    "change_contract",
    "choose_accounts",
    "create_contract",
    "end_contract",
    "end_due_access",
    "leave",
    "let_go_of_account",
    "link_domain",
    "name_person",
    "take_off",
    "warn",
    "why_not_change",
    "why_not_end",
    "why_not_keep",
    "why_not_leave",
    "why_not_take_off",
]
