from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations import actions, queries
from zhijian.organisations.enums import BodyKind, Level
from zhijian.organisations.forms import (
    MoveForm,
    OrganisationChangeForm,
    OrganisationForm,
    PasswordForm,
    PersonForm,
    RoleForm,
    TokenForm,
)
from zhijian.policy.queries import resolve
from zhijian.ui.acting import put_reasons, tell_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation, User

BREADCRUMBS = [("单位与人员", "/desk/organisations/")]


def _tabs(actor: User, active: str) -> list[Tab]:
    tabs = [Tab("单位", "/desk/organisations/", active == "bodies")]
    if actor.holds(*queries.PEOPLE_KEEPERS):
        tabs.append(Tab("人员", "/desk/organisations/people/", active == "people"))
    return tabs


@require_GET
@login_required
def bodies(request: StaffRequest) -> HttpResponseBase:
    """List the bodies this person looks after, in tree order."""
    actor = request.user
    listing = Listing(
        name="organisations",
        title="单位与人员",
        rows=queries.manageable_bodies(actor=actor).select_related("parent"),
        sort="tree",
        columns=(
            Column(key="tree", label="单位", value="name", sort="path", link=_body_url),
            Column(key="short", label="规范简称", value="short_name", sort="sort_key"),
            Column(key="code", label="机构编码", sort="code"),
            Column(key="level", label="层级", value="get_level_display", sort="level"),
            Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
            Column(key="parent", label="上级", value="parent.short_name"),
            Column(key="active", label="状态", value=_active_badge),
        ),
        filters=(
            Choice(key="level", label="层级", choices=Level.choices),
            Choice(key="kind", label="类别", choices=BodyKind.choices),
            Flag(key="active", label="在用", lookup="is_active"),
        ),
        search=lambda rows, text: rows.filter(name__icontains=text) | rows.filter(code__startswith=text),
        search_hint="按名称或编码搜索",
        empty=Empty("还没有单位", "先新建本级人民政府，再逐级新建部门。"),
        actions=[
            {
                "label": "新建单位", "url": "/desk/organisations/new/", "tone": "primary", "icon": "plus",
                "reasons": [] if queries.manageable_bodies(actor=actor).exists() else ["您没有可管理的单位。"],
            }
        ],
        template="organisations/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=_tabs(actor, "bodies"))


def _body_url(row: Organisation) -> str:
    return f"/desk/organisations/{row.pk}/"


def _active_badge(row: Organisation | User) -> Badge:
    return Badge("在用", "ok") if row.is_active else Badge("停用", "quiet")


@require_http_methods(["GET", "POST"])
@login_required
def new_body(request: StaffRequest) -> HttpResponseBase:
    """Take a new body."""
    parents = queries.manageable_bodies(actor=request.user)
    if not parents.exists():
        raise Missing
    form = OrganisationForm(request.POST or None, parents=parents, initial={"parent": request.GET.get("parent")})

    def save(data: dict[str, Any]) -> str:
        body = actions.create_organisation(actor=request.user, **data)
        return f"/desk/organisations/{body.pk}/"

    return _form_page(request, form, "新建单位", save)


def _form_page(
    request: StaffRequest, form: forms.Form, title: str, save: Callable[[dict[str, Any]], str], **context: Any
) -> HttpResponseBase:
    """Show a form, or save it and go where `save` says; the reasons of a refusal stand above the fields."""
    if request.method == "POST" and form.is_valid():
        try:
            target = save(form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect(target)
    context = {"title": title, "form": form, "breadcrumbs": BREADCRUMBS, **context}
    return render(request, "organisations/form.html", context, status=422 if form.is_bound else 200)


def _find_body(actor: User, organisation_id: int) -> Organisation:
    body = queries.manageable_bodies(actor=actor).filter(pk=organisation_id).first()
    if body is None:
        raise Missing
    return body


@require_GET
@login_required
def body_page(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Show one body: its place, its lines, its people and their roles, the rules that apply to it."""
    body = _find_body(request.user, organisation_id)
    context = {
        "title": body.name,
        "breadcrumbs": [*BREADCRUMBS, *_above(request.user, body)],
        "body": body,
        "new_child_url": f"/desk/organisations/new/?parent={body.pk}",
        "relations": queries.relations_of(body),
        "supervising": queries.supervising_body(body),
        "packs": " → ".join(pack.name for pack in resolve(queries.pack_codes(body), on=clock.today()).chain),
        "past_names": list(body.past_names.order_by("-until")),
        "end_reasons": _end_reasons(request.user, body),
        "children": body.children.order_by("sort_key")[:200],
        "roles": queries.roles_at(body),
        "manage_reasons": why_not(Permission.ORGANISATION_MANAGE, actor=request.user, thing=body),
        "timeline": queries.timeline_of(thing_kind="organisations.organisation", thing_id=body.pk),
    }
    return render(request, "organisations/body.html", context)


def _end_reasons(actor: User, body: Organisation) -> list[str]:
    reasons = why_not(Permission.ORGANISATION_MANAGE, actor=actor, thing=body)
    return reasons or actions.why_not_end(body)


@require_http_methods(["GET", "POST"])
@login_required
def end_body(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """End a body; GET asks first."""
    body = _find_body(request.user, organisation_id)
    back = f"/desk/organisations/{body.pk}/"
    if request.method == "GET":
        return confirmation(
            request, title=f"停用 {body.short_name}？", text="停用后不能再办新的事，以往的记录不变。", act="停用",
            back=back, tone="danger", reasons=_end_reasons(request.user, body),
        )  # fmt: skip
    actions.end_organisation(actor=request.user, organisation_id=body.pk)
    messages.success(request, "已停用。")
    return redirect(back)


def _above(actor: User, body: Organisation) -> list[tuple[str, str]]:
    """The bodies above that this person looks after too, as (name, address) from the top."""
    rows = queries.manageable_bodies(actor=actor).filter(pk__in=body.ancestor_ids).order_by("path")
    return [(row.short_name, _body_url(row)) for row in rows]


@require_http_methods(["GET", "POST"])
@login_required
def edit_body(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Change the names or the rules of a body."""
    body = _find_body(request.user, organisation_id)
    initial = {"name": body.name, "short_name": body.short_name, "policy_pack": body.policy_pack}
    form = OrganisationChangeForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any]) -> str:
        actions.change_organisation(actor=request.user, organisation_id=body.pk, changes=data)
        return f"/desk/organisations/{body.pk}/"

    return _form_page(request, form, f"修改 {body.short_name}", save)


@require_GET
@login_required
def rules_page(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Show every rule in force for a body today, with its document and how it was found."""
    body = queries.bodies_in_scope(actor=request.user).filter(pk=organisation_id).first()
    body = body or _find_body(request.user, organisation_id)
    policy = resolve(queries.pack_codes(body), on=clock.today())
    context = {
        "title": f"{body.short_name}执行的规则",
        "body": body,
        "breadcrumbs": [*BREADCRUMBS, (body.short_name, f"/desk/organisations/{body.pk}/")],
        "packs": policy.chain,
        "rules": [(rule, rule.explain()) for rule in policy.all_values(level=body.level)],
    }
    return render(request, "organisations/rules.html", context)


@require_GET
@login_required
def people(request: StaffRequest) -> HttpResponseBase:
    """List the sign-ins, for the administrators who keep them."""
    actor = _administrator(request)
    listing = Listing(
        name="people",
        title="单位与人员",
        rows=queries.manageable_people(actor=actor),
        sort="name",
        columns=(
            Column(
                key="name", label="姓名", value="display_name", sort="display_name",
                link=lambda row: f"/desk/organisations/people/{row.pk}/",
            ),
            Column(key="username", label="登录名", sort="username"),
            Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
            Column(key="last_login", label="上次登录", sort="last_login"),
            Column(key="vendor", label="代运营", value="is_of_vendor", shown=False),
            Column(key="active", label="状态", value=_active_badge),
        ),
        filters=(
            Flag(key="active", label="在用", lookup="is_active"),
            Flag(key="vendor", label="代运营登录名", lookup="is_of_vendor"),
        ),
        search=lambda rows, text: rows.filter(display_name__icontains=text) | rows.filter(username__icontains=text),
        search_hint="按姓名或登录名搜索",
        actions=[
            {
                "label": "开立登录账号", "url": "/desk/organisations/people/new/", "tone": "primary", "icon": "plus",
                "reasons": why_not(Permission.PERSON_MANAGE, actor=actor),
            }
        ],
        template="organisations/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=_tabs(actor, "people"))


def _administrator(request: StaffRequest) -> User:
    actor = request.user
    if not actor.holds(*queries.PEOPLE_KEEPERS):
        raise Missing
    return actor


@require_http_methods(["GET", "POST"])
@login_required
def new_person(request: StaffRequest) -> HttpResponseBase:
    """Open a sign-in."""
    actor = _administrator(request)
    form = PersonForm(request.POST or None, bodies=queries.manageable_bodies(actor=actor).filter(is_active=True))

    def save(data: dict[str, Any]) -> str:
        user = actions.create_person(actor=actor, **data)
        return f"/desk/organisations/people/{user.pk}/"

    return _form_page(request, form, "开立登录账号", save)


@require_http_methods(["GET", "POST"])
@login_required
def person_page(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Show a person with their roles; the security administrator grants one here."""
    actor = _administrator(request)
    person = queries.find_person(actor=actor, user_id=user_id)
    form = RoleForm(
        request.POST or None,
        bodies=queries.manageable_bodies(actor=actor).filter(is_active=True),
        initial={"organisation": person.organisation},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_role(actor=actor, user=person, **form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已授予角色。")
            return redirect(request.path)
    context = {
        "title": str(person),
        "breadcrumbs": [*BREADCRUMBS, ("人员", "/desk/organisations/people/")],
        "person": person,
        "form": form,
        "grant_reasons": why_not(Permission.ROLE_GRANT, actor=actor, thing=person.organisation),
        "deactivate_reasons": why_not(Permission.PERSON_MANAGE, actor=actor, thing=person.organisation),
        "mark_reasons": (
            why_not(Permission.PERSON_MANAGE, actor=actor, thing=person.organisation)
            or actions.why_not_mark(person, is_of_vendor=not person.is_of_vendor)
        ),
        "rows": [
            (row, why_not(Permission.ROLE_GRANT, actor=actor, thing=row.organisation)) for row in person.assignments
        ],
        "has_second_factor": queries.has_second_factor(person),
        "factor_reasons": why_not(Permission.SECOND_FACTOR_RESET, actor=actor, thing=person.organisation),
        "timeline": queries.timeline_of(thing_kind="organisations.person", thing_id=person.pk),
    }
    return render(request, "organisations/person.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@login_required
def move_person(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Give a person another home body."""
    actor = _administrator(request)
    person = queries.find_person(actor=actor, user_id=user_id)
    bodies = queries.manageable_bodies(actor=actor).filter(is_active=True)

    def save(data: dict[str, Any]) -> str:
        actions.move_person(actor=actor, user_id=person.pk, organisation_id=data["organisation"].pk)
        return f"/desk/organisations/people/{person.pk}/"

    return _form_page(request, MoveForm(request.POST or None, bodies=bodies), f"调整 {person} 的所在单位", save)


@require_http_methods(["GET", "POST"])
@login_required
def mark_of_vendor(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Make a sign-in a vendor's, or one of the body's own people again; GET asks first."""
    actor = _administrator(request)
    person = queries.find_person(actor=actor, user_id=user_id)
    back, becomes = f"/desk/organisations/people/{person.pk}/", not person.is_of_vendor
    if request.method == "GET":
        reasons = why_not(Permission.PERSON_MANAGE, actor=actor, thing=person.organisation)
        return confirmation(
            request, title=f"把 {person} 的登录名{'标为代运营' if becomes else '改为本单位人员'}？",
            text=BECOMES_VENDORS if becomes else BECOMES_OURS, act="标为代运营" if becomes else "改为本单位人员",
            back=back, reasons=reasons or actions.why_not_mark(person, is_of_vendor=becomes),
        )  # fmt: skip
    try:
        actions.mark_of_vendor(actor=actor, user_id=person.pk, is_of_vendor=becomes)
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, "已保存。")
    return redirect(back)


BECOMES_VENDORS = (
    "标了以后可以写进代运营合同，合同一结束，角色全部收回、登录停用；不能再担任主管、主办、审核、负责人、管理员。"
)
BECOMES_OURS = "改了以后，代运营合同结束时不再收回它的角色。只有这个人成了本单位人员时才改。"


@require_http_methods(["GET", "POST"])
@login_required
def reset_password(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Set a new password for somebody who forgot theirs."""
    actor = _administrator(request)
    person = queries.find_person(actor=actor, user_id=user_id)
    back = f"/desk/organisations/people/{person.pk}/"

    def save(data: dict[str, Any]) -> str:
        actions.reset_password(actor=actor, user_id=person.pk, password=data["password"])
        return back

    return _form_page(request, PasswordForm(request.POST or None), f"重设 {person} 的密码", save)


@require_http_methods(["GET", "POST"])
@login_required
def reset_second_factor(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Take the second factor from who lost the telephone; GET asks first."""
    actor = _administrator(request)
    person = queries.find_person(actor=actor, user_id=user_id)
    back = f"/desk/organisations/people/{person.pk}/"
    if request.method == "GET":
        return confirmation(
            request,
            title=f"重设 {person} 的两步验证？",
            text="请先当面核实是本人。重设后，旧的验证器和恢复码全部作废，本人登录后重新启用。",
            act="重设",
            back=back,
            tone="danger",
            reasons=why_not(Permission.SECOND_FACTOR_RESET, actor=actor, thing=person.organisation),
        )
    actions.reset_second_factor(actor=actor, user_id=person.pk)
    messages.success(request, "已重设。请本人登录后重新启用两步验证。")
    return redirect(back)


@require_http_methods(["GET", "POST"])
@login_required
def deactivate_person(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Close a sign-in; GET asks first."""
    actor = _administrator(request)
    person = queries.find_person(actor=actor, user_id=user_id)
    back = f"/desk/organisations/people/{person.pk}/"
    if request.method == "GET":
        return confirmation(
            request,
            title=f"停用 {person} 的登录账号？",
            text="停用后不能再登录，全部角色随即收回；以往的记录不变。",
            act="停用",
            back=back,
            tone="danger",
        )
    actions.deactivate_person(actor=actor, user_id=person.pk)
    messages.success(request, "已停用。")
    return redirect(back)


@require_POST
@login_required
def revoke_role(request: StaffRequest, assignment_id: int) -> HttpResponseBase:
    """End a role."""
    actor = _administrator(request)
    row = actions.revoke_role(actor=actor, assignment_id=assignment_id)
    messages.success(request, "已收回角色。")
    return redirect(f"/desk/organisations/people/{row.user_id}/")


@require_http_methods(["GET", "POST"])
@login_required
def tokens(request: StaffRequest) -> HttpResponseBase:
    """Show one's keys for programs, and make one: it is shown this once."""
    form = TokenForm(request.POST or None)
    made = ""
    if request.method == "POST" and form.is_valid():
        made = actions.create_api_token(actor=request.user, **form.cleaned_data)
        form = TokenForm()
    context = {"title": "接口令牌", "form": form, "made": made, "tokens": queries.tokens_of(request.user)}
    return render(request, "organisations/tokens.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def revoke_token(request: StaffRequest, token_id: int) -> HttpResponseBase:
    """End a key."""
    actions.revoke_api_token(actor=request.user, token_id=token_id)
    messages.success(request, "令牌已作废。")
    return redirect("organisations:tokens")
