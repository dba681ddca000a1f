"""One running sandbox for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zhijian.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    with running() as base_url:
        yield base_url
