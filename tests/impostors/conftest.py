from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.impostors.world import Stage


@pytest.fixture
def stage(db: None) -> Stage:
    from tests.impostors.world import make_stage  # noqa: PLC0415 - this file is read before Django's settings

    return make_stage()
