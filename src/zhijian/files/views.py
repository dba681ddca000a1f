from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from zhijian.files import actions, queries
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import CONTENT_ROLES
from zhijian.organisations.queries import find_body

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest

YEAR = 365 * 24 * 60 * 60


@require_GET
@login_required
def show_file(request: StaffRequest, sha256: str) -> HttpResponseBase:
    """Serve one file of the person's scope; the address is its hash, so it never changes."""
    row = queries.find_file(actor=request.user, sha256=sha256)
    return serve(row.sha256, row.media_type, cache=f"private, max-age={YEAR}, immutable", name=row.name)


def serve(sha256: str, media_type: str, *, cache: str, name: str = "") -> FileResponse:
    """Answer with the bytes of a hash; what is no picture goes out as a download under `name`.

    The caller has checked that they may be seen. Raises Missing.
    """
    path = queries.path_of(sha256)
    if not path.exists():
        raise Missing("文件不在这台机器的存储里。请联系系统管理员从备份恢复。")
    paper = not media_type.startswith("image/")
    response = FileResponse(path.open("rb"), content_type=media_type, as_attachment=paper, filename=name)
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@require_POST
@login_required
def upload_picture(request: StaffRequest, organisation_id: int) -> JsonResponse:
    """Take one picture (multipart field `file`) for a body; answer `{"file": sha256, "url", "width", "height"}`."""
    body = find_body(actor=request.user, organisation_id=organisation_id, roles=CONTENT_ROLES)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"message": "没有收到图片，请重新选择。"}, status=400)
    if (upload.size or 0) > actions.MAX_BYTES:
        return JsonResponse({"message": "图片超过 10 MB。请压缩后再上传。"}, status=413)
    try:
        row = actions.store_picture(
            actor=request.user, organisation=body, name=upload.name or "图片", data=upload.read()
        )
    except Refused as refused:
        return JsonResponse({"message": str(refused)}, status=409)
    return JsonResponse(
        {"file": row.sha256, "url": f"/files/{row.sha256}", "width": row.width, "height": row.height}
    )  # fmt: skip
