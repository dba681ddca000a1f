"""The page that asks "really?" for people without JavaScript, and for acts that deserve a page of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse


def confirmation(
    request: HttpRequest,
    *,
    title: str,
    text: str,
    act: str,
    back: str,
    tone: str = "primary",
    reasons: Sequence[str] = (),
) -> HttpResponse:
    """Ask before an act: GET of the act's own address shows this page, whose form posts to the same address.

    `act` is the verb on the button, `back` the address of "不，返回", `reasons` those of why_not
    (the button is then grey).
    """
    question = {"title": title, "text": text, "act": act, "back": back, "tone": tone, "reasons": list(reasons)}
    return render(request, "ui/confirm.html", {"question": question})
