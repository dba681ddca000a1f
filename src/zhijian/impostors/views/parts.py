"""What the pages of this room share: tabs, badges, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.impostors.enums import CaseState
from zhijian.registry.queries import platform_label
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from zhijian.impostors.models import Case

HOME_URL = "/desk/impostors/"
HOME = [("仿冒账号", HOME_URL)]
TONES = {
    CaseState.NEW: "danger", CaseState.VERIFYING: "busy", CaseState.CONFIRMED: "danger", CaseState.REQUESTED: "warn",
    CaseState.REMOVED: "ok", CaseState.REFUSED: "danger", CaseState.UNFOUNDED: "quiet",
}  # fmt: skip
TABS = (
    ("案件", HOME_URL),
    ("名称比对", f"{HOME_URL}compare/"),
    ("可接受的名称", f"{HOME_URL}allowed/"),
    ("统计", f"{HOME_URL}figures/"),
)
# From this score on a name is all but the official one, and looks much like it.
SAME, CLOSE = 0.9, 0.75


def tabs(active: str) -> list[Tab]:
    """Return the tabs with one of them active."""
    return [Tab(label, url, active=url == active) for label, url in TABS]


def state_badge(case: Case) -> Badge:
    """Show where a case stands."""
    return Badge(case.get_state_display(), TONES[CaseState(case.state)])


def platform_of(case: Case) -> str:
    """Return the name of the platform of a case."""
    return platform_label(case.platform) if case.platform else "还不清楚"


def likeness_badge(score: float) -> Badge:
    """Show how much a name looks like an official one."""
    if score >= SAME:
        return Badge("几乎一样", "danger")
    return Badge("很像", "danger") if score >= CLOSE else Badge("有点像", "warn")
