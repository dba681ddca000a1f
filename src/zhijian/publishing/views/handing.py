from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.files.queries import file_facts, read_bytes
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing import actions, queries
from zhijian.publishing.forms import ConfirmForm
from zhijian.publishing.views.lists import LIST, platform_of
from zhijian.ui.acting import put_reasons

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.publishing.models import Delivery


@require_http_methods(["GET", "POST"])
@login_required
def hand(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Show what to copy and in which order, and take the address of the post back."""
    delivery = queries.find_delivery(actor=request.user, delivery_id=delivery_id)
    form = ConfirmForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _confirmed(request, delivery, form):
        messages.success(request, "已登记，发布完成。")
        return redirect("publishing:delivery", delivery.pk)
    withheld = actions.why_not_download(actor=request.user, delivery=delivery)
    context = {
        "title": f"人工发布到{platform_of(delivery)}",
        "delivery": delivery,
        "package": None if withheld else queries.package_of(delivery),
        "withheld": withheld,
        "confirm_reasons": actions.why_not_confirm(actor=request.user, delivery=delivery),
        "form": form,
        "breadcrumbs": [*LIST, (delivery.title, f"/desk/deliveries/{delivery.pk}/")],
    }
    return render(request, "publishing/hand.html", context, status=409 if form.is_bound else 200)


def _confirmed(request: StaffRequest, delivery: Delivery, form: ConfirmForm) -> bool:
    upload = form.cleaned_data["proof"]
    try:
        actions.confirm_hand_off(
            actor=request.user,
            delivery_id=delivery.pk,
            urls=form.addresses(),
            proof=(upload.name, upload.read()) if upload else None,
        )
    except Refused as refused:
        put_reasons(form, refused)
        return False
    return True


@require_GET
@login_required
def package(request: StaffRequest, delivery_id: int) -> HttpResponseBase:
    """Send the package as one archive."""
    archive = actions.note_download(actor=request.user, delivery_id=delivery_id)
    response = HttpResponse(archive, content_type="application/zip")
    name = quote(f"人工发布包-{delivery_id}.zip")
    response["Content-Disposition"] = f"attachment; filename=\"package-{delivery_id}.zip\"; filename*=UTF-8''{name}"
    return response


@require_GET
@login_required
def picture(request: StaffRequest, delivery_id: int, sha256: str) -> HttpResponseBase:
    """Send one picture of a delivery to those who may see the delivery."""
    delivery = queries.find_delivery(actor=request.user, delivery_id=delivery_id)
    if not delivery.items.filter(files__contains=[sha256]).exists() and delivery.proof_file != sha256:
        raise Missing
    facts = file_facts([sha256]).get(sha256)
    if facts is None:
        raise Missing
    response = HttpResponse(read_bytes(sha256), content_type=facts.media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
