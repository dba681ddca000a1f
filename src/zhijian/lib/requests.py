"""The request as a page behind the sign-in gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from zhijian.organisations.models import User


class StaffRequest(HttpRequest):
    """For annotations of views under `login_required`, which lets nobody through but a signed-in person."""

    user: User
