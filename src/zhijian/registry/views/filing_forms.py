"""Writing a filing: which kind, its form, its papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.files.actions import MAX_BYTES, store_paper
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import bodies_in_scope
from zhijian.registry import actions, queries
from zhijian.registry.enums import LIVE_STATES, AccountState, FilingKind
from zhijian.registry.forms.filings import MOST_TARGETS, FilingForm, form_for, known_values
from zhijian.registry.queries.filings import OFFICERS
from zhijian.ui.acting import put_reasons

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account, Filing

LONGEST_ID = 15
PREFILLED = ("name", "platform_kind")
BREADCRUMBS = [("账号", "/desk/accounts/"), ("备案", "/desk/accounts/filings/")]


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin a filing, as a draft or sent to review at once; `?kind=`, `&account=`, `&organisation=` choose it."""
    require(Permission.FILING_CREATE, actor=request.user)
    kind = request.GET.get("kind", "")
    account = _account(request)
    if kind not in FilingKind.values or (account is None and kind not in (FilingKind.OPENING, FilingKind.EXEMPTION)):
        return _choose(request, account)
    form = _new_form(request, kind, account)
    if request.method == "POST" and form.is_valid():
        try:
            filing = _create(request, form, account)
            return _maybe_submit(request, filing)
        except Refused as refused:
            put_reasons(form, refused)
    return _page(request, form, account, kind)


def _account(request: StaffRequest) -> Account | None:
    """Return the account asked for, if this person keeps it. Raises Missing."""
    asked = request.GET.get("account", "")
    return queries.find_account(actor=request.user, account_id=int(asked)) if _is_id(asked) else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def _choose(request: StaffRequest, account: Account | None) -> HttpResponseBase:
    """Offer the kinds of filing: of one account those its state allows, else what needs no account, and the way on."""
    fitting = queries.kinds_for(account) if account else [FilingKind.OPENING, FilingKind.EXEMPTION]
    context = {
        "title": "办理备案",
        "account": account,
        "kinds": [(kind, queries.kind_info(kind)) for kind in fitting],
        "breadcrumbs": BREADCRUMBS,
    }
    return render(request, "registry/filing_kinds.html", context)


def own_bodies(actor: User) -> QuerySet[Organisation]:
    """Return the bodies this person files for."""
    return bodies_in_scope(actor=actor, roles=OFFICERS)


def _targets(actor: User, account: Account | None) -> QuerySet[Account]:
    """Return the accounts one may be merged into: live ones of the bodies this person sees, its own body's first."""
    if account is None:
        return queries.all_accounts().none()
    rows = queries.visible_accounts(actor=actor).filter(state__in=LIVE_STATES).exclude(pk=account.pk)
    near = rows.filter(organisation=account.organisation).exclude(state=AccountState.CLOSING)
    others = rows.filter(platform_group=account.platform_group).exclude(state=AccountState.CLOSING)
    keys = [*near.values_list("pk", flat=True)[:MOST_TARGETS], *others.values_list("pk", flat=True)[:MOST_TARGETS]]
    return queries.all_accounts().filter(pk__in=keys).order_by("organisation__path", "sort_key")


def _new_form(request: StaffRequest, kind: str, account: Account | None) -> FilingForm:
    bodies = own_bodies(request.user)
    initial = known_values(kind, account) if account else _prefilled(request, bodies)
    return FilingForm(
        request.POST or None, request.FILES or None, kind=kind, account=account, bodies=bodies,
        targets=_targets(request.user, account), draft="draft" in request.POST, initial=initial,
    )  # fmt: skip


def _prefilled(request: StaffRequest, bodies: QuerySet[Organisation]) -> dict[str, Any]:
    """Fill in what is known already: the body asked for, its people and the name it bears elsewhere."""
    given = {name: request.GET[name] for name in PREFILLED if request.GET.get(name)}
    asked = request.GET.get("organisation", "")
    body = bodies.filter(pk=int(asked)).first() if _is_id(asked) else bodies.first()
    if body is None:
        return given
    known = queries.live_accounts_of(body).order_by("-is_main", "-changed_at").first()
    if known is None:
        return {"organisation": body.pk, **given}
    return {
        "organisation": body.pk, "name": known.name, "leader": known.leader, "contact": known.contact,
        "phone": known.phone, **given,
    }  # fmt: skip


def _create(request: StaffRequest, form: FilingForm, account: Account | None) -> Filing:
    body = account.organisation if account is not None else form.cleaned_data["organisation"]
    return actions.create_filing(
        actor=request.user, kind=form.kind, form={**form.filing_form(), "attachments": _papers(request, form, body)},
        organisation_id=body.pk, account_id=account.pk if account else None,
    )  # fmt: skip


def _papers(request: StaffRequest, form: FilingForm, body: Organisation) -> list[dict[str, str]]:
    """Keep the uploaded papers; those attached before stay unless replaced or taken off. Raises Refused."""
    before = form.filing.form.get("attachments", []) if form.filing else []
    papers = {paper["slot"]: paper for paper in before if not form.cleaned_data.get(f"drop_{paper['slot']}")}
    for slot in form.info.slots:
        upload: UploadedFile[bytes] | None = form.cleaned_data.get(f"file_{slot.code}")
        if not upload:
            continue
        if (upload.size or 0) > MAX_BYTES:
            raise Refused(f"“{upload.name}”超过 10 MB。请压缩后再上传。")
        try:
            row = store_paper(actor=request.user, organisation=body, name=upload.name or slot.label, data=upload.read())
        except Refused as refused:
            raise Refused([f"{slot.label}：{reason}" for reason in refused.reasons]) from refused
        papers[slot.code] = {"slot": slot.code, "sha256": row.sha256, "name": row.name}
    return list(papers.values())


def _maybe_submit(request: StaffRequest, filing: Filing) -> HttpResponseBase:
    """Send the filing on when that button was pressed; what stands in the way is shown on its page."""
    if "submit" in request.POST:
        try:
            actions.submit_filing(actor=request.user, filing_id=filing.pk)
            messages.success(request, "已提交，正在逐级审核。")
        except Refused as refused:
            messages.warning(request, f"已存为草稿，还不能提交：{' '.join(refused.reasons)}")
    else:
        messages.success(request, "已存为草稿。")
    return redirect("registry:filing", filing_id=filing.pk)


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Write a draft or returned filing anew."""
    filing = queries.find_filing(actor=request.user, filing_id=filing_id)
    require(Permission.FILING_SUBMIT, actor=request.user, thing=filing)
    form = FilingForm(
        request.POST or None, request.FILES or None, kind=filing.kind, account=filing.account, filing=filing,
        bodies=own_bodies(request.user), targets=_targets(request.user, filing.account),
        draft="draft" in request.POST, initial=form_for(filing),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            papers = _papers(request, form, filing.organisation)
            actions.rewrite_filing(
                actor=request.user, filing_id=filing.pk, seen=form.cleaned_data["seen"],
                form={**form.filing_form(), "attachments": papers},
            )  # fmt: skip
            return _maybe_submit(request, filing)
        except Refused as refused:
            put_reasons(form, refused)
    return _page(request, form, filing.account, filing.kind)


def _page(request: StaffRequest, form: FilingForm, account: Account | None, kind: str) -> HttpResponseBase:
    filing = form.filing
    body = filing.organisation if filing else (account.organisation if account else None)
    names = actions.other_names(body) if body and kind == FilingKind.OPENING else []
    info = queries.kind_info(kind)
    context = {
        "title": f"修改{FilingKind(kind).label}备案" if filing else info.act,
        "form": form, "filing": filing, "account": account, "info": info, "other_names": names,
        "breadcrumbs": BREADCRUMBS,
    }  # fmt: skip
    return render(request, "registry/filing_form.html", context, status=409 if form.errors else 200)
