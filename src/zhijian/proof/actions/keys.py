"""The keys of the register: made at the first use, kept sealed, handed over from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.sealing import SealBroken, sealer_in
from zhijian.lib.signing import as_text, key_name, known_providers, load_provider
from zhijian.proof import documents
from zhijian.proof.models import SigningKey
from zhijian.proof.queries.chain import plain_key

if TYPE_CHECKING:
    from zhijian.lib.signing import CryptoProvider

THING_KIND = "proof.key"
KEY_LOCK = 0x5A4A_0BE1


@transaction.atomic
def current_key() -> SigningKey:
    """Return the key that signs now; the very first one is made here."""
    found = SigningKey.objects.filter(until=None).first()
    if found is not None:
        return found
    _hold_keys()
    return SigningKey.objects.filter(until=None).first() or _make_key(None)


@transaction.atomic
def rotate_key() -> SigningKey:
    """Make a new key, endorsed by the one so far, which then retires and loses its private part.

    Everything it signed stays verifiable: its public part is published with the time it was in force. The operator
    does this at the machine (`zhijian register rotate-key`), so there is no permission to ask for.
    """
    _hold_keys()
    return _make_key(current_key())


def _hold_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEY_LOCK])


def _make_key(before: SigningKey | None) -> SigningKey:
    provider = _chosen_provider()
    pair, now = provider.generate(), clock.now()
    name = key_name(pair.public)
    row = SigningKey(
        name=name, algorithm=provider.algorithm, public=as_text(pair.public), since=now, endorsed_by=before,
        sealed_private=sealer_in(settings.ZHIJIAN_DATA).seal(pair.private, place=_place(name)),
    )  # fmt: skip
    if before is not None:
        row.endorsement = sign(before, documents.key_statement(plain_key(row)))
        SigningKey.objects.filter(pk=before.pk, until=None).update(until=now, sealed_private=b"")
    row.save(force_insert=True)
    record(
        EventName.SIGNING_KEY_MADE, actor=None, organisation_id=None, thing_kind=THING_KIND, thing_id=name,
        data={"algorithm": row.algorithm, "before": before.pk if before else ""},
    )  # fmt: skip
    return row


def sign(key: SigningKey, message: bytes) -> str:
    """Return the signature of a key over a message, as text. Raises Refused when the key does not open here."""
    try:
        private = sealer_in(settings.ZHIJIAN_DATA).open(bytes(key.sealed_private), place=_place(key.name))
    except SealBroken as broken:
        raise Refused("登记册的签名密钥打不开：数据目录里的密钥文件不是原来那一个。请从备份恢复 seal_key。") from broken
    return as_text(_provider(key).sign(private, message))


def _chosen_provider() -> CryptoProvider:
    try:
        return load_provider(settings.ZHIJIAN_SIGNING_PROVIDER)
    except ValueError as error:
        raise Refused(str(error)) from error


def _provider(key: SigningKey) -> CryptoProvider:
    _chosen_provider()
    found = known_providers(settings.ZHIJIAN_SIGNING_PROVIDER).get(key.algorithm)
    if found is None:
        raise Refused(f"没有 {key.algorithm} 的签名服务。请检查 ZHIJIAN_SIGNING_PROVIDER 设置。")
    return found


def _place(name: str) -> str:
    return f"proof.signingkey/{name}"
