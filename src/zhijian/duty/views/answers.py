"""How an act is answered: done with a sentence, refused with all of its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect

from zhijian.ui.acting import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseRedirect

    from zhijian.lib.requests import StaffRequest

ROSTER = [("值守", "/desk/duty/")]
ALARMS = [*ROSTER, ("告警", "/desk/duty/alarms/")]
HANDOVERS = [*ROSTER, ("交接班", "/desk/duty/handovers/")]


def act(request: StaffRequest, done: str, url: str, what: Callable[[], object]) -> HttpResponseRedirect:
    """Do something and come back to `url` with what became of it."""
    carry_out(request, what, done=done)
    return redirect(url)
