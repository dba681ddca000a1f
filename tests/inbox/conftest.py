from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.inbox.office import Office
    from tests.publishing.pressroom import Bench


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
def office(db: None) -> Office:
    from tests.inbox.office import make_office  # noqa: PLC0415 - this file is read before Django's settings

    return make_office()
