from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.portal.newsstand import Newsstand


@pytest.fixture
def stand(db: None) -> Newsstand:
    from tests.portal.newsstand import make_newsstand  # noqa: PLC0415 - this file is read before Django's settings

    return make_newsstand()
