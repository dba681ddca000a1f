"""Who calls: a program with a person's token, or a signed-in browser (whose writes carry the CSRF token)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja.security import HttpBearer, SessionAuth

from zhijian.organisations.queries import user_of_token

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zhijian.organisations.models import User


class TokenAuth(HttpBearer):
    """`Authorization: Bearer zj_…` acts as the person who made the token."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = user_of_token(token)
        if user is not None:
            request.user = user
        return user


CALLERS = [TokenAuth(), SessionAuth()]
