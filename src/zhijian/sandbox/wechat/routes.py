"""The table of endpoints, with the daily limits of a new account."""

from __future__ import annotations

from starlette.routing import Route

from zhijian.sandbox.wechat import drafts, materials, messages, publications, service, tokens
from zhijian.sandbox.wechat.gate import Endpoint

ENDPOINTS = (
    Endpoint("openapi/quota/get", service.quota),
    Endpoint("getcallbackip", service.callback_addresses, method="GET"),
    Endpoint("callback/check", service.callback_check),
    Endpoint("message/custom/send", messages.send, daily=500_000, verified=True),
    Endpoint("media/uploadimg", materials.upload_image, daily=100_000, upload=True),
    Endpoint("material/add_material", materials.add_material, daily=1000, upload=True),
    Endpoint("material/get_material", materials.get_material, daily=1000),
    Endpoint("material/batchget_material", materials.list_materials, daily=1000),
    Endpoint("material/get_materialcount", materials.count_materials, method="GET", daily=1000),
    Endpoint("material/del_material", materials.delete_material, daily=1000),
    Endpoint("draft/add", drafts.add, daily=1000),
    Endpoint("draft/get", drafts.get, daily=500),
    Endpoint("draft/delete", drafts.delete, daily=1000),
    Endpoint("draft/update", drafts.update, daily=1000),
    Endpoint("draft/batchget", drafts.listing, daily=1000),
    Endpoint("draft/count", drafts.count, method="GET", daily=1000),
    Endpoint("freepublish/submit", publications.submit, daily=100, verified=True),
    Endpoint("freepublish/get", publications.status, daily=100, verified=True),
    Endpoint("freepublish/batchget", publications.listing, daily=100, verified=True),
    Endpoint("freepublish/getarticle", publications.article, daily=100, verified=True),
    Endpoint("freepublish/delete", publications.delete, daily=10, verified=True),
)
service.DAILY.update({endpoint.path: endpoint.daily for endpoint in ENDPOINTS if endpoint.daily})

BOTH = ["GET", "POST"]


def routes() -> list[Route]:
    """Return the routes under /wechat."""
    served = [Route(f"/cgi-bin/{endpoint.path}", endpoint.serve, methods=BOTH) for endpoint in ENDPOINTS]
    return [
        Route("/cgi-bin/token", tokens.token, methods=BOTH),
        Route("/cgi-bin/stable_token", tokens.stable_token, methods=BOTH),
        *served,
    ]
