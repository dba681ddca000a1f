"""One hash over everything that goes out."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.connectors.contract import MediaRef


def payload_hash(payload: Mapping[str, Any], media: Mapping[str, MediaRef]) -> str:
    """Return the SHA-256, in hex, of the payload and of the digests of its pictures."""
    digests = {key: ref.sha256 for key, ref in media.items()}
    canonical = json.dumps([payload, digests], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
