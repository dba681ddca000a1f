"""Keeping the index: a thing's wordings are replaced whole, by the room that owns the thing, in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.lib.wording import LONGEST, meant_grams, plain
from zhijian.search.models import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from zhijian.organisations.models import Organisation


@transaction.atomic
def keep_wordings(
    *,
    thing_kind: str,
    thing_id: int,
    organisation: Organisation,
    wordings: Iterable[str],
    is_public: bool,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Let a thing be found by these wordings and no others; return how many there are. No wordings: not at all."""
    Wording.objects.filter(thing_kind=thing_kind, thing_id=thing_id).delete()
    texts = {plain(text): text for text in wordings}
    rows = [
        Wording(
            thing_kind=thing_kind, thing_id=thing_id, organisation_path=organisation.path, is_public=is_public,
            valid_from=valid_from, valid_to=valid_to, text=text[:LONGEST], plain=compared,
            grams=list(grams), gram_count=len(grams),
        )
        for compared, text in texts.items()
        for grams in [meant_grams(text)]
        if compared
    ]  # fmt: skip
    Wording.objects.bulk_create(rows)
    return len(rows)


def drop_wordings(*, thing_kind: str, thing_id: int) -> None:
    """Let a thing be found no more."""
    Wording.objects.filter(thing_kind=thing_kind, thing_id=thing_id).delete()
