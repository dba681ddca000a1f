from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.callers import Office
    from tests.inspection.world import Scene


@pytest.fixture
def office(db: None) -> Office:
    from tests.api.callers import make_office  # noqa: PLC0415 - this file is read before Django's settings

    return make_office()


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    from tests.inspection.world import NOW, make_scene  # noqa: PLC0415 - as above

    from zhijian.lib import clock  # noqa: PLC0415 - as above

    with clock.at(NOW):
        yield make_scene()
