from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.registry.world import World


@pytest.fixture
def world(db: None) -> World:
    from tests.registry.world import make_world  # noqa: PLC0415 - this file is read before Django's settings

    return make_world()
