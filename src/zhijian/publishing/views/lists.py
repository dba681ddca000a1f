from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_GET

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.organisations.queries import bodies_in_scope
from zhijian.publishing import queries
from zhijian.publishing.enums import DeliveryState
from zhijian.registry.queries import platform_choices, platform_label
from zhijian.ui.listing import Choice, Choices, Column, Dates, Empty, Listing
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import User
    from zhijian.publishing.models import Delivery

LIST = [("发布", "/desk/deliveries/")]
TONES = {
    DeliveryState.PLANNED: "quiet",
    DeliveryState.SENDING: "busy",
    DeliveryState.SUBMITTED: "busy",
    DeliveryState.UNKNOWN: "warn",
    DeliveryState.PUBLISHED: "ok",
    DeliveryState.MANUAL_PENDING: "info",
    DeliveryState.REJECTED: "danger",
    DeliveryState.FAILED: "danger",
    DeliveryState.CANCELLED: "quiet",
    DeliveryState.REMOVED: "warn",
}


def state_badge(row: Delivery) -> Badge:
    """Show the state of a delivery as word and tone."""
    return Badge(row.get_state_display(), TONES[DeliveryState(row.state)])


def platform_of(row: Delivery) -> str:
    """Name the platform of a delivery's account."""
    return platform_label(row.account.platform, row.account.kind)


COLUMNS = (
    Column(key="title", label="标题", sort="title", link=lambda row: f"/desk/deliveries/{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="account", label="账号", value="account.name", sort="account__sort_key"),
    Column(key="platform", label="平台", value=platform_of, sort="account__platform"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="scheduled", label="发布时间", value="scheduled_at", sort="scheduled_at"),
    Column(key="published", label="发出时间", value="published_at", sort="published_at"),
    Column(key="problem", label="说明", value="problem", shown=False),
    Column(key="by", label="安排人", value="planned_by.display_name", shown=False),
    Column(key="planned", label="安排时间", value="planned_at", sort="planned_at", shown=False),
    Column(key="url", label="地址", value="proof_url", shown=False),
)


@require_GET
@login_required
def delivery_list(request: StaffRequest) -> HttpResponseBase:
    """List the deliveries of the person's scope, the newest first."""
    require(Permission.DELIVERY_VIEW, actor=request.user)
    plan = {
        "label": "安排发布",
        "url": "/desk/deliveries/plan/",
        "icon": "send",
        "tone": "primary",
        "reasons": why_not(Permission.DELIVERY_PLAN, actor=request.user),
    }
    listing = Listing(
        name="deliveries",
        title="发布",
        rows=queries.visible_deliveries(actor=request.user),
        columns=COLUMNS,
        sort="-scheduled",
        filters=[
            Choices(key="state", label="状态", choices=DeliveryState.choices),
            Choice(key="platform", label="平台", lookup="account__platform", choices=platform_choices),
            Choice(key="organisation", label="单位", choices=lambda: _bodies(request.user)),
            Dates(key="scheduled", label="发布时间", lookup="scheduled_at"),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text) | rows.filter(account__name__icontains=text),
        search_hint="按标题或账号搜索",
        actions=[plan],
        empty=Empty(
            "还没有安排过发布", "审核通过的稿件，可以在这里选账号和时间发出去。", "安排发布", "/desk/deliveries/plan/"
        ),
        template="publishing/list.html",
    )
    return listing.respond(request, tabs=tabs_for(request.user, "list"))


def tabs_for(actor: User, active: str) -> list[Tab]:
    """Return the two tabs of publishing."""
    strays = queries.visible_strays(actor=actor).filter(cleaned_at=None).count()
    return [
        Tab("发布任务", "/desk/deliveries/", active == "list"),
        Tab("滞留草稿", "/desk/deliveries/strays/", active == "strays", strays),
    ]


def _bodies(actor: User) -> list[tuple[int, str]]:
    rows = bodies_in_scope(actor=actor, roles=queries.VIEWERS)
    return list(rows.values_list("pk", "short_name")[:500])
