from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from zhijian.impostors import queries
from zhijian.impostors.forms import CompareForm
from zhijian.impostors.rules import VIEWERS
from zhijian.impostors.views.parts import HOME, HOME_URL, likeness_badge, tabs
from zhijian.lib.errors import Refused
from zhijian.lib.tables import read_rows
from zhijian.ui.acting import put_reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.http.response import HttpResponseBase

    from zhijian.impostors.queries import Compared
    from zhijian.lib.requests import StaffRequest

MOST_NAMES: Final = 5_000
MOST_SHOWN: Final = 500
LONGEST_NAME: Final = 80
HEADS: Final = ("账号名称", "可疑名称", "名称", "昵称")
NO_VIEWER: Final = ["名称比对由主管、主办、负责人、巡检或值班人员使用。"]


@require_http_methods(["GET", "POST"])
@login_required
def compare(request: StaffRequest) -> HttpResponseBase:
    """Compare one name or a list of them with every official one; nothing is kept."""
    reasons = [] if request.user.holds(*VIEWERS) else NO_VIEWER
    asked = {"names": request.GET["q"]} if request.method == "GET" and "q" in request.GET else None
    form = CompareForm(request.POST or asked, request.FILES or None)
    compared: list[Compared] | None = None
    if form.is_bound and not reasons and form.is_valid():
        try:
            names = _names(form)
            compared = queries.compare(names)
        except Refused as refused:
            put_reasons(form, refused)
    context = {
        "title": "名称比对", "form": form, "reasons": reasons, "breadcrumbs": HOME,
        "tabs": tabs(f"{HOME_URL}compare/"), **(_told(compared) if compared is not None else {}),
    }  # fmt: skip
    return render(request, "impostors/compare.html", context, status=409 if form.errors else 200)


def _names(form: CompareForm) -> list[str]:
    """Return the names that were given. Raises Refused for none or too many."""
    pasted = form.cleaned_data["names"].splitlines()
    names = [*pasted, *_column(form.cleaned_data["table"])]
    names = [name.strip()[:LONGEST_NAME] for name in names if name.strip()]
    if not names:
        raise Refused("请贴一个或几个名称，或者上传一张表。")
    if len(names) > MOST_NAMES:
        raise Refused(f"一次最多比对 {MOST_NAMES:,} 个名称，这里有 {len(names):,} 个。请分几次。")
    return names


def _column(upload: UploadedFile[bytes] | None) -> list[str]:
    """Return the column of names of a table: the one that is called so, else the first."""
    if upload is None:
        return []
    rows = read_rows(name=upload.name or "", data=upload.read(5 * 1024 * 1024 + 1), most_rows=MOST_NAMES + 1)
    head = rows[0][1]
    place = next((head.index(one) for one in HEADS if one in head), None)
    body: Sequence[tuple[int, list[str]]] = rows if place is None else rows[1:]
    return [row[place or 0] for _, row in body if len(row) > (place or 0)]


def _told(compared: list[Compared]) -> dict[str, Any]:
    """Return the most alike first, and how many there are of each kind."""
    alike = sorted((one for one in compared if one.alike), key=lambda one: -one.alike[0].score)
    return {
        "compared": len(compared),
        "alike_count": len(alike),
        "officials": [one.name for one in compared if one.is_official][:MOST_SHOWN],
        "allowed": [one.name for one in compared if one.is_allowed and not one.is_official][:MOST_SHOWN],
        "unlike": [one.name for one in compared if not (one.alike or one.is_official or one.is_allowed)][:MOST_SHOWN],
        "alike": [
            {
                "name": one.name,
                "best": one.alike[0],
                "others": one.alike[1:],
                "badge": likeness_badge(one.alike[0].score),
            }
            for one in Paginator(alike, MOST_SHOWN).page(1)
        ],
        "most_shown": MOST_SHOWN,
    }
