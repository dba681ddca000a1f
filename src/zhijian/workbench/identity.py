"""How staff sign in: by name and password, locked after repeated failures; nobody opens a sign-in for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-ins are opened by the system administrator only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录名或密码不对。连续五次不对会锁定三十分钟。",
        "too_many_login_attempts": "登录失败次数过多，请三十分钟后再试，或联系系统管理员。",
        "account_inactive": "这个登录账号已停用，请联系系统管理员。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        _ = request
        return False


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Name and password; sessions end with the working day, so there is nothing to remember."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "登录名"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
