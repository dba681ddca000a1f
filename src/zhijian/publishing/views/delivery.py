from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.channels.enums import HANDOFF, WEBSITE
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.publishing import actions, queries
from zhijian.publishing.enums import ON_THE_WAY, DeliveryState
from zhijian.publishing.forms import ReasonForm, SightingForm
from zhijian.publishing.views.lists import LIST, platform_of, state_badge
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.parts import Stage

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.publishing.models import Delivery

ENDS_BADLY = {
    DeliveryState.REJECTED: "平台退回",
    DeliveryState.FAILED: "发送失败",
    DeliveryState.CANCELLED: "已取消",
    DeliveryState.REMOVED: "已下线",
}
WHAT_TO_DO = {
    DeliveryState.UNKNOWN: "系统正在向平台核对，不会重复发送。请不要在平台后台手动再发。",
    DeliveryState.REJECTED: "请按说明修改稿件，重新送审后再安排发布。",
    DeliveryState.FAILED: "按说明处理好以后，点“再发一次”。系统会先核对平台上有没有，再决定是否发送。",
    DeliveryState.MANUAL_PENDING: "请打开人工发布页，照着步骤发到平台，再把网址登记回来。",
}


@require_GET
@login_required
def show(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Show a delivery: where it stands, what is wrong and what to do, its pieces, what reached the platform."""
    delivery = queries.find_delivery(actor=request.user, delivery_id=delivery_id)
    return render(request, "publishing/delivery.html", _page(request, delivery, SightingForm()))


def _page(request: StaffRequest, delivery: Delivery, form: SightingForm) -> dict[str, Any]:
    actor = request.user
    return {
        "title": delivery.title,
        "delivery": delivery,
        "badge": state_badge(delivery),
        "steps": steps_of(delivery),
        "to_do": WHAT_TO_DO.get(DeliveryState(delivery.state), ""),
        "facts": _facts(delivery),
        "items": queries.items_of(delivery),
        "reached": _reached(delivery),
        "on_the_way": delivery.state in ON_THE_WAY,
        "by_hand": delivery.state == DeliveryState.MANUAL_PENDING,
        "failed": delivery.state == DeliveryState.FAILED,
        "unknown": delivery.state == DeliveryState.UNKNOWN,
        "on_site": delivery.connector == WEBSITE and delivery.state == DeliveryState.PUBLISHED,
        "cancellable": delivery.state in {"planned", "manual_pending", "failed", "rejected"},
        "sightings": list(delivery.sightings.select_related("person").order_by("seen_at")),
        "form": form,
        "cancel_reasons": actions.why_not_cancel(actor=actor, delivery=delivery),
        "retry_reasons": actions.why_not_retry(actor=actor, delivery=delivery),
        "look_reasons": actions.why_not_read_back(actor=actor, delivery=delivery),
        "report_reasons": actions.why_not_report(actor=actor, delivery=delivery),
        "down_reasons": actions.why_not_take_down(actor=actor, delivery=delivery),
        "timeline": timeline_of(thing_kind=queries.THING_KIND, thing_id=delivery.pk),
        "breadcrumbs": LIST,
    }


USUAL_WAY = ("待发", "发送", "平台处理", "已发布")
WAYS = {HANDOFF: ("待发", "人工发布", "已发布"), WEBSITE: ("待发", "已发布")}


def steps_of(delivery: Delivery) -> list[Stage]:
    """Return the way of a delivery as steps: planned, sent, in the platform's hands, out."""
    state = DeliveryState(delivery.state)
    labels = WAYS.get(delivery.connector, USUAL_WAY)
    times = {"待发": delivery.planned_at, "发送": delivery.started_at, "平台处理": delivery.submitted_at,
             "已发布": delivery.published_at}  # fmt: skip
    if state in ENDS_BADLY:
        gone = [Stage(label, "done", at=times[label]) for label in labels if times.get(label)]
        return [*gone, Stage(ENDS_BADLY[state], "stopped")]
    reached = min(_reached_step(delivery, state), len(labels) - 1)
    return [Stage(label, _step_state(place, reached, state), at=times.get(label)) for place, label in enumerate(labels)]


def _reached_step(delivery: Delivery, state: DeliveryState) -> int:
    if delivery.published_at:
        return 3
    places = {DeliveryState.PLANNED: 0, DeliveryState.SENDING: 1, DeliveryState.MANUAL_PENDING: 1}
    return places.get(state, 2)


def _step_state(place: int, reached: int, state: DeliveryState) -> str:
    if place < reached or (place == reached and state is DeliveryState.PUBLISHED):
        return "done"
    return "current" if place == reached else "waiting"


def _facts(delivery: Delivery) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("账号", delivery.account.name),
        ("平台", platform_of(delivery)),
        ("单位", delivery.organisation.name),
        ("安排人", str(delivery.planned_by)),
        ("发布时间", delivery.scheduled_at),
        ("发出时间", delivery.published_at),
    ]
    if delivery.state in ON_THE_WAY:
        facts.append(("下次核对", delivery.next_attempt_at))
    return facts


REACHED_NAMES = {
    "draft_id": "草稿编号",
    "publish_id": "发布任务编号",
    "msg_data_id": "消息编号",
    "article_id": "文章编号",
}


def _reached(delivery: Delivery) -> list[tuple[str, object]]:
    """Return what is known to be on the platform, in words."""
    progress = delivery.progress
    pairs: list[tuple[str, object]] = []
    if progress.get("images") or progress.get("covers"):
        pairs.append(("已上传图片", f"{len(progress.get('images', {})) + len(progress.get('covers', {}))} 张"))
    pairs += [(label, progress[name]) for name, label in REACHED_NAMES.items() if progress.get(name)]
    return pairs


@require_http_methods(["GET", "POST"])
@login_required
def cancel(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Call a delivery off; GET asks first."""
    delivery = queries.find_delivery(actor=request.user, delivery_id=delivery_id)
    if request.method == "GET":
        return confirmation(
            request,
            title="取消这次发布？",
            text="取消后不会再发。需要时可以重新安排。",
            act="取消发布",
            back=f"/desk/deliveries/{delivery.pk}/",
            tone="danger",
            reasons=actions.why_not_cancel(actor=request.user, delivery=delivery),
        )
    actions.cancel_delivery(actor=request.user, delivery_id=delivery.pk)
    messages.success(request, "已取消，不会再发。")
    return redirect("publishing:delivery", delivery.pk)


@require_POST
@login_required
def retry(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Try a failed delivery again."""
    actions.retry_delivery(actor=request.user, delivery_id=delivery_id)
    messages.success(request, "正在再发一次。系统会先核对平台上有没有。")
    return redirect("publishing:delivery", delivery_id)


@require_POST
@login_required
def look(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Let a worker look at the platform now."""
    actions.read_back_now(actor=request.user, delivery_id=delivery_id)
    messages.success(request, "正在向平台核对，过一会儿刷新页面看结果。")
    return redirect("publishing:delivery", delivery_id)


@require_POST
@login_required
def report(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Take down what the person saw on the platform."""
    delivery = queries.find_delivery(actor=request.user, delivery_id=delivery_id)
    form = SightingForm(request.POST)
    if form.is_valid():
        try:
            actions.report_sighting(
                actor=request.user,
                delivery_id=delivery.pk,
                verdict=form.cleaned_data["verdict"],
                url=form.cleaned_data["url"],
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已记下。两个人看到的一致，就以此为准。")
            return redirect("publishing:delivery", delivery.pk)
    return render(request, "publishing/delivery.html", _page(request, delivery, form), status=409)


@require_http_methods(["GET", "POST"])
@login_required
def take_down(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Take a piece off our own website, with a reason."""
    delivery = queries.find_delivery(actor=request.user, delivery_id=delivery_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_down(actor=request.user, delivery_id=delivery.pk, reason=form.cleaned_data["reason"])
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已下线，网站上不再显示。")
            return redirect("publishing:delivery", delivery.pk)
    context = {
        "title": "从网站下线",
        "delivery": delivery,
        "form": form,
        "reasons": actions.why_not_take_down(actor=request.user, delivery=delivery),
        "breadcrumbs": [*LIST, (delivery.title, f"/desk/deliveries/{delivery.pk}/")],
    }
    return render(request, "publishing/down.html", context, status=409 if form.is_bound else 200)
