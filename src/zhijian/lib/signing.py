"""Signatures: one protocol for every provider, Ed25519 by default.

A certified module (SM2 by GB/T 32918 in a card, a machine or a library) is plugged in by naming a class of its own in
the setting `ZHIJIAN_SIGNING_PROVIDER`; the class keeps to `CryptoProvider`. What it calls its private key may be the
handle of a key that never leaves the hardware. New keys are made by the provider named; what an earlier provider signed
stays verifiable as long as its class is at hand.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zhijian.lib.digests import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME_DIGITS = 16


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new key: `private` as its provider keeps it (secret, or a handle), `public` as anybody may have it."""

    private: bytes = field(repr=False)
    public: bytes


class CryptoProvider(Protocol):
    """Makes keys, signs, verifies. `algorithm` is the name that stands beside every signature, e.g. Ed25519 or SM2."""

    algorithm: str

    def generate(self) -> KeyPair:
        """Make a new key."""

    def sign(self, private: bytes, message: bytes) -> bytes:
        """Sign the message itself; digesting is the algorithm's own matter."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's over this message. Never raises for what comes from outside."""


class Ed25519:
    """RFC 8032. The private key is the 32-byte seed, the public key its 32 bytes."""

    algorithm = "Ed25519"

    def generate(self) -> KeyPair:
        key = Ed25519PrivateKey.generate()
        return KeyPair(key.private_bytes_raw(), key.public_key().public_bytes_raw())

    def sign(self, private: bytes, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def load_provider(name: str) -> CryptoProvider:
    """Return the provider whose class has this dotted name, Ed25519 for "".

    Raises ValueError with a Chinese sentence when there is no such class or it does not keep to the protocol.
    """
    if not name:
        return Ed25519()
    module, _, cls = name.rpartition(".")
    try:
        made = getattr(import_module(module), cls)()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise ValueError(f"ZHIJIAN_SIGNING_PROVIDER 里的“{name}”加载不了，请检查模块和类的名字。") from error
    if not all(hasattr(made, part) for part in ("algorithm", "generate", "sign", "verify")):
        raise ValueError(f"“{name}”不是签名服务类：要有 algorithm、generate、sign、verify。")
    found: CryptoProvider = made
    return found


def known_providers(name: str) -> Mapping[str, CryptoProvider]:
    """Return the providers by algorithm: the one named, and Ed25519 always, for what was signed before."""
    chosen = load_provider(name)
    return {Ed25519.algorithm: Ed25519(), chosen.algorithm: chosen}


def key_name(public: bytes) -> str:
    """Return the name of a key, from the key itself: the first 16 hexadecimal digits of its SHA-256."""
    return sha256_hex(public)[:NAME_DIGITS]


def as_text(data: bytes) -> str:
    """Write a key or a signature as base64."""
    return base64.b64encode(data).decode("ascii")


def from_text(text: str) -> bytes:
    """Read base64 in its one usual spelling. Raises ValueError for any other: no letter may be changed unseen."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError("This is not base64.") from error
    if as_text(data) != text:
        raise ValueError("This base64 is not in its usual spelling.")
    return data
