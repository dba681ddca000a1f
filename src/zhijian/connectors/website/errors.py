"""What can go wrong with a hub, and what it means: the page itself is out either way."""

from __future__ import annotations

from typing import Final

from zhijian.connectors.contract import ErrKind, PlatformError

HINT_HUB: Final = "网页已发布，只是没能通知订阅者。系统会自动再通知一次；一直不行时，请检查订阅中心的地址。"


def hub_refused(error: PlatformError) -> PlatformError:
    """Return the error for a ping that did not get through. A repeated ping does no harm, so it is always retryable."""
    kind = ErrKind.INVALID if error.kind is ErrKind.INVALID else ErrKind.TRANSIENT
    return PlatformError(kind, f"hub_{error.code}", error.message, hint_zh=HINT_HUB)
