"""Keeping what a body has for its new media; each function is one act in one transaction."""

from zhijian.resources.actions.documents import (
    RuleDraft,
    abolish_rule,
    correct_rule,
    record_rule,
    replace_rule,
    review_rule,
    why_not_change_rule,
)
from zhijian.resources.actions.liaison import TalkDraft, correct_entry, follow_up, record_talk, why_not_go_on
from zhijian.resources.actions.licences import (
    LicenceDraft,
    correct_licence,
    give_up_licence,
    record_licence,
    renew_licence,
    why_not_change_licence,
)
from zhijian.resources.actions.statements import (
    FIRST_YEAR,
    MOST_BUDGET,
    MOST_STAFF,
    StatementDraft,
    is_over,
    state_means,
    why_not_state,
)
from zhijian.resources.actions.telling import warn

__all__ = [
    "FIRST_YEAR",
    "MOST_BUDGET",
    "MOST_STAFF",
    "LicenceDraft",
    "RuleDraft",
    "StatementDraft",
    "TalkDraft",
    "abolish_rule",
    "correct_entry",
    "correct_licence",
    "correct_rule",
    "follow_up",
    "give_up_licence",
    "is_over",
    "record_licence",
    "record_rule",
    "record_talk",
    "renew_licence",
    "replace_rule",
    "review_rule",
    "state_means",
    "warn",
    "why_not_change_licence",
    "why_not_change_rule",
    "why_not_go_on",
    "why_not_state",
]
