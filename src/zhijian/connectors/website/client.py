"""The publisher's side of WebSub (W3C Recommendation, 23 January 2018, §4 and §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.connectors import transport
from zhijian.connectors.contract import PlatformError
from zhijian.connectors.website.errors import hub_refused

if TYPE_CHECKING:
    from collections.abc import Iterable


def ping_hub(hub: str, topics: Iterable[str], *, timeout: float = 10.0) -> None:
    """Tell a hub that feeds have changed. Raises PlatformError (TRANSIENT or INVALID)."""
    failure = None
    for topic in topics:
        # hub.url is what most hubs read; hub.topic is the name the later text uses.
        form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        try:
            transport.send("POST", hub, mutates=False, form=form, timeout=timeout)
        except PlatformError as error:
            failure = hub_refused(error)
    if failure is not None:
        raise failure
