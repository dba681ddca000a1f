"""Sealing of secrets at rest: AES-256-GCM under a key of the installation, apart from Django's signing key.

A sealed value names the key it was sealed with, so that keys can be changed one after the other. `Sealer` is the one
door: certified hardware is put behind it, not beside it.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = b"\x01"
KEY_FILE = "seal_key"
KEY_BYTES = 32
NAME_BYTES = 4
NONCE_BYTES = 12
HEAD = len(VERSION) + NAME_BYTES + NONCE_BYTES


class SealBroken(Exception):  # noqa: N818 - reads as what is the matter: the seal is broken
    """A sealed value does not open: another key, another place, or changed bytes."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens. `keys` by name (4 bytes, from the key itself); new values are sealed with `current`."""

    keys: Mapping[bytes, bytes] = field(repr=False)
    current: bytes

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Return version, key name, nonce and ciphertext. The value opens at the same `place` only."""
        nonce = os.urandom(NONCE_BYTES)
        head = VERSION + self.current
        return head + nonce + AESGCM(self.keys[self.current]).encrypt(nonce, plain, head + place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Return what was sealed at `place`. Raises SealBroken."""
        head, nonce, rest = sealed[: HEAD - NONCE_BYTES], sealed[HEAD - NONCE_BYTES : HEAD], sealed[HEAD:]
        key = self.keys.get(head[len(VERSION) :])
        if head[: len(VERSION)] != VERSION or key is None:
            raise SealBroken("The key this value was sealed with is not in the key file.")
        try:
            return AESGCM(key).decrypt(nonce, rest, head + place.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("The value was changed, or stands at another place.") from None


def sealer_in(folder: Path) -> Sealer:
    """Return the sealer of the installation whose data folder this is; the key is made at the first use (0600).

    The file holds one key a line, base64; the first is the current one, older ones still open. Raises SealBroken when
    the file cannot be understood.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _make_key(path)
    try:
        keys = [base64.b64decode(line, validate=True) for line in path.read_text(encoding="ascii").split()]
    except (binascii.Error, UnicodeDecodeError):
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise SealBroken("The key file holds no usable key.")
    return Sealer({_name(key): key for key in keys}, _name(keys[0]))


def _name(key: bytes) -> bytes:
    return sha256(b"zhijian seal key" + key).digest()[:NAME_BYTES]


def _make_key(path: Path) -> None:
    """Write the key whole or not at all; of two processes that start together, the first one's key stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{KEY_FILE}-{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii") + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
