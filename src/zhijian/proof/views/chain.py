"""The state of the signed register: chain, files, keys. All of it is public; staff see it beside their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhijian.proof import queries
from zhijian.proof.views.tabs import tabs

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest

MOST_WAITING = 10_000


@require_GET
@login_required
def chain_page(request: StaffRequest) -> HttpResponseBase:
    """Show how far the chain is sealed, what is published and which keys there are."""
    context = {
        "title": "签名与变更链",
        "tabs": tabs("chain"),
        "head": queries.head(),
        "waiting": len(queries.unsealed(MOST_WAITING)),
        "edition": queries.newest_edition(),
        "keys": queries.signing_keys(),
    }
    return render(request, "proof/chain.html", context)
