"""Look-backs and what they found, as people of a body may see them."""

from zhijian.lookback.queries.figures import rule_figures
from zhijian.lookback.queries.lookbacks import (
    Line,
    by_account,
    expected_end,
    find_finding,
    find_look_back,
    inspection_of,
    search_findings,
    seen_in,
    stalled,
    told,
    visible_findings,
    visible_look_backs,
    work_items,
)

__all__ = [
    "Line",
    "by_account",
    "expected_end",
    "find_finding",
    "find_look_back",
    "inspection_of",
    "rule_figures",
    "search_findings",
    "seen_in",
    "stalled",
    "told",
    "visible_findings",
    "visible_look_backs",
    "work_items",
]
