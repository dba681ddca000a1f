"""Reading the plain XML of a callback into an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from zhijian.connectors.contract import EventKind, InboundEvent
from zhijian.connectors.wechat.callback import CallbackFault, CallbackRefused, parse_xml
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from xml.etree.ElementTree import Element

PUBLISH_FINISHED = "PUBLISHJOBFINISH"
_LATEST_SECOND = 253_402_214_400  # 9999-12-31: later seconds do not fit a datetime
_LONGEST_NUMBER = 12


def parse_event(xml: bytes) -> InboundEvent:
    """Read one callback. Raises CallbackRefused (BAD_XML) when it is not a message or event of the platform."""
    root = parse_xml(xml)
    fields = {child.tag: (child.text or "").strip() for child in root if len(child) == 0}
    if root.tag != "xml" or not fields.get("MsgType"):
        raise CallbackRefused(CallbackFault.BAD_XML)
    if fields["MsgType"] == "event" and fields.get("Event") == PUBLISH_FINISHED:
        return _publish_event(root, fields)
    is_event = fields["MsgType"] == "event"
    return InboundEvent(
        kind=EventKind.EVENT if is_event else EventKind.MESSAGE,
        name=fields.get("Event", "") if is_event else fields["MsgType"],
        text=fields.get("Content", ""),
        dedupe_key=_dedupe_key(fields),
        fields=fields,
        sender=fields.get("FromUserName", ""),
        recipient=fields.get("ToUserName", ""),
        created_at=_moment(fields.get("CreateTime", "")),
    )


def _publish_event(root: Element, fields: Mapping[str, str]) -> InboundEvent:
    info = root.find("PublishEventInfo")
    publish_id = _text(info, "publish_id")
    status = _number(_text(info, "publish_status"))
    return InboundEvent(
        kind=EventKind.PUBLISH_FINISHED,
        name=PUBLISH_FINISHED,
        dedupe_key=f"{_dedupe_key(fields)}:{publish_id}:{status}",
        publish_id=publish_id,
        publish_status=status,
        # The platform's own sample breaks the article id over two lines.
        article_id=_text(info, "article_id"),
        urls=dict(_urls(info)),
        # fail_idx is repeated without a wrapper, and counts from 1.
        refused_pieces=tuple(_positions(info.findall("fail_idx") if info is not None else [])),
        fields=fields,
        sender=fields.get("FromUserName", ""),
        recipient=fields.get("ToUserName", ""),
        created_at=_moment(fields.get("CreateTime", "")),
    )


def _dedupe_key(fields: Mapping[str, str]) -> str:
    if fields.get("MsgId"):
        return f"msg:{fields['MsgId']}"
    names = ("FromUserName", "CreateTime", "Event", "EventKey")
    return "event:" + ":".join(fields.get(name, "") for name in names)


def _text(parent: Element | None, path: str) -> str:
    """Return the text of a descendant without any white space."""
    return "".join((parent.findtext(path) or "").split()) if parent is not None else ""


def _number(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if plain else None


def _urls(info: Element | None) -> Iterable[tuple[int, str]]:
    """Yield piece (0-based) and address."""
    for item in info.findall("article_detail/item") if info is not None else []:
        number = _number(_text(item, "idx"))
        if number:
            yield number - 1, _text(item, "article_url")


def _positions(nodes: Iterable[Element]) -> Iterable[int]:
    for node in nodes:
        number = _number((node.text or "").strip())
        if number:
            yield number - 1


def _moment(text: str) -> datetime:
    seconds = min(_number(text) or 0, _LATEST_SECOND)
    return datetime.fromtimestamp(seconds, UTC).astimezone(clock.BEIJING)
