"""How staff sign in: by name, password and a second factor; locked after repeated failures.

Nobody opens a sign-in for themselves.
"""

from __future__ import annotations

import base64
import io
import time
from typing import TYPE_CHECKING, Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from zhijian.lib.sealing import sealer_in
from zhijian.organisations.actions import settle_own_password
from zhijian.organisations.enums import ADMIN_ROLES
from zhijian.organisations.queries import has_second_factor, installation, needs_second_factor
from zhijian.ui.errors import error_page
from zhijian.workbench.navigation import who_works_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

JUST_NOW = 300  # seconds
SEALED_AT = "workbench.second_factor"
# The pages of the desk that are no business of a body; every other one is closed to administrators.
OPEN_TO_ADMINISTRATORS = ("audit/", "organisations/", "language-model/", "views/", "notices/", "style/")
# What a person may open before the password is their own and the second factor is set up: the sign-in pages, colours
# and pictures of the pages.
OPEN_BEFORE = ("/sign-in/", "/appearance/", "/static/")


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

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        _ = request
        return str(settings.LOGIN_REDIRECT_URL)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask again before the sign-in itself is changed, unless the person signed in just now."""
        moments = (float(record["at"]) for record in get_authentication_records(self.request, self.request.user))
        signed_in_just_now = any(time.time() - moment < JUST_NOW for moment in moments)
        return bool(super().is_reauthentication_required(app=app)) and not signed_in_just_now


class OwnPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """A new password of one's own, beside the one in use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("oldpassword", "现在的密码"), ("password1", "新密码"), ("password2", "再输一次新密码")):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = "至少十位，不能全是数字，不要用常见的密码，也不要和登录名、姓名相近。"

    def clean_password1(self) -> str:
        chosen = str(self.cleaned_data["password1"])
        if self.user.check_password(chosen):
            raise forms.ValidationError("新密码和现在的一样，请换一个。")
        return chosen

    def save(self) -> None:
        with transaction.atomic():
            super().save()
            settle_own_password(actor=self.user)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Name and password; sessions end with the working day, so there is nothing to remember."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "登录名"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Codes from a telephone: the secret is sealed at rest, the QR code drawn by segno, the words are ours."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "您的岗位必须启用两步验证，不能停用。换手机请找安全管理员重设。",
        "incorrect_code": "验证码不对。请核对手机时间，输入应用里现在显示的六位数字。",
    }

    def get_totp_issuer(self) -> str:
        found = installation()
        return found.government_name if found else "指尖"

    def build_totp_svg(self, url: str) -> str:
        drawn = io.BytesIO()
        segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=5, border=4, light="#fff")
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealer_in(settings.ZHIJIAN_DATA).seal(text.encode(), place=SEALED_AT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return sealer_in(settings.ZHIJIAN_DATA).open(sealed, place=SEALED_AT).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return authenticator.type != Authenticator.Type.TOTP or not needs_second_factor(authenticator.user)


def _ask_for_code(form: forms.Form, label: str) -> None:
    form.fields["code"].label = label
    form.fields["code"].widget.attrs.pop("placeholder", None)
    form.fields["code"].widget.attrs["inputmode"] = "numeric"


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, "验证码或恢复码")


class SecondStepAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code before a step that touches the sign-in itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, "验证码或恢复码")


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The first code, which shows that the telephone has understood."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, "验证码")


class InitialPasswordMiddleware:
    """Whose password an administrator chose replaces it after the sign-in, before anything else.

    Keys of programs are no sign-ins: they are not asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(OPEN_BEFORE) or not getattr(request.user, "must_change_password", False):
            return self.get_response(request)
        return _do_first(request, "account_change_password", "请先登录工作台，换掉初始密码。")


class SecondFactorMiddleware:
    """Whose roles ask for a second factor sets it up after the sign-in, before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(OPEN_BEFORE) or not self._is_missing(request):
            return self.get_response(request)
        return _do_first(request, "mfa_activate_totp", "请先登录工作台，启用两步验证。")

    def _is_missing(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and needs_second_factor(user) and not has_second_factor(user)


def _do_first(request: HttpRequest, page: str, sentence: str) -> HttpResponseBase:
    """Lead to what must be done before anything else; a program is told so in a sentence."""
    if request.path.startswith("/api/"):
        return JsonResponse({"reasons": [sentence]}, status=403)
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'required': 1})}")


class SeparationMiddleware:
    """Administrators take no part in business (三权分立): every business page of the desk tells them so, with 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        page = request.path.removeprefix("/desk/") if request.path.startswith("/desk/") else ""
        is_business = bool(page) and not page.startswith(OPEN_TO_ADMINISTRATORS)
        if is_business and request.user.is_authenticated and request.user.holds(*ADMIN_ROLES):
            return error_page(request, 403, text=_who_does_it(request.path))
        return self.get_response(request)


def _who_does_it(path: str) -> str:
    section, roles = who_works_at(path)
    who = f"“{section}”由{'、'.join(roles)}办理" if roles else "这一页由业务岗位的人员办理"
    return f"管理员不参与业务。{who}；要办业务，请由安全管理员给另一个登录账号授予业务角色。"
