"""The catalogue for those who keep it: the list, a service, its form, publishing and retiring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.lib.errors import Refused
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.search.enums import Topic
from zhijian.services import actions, queries
from zhijian.services.enums import Health, ServiceState
from zhijian.services.forms import NewServiceForm, ReasonForm, ServiceForm
from zhijian.services.rules import WRITERS
from zhijian.services.screened import screen_service
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.services.models import Service
    from zhijian.services.screened import ServiceFinding

LIST = [("办事服务", "/desk/services/")]
TONES = {ServiceState.DRAFT: "quiet", ServiceState.PUBLISHED: "ok", ServiceState.RETIRED: "quiet"}
HEALTH_TONES = {Health.UNKNOWN: "quiet", Health.OPENS: "ok", Health.BROKEN: "danger", Health.NOT_LOOKED: "warn"}
NO_WRITER = ["写办事服务需要采编、审核、留言答复或主管角色，请联系本单位安全管理员。"]


def state_badge(service: Service) -> Badge:
    """Show the state of a service as word and tone."""
    return Badge(service.get_state_display(), TONES[ServiceState(service.state)])


def health_badge(service: Service) -> Badge:
    """Show what the last look at the entrance brought as word and tone."""
    if not service.entrance_url:
        return Badge("没有网上入口", "quiet")
    return Badge(service.get_health_display(), HEALTH_TONES[Health(service.health)])


COLUMNS = (
    Column(key="name", label="名称", sort="sort_key", link=lambda row: f"/desk/services/{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="health", label="网上入口", value=health_badge, sort="health"),
    Column(key="looked", label="查看时间", value="health_at", sort="health_at"),
    Column(key="topic", label="主题", value="get_topic_display", sort="topic"),
    Column(key="audience", label="谁能办", value="get_audience_display", sort="audience", shown=False),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="url", label="入口地址", value="entrance_url", shown=False),
    Column(key="phone", label="咨询电话", value="phone", shown=False),
    Column(key="changed", label="改动时间", value="changed_at", sort="changed_at"),
)


@require_GET
@login_required
def service_list(request: StaffRequest) -> HttpResponseBase:
    """List the services of the person's bodies."""
    actor = request.user
    bodies = bodies_in_scope(actor=actor, roles=BUSINESS_ROLES)
    reasons = [] if actor.holds(*WRITERS) else NO_WRITER
    listing = Listing(
        name="services",
        title="办事服务",
        rows=queries.visible_services(actor=actor),
        columns=COLUMNS,
        sort="name",
        filters=[
            Choices(key="state", label="状态", choices=ServiceState.choices),
            Choices(key="health", label="网上入口", choices=Health.choices),
            Choice(key="topic", label="主题", choices=Topic.choices),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
        ],
        search=lambda rows, text: rows.filter(name__icontains=text) | rows.filter(words__icontains=text),
        search_hint="按名称或群众的说法搜索",
        actions=[
            {"label": "新建服务", "url": "/desk/services/new/", "tone": "primary", "icon": "plus", "reasons": reasons},
            {"label": "导入", "url": "/desk/services/import/", "icon": "file-import", "reasons": reasons},
        ],
        empty=Empty(
            "还没有办事服务", "这里不建新系统，只把已有的办事入口、地点、电话收在一起，让群众一搜就到。",
            "新建服务", "/desk/services/new/",
        ),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_service(request: StaffRequest) -> HttpResponseBase:
    """Begin a service."""
    form = NewServiceForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.cleaned_data["organisation"]
            service = actions.create_service(actor=request.user, organisation=body, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。核对后点“上线”，群众就能搜到。")
            return redirect("services:service", service.pk)
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    context = {"title": "新建服务", "form": form, "breadcrumbs": LIST, "reasons": reasons, "back": "/desk/services/"}
    return render(request, "services/edit.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def edit_service(request: StaffRequest, service_id: int) -> HttpResponseBase:
    """Change a service upon the edition the person was shown."""
    service = queries.find_service(actor=request.user, service_id=service_id)
    form = ServiceForm(request.POST or None, initial=_initial(service))
    edition = request.POST.get("edition", str(service.edition))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_service(
                actor=request.user, service_id=service.pk, edition=_number(edition), draft=form.draft(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("services:service", service.pk)
    context = {
        "title": "修改服务", "form": form, "service": service, "edition": edition,
        "back": f"/desk/services/{service.pk}/",
        "breadcrumbs": [*LIST, (service.name, f"/desk/services/{service.pk}/")],
        "reasons": actions.why_not_edit(actor=request.user, service=service),
    }  # fmt: skip
    return render(request, "services/edit.html", context, status=409 if form.errors else 200)


def _initial(service: Service) -> dict[str, Any]:
    told = {name: getattr(service, name) for name in queries.TEXT_FIELDS}
    return {**told, "words": "\n".join(service.words)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0


@require_GET
@login_required
def show_service(request: StaffRequest, service_id: int) -> HttpResponseBase:
    """Show a service, how its entrance is, and what can be done now."""
    actor = request.user
    service = queries.find_service(actor=actor, service_id=service_id)
    context = {
        "title": service.name, "service": service, "badge": state_badge(service), "health": health_badge(service),
        "override": queries.override_of(service),
        "form": ReasonForm(), "findings": _findings(service), "override_form": ReasonForm(auto_id="override_%s"),
        "edit_reasons": actions.why_not_edit(actor=actor, service=service),
        "publish_reasons": actions.why_not_publish(actor=actor, service=service),
        "can_override": not actions.why_not_publish(actor=actor, service=service, reason="误报"),
        "retire_reasons": actions.why_not_retire(actor=actor, service=service),
        "timeline": timeline_of(thing_kind=queries.THING_KIND, thing_id=service.pk),
        "breadcrumbs": LIST,
    }  # fmt: skip
    return render(request, "services/service.html", context)


def _findings(service: Service) -> list[ServiceFinding]:
    """Return what the rules find in a service that is not yet public."""
    if service.state != ServiceState.DRAFT:
        return []
    return screen_service(organisation=service.organisation, draft=queries.draft_of(service))


@require_POST
@login_required
def publish(request: StaffRequest, service_id: int) -> HttpResponseBase:
    """Show a service to citizens."""
    return _act(
        request, service_id, "已上线，群众现在能搜到。",
        lambda: actions.publish_service(
            actor=request.user, service_id=service_id, reason=request.POST.get("reason", "")
        ),
    )  # fmt: skip


@require_POST
@login_required
def retire(request: StaffRequest, service_id: int) -> HttpResponseBase:
    """Take a service from citizens' pages."""
    reason = request.POST.get("reason", "")
    return _act(
        request, service_id, "已停用，门户不再显示。",
        lambda: actions.retire_service(actor=request.user, service_id=service_id, reason=reason),
    )  # fmt: skip


def _act(request: StaffRequest, service_id: int, done: str, act: Callable[[], object]) -> HttpResponseBase:
    carry_out(request, act, done=done)
    return redirect("services:service", service_id)
