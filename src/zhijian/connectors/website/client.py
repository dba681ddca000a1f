"""The publisher's side of WebSub (W3C Recommendation, 23 January 2018, §4 and §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.connectors.website.errors import hub_refused
from zhijian.lib.fetching import Fetcher, Limits, Reached

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.connectors.contract import PlatformError
    from zhijian.lib.fetching import Guard


def ping_hub(hub: str, topics: Iterable[str], *, guard: Guard, timeout: float = 10.0) -> None:
    """Tell a hub that feeds have changed. The address was typed by a person, so it goes through the guarded fetch.

    Raises PlatformError (TRANSIENT or INVALID).
    """
    fetcher = Fetcher(guard, Limits(connect=timeout / 2, read=timeout, total=timeout, size=64 * 1024))
    failure: PlatformError | None = None
    for topic in topics:
        # hub.url is what most hubs read; hub.topic is the name the later text uses.
        found = fetcher.post(hub, form={"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        if not isinstance(found, Reached) or not found.is_page:
            failure = hub_refused(found)
    if failure is not None:
        raise failure
