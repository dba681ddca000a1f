"""The signed register as others may read it."""

from zhijian.proof.queries.chain import (
    change_text,
    changes_page,
    head,
    history_of,
    newest_edition,
    plain_key,
    plain_seal,
    public_keys,
    signing_keys,
    standing,
    unsealed,
)
from zhijian.proof.queries.links import (
    NEVER,
    due_accounts,
    find_account,
    find_evidence,
    link_back_of,
    provable_accounts,
    register_address,
    visible_link_backs,
    with_link_state,
)
from zhijian.proof.queries.work import work_items

__all__ = [
    "NEVER",
    "change_text",
    "changes_page",
    "due_accounts",
    "find_account",
    "find_evidence",
    "head",
    "history_of",
    "link_back_of",
    "newest_edition",
    "plain_key",
    "plain_seal",
    "provable_accounts",
    "public_keys",
    "register_address",
    "signing_keys",
    "standing",
    "unsealed",
    "visible_link_backs",
    "with_link_state",
    "work_items",
]
