"""What the pages of this room share: tabs, badges, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inspection.enums import AppealState, FindingState, Result
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from zhijian.inspection.models import Appeal, Finding

HOME = [("巡检", "/desk/inspection/")]
RESULT_TONES = {Result.PASS: "ok", Result.WARNING: "warn", Result.FAIL: "danger", Result.COULD_NOT_LOOK: "quiet"}
STATE_TONES = {
    FindingState.OPEN: "danger", FindingState.ORDERED: "warn", FindingState.ANSWERED: "busy",
    FindingState.CLOSED: "ok", FindingState.WRITTEN_OFF: "quiet",
}  # fmt: skip
APPEAL_TONES = {AppealState.OPEN: "busy", AppealState.ACCEPTED: "ok", AppealState.REJECTED: "quiet"}
TABS = (
    ("今日", "/desk/inspection/"),
    ("账号", "/desk/inspection/accounts/"),
    ("问题和整改", "/desk/inspection/findings/"),
    ("申诉", "/desk/inspection/appeals/"),
    ("误报统计", "/desk/inspection/false-alarms/"),
    ("巡检记录", "/desk/inspection/runs/"),
)


def tabs(active: str) -> list[Tab]:
    """Return the tabs with one of them active."""
    return [Tab(label, url, active=url == active) for label, url in TABS]


def result_badge(result: str) -> Badge:
    """Show a result as word, shape and tone."""
    return Badge(Result(result).label, RESULT_TONES[Result(result)])


def state_badge(finding: Finding) -> Badge:
    """Show where a finding stands."""
    return Badge(finding.get_state_display(), STATE_TONES[FindingState(finding.state)])


def appeal_badge(row: Appeal) -> Badge:
    """Show where an appeal stands."""
    return Badge(row.get_state_display(), APPEAL_TONES[AppealState(row.state)])
