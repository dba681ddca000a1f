"""What can go wrong with a hub, and what it means: the page itself is out either way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.lib.fetching import Gone, NotSeen, Obstacle

if TYPE_CHECKING:
    from zhijian.lib.fetching import Outcome

HINT_HUB: Final = "网页已发布，只是没能通知订阅者。系统会自动再通知一次；一直不行时，请检查订阅中心的地址。"
BARRED: Final = frozenset({Obstacle.BAD_ADDRESS, Obstacle.SCHEME, Obstacle.USER_INFO, Obstacle.PORT, Obstacle.PRIVATE})
SERVER_ERRORS: Final = 500
PASSING: Final = frozenset({408, 429})


def hub_refused(found: Outcome) -> PlatformError:
    """Return the error for a ping that did not get through. A repeated ping does no harm, so it is always retryable."""
    if isinstance(found, NotSeen):
        barred = found.obstacle in BARRED
        hint = f"网页已发布，但没有通知订阅中心：{found.sentence}" if barred else HINT_HUB
        return PlatformError(_kind(lasting=barred), f"hub_{found.obstacle}", found.obstacle.value, hint_zh=hint)
    status = 0 if isinstance(found, Gone) and found.status is None else found.status or 0
    lasting = 0 < status < SERVER_ERRORS and status not in PASSING
    return PlatformError(_kind(lasting=lasting), f"hub_http_{status}", f"HTTP status {status}", hint_zh=HINT_HUB)


def _kind(*, lasting: bool) -> ErrKind:
    return ErrKind.INVALID if lasting else ErrKind.TRANSIENT
