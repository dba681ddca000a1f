from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.actions import found_government
from zhijian.organisations.founding import forget_setup_code
from zhijian.organisations.queries import installation
from zhijian.ui.acting import put_reasons
from zhijian.workbench.forms import SetupForm

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponseBase:
    """Found an empty installation, once, with the code from the terminal."""
    if installation() is not None:
        raise Missing
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found_government(
                name=data["name"], short_name=data["short_name"], code=data["organisation_code"],
                level=data["level"], policy_pack=data["policy_pack"], people=form.people(),
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            forget_setup_code()
            messages.success(request, "已建好。请由主管人员登录，导入账号台账。")
            return redirect("/sign-in/?next=/desk/accounts/ledgers/new/")
    context = {"title": "建立新的安装", "form": form}
    return render(request, "workbench/setup.html", context, status=422 if form.is_bound else 200)
