"""Pictures: those inside articles, and the permanent library that covers come from."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from zhijian.sandbox.state import Image, Material, new_id
from zhijian.sandbox.wechat.answers import Refusal, done

if TYPE_CHECKING:
    from zhijian.sandbox.wechat.gate import Call, Upload

BODY_IMAGE: Final = 1024 * 1024
LIBRARY_IMAGE: Final = 10 * 1024 * 1024
THUMB: Final = 64 * 1024
_SIGNATURES: Final[dict[str, bytes]] = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF8",
    "image/bmp": b"BM",
}
_ENDINGS: Final = {"image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}


def upload_image(call: Call) -> dict[str, Any]:
    """Answer media/uploadimg: JPEG or PNG below 1 MB, not counted to the library."""
    upload = _uploaded(call)
    media_type = _kind_of(upload.data)
    if media_type not in {"image/jpeg", "image/png"}:
        raise Refusal(40005)
    if len(upload.data) >= BODY_IMAGE:
        raise Refusal(40009)
    name = _store(call, upload.data, media_type)
    call.world.record("image_uploaded", call.account.appid, name=upload.name, image=name)
    return {"url": f"{call.base_url}/mmbiz/{name}"}


def add_material(call: Call) -> dict[str, Any]:
    """Answer material/add_material for pictures and thumbs."""
    upload = _uploaded(call)
    kind = call.query.get("type", "")
    if kind not in {"image", "thumb"}:
        raise Refusal(40035)
    media_type = _kind_of(upload.data)
    if not media_type or (kind == "thumb" and media_type != "image/jpeg"):
        raise Refusal(40005)
    if len(upload.data) > (THUMB if kind == "thumb" else LIBRARY_IMAGE):
        raise Refusal(45001)
    name = _store(call, upload.data, media_type)
    url = f"{call.base_url}/mmbiz/{name}"
    material = Material(new_id(), kind, upload.name, name, url, call.world.now())
    call.account.materials.append(material)
    call.world.record("material_added", call.account.appid, name=upload.name, media_id=material.media_id)
    return {"media_id": material.media_id, "url": url, "item": []}


def get_material(call: Call) -> Response:
    """Answer material/get_material with the bytes of a picture."""
    image = call.world.images[_found(call).image]
    return Response(base64.b64decode(image.data), media_type=image.media_type)


def list_materials(call: Call) -> dict[str, Any]:
    """Answer material/batchget_material, newest first."""
    offset, count = call.page()
    kept = [item for item in reversed(call.account.materials) if item.kind == call.text("type")]
    items = [
        {"media_id": item.media_id, "name": item.name, "update_time": int(item.at), "url": item.url, "tags": []}
        for item in kept[offset : offset + count]
    ]
    return {"item": items, "total_count": len(kept), "item_count": len(items)}


def count_materials(call: Call) -> dict[str, Any]:
    """Answer material/get_materialcount."""
    images = sum(item.kind == "image" for item in call.account.materials)
    return {"voice_count": 0, "video_count": 0, "image_count": images, "news_count": 0}


def delete_material(call: Call) -> dict[str, Any]:
    """Answer material/del_material."""
    material = _found(call)
    call.account.materials.remove(material)
    call.world.record("material_deleted", call.account.appid, media_id=material.media_id)
    return done()


def _uploaded(call: Call) -> Upload:
    if call.upload is None or not call.upload.data:
        raise Refusal(41005)
    return call.upload


def _found(call: Call) -> Material:
    wanted = call.text("media_id")
    for material in call.account.materials:
        if material.media_id == wanted:
            return material
    raise Refusal(40007)


def _kind_of(data: bytes) -> str:
    return next((kind for kind, start in _SIGNATURES.items() if data.startswith(start)), "")


def _store(call: Call, data: bytes, media_type: str) -> str:
    name = f"{new_id(32)}.{_ENDINGS[media_type]}"
    call.world.images[name] = Image(media_type, base64.b64encode(data).decode("ascii"))
    return name
