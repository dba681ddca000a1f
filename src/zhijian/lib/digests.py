"""Fingerprints of data: the same content gives the same digest on every machine and in every year."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What stands before the first link of a hash chain.
GENESIS = "0" * 64


def canonical_json(value: object) -> str:
    """Write `value` as JSON with sorted keys and no spaces, Chinese left as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON of `value`."""
    return sha256_hex(canonical_json(value).encode())


def link_digest(previous: str, lines: Iterable[str]) -> str:
    """Return the digest of one link of a hash chain: SHA-256 over the previous digest and each line, by lines."""
    digest = hashlib.sha256(previous.encode())
    for line in lines:
        digest.update(f"\n{line}".encode())
    return digest.hexdigest()
