from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.census.world import Asked


@pytest.fixture
def asked(db: None) -> Iterator[Asked]:
    from tests.census.world import NOW, make_asked  # noqa: PLC0415 - this file is read before Django's settings

    from zhijian.lib import clock  # noqa: PLC0415 - as above

    with clock.at(NOW):
        yield make_asked()
