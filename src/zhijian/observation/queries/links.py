"""Which addresses have to be tried, and what the last tries brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib.digests import sha256_hex
from zhijian.observation.models import LinkCheck
from zhijian.observation.queries.settled import settled_id

if TYPE_CHECKING:
    from collections.abc import Iterable


def url_digest(url: str) -> str:
    """Return what the checks of an address are found by."""
    return sha256_hex(url.encode())


def latest_link_checks(*, urls: Iterable[str]) -> dict[str, LinkCheck]:
    """Return the newest check of each address that was ever checked. One query."""
    digests = {url_digest(url) for url in urls}
    rows = LinkCheck.objects.filter(url_sha256__in=digests).order_by("url_sha256", "-at", "-pk").distinct("url_sha256")
    return {row.url: row for row in rows}


def link_checks_after(*, check_id: int, limit: int) -> list[LinkCheck]:
    """Return the next checks of all addresses in the order they were made, for nightly runs; remember the last id.

    None is given out while one with a lower id may still be committed.
    """
    rows = LinkCheck.objects.filter(pk__gt=check_id, pk__lte=settled_id(LinkCheck))
    return list(rows.order_by("pk")[:limit])
