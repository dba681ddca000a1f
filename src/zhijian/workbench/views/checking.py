from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from zhijian.lib.errors import Refused
from zhijian.organisations.queries import bodies_in_scope
from zhijian.ui.acting import put_reasons
from zhijian.workbench import checking
from zhijian.workbench.forms import CheckForm

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.workbench.checking import CheckedFile

NO_ROLE = ["您还没有任何角色，请联系本单位安全管理员。"]


@require_http_methods(["GET", "POST"])
@login_required
def check_file(request: StaffRequest) -> HttpResponseBase:
    """Take a file, tell what is wrong with it, and forget it."""
    form = CheckForm(request.POST or None, request.FILES or None, actor=request.user)
    result = _result(request, form) if request.method == "POST" and form.is_valid() else None
    reasons = [] if bodies_in_scope(actor=request.user).exists() else NO_ROLE
    context = {"title": "检查文件", "form": form, "reasons": reasons, "result": result}
    return render(request, "workbench/check.html", context, status=409 if form.errors else 200)


def _result(request: StaffRequest, form: CheckForm) -> CheckedFile | None:
    file, body, typos = (form.cleaned_data[name] for name in ("file", "organisation", "typos"))
    try:
        return checking.check_file(
            actor=request.user, organisation=body, name=file.name, data=file.read(), typos=typos
        )  # fmt: skip
    except Refused as refused:
        put_reasons(form, refused)
        return None
