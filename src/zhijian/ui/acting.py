"""What a page does with an action that may be refused: every reason reaches the person, none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages

from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import BaseForm
    from django.http import HttpRequest


def carry_out(request: HttpRequest, act: Callable[[], object], *, done: str) -> bool:
    """Do what a button asks; the next page says `done`, or every reason why not. Tell whether it was done."""
    try:
        act()
    except Refused as refused:
        tell_reasons(request, refused)
        return False
    messages.success(request, done)
    return True


def tell_reasons(request: HttpRequest, refused: Refused) -> None:
    """Let the next page say every reason of a refusal."""
    for reason in refused.reasons:
        messages.error(request, reason)


def put_reasons(form: BaseForm, refused: Refused) -> None:
    """Put every reason of a refusal above the fields of the form that was sent."""
    for reason in refused.reasons:
        form.add_error(None, reason)
