"""Citizens' pictures: kept while the form is filled in, and let go when no message came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.core.cache import cache

from zhijian.files.actions import discard_strays, hold_pictures, store_picture
from zhijian.impostors.queries import held_pictures
from zhijian.inbox.actions.personal import keyed_digest
from zhijian.inbox.models import Photo
from zhijian.inbox.queries.cases import default_intake
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from zhijian.inbox.models import Case
    from zhijian.organisations.models import Organisation

STRAY_AFTER: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
PHOTOS_PER_ADDRESS_HOUR: Final = 40
"""Ten reports with four pictures each; redrawing is work, and what no message comes of lies on the disk for a day."""


def intake_body() -> Organisation:
    """Return the body that takes what names no body. Raises Refused where nobody answers."""
    body = default_intake()
    if body is None:
        raise Refused("这里还没有开通留言。请拨打 12345，或到窗口反映。")
    return body


def keep_photo(*, organisation: Organisation | None, name: str, data: bytes, address: str = "") -> str:
    """Keep a citizen's picture, redrawn without place and camera; return its hash.

    Raises Refused, and before any work is done when so many came from one network address within the hour.
    """
    if address:
        _count_photo(address)
    return store_picture(actor=None, organisation=organisation or intake_body(), name=name, data=data).sha256


def _count_photo(address: str) -> None:
    """Count a picture of an address: only its keyed digest is held, for an hour. Raises Refused."""
    hour = f"{clock.now().astimezone(clock.BEIJING):%Y-%m-%d %H}"
    key = f"inbox.photos.{keyed_digest(f'{hour} {address}', purpose='photos')}"
    kept = int(cache.get(key, 0))
    if kept >= PHOTOS_PER_ADDRESS_HOUR:
        raise Refused("这个网络这一小时传的照片已经很多，这张没有收。请过一小时再传，或先不带照片写留言。")
    cache.set(key, kept + 1, int(HOUR.total_seconds()))


def attach_photos(case: Case, photos: Sequence[str]) -> None:
    """Put pictures to a new case, in its transaction. Raises Refused when one was let go in the meantime."""
    wanted = list(dict.fromkeys(photos))
    if not wanted:
        return
    if hold_pictures(wanted):
        raise Refused("照片放得太久，已经清掉了。您写的内容都还在，请把照片再选一次。")
    Photo.objects.bulk_create(
        Photo(case=case, sha256=sha256, position=position) for position, sha256 in enumerate(wanted)
    )


def sweep_photos() -> int:
    """Let go of citizens' pictures that belong to no message a day after they came; return how many."""
    return discard_strays(before=clock.now() - STRAY_AFTER, held=_in_cases)


def _in_cases(sha256s: Collection[str]) -> set[str]:
    here = set(Photo.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True))
    return here | held_pictures(sha256s)
