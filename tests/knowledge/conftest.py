from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.knowledge.library import Library


@pytest.fixture
def library(db: None) -> Library:
    from tests.knowledge.library import make_library  # noqa: PLC0415 - this file is read before Django's settings

    return make_library()
