"""What the pages about terms, allowances and rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.http import urlencode

from zhijian.knowledge.enums import TermSeverity, TermState
from zhijian.organisations.enums import Role
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from zhijian.knowledge.models import Allowance, Term
    from zhijian.organisations.models import User

LIST: Final = [("用语表", "/desk/terms/")]
ALLOWED: Final = "/desk/terms/allowed/"
RULES: Final = "/desk/rules/"
FIGURES: Final = "/desk/lookback/rules/"
STATE_TONES = {
    TermState.PROPOSED: "busy", TermState.APPROVED: "ok", TermState.REJECTED: "warn", TermState.RETIRED: "quiet",
}  # fmt: skip
SEVERITY_TONES = {
    TermSeverity.VETO: "danger", TermSeverity.ERROR: "danger", TermSeverity.WARNING: "warn", TermSeverity.HINT: "info",
}  # fmt: skip


def figures_url(actor: User, rule_id: str) -> str:
    """Return where a supervising officer sees what a rule found and how much of it was set aside; "" for others."""
    return f"{FIGURES}?{urlencode({'q': rule_id})}" if actor.holds(Role.SUPERVISING_OFFICER) else ""


def tabs(active: str) -> list[Tab]:
    """Return the tabs over what judges texts."""
    return [
        Tab("用语", "/desk/terms/", active == "terms"),
        Tab("放行", ALLOWED, active == "allowed"),
        Tab("内置规则", RULES, active == "rules"),
    ]


def state_badge(row: Term | Allowance) -> Badge:
    """Show the state as word and tone."""
    return Badge(row.get_state_display(), STATE_TONES[TermState(row.state)])


def severity_badge(severity: str) -> Badge:
    """Show how serious a rule is as word and tone."""
    return Badge(TermSeverity(severity).label, SEVERITY_TONES[TermSeverity(severity)])
