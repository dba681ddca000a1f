"""What the administrator of this installation has opened."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from zhijian.lib.fetching.addresses import Guard, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator


def configured_openings() -> str:
    """Return the openings as text, as `Guard.parse` reads them: those of ZHIJIAN_FETCH_ALLOWED.

    Outside production the installation's own pages and its pretend platforms, which live on this machine, are open too.
    """
    own = [] if settings.IS_PRODUCTION else [settings.ZHIJIAN_SANDBOX_URL, settings.ZHIJIAN_BASE_URL]
    return " ".join([*settings.ZHIJIAN_FETCH_ALLOWED, *(text for url in own for text in _opening(url))])


def configured_guard() -> Guard:
    """Return the guard of this installation. Raises ValueError when the setting cannot be read."""
    return Guard.parse(configured_openings())


def _opening(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    try:
        network = Opening.parse(str(ip_address(host))).network
    except ValueError:
        return  # a name: it is judged by what it resolves to, like any other
    yield f"{network}@{parts.port or (443 if parts.scheme == 'https' else 80)}"
