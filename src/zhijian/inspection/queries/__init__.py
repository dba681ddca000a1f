"""What inspection knows, as others may read it. Everything is scoped by `actor` unless it says otherwise."""

from zhijian.inspection.queries.findings import (
    false_alarms,
    find_appeal,
    find_finding,
    findings_of,
    proofs_of,
    visible_appeals,
    visible_findings,
    visible_verdicts,
)
from zhijian.inspection.queries.indicators import hand_indicators, indicator, indicators

__all__ = [
    "false_alarms",
    "find_appeal",
    "find_finding",
    "findings_of",
    "hand_indicators",
    "indicator",
    "indicators",
    "proofs_of",
    "visible_appeals",
    "visible_findings",
    "visible_verdicts",
]
