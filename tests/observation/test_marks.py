"""Reading on from a mark: a row that is committed late is not passed over."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from tests.observation.world import NOW

from zhijian.observation.models import LinkCheck
from zhijian.observation.queries import link_checks_after, url_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

INSERT = """
    INSERT INTO observation_linkcheck (url, url_sha256, at, result, final_url, title, reason)
    VALUES ('https://late.example/', 'x', now(), 'reached', '', '', '')
"""


@pytest.fixture
def other(db: None) -> Iterator[BaseDatabaseWrapper]:
    """Give a second connection with an open transaction that has written a check and not committed it."""
    made = connection.copy()
    made.set_autocommit(autocommit=False)
    with made.cursor() as cursor:
        cursor.execute(INSERT)
    yield made
    made.rollback()
    made.close()


def check() -> LinkCheck:
    url = "https://water.example/"
    return LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=NOW, result="reached")


def test_nothing_is_given_out_above_what_is_still_being_written(other: BaseDatabaseWrapper) -> None:
    later = check()
    assert link_checks_after(check_id=later.pk - 2, limit=10) == []
    other.rollback()
    assert link_checks_after(check_id=later.pk - 2, limit=10) == [later]


def test_a_writer_that_ends_soon_is_waited_for(other: BaseDatabaseWrapper) -> None:
    later = check()
    other.inc_thread_sharing()
    ending = threading.Timer(0.3, other.rollback)
    ending.start()
    assert link_checks_after(check_id=later.pk - 2, limit=10) == [later]
    ending.join()
