from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.resources.office import Office


@pytest.fixture
def office(db: None) -> Office:
    from tests.resources.office import make_office  # noqa: PLC0415 - this file is read before Django's settings

    return make_office()
