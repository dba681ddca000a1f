"""Finding a connector by its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.connectors.handoff.connector import HandoffConnector
from zhijian.connectors.website.connector import WebsiteConnector
from zhijian.connectors.wechat.connector import WechatConnector

if TYPE_CHECKING:
    from zhijian.connectors.contract import Connector

_CONNECTORS: Final[dict[str, Connector]] = {
    connector.capabilities.platform: connector
    for connector in (WechatConnector(), WebsiteConnector(), HandoffConnector())
}


def connector_for(code: str) -> Connector:
    """Return the connector of a platform code. Raises KeyError for a code nobody serves."""
    return _CONNECTORS[code]


def codes() -> tuple[str, ...]:
    """Return every platform code."""
    return tuple(_CONNECTORS)
