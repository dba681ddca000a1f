from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.observation.enums import Health, Landing, LinkResult, Result, Sight
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from zhijian.observation.models import LinkCheck, Look, Source

HOME = [("看见账号", "/desk/observation/")]
HEALTH_TONES = {Health.NEW: "busy", Health.HEALTHY: "ok", Health.FAILING: "danger", Health.STOPPED: "quiet"}
RESULT_TONES = {Result.SAW: "ok", Result.COULD_NOT: "danger"}
LINK_TONES = {LinkResult.REACHED: "ok", LinkResult.GONE: "danger", LinkResult.COULD_NOT_LOOK: "warn"}
SIGHT_TONES = {Sight.WHOLE: "ok", Sight.PART: "warn", Sight.FAILING: "danger", Sight.NONE: "quiet"}
_TABS = (
    ("sources", "来源", "/desk/observation/"),
    ("posts", "内容", "/desk/observation/posts/"),
    ("coverage", "覆盖情况", "/desk/observation/coverage/"),
    ("platforms", "怎样合法地看见", "/desk/observation/platforms/"),
    ("histories", "历史导入", "/desk/observation/histories/"),
)


def tabs(active: str) -> list[Tab]:
    """Return the tabs of this room, one of them active."""
    return [Tab(label, url, code == active) for code, label, url in _TABS]


def health_badge(source: Source) -> Badge:
    """Show how a source fares."""
    return Badge(source.get_health_display(), HEALTH_TONES[Health(source.health)])


def result_badge(look: Look) -> Badge:
    """Show what came of a look."""
    return Badge(look.get_result_display(), RESULT_TONES[Result(look.result)])


def link_badge(check: LinkCheck | None) -> Badge:
    """Show what came of a link check; one that was never tried says so."""
    if check is None:
        return Badge("还没检查", "quiet")
    if Landing(check.landing).is_bad:
        return Badge(check.get_landing_display(), "danger")
    return Badge(check.get_result_display(), LINK_TONES[LinkResult(check.result)])
