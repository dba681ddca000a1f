"""The signed register as documents for programs: files made by the background task, the chain in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse
from django.utils.http import http_date, quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import etag, require_safe

from zhijian.lib.digests import sha256_hex
from zhijian.portal.context import government_name
from zhijian.proof.actions import register_folder
from zhijian.proof.queries import changes_page, head, newest_edition

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

JSON: Final = "application/json; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"
NOT_YET: Final = "登记册的文件还没有生成。后台任务每五分钟看一次，请稍后再取。"
MOST_DIGITS: Final = 9


def _tag(request: HttpRequest, name: str) -> str | None:  # noqa: ARG001 - Django's shape
    edition = newest_edition()
    return quote_etag(str(edition.files[name]["sha256"])) if edition else None


@require_safe
@etag(_tag)
def document(request: HttpRequest, name: str) -> HttpResponseBase:  # noqa: ARG001 - as above
    """Serve one file of the newest edition. All of an edition belong together: the manifest names their digests."""
    edition = newest_edition()
    if edition is None or not (path := register_folder() / edition.folder / name).exists():
        return _refusal(NOT_YET, status=404)
    response = FileResponse(path.open("rb"), content_type=CSV if name.endswith(".csv") else JSON)
    if name.endswith(".csv"):
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Last-Modified"] = http_date(edition.made_at.timestamp())
    return _open(response, seconds=60)


def _refusal(sentence: str, *, status: int) -> HttpResponseBase:
    """Say in Chinese, to a program, what is in the way."""
    told = JsonResponse({"message": sentence}, status=status, json_dumps_params={"ensure_ascii": False})
    return _open(told, seconds=0)


def _open(response: HttpResponseBase, *, seconds: int) -> HttpResponseBase:
    """Let programs on other sites read it, and gateways keep it for a while."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


@require_safe
@gzip_page
def changes(request: HttpRequest) -> HttpResponseBase:
    """Serve a page of the chain: the seals after a number, with their changes."""
    text = request.GET.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        sentence = "after 是上一页最后一个封存的编号，请填数字；第一页填 0。"
        return _refusal(sentence, status=400)
    page = changes_page(after=int(text))
    response = HttpResponse(page, content_type=JSON)
    response["ETag"] = quote_etag(sha256_hex(page))
    return _open(response, seconds=60)


@require_safe
def well_known(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001 - as above
    """Tell programs who keeps this register and where everything is."""
    base, edition, end = settings.ZHIJIAN_BASE_URL, newest_edition(), head()
    told = {
        "format": "zhijian-register-location/1",
        "publisher": government_name(),
        "address": base,
        "register": {"json": f"{base}/register.json", "csv": f"{base}/register.csv"},
        "signatures": {"register": f"{base}/register.json.sig", "manifest": f"{base}/register/manifest.json.sig"},
        "manifest": f"{base}/register/manifest.json",
        "keys": f"{base}/register/keys.json",
        "changes": f"{base}/register/changes.json?after={{seal}}",
        "account": f"{base}/directory/{{number}}/",
        "lookup": f"{base}/lookup.json?q={{text}}",
        "how_to_verify": f"{base}/data/#register",
        "edition": {"accounts": edition.accounts, "made_at": edition.made_at.isoformat()} if edition else None,
        "chain": end.as_json(),
    }
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    return _open(response, seconds=300)
