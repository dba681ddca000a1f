"""Opening what WeChat sends us: address check, signature, time window, decryption. No I/O, no state."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from xml.etree.ElementTree import Element

LARGEST_BODY: Final = 256 * 1024
WINDOW_SECONDS: Final = 300
_BLOCK: Final = 32  # the platform pads to 32 bytes, not to the cipher's 16
_RANDOM: Final = 16
_KEY_BYTES: Final = 32
SUCCESS: Final = "success"
"""The answer that stops the platform from sending again; without it in 5 s there are two more tries."""


class CallbackFault(StrEnum):
    BAD_SIGNATURE = "bad_signature"
    STALE = "stale"
    REPLAYED = "replayed"
    TOO_BIG = "too_big"
    BAD_XML = "bad_xml"
    BAD_CIPHER = "bad_cipher"
    WRONG_ACCOUNT = "wrong_account"
    NOT_ENCRYPTED = "not_encrypted"


class CallbackRefused(Exception):  # noqa: N818 -- a refusal, as lib.errors.Refused
    """The request is not from the platform, or not for this account. Answer 403; REPLAYED may be answered SUCCESS."""

    def __init__(self, fault: CallbackFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CallbackSecrets:
    """`aes_keys`: the 43-character keys, the current one first, the previous one kept during a change of key."""

    appid: str
    token: str = field(repr=False)
    aes_keys: tuple[str, ...] = field(default=(), repr=False)
    mode: Literal["plain", "compat", "aes"] = "aes"


def never_seen(_digest: str) -> bool:
    """Treat every delivery as the first one: for callers whose own rows are unique by `InboundEvent.dedupe_key`."""
    return True


def check_address(secrets: CallbackSecrets, query: Mapping[str, str]) -> str:
    """Answer the platform's check of our address: return `echostr`, to be sent back verbatim as text/plain.

    Raises CallbackRefused.
    """
    _check_signature(secrets.token, query, "signature")
    return query.get("echostr", "")


def open_callback(
    secrets: CallbackSecrets,
    query: Mapping[str, str],
    body: bytes,
    *,
    first_seen: Callable[[str], bool] = never_seen,
) -> bytes:
    """Return the plain XML of a genuine callback.

    `first_seen(digest)` records the digest of (timestamp, nonce, signature) and says whether it is new; call us inside
    the transaction that stores the event, so that a delivery we failed to store can be sent again. The caller should
    keep digests for twice WINDOW_SECONDS. Raises CallbackRefused.
    """
    if len(body) > LARGEST_BODY:
        raise CallbackRefused(CallbackFault.TOO_BIG)
    if secrets.mode == "plain":
        _check_signature(secrets.token, query, "signature")
        parse_xml(body)
        plain = body
    else:
        plain = _open_encrypted(secrets, query, body)
    if not first_seen(_delivery_digest(query)):
        raise CallbackRefused(CallbackFault.REPLAYED)
    return plain


def parse_xml(body: bytes) -> Element:
    """Parse XML without DTD or entities. Raises CallbackRefused (BAD_XML)."""
    try:
        return fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise CallbackRefused(CallbackFault.BAD_XML) from None


def seal_reply(secrets: CallbackSecrets, xml: str, *, nonce: str) -> str:
    """Encrypt a passive reply for the platform."""
    timestamp = str(int(clock.now().timestamp()))
    encrypted = encrypt(secrets.aes_keys[0], secrets.appid, xml.encode())
    signature = sign(secrets.token, timestamp, nonce, encrypted)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{escape(nonce)}</Nonce></xml>"
    )


def text_reply(*, recipient: str, sender: str, text: str) -> str:
    """Write the passive answer to a follower's message."""
    words = text.replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{recipient}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{int(clock.now().timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content></xml>"
    )


def sign(*parts: str) -> str:
    """Return the platform's signature: SHA-1 over the sorted parts. SHA-1 is what the platform prescribes."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(aes_key: str, appid: str, plain: bytes) -> str:
    """Encrypt as the platform does: 16 random bytes, length, text, appid; AES-256-CBC, padded to 32."""
    key = _key_bytes(aes_key)
    packed = os.urandom(_RANDOM) + struct.pack(">I", len(plain)) + plain + appid.encode()
    padding = _BLOCK - len(packed) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(packed + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode("ascii")


def decrypt(aes_key: str, appid: str, encrypted: str) -> bytes:
    """Undo `encrypt`. Raises CallbackRefused (BAD_CIPHER, WRONG_ACCOUNT)."""
    packed = _unpadded(_decrypted(_key_bytes(aes_key), encrypted))
    head = _RANDOM + 4
    if len(packed) < head:
        raise CallbackRefused(CallbackFault.BAD_CIPHER)
    (length,) = struct.unpack(">I", packed[_RANDOM:head])
    plain, owner = packed[head : head + length], packed[head + length :]
    if len(plain) != length:
        raise CallbackRefused(CallbackFault.BAD_CIPHER)
    if not hmac.compare_digest(owner, appid.encode()):
        raise CallbackRefused(CallbackFault.WRONG_ACCOUNT)
    return plain


def _open_encrypted(secrets: CallbackSecrets, query: Mapping[str, str], body: bytes) -> bytes:
    # In the compatible mode a plain copy comes along; it is not covered by the signature, so it is never read.
    encrypted = parse_xml(body).findtext("Encrypt") or ""
    if not encrypted:
        raise CallbackRefused(CallbackFault.NOT_ENCRYPTED)
    _check_signature(secrets.token, query, "msg_signature", encrypted)
    refused = CallbackRefused(CallbackFault.BAD_CIPHER)
    for aes_key in secrets.aes_keys:
        try:
            return decrypt(aes_key, secrets.appid, encrypted)
        except CallbackRefused as error:
            refused = error
    raise refused


def _check_signature(token: str, query: Mapping[str, str], name: str, *more: str) -> None:
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    expected = sign(token, timestamp, nonce, *more)
    if not token or not hmac.compare_digest(expected.encode(), query.get(name, "").encode()):
        raise CallbackRefused(CallbackFault.BAD_SIGNATURE)
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > len("9999999999"):
        raise CallbackRefused(CallbackFault.STALE)
    if abs(clock.now().timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise CallbackRefused(CallbackFault.STALE)


def _delivery_digest(query: Mapping[str, str]) -> str:
    parts = (query.get(name, "") for name in ("timestamp", "nonce", "msg_signature", "signature"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key_bytes(aes_key: str) -> bytes:
    try:
        key = base64.b64decode(aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        raise CallbackRefused(CallbackFault.BAD_CIPHER) from None
    if len(key) != _KEY_BYTES:
        raise CallbackRefused(CallbackFault.BAD_CIPHER)
    return key


def _decrypted(key: bytes, encrypted: str) -> bytes:
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        return decryptor.update(sealed) + decryptor.finalize()
    except (binascii.Error, ValueError):
        raise CallbackRefused(CallbackFault.BAD_CIPHER) from None


def _unpadded(padded: bytes) -> bytes:
    padding = padded[-1] if padded else 0
    if not 1 <= padding <= _BLOCK or padded[-padding:] != bytes([padding]) * padding:
        raise CallbackRefused(CallbackFault.BAD_CIPHER)
    return padded[:-padding]
