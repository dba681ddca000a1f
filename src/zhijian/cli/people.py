"""Whose rights a command acts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli.problems import StartupProblem

if TYPE_CHECKING:
    from zhijian.organisations.models import User


def acting_person(username: str) -> User:
    """Return the person a command acts as. Raises StartupProblem when there is no such active sign-in."""
    from zhijian.organisations.models import User  # noqa: PLC0415 -- only once the rooms are loaded

    person = User.objects.select_related("organisation").filter(username=username, is_active=True).first()
    if person is None:
        raise StartupProblem(f"没有在用的登录名“{username}”。请核对后再试。")
    return person
