from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker
    from tests.isolation.neighbours import Neighbours


@pytest.fixture(scope="module")
def neighbours(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Neighbours]:
    """Two furnished bodies for all tests of a module; everything is rolled back behind the last one."""
    from django.db import transaction  # noqa: PLC0415 - this file is read before Django's settings
    from tests.isolation.neighbours import settle  # noqa: PLC0415 - as above

    with django_db_blocker.unblock(), transaction.atomic():
        yield settle()
        transaction.set_rollback(True)
