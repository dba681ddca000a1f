"""What the pages of this room share: tabs, badges, the progress of a look-back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from zhijian.lookback.enums import FindingState, LookBackState
from zhijian.lookback.queries import expected_end
from zhijian.screening import Severity
from zhijian.ui.parts import Badge, Job, Tab

if TYPE_CHECKING:
    from zhijian.lookback.models import Finding, LookBack

HOME_URL = "/desk/lookback/"
FINDINGS_URL = "/desk/lookback/findings/"
HOME = ("存量回查", HOME_URL)
STATE_TONES = {
    LookBackState.PROPOSED: "warn", LookBackState.RUNNING: "busy", LookBackState.DONE: "ok",
    LookBackState.CANCELLED: "quiet", LookBackState.DISMISSED: "quiet",
}  # fmt: skip
FINDING_TONES = {
    FindingState.OPEN: "warn", FindingState.MENDED: "ok", FindingState.GONE: "ok", FindingState.SET_ASIDE: "quiet",
    FindingState.LAPSED: "quiet",
}  # fmt: skip
SEVERITY_TONES = {"veto": "danger", "error": "danger", "warning": "warn", "hint": "info"}
JOB_STATES = {
    LookBackState.PROPOSED: "waiting", LookBackState.RUNNING: "running", LookBackState.DONE: "done",
    LookBackState.CANCELLED: "cancelled", LookBackState.DISMISSED: "cancelled",
}  # fmt: skip


def home_tabs(active: str, *, supervises: bool) -> list[Tab]:
    """Return the tabs of the room; what rules do is for supervising offices."""
    tabs = [
        Tab("回查", HOME_URL, active == "list"),
        Tab("查出的问题", f"{FINDINGS_URL}?state=open", active == "findings"),
    ]
    return [*tabs, Tab("规则效果", f"{HOME_URL}rules/", active == "figures")] if supervises else tabs


def state_badge(row: LookBack) -> Badge:
    """Show the state of a look-back as word and tone."""
    return Badge(row.get_state_display(), STATE_TONES[LookBackState(row.state)])


def finding_badge(row: Finding) -> Badge:
    """Show the state of a finding as word and tone."""
    return Badge(row.get_state_display(), FINDING_TONES[FindingState(row.state)])


def severity_badge(row: Finding) -> Badge:
    """Show how serious a finding is as word and tone."""
    return Badge(Severity(row.severity).label, SEVERITY_TONES[row.severity])


def job_of(row: LookBack) -> Job:
    """Show how far a look-back is, what it found so far and when it is expected to end."""
    end = expected_end(row) if row.state == LookBackState.RUNNING else None
    ending = f"，预计 {timezone.localtime(end):%-m月%-d日 %H:%M} 完成" if end else ""
    begun = f"{timezone.localtime(row.started_at):%-m月%-d日 %H:%M} 开始，" if row.started_at else ""
    return Job(
        title=f"回查{row.get_stage_display()}" if row.state == LookBackState.RUNNING else "回查",
        state=JOB_STATES[LookBackState(row.state)], done=row.done, total=row.total or 0,
        message=f"{begun}发现 {row.found:,} 处{ending}", refresh_url=f"{HOME_URL}{row.pk}/progress/",
    )  # fmt: skip
