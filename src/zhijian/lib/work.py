"""What one person must do today, in the one shape that every room hands to the first screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do. `kind` is the verb in the user's words (审核, 改稿, 补正…); `due` None: no clock runs."""

    title: str
    url: str
    kind: str
    organisation: str
    state: str
    since: datetime
    due: datetime | None = None
    due_text: str = ""
