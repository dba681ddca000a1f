"""The acts on a case. One address for all small forms: what was typed stays when an act is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhijian.inbox import actions, queries
from zhijian.inbox.forms import (
    AskForm,
    AssignForm,
    ChaseForm,
    ExtendForm,
    NoteForm,
    ResumeForm,
    ReturnForm,
    VersionForm,
)
from zhijian.inbox.views.cases import TYPED, case_page
from zhijian.lib.errors import Missing, Refused
from zhijian.ui.confirm import confirmation

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest

ACTS: dict[str, tuple[type[VersionForm], Any, str]] = {
    "accept": (VersionForm, actions.accept_case, "已受理，群众看得到期限。"),
    "assign": (AssignForm, actions.assign_case, "已转办，承办单位会在工作台上看到。"),
    "return": (ReturnForm, actions.return_case, "已退回。"),
    "chase": (ChaseForm, actions.chase_case, "已催办，承办单位会在工作台上看到。"),
    "extend": (ExtendForm, actions.extend_case, "已延期，并告知群众。"),
    "ask": (AskForm, actions.ask_citizen, "已请群众补充，等待期间不计时。"),
    "resume": (ResumeForm, actions.resume_case, "继续计时。"),
    "note": (NoteForm, actions.note_on_case, "已记下。"),
}
"""Name in the address: form, action, what to say when it is done."""
DONE_ALREADY = "这一步您刚才已经办好了，没有重复办理。"


@require_POST
@login_required
def act(request: StaffRequest, case_id: int, name: str) -> HttpResponseBase:
    """Do one act; a refused one shows the case again with its reasons and what was typed.

    A second click on what was just done is told so; a page that was overtaken leads to the case as it is now.
    """
    if name not in ACTS:
        raise Http404("没有这个操作。请回到留言页重试。")
    form_class, action, done = ACTS[name]
    form = form_class(request.POST)
    try:
        queries.find_case(actor=request.user, case_id=case_id)
        _carry_out(request, case_id, name, form, action)
    except (Missing, Refused) as stopped:
        if form.is_valid() and queries.did_just_now(
            actor=request.user, case_id=case_id, act=name, given=form.cleaned_data
        ):
            messages.info(request, DONE_ALREADY)
            return _onwards(request, case_id)
        if isinstance(stopped, Missing):
            raise
        return _refused(request, case_id, name, form, stopped.reasons)
    messages.success(request, done)
    return _onwards(request, case_id)


def _onwards(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Lead to the case, or to the list when the case went out of this person's sight."""
    still_mine = queries.visible_cases(actor=request.user).filter(pk=case_id).exists()
    return redirect("inbox:case", case_id) if still_mine else redirect("inbox:list")


def _carry_out(request: StaffRequest, case_id: int, name: str, form: VersionForm, action: Any) -> None:
    if not form.is_valid():
        raise Refused([str(error) for errors in form.errors.values() for error in errors])
    data = form.cleaned_data
    if name == "note":
        data.pop("seen")
    if "days" in data:
        data["days"] = data["days"] or 0
    action(actor=request.user, case_id=case_id, **data)


def _refused(
    request: StaffRequest, case_id: int, name: str, form: VersionForm, reasons: list[str]
) -> HttpResponseBase:  # fmt: skip
    case = queries.find_case(actor=request.user, case_id=case_id)
    for reason in reasons:
        messages.error(request, reason)
    if form.cleaned_data.get("seen") not in {None, case.version}:
        typed = {field: value for field, value in request.POST.items() if field in form.fields and field != "seen"}
        if any(typed.values()):
            request.session[TYPED] = {"case": case_id, "act": name, "fields": typed}
        return redirect("inbox:case", case_id)
    kept = form_with_fresh_version(form, case.version)
    return render(request, "inbox/case.html", case_page(request, case, {name: kept}), status=409)


def form_with_fresh_version(form: VersionForm, version: int, **fields: str) -> VersionForm:
    """Return the form with what was typed and the version now shown, so that the next try counts.

    `fields` are filled in on top of what was typed.
    """
    typed = cast("QueryDict", form.data).copy()
    for name, value in {"seen": str(version), **fields}.items():
        typed[name] = value
    form.data = typed
    return form


@require_POST
@login_required
def contact(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Show the contact of the citizen on an answer that is kept nowhere; the look is written down."""
    fields = actions.reveal_contact(actor=request.user, case_id=case_id)
    case = queries.find_case(actor=request.user, case_id=case_id)
    context = {"title": "联系方式", "case": case, "fields": fields.items()}
    response = render(request, "inbox/contact.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@login_required
def destroy(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Destroy the personal fields of a closed case, after asking."""
    case = queries.find_case(actor=request.user, case_id=case_id)
    if request.method == "POST":
        actions.destroy_personal_data(actor=request.user, case_id=case_id)
        messages.success(request, "姓名、电话、地址已销毁，问题和答复保留。")
        return redirect("inbox:case", case_id)
    return confirmation(
        request, title="销毁个人信息？", act="销毁",
        text="姓名、电话、地址销毁后谁也打不开，不能恢复。问题和答复保留。",
        back=f"/desk/inbox/{case_id}/", tone="danger", reasons=actions.why_not_destroy(actor=request.user, case=case),
    )  # fmt: skip
