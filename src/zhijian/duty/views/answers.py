"""How an act is answered: done with a sentence, refused with all of its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect

from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpResponseRedirect

    from zhijian.lib.requests import StaffRequest

ROSTER = [("值守", "/desk/duty/")]
ALARMS = [*ROSTER, ("告警", "/desk/duty/alarms/")]
HANDOVERS = [*ROSTER, ("交接班", "/desk/duty/handovers/")]


def act(request: StaffRequest, done: str, url: str, what: Callable[[], object]) -> HttpResponseRedirect:
    """Do something and come back to `url` with what became of it."""
    try:
        what()
    except Refused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, done)
    return redirect(url)


def tell(form: Form, refused: Refused) -> None:
    """Show the reasons of a refusal on a form."""
    for reason in refused.reasons:
        form.add_error(None, reason)
