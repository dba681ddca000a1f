from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.publishing.pressroom import Bench, Pressroom


@pytest.fixture(scope="session")
def sandbox_address() -> Iterator[str]:
    from zhijian.sandbox.server import running  # noqa: PLC0415 - this file is read before Django's settings

    with running() as address:
        yield address


@pytest.fixture
def bench(sandbox_address: str, settings: Any) -> Bench:
    from tests.publishing.pressroom import make_bench  # noqa: PLC0415 - as above

    settings.ZHIJIAN_SANDBOX_URL = sandbox_address
    return make_bench(sandbox_address)


@pytest.fixture
def press(db: None, bench: Bench) -> Pressroom:
    from tests.publishing.pressroom import make_pressroom  # noqa: PLC0415 - as above

    return make_pressroom(bench)
