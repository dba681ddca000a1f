from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.files.views import serve
from zhijian.impostors import actions, forms, queries
from zhijian.impostors.enums import WITHDRAWN_FROM, CaseState, Move, Origin
from zhijian.impostors.rules import description_reasons, state_reasons
from zhijian.impostors.views.parts import HOME, HOME_URL, likeness_badge, platform_of, state_badge, tabs
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.registry.queries import platform_choices
from zhijian.ui.acting import put_reasons, tell_reasons
from zhijian.ui.listing import Choice, Choices, Column, Dates, Empty, Flag, Listing, grouped_counts
from zhijian.ui.parts import Happening

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.impostors.models import Case
    from zhijian.lib.requests import StaffRequest

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLUMNS = (
    Column(key="name", label="可疑名称", sort="name", link=lambda row: f"{HOME_URL}{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="platform", label="平台", value=platform_of, sort="platform"),
    Column(key="body", label="被仿冒单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="account", label="官方账号", value=lambda row: row.account.name if row.account else ""),
    Column(key="origin", label="来源", value="get_origin_display", sort="origin"),
    Column(key="due", label="处置期限", value="due_at", sort="due_at"),
    Column(key="changed", label="最近变动", value="changed_at", sort="changed_at"),
    Column(key="number", label="编号", sort="pk", shown=False),
    Column(key="url", label="链接", shown=False),
    Column(key="remedy", label="处置结果", value="get_remedy_display", shown=False),
    Column(key="ended", label="办结", value="ended_at", sort="ended_at", shown=False),
)
ACTS: dict[str, tuple[str, Move | None, type[forms.ActForm], Any, str]] = {
    "verify": ("开始核实", Move.VERIFY, forms.ActForm, actions.verify_case, "已开始核实。"),
    "describe": ("补全信息", None, forms.DescribeForm, actions.describe_case, "已保存。"),
    "evidence": ("加证据", None, forms.EvidenceForm, actions.add_evidence, "已存下，指纹记在案件里。"),
    "confirm": (
        "认定仿冒", Move.CONFIRM, forms.ConfirmForm, actions.confirm_case,
        "已认定。群众查到它时会看到提醒；设了宣传、网信指导关系的，那边也收到抄送。下一步请平台处置。",
    ),
    "dismiss": ("查无实据", Move.DISMISS, forms.DismissForm, actions.dismiss_case, "已记为查无实据。"),
    "request": (
        "请平台处置", Move.REQUEST, forms.RequestForm, actions.request_removal, "已记下，处置期限开始计算。"
    ),
    "remove": (
        "平台已处置", Move.REMOVE, forms.RemoveForm, actions.record_removal, "已办结，群众查到它时会看到处置结果。"
    ),
    "refuse": (
        "平台不予处置", Move.REFUSE, forms.ReasonForm, actions.record_refusal, "已记下。补充证据后可以再请平台处置。"
    ),
    "reopen": (
        "重新办理", Move.REOPEN, forms.ReasonForm, actions.reopen_case,
        "已重新办理，重新认定之前群众查不到它是仿冒账号。已经请平台处置的，请把撤回的事告诉平台。",
    ),
}  # fmt: skip
"""Name in the address: words, the move it makes, form, action, what to say when it is done."""


def _late(rows: QuerySet[Case], value: object) -> QuerySet[Case]:
    late = Q(state=CaseState.REQUESTED, due_at__lt=clock.now())
    return rows.filter(late) if value else rows.exclude(late)


@require_GET
@login_required
def case_list(request: StaffRequest) -> HttpResponseBase:
    """List the cases of the person's bodies and of those their body guides, ended ones among them."""
    reasons = why_not(Permission.IMPOSTOR_REPORT, actor=request.user)
    new = {"label": "登记线索", "url": f"{HOME_URL}new/", "tone": "primary", "icon": "plus", "reasons": reasons}
    listing = Listing(
        name="impostors",
        title="仿冒账号",
        rows=queries.visible_cases(actor=request.user),
        columns=COLUMNS,
        sort="-changed",
        filters=[
            Choices(key="state", label="状态", choices=CaseState.choices, counts=grouped_counts("state")),
            Choice(key="platform", label="平台", choices=platform_choices()),
            Choice(key="origin", label="来源", choices=Origin.choices),
            Dates(key="opened_at", label="立案"),
            Flag(key="late", label="平台超期", lookup=_late),
        ],
        search=lambda rows, text: rows.filter(
            Q(name__icontains=text) | Q(number__icontains=text) | Q(account__name__icontains=text)
        ),
        search_hint="按可疑名称、官方账号或编号搜索",
        actions=[new],
        template="impostors/list.html",
        context={"tabs": tabs(HOME_URL)},
        empty=Empty(
            "没有仿冒案件",
            "群众举报、名称比对里立案、工作人员登记的线索会列在这里。",
            "名称比对",
            f"{HOME_URL}compare/",
        ),
    )
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_case(request: StaffRequest) -> HttpResponseBase:
    """Tell of an account; a name from the comparison is filled in already."""
    begun = {"name": request.GET.get("name", "")[:80]}
    form = forms.OpenForm(request.POST or None, request.FILES or None, initial=begun)
    reasons = why_not(Permission.IMPOSTOR_REPORT, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            proof = forms.read_proof(form.cleaned_data["proof"])
            case = actions.open_case(actor=request.user, suspect=form.suspect(), proof=proof)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return _opened(request, case)
    context = {"title": "登记仿冒线索", "form": form, "reasons": reasons, "breadcrumbs": HOME}
    return render(request, "impostors/new.html", context, status=409 if form.errors else 200)


def _opened(request: StaffRequest, case: Case) -> HttpResponseBase:
    """Lead to the case; one of a body the person may not see is theirs to know no more of."""
    if queries.visible_cases(actor=request.user).filter(pk=case.pk).exists():
        messages.success(request, "已登记。请补全信息、加上证据，再认定。")
        return redirect("impostors:case", case.pk)
    messages.success(request, "已登记，由被仿冒单位办理。")
    return redirect("impostors:list")


@require_GET
@login_required
def case_page(request: StaffRequest, impostor_id: int) -> HttpResponseBase:
    """Show a case: who imitates whom and how, on what evidence, what happened, and what can be done now."""
    return _page(request, impostor_id)


def _page(
    request: StaffRequest, impostor_id: int, bound: dict[str, Any] | None = None, status: int = 200
) -> HttpResponseBase:  # fmt: skip
    case = queries.find_case(actor=request.user, case_id=impostor_id)
    context = {
        "title": case.name, "case": case, "badge": state_badge(case), "facts": _facts(case),
        "likeness": [{**one, "badge": likeness_badge(one["score"])} for one in case.likeness],
        "reports": list(case.reports.select_related("by")), "evidence": list(case.evidence.select_related("by")),
        "letters": list(case.letters.select_related("by")), "general": queries.COMPLAINTS["general"],
        "is_late": case.state == CaseState.REQUESTED and case.due_at and case.due_at < clock.now(),
        "acts": _acts(request, case, bound or {}), "timeline": _timeline(case), "breadcrumbs": HOME,
    }  # fmt: skip
    return render(request, "impostors/case.html", context, status=status)


def _facts(case: Case) -> list[tuple[str, object]]:
    real = f"{case.account.name}（{case.account.number}）" if case.account else "还没有认出来"
    who = f"，{case.opened_by}" if case.opened_by else ""
    told = [("平台", platform_of(case)), ("链接", case.url), ("账号标识", case.platform_uid)]
    return [
        *((label, value or "—") for label, value in told), ("它冒充的官方账号", real),
        ("来源", f"{case.get_origin_display()}{who}"),
    ]  # fmt: skip


def _timeline(case: Case) -> list[Happening]:
    rows = case.entries.select_related("by").order_by("-pk")
    return [
        Happening(
            at=row.at, what=row.get_kind_display(), who=str(row.by) if row.by else "群众", text=row.text
        )
        for row in rows
    ]  # fmt: skip


def _acts(request: StaffRequest, case: Case, bound: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the acts that matter in this state, each with its form or its reasons."""
    denied = why_not(Permission.IMPOSTOR_HANDLE, actor=request.user, thing=case.organisation)
    found = []
    for name, (label, move, form_class, _, _) in ACTS.items():
        if _is_open(case, name, move):
            form = bound.get(name) or form_class(initial=_begun(case, name), prefix=name)
            reasons = denied or _missing(case, name)
            words = "撤回认定，重新核实" if name == "reopen" and case.state in WITHDRAWN_FROM else label
            found.append({"name": name, "label": words, "reasons": reasons, "form": form, "open": name in bound})
    return found


def _is_open(case: Case, name: str, move: Move | None) -> bool:
    if name == "describe":
        return not description_reasons(case)
    return move is None or not state_reasons(case, move)


def _missing(case: Case, name: str) -> list[str]:
    if name != "confirm":
        return []
    checks = [
        (not case.platform, "请先补全它在哪个平台。"),
        (not case.evidence.exists(), "请先加证据：账号主页的截图或 PDF。"),
    ]
    return [*(sentence for broken, sentence in checks if broken), *actions.official_problems(case)]


def _begun(case: Case, name: str) -> dict[str, Any]:
    """Return what an act's form begins with."""
    if name == "describe":
        told = {key: getattr(case, key) for key in ("name", "platform", "url", "platform_uid")}
        return {**told, "seen": case.version, "real": case.account.number if case.account else ""}
    if name == "request":
        recipient, address = queries.recipient_of(case.platform)
        return {"seen": case.version, "recipient": recipient, "way": address, "text": queries.letter_text(case)}
    return {"seen": case.version}


@require_POST
@login_required
def act(request: StaffRequest, impostor_id: int, name: str) -> HttpResponseBase:
    """Do one act; a refused one shows the case again with its reasons and what was typed."""
    queries.find_case(actor=request.user, case_id=impostor_id)
    if name not in ACTS:
        raise Http404("没有这个操作。请回到案件页重试。")
    _, _, form_class, action, done = ACTS[name]
    form = form_class(request.POST, request.FILES, prefix=name)
    try:
        if form.is_valid():
            action(actor=request.user, case_id=impostor_id, **form.values())
            messages.success(request, done)
            if queries.visible_cases(actor=request.user).filter(pk=impostor_id).exists():
                return redirect("impostors:case", impostor_id)
            return redirect("impostors:list")
    except Refused as refused:
        tell_reasons(request, refused)
    return _page(request, impostor_id, {name: form}, status=409)


@require_GET
@login_required
def letter(request: StaffRequest, impostor_id: int) -> HttpResponseBase:
    """Give the newest letter of a case, or the one that would be written now, as a Word document."""
    case = queries.find_case(actor=request.user, case_id=impostor_id)
    newest = case.letters.order_by("-pk").first()
    data = queries.word_letter(newest.text if newest else queries.letter_text(case))
    response = HttpResponse(data, content_type=WORD)
    name = content_disposition_header(as_attachment=True, filename=f"处置函 {case.number}.docx")
    response["Content-Disposition"] = name or "attachment"
    return response


@require_GET
@login_required
def evidence(request: StaffRequest, impostor_id: int, sha256: str) -> HttpResponseBase:
    """Give a piece of evidence of a case: a picture to look at, a PDF as a file."""
    case = queries.find_case(actor=request.user, case_id=impostor_id)
    row = case.evidence.filter(sha256=sha256).first()
    if row is None:
        raise Missing
    name = f"{sha256[:12]}.{row.media_type.rpartition('/')[2]}"
    return serve(sha256, row.media_type, cache="private, max-age=86400", name=name)
