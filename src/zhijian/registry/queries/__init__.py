"""The register as others may read it. Everything is scoped by `actor`, except what is public by law."""

from zhijian.registry.queries.accounts import (
    all_accounts,
    find_account,
    findings_of,
    live_accounts_of,
    open_findings,
    place_holder,
    public_accounts,
    visible_accounts,
    with_findings,
)
from zhijian.registry.queries.filings import (
    OPENING_FIELDS,
    find_filing,
    find_ledger,
    form_facts,
    ledger_rows,
    silent_ledgers,
    visible_filings,
    visible_ledgers,
    work_items,
)
from zhijian.registry.queries.lookup import Lookup, PublicAccount, Verdict, public_account, public_lookup
from zhijian.registry.queries.ruling import (
    Ruling,
    kind_choices,
    platform_choices,
    platform_label,
    platforms,
    policy_of,
)
from zhijian.registry.queries.searching import fill_search_fields, search_accounts

__all__ = [
    "OPENING_FIELDS",
    "Lookup",
    "PublicAccount",
    "Ruling",
    "Verdict",
    "all_accounts",
    "fill_search_fields",
    "find_account",
    "find_filing",
    "find_ledger",
    "findings_of",
    "form_facts",
    "kind_choices",
    "ledger_rows",
    "live_accounts_of",
    "open_findings",
    "place_holder",
    "platform_choices",
    "platform_label",
    "platforms",
    "policy_of",
    "public_account",
    "public_accounts",
    "public_lookup",
    "search_accounts",
    "silent_ledgers",
    "visible_accounts",
    "visible_filings",
    "visible_ledgers",
    "with_findings",
    "work_items",
]
