"""Who calls: a program with a person's token, or a signed-in browser (whose writes carry the CSRF token)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer, SessionAuth

from zhijian.organisations.models import ApiToken
from zhijian.organisations.queries import TokenExpired, token_in_force

if TYPE_CHECKING:
    from django.http import HttpRequest


class TokenAuth(HttpBearer):
    """`Authorization: Bearer zj_…` acts as the person who made the token."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        try:
            held = token_in_force(token)
        except TokenExpired as expired:
            raise AuthenticationError(message=str(expired)) from expired
        if held is not None:
            request.user = held.user
        return held


class BrowserAuth(SessionAuth):
    """A signed-in browser. What comes with a token, good or not, or without a session is no browser's call."""

    def __call__(self, request: HttpRequest) -> Any:
        if "Authorization" in request.headers or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        return super().__call__(request)


def caller_of(request: HttpRequest) -> str:
    """Return who calls, as keys of repeated calls are kept: each token by itself, a browser by its person."""
    held = getattr(request, "auth", None)
    return f"token:{held.pk}" if isinstance(held, ApiToken) else f"person:{request.user.pk}"


CALLERS = [TokenAuth(), BrowserAuth()]
