"""Going slowly: no host is asked more often than agreed, however many threads of this process ask."""

from __future__ import annotations

import threading
import time
from typing import Final

MOST_HOSTS: Final = 10_000


class HostPace:
    """A pacing hook for `Fetcher.pace`: waits until `seconds` have gone by since the last request to the host."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._next: dict[str, float] = {}
        self._guard = threading.Lock()

    def __call__(self, host: str) -> None:
        time.sleep(self._reserve(host))

    def _reserve(self, host: str) -> float:
        with self._guard:
            now = time.monotonic()
            if len(self._next) > MOST_HOSTS:
                self._next = {name: moment for name, moment in self._next.items() if moment > now}
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + self._seconds
            return turn - now
