"""What inspection knows, as others may read it. Everything is scoped by `actor` unless it says otherwise."""

from zhijian.inspection.queries.figures import Branch, Figures, figures_of
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
from zhijian.inspection.queries.standings import (
    Day,
    Line,
    Today,
    find_run,
    find_standing,
    lines_of,
    strip_of,
    today,
    visible_runs,
    visible_standings,
    with_open_findings,
)
from zhijian.inspection.queries.work import open_orders, silent_runs, work_items

__all__ = [
    "Branch",
    "Day",
    "Figures",
    "Line",
    "Today",
    "false_alarms",
    "figures_of",
    "find_appeal",
    "find_finding",
    "find_run",
    "find_standing",
    "findings_of",
    "hand_indicators",
    "indicator",
    "indicators",
    "lines_of",
    "open_orders",
    "proofs_of",
    "silent_runs",
    "strip_of",
    "today",
    "visible_appeals",
    "visible_findings",
    "visible_runs",
    "visible_standings",
    "visible_verdicts",
    "with_open_findings",
    "work_items",
]
