"""Look-backs from proposal to end, and their findings; each function is one act in one transaction."""

from zhijian.lookback.actions.figures import fold_day, fold_days
from zhijian.lookback.actions.findings import (
    look_again,
    look_again_by_rule,
    look_again_where_rules_return,
    set_aside,
    why_not_set_aside,
)
from zhijian.lookback.actions.looking import (
    MOST_TERMS,
    cancel,
    carry_on,
    dismiss,
    start_again,
    start_look_back,
    start_proposed,
    why_not_start,
)
from zhijian.lookback.actions.proposing import (
    ask_to_look_again,
    estimate,
    let_term_go,
    propose_for_begun_terms,
    propose_for_rules,
    propose_for_term,
)

__all__ = [
    "MOST_TERMS",
    "ask_to_look_again",
    "cancel",
    "carry_on",
    "dismiss",
    "estimate",
    "fold_day",
    "fold_days",
    "let_term_go",
    "look_again",
    "look_again_by_rule",
    "look_again_where_rules_return",
    "propose_for_begun_terms",
    "propose_for_rules",
    "propose_for_term",
    "set_aside",
    "start_again",
    "start_look_back",
    "start_proposed",
    "why_not_set_aside",
    "why_not_start",
]
