"""Where platforms call us. No sign-in: each call is proved by its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zhijian.channels import actions, queries
from zhijian.connectors.wechat.callback import LARGEST_BODY, SUCCESS, CallbackFault, CallbackRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

PLAIN = "text/plain; charset=utf-8"
XML = "text/xml; charset=utf-8"


@csrf_exempt
@require_http_methods(["GET", "POST"])
def wechat(request: HttpRequest, callback_code: str) -> HttpResponse:
    """GET proves that the address is ours; POST takes a message or event and answers before it is worked on."""
    connection = queries.connection_by_callback(callback_code)
    query = {name: request.GET.get(name, "") for name in request.GET}
    try:
        if request.method == "GET":
            return HttpResponse(actions.check_address(connection, query), content_type=PLAIN)
        # One byte more than allowed is enough to know that a body is too big.
        answer = actions.answer_callback(connection, query, request.read(LARGEST_BODY + 1))
    except CallbackRefused as refused:
        if refused.fault is CallbackFault.REPLAYED:
            return HttpResponse(SUCCESS, content_type=PLAIN)
        return HttpResponseForbidden(refused.fault.value, content_type=PLAIN)
    return HttpResponse(answer, content_type=PLAIN if answer == SUCCESS else XML)
