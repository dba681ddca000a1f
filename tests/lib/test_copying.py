from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction

from zhijian.audit.models import Event
from zhijian.lib.copying import copy_rows

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 1, 2, 3, 456_789, tzinfo=UTC)
ODD = ["a\tb\nc\\d\\N", "", "“引号”,{}\"'", "\\."]


def test_copied_rows_are_the_same_as_inserted_ones_and_know_their_keys() -> None:
    rows = [
        Event(
            at=MOMENT, name=word, thing_kind="x", thing_id=str(place), address=None if place else "192.0.2.1",
            data={"word": word, "list": [1, None]},
        )
        for place, word in enumerate(ODD)
    ]  # fmt: skip
    copy_rows(rows)
    kept = list(Event.objects.filter(thing_kind="x").order_by("pk"))
    assert [(row.pk, row.at, row.name, row.address, row.data) for row in kept] == [
        (row.pk, MOMENT, word, row.address, {"word": word, "list": [1, None]})
        for row, word in zip(rows, ODD, strict=True)
    ]
    assert all(row.written_at is not None for row in kept)
    after = Event.objects.create(at=MOMENT, name="next", thing_kind="x")
    assert after.pk > max(row.pk for row in rows)


def test_a_contradiction_is_the_same_error_as_for_an_insert_and_leaves_nothing() -> None:
    rows = [Session(session_key="same", session_data="x", expire_date=MOMENT) for _ in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(rows)
    assert not Session.objects.exists()
    copy_rows([])
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
