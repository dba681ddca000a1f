from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.proof.world import Register


@pytest.fixture
def register(db: None) -> Register:
    from tests.proof.world import make_register  # noqa: PLC0415 - this file is read before Django's settings

    return make_register()
