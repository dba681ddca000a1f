"""A token store in memory, for tests, tools and single-process use."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zhijian.connectors.contract import Token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class MemoryTokenStore:
    def __init__(self) -> None:
        self._held: dict[str, Token] = {}
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def read(self, account: str) -> Token | None:
        return self._held.get(account)

    def replace(self, account: str, *, seen: int | None, value: str, expires_at: datetime) -> Token:
        with self._guard:
            held = self._held.get(account)
            if (held.version if held else None) != seen and held is not None:
                return held
            fresh = Token(value=value, expires_at=expires_at, version=(held.version if held else 0) + 1)
            self._held[account] = fresh
            return fresh

    @contextmanager
    def lock(self, account: str) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(account, threading.Lock())
        with lock:
            yield
