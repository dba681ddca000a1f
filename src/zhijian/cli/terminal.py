"""Speaking and asking on the operator's terminal."""

from __future__ import annotations

import select
import sys


def say(sentence: str = "") -> None:
    """Print one line at once, also into a pipe."""
    print(sentence, flush=True)  # noqa: T201 -- this is where the command speaks


def ask(question: str, *, seconds: float) -> str | None:
    """Return the typed answer; None when nobody is there or nobody answers within `seconds`."""
    if not sys.stdin.isatty():
        return None
    print(question, end="", flush=True)  # noqa: T201 -- the cursor stays behind the question
    answered, _, _ = select.select([sys.stdin], [], [], seconds)
    if not answered:
        say()
        return None
    return sys.stdin.readline().strip()
