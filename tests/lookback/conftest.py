from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.inspection.world import Scene
    from tests.publishing.pressroom import Pressroom


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    from tests.inspection.world import NOW, make_scene  # noqa: PLC0415 - this file is read before Django's settings

    from zhijian.lib import clock  # noqa: PLC0415 - as above

    with clock.at(NOW):
        yield make_scene()


@pytest.fixture
def press(db: None, settings: Any) -> Iterator[Pressroom]:
    from tests.publishing.pressroom import make_bench, make_pressroom  # noqa: PLC0415 - as above

    from zhijian.sandbox.server import running  # noqa: PLC0415 - as above

    with running() as address:
        settings.ZHIJIAN_SANDBOX_URL = address
        yield make_pressroom(make_bench(address))
