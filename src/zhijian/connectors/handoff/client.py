"""The way back from a person: the address of what they posted. Checked by its host only; nothing is fetched here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from zhijian.connectors.handoff.errors import AddressFault

if TYPE_CHECKING:
    from collections.abc import Sequence

_HTTPS_PORT = 443


def address_fault(url: str, host_patterns: Sequence[str]) -> AddressFault | None:
    """Say why a handed-back address is not accepted, or None when it is.

    `host_patterns` are host names of the platform; `*.example.cn` stands for any host below example.cn and for
    example.cn itself.
    """
    text = url.strip()
    if not text:
        return AddressFault.EMPTY
    parts = _split(text)
    if parts is None:
        return AddressFault.NOT_AN_ADDRESS
    if not any(_host_matches(parts.hostname or "", pattern) for pattern in host_patterns):
        return AddressFault.OTHER_PLATFORM
    return AddressFault.HOME_PAGE if parts.path in {"", "/"} and not parts.query else None


def _split(text: str) -> SplitResult | None:
    # User names and odd ports serve to make an address look like another one.
    if re.search(r"[\s\\<>\"]", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return parts if plain and port in {None, 80, _HTTPS_PORT} else None


def _host_matches(host: str, pattern: str) -> bool:
    host, pattern = host.rstrip(".").lower(), pattern.lower()
    if not pattern.startswith("*."):
        return host == pattern
    return host == pattern[2:] or host.endswith(pattern[1:])
