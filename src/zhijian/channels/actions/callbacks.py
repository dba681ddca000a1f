"""What platforms send us: proved, kept from replay, handed on. Nothing is judged here; events are hints."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.channels.actions.opening import credentials_of
from zhijian.channels.enums import WECHAT
from zhijian.channels.models import CallbackNonce, Connection
from zhijian.channels.signals import platform_event_received
from zhijian.connectors.contract import EventKind
from zhijian.connectors.wechat import callback
from zhijian.connectors.wechat.events import parse_event
from zhijian.lib import clock
from zhijian.lib.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.connectors.contract import InboundEvent

NONCES_KEPT = timedelta(seconds=2 * callback.WINDOW_SECONDS)


def check_address(connection: Connection, query: Mapping[str, str]) -> str:
    """Answer the platform's check of our address. Raises CallbackRefused, Missing."""
    return callback.check_address(_secrets(connection), query)


@transaction.atomic
def receive_callback(connection: Connection, query: Mapping[str, str], body: bytes) -> InboundEvent:
    """Take one callback and tell the rooms above; a delivery that could not be stored whole may come again.

    Raises CallbackRefused (not from the platform, not for this account, seen before), Missing.
    """
    return _receive(connection, _secrets(connection), query, body)[0]


@transaction.atomic
def answer_callback(connection: Connection, query: Mapping[str, str], body: bytes) -> str:
    """Take one callback and return what to answer: the text a room above has for the follower, else `success`.

    The first receiver with a text answers; the platform takes one answer. Raises like `receive_callback`.
    """
    secrets = _secrets(connection)
    event, text = _receive(connection, secrets, query, body)
    if not text or event.kind is not EventKind.MESSAGE:
        return callback.SUCCESS
    xml = callback.text_reply(recipient=event.sender, sender=event.recipient, text=text)
    return callback.seal_reply(secrets, xml, nonce=query.get("nonce", "")) if secrets.mode == "aes" else xml


def _receive(
    connection: Connection, secrets: callback.CallbackSecrets, query: Mapping[str, str], body: bytes
) -> tuple[InboundEvent, str]:
    xml = callback.open_callback(
        secrets, query, body, first_seen=lambda digest: _is_first(connection, digest)
    )  # fmt: skip
    event = parse_event(xml)
    heard = platform_event_received.send(sender=Connection, connection_id=connection.pk, event=event)
    return event, next((text for _, text in heard if isinstance(text, str) and text), "")


def forget_nonces() -> int:
    """Delete signatures older than any time window; return how many."""
    deleted, _ = CallbackNonce.objects.filter(seen_at__lt=clock.now() - NONCES_KEPT).delete()
    return deleted


def _is_first(connection: Connection, digest: str) -> bool:
    # One statement: of two copies that arrive together, the second waits for the first one's transaction.
    _, created = CallbackNonce.objects.get_or_create(
        connection=connection, signature=digest, defaults={"seen_at": clock.now()}
    )
    return created


def _secrets(connection: Connection) -> callback.CallbackSecrets:
    held = credentials_of(connection)
    if connection.connector != WECHAT or not held.get("token"):
        raise Missing
    keys = tuple(key for key in (held.get("aes_key", ""), held.get("previous_aes_key", "")) if key)
    return callback.CallbackSecrets(
        appid=connection.app_id, token=held["token"], aes_keys=keys, mode="aes" if keys else "plain"
    )
