"""Bringing a list of services in: read, its columns checked, shown row by row, kept once it was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhijian.lib.errors import Refused
from zhijian.services import actions
from zhijian.services.forms import MappingForm, UploadForm, read_services, sheet_again, sheet_of
from zhijian.services.rules import WRITERS
from zhijian.services.views.catalogue import LIST, NO_WRITER
from zhijian.ui.acting import put_reasons, tell_reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation
    from zhijian.services.forms import ListedService, Sheet

SHOWN_FAULTS = 20
SHOWN_SAMPLE = 3


@require_http_methods(["GET", "POST"])
@login_required
def import_services(request: StaffRequest) -> HttpResponseBase:
    """Take a file and ask which column is what."""
    form = UploadForm(request.POST or None, request.FILES or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            sheet = sheet_of(file.name, file.read())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return _mapping(request, _mapping_form(request, sheet, form.cleaned_data["organisation"]), sheet, [])
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    context = {"title": "导入办事服务", "form": form, "breadcrumbs": LIST, "reasons": reasons}
    return render(request, "services/import.html", context, status=409 if form.errors else 200)


def _mapping_form(request: StaffRequest, sheet: Sheet, body: Organisation) -> MappingForm:
    chosen = {f"column_{index}": sheet.columns.get(index, "") for index in range(len(sheet.heads))}
    form = MappingForm({"organisation": body.pk, "sheet": sheet.text, **chosen}, actor=request.user, heads=sheet.heads)
    form.is_valid()
    return form


@require_POST
@login_required
def check_import(request: StaffRequest) -> HttpResponseBase:
    """Show each row as it would be kept under the chosen columns; keep the good ones once that was confirmed."""
    try:
        sheet = sheet_again(request.POST.get("sheet", ""))
    except Refused as refused:
        tell_reasons(request, refused)
        return redirect("services:import")
    form = MappingForm(request.POST, actor=request.user, heads=sheet.heads)
    rows: list[ListedService] = []
    if form.is_valid():
        try:
            rows = _rows(form, sheet)
            if "confirm" in request.POST:
                return _keep(request, form, rows)
        except Refused as refused:
            for reason in refused.reasons[:SHOWN_FAULTS]:
                form.add_error(None, reason)
    return _mapping(request, form, sheet, rows)


def _rows(form: MappingForm, sheet: Sheet) -> list[ListedService]:
    body = form.cleaned_data["organisation"]
    columns = form.columns()
    names = [
        row[index] for _, row in sheet.rows for index, name in columns.items() if name == "name" and index < len(row)
    ]
    taken = actions.taken_names(body, names)
    return read_services(sheet, columns, source=f"{body.name}提供", taken=taken)


def _mapping(
    request: StaffRequest, form: MappingForm, sheet: Sheet, rows: Sequence[ListedService]
) -> HttpResponseBase:  # fmt: skip
    faulty = [row for row in rows if row.problems]
    context: dict[str, Any] = {
        "title": "导入办事服务", "form": form, "breadcrumbs": LIST, "rows": rows, "sheet": sheet.text,
        "columns": [
            (form[f"column_{index}"], [row[index] for _, row in sheet.rows[:SHOWN_SAMPLE] if index < len(row)])
            for index in range(len(sheet.heads))
        ],
        "good": len(rows) - len(faulty), "faulty": len(faulty), "total": len(sheet.rows),
        "reasons": [] if request.user.holds(*WRITERS) else NO_WRITER,
    }  # fmt: skip
    return render(request, "services/import.html", context, status=409 if form.errors else 200)


def _keep(request: StaffRequest, form: MappingForm, rows: Sequence[ListedService]) -> HttpResponseBase:
    drafts = [row.draft for row in rows if not row.problems]
    if not drafts:
        raise Refused("没有可以导入的服务，请先改正表里的问题，或改列的对应。")
    body = form.cleaned_data["organisation"]
    made = actions.create_services(actor=request.user, organisation=body, drafts=drafts)
    messages.success(request, f"已导入 {len(made):,} 项，还没有上线。核对后逐项上线。")
    return redirect("/desk/services/?state=draft")
