from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.proof.enums import LinkState
from zhijian.proof.queries import link_back_of
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from zhijian.registry.models import Account

HOME = [("官方证明", "/desk/proof/")]
TONES = {LinkState.LINKS: "ok", LinkState.ABSENT: "danger", LinkState.UNSEEN: "warn"}
_TABS = (("links", "账号互认", "/desk/proof/"), ("chain", "签名与变更链", "/desk/proof/chain/"))


def tabs(active: str) -> list[Tab]:
    """Return the tabs of this room, one of them active."""
    return [Tab(label, url, code == active) for code, label, url in _TABS]


def link_badge(account: Account) -> Badge:
    """Show whether an account leads back to the register."""
    known = link_back_of(account)
    if known is None:
        return Badge("还没看", "quiet")
    return Badge(known.get_state_display(), TONES[LinkState(known.state)])
