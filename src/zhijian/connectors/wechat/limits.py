"""The platform's numbers, each with the page it was read on and the day of reading."""

from __future__ import annotations

from datetime import date
from typing import Final

from zhijian.connectors.contract import Capabilities, Idempotency, Kind, Limit, Quota

_DRAFT_PAGE: Final = "https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add"
_IMAGE_PAGE: Final = "https://developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage"
_MATERIAL_PAGE: Final = "https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial"
_QUOTA_PAGE: Final = "https://developers.weixin.qq.com/doc/service/Message_Management/API_Call_Limits.html"
_CHECKED: Final = date(2026, 11, 22)

TITLE: Final = Limit(32, "char", _DRAFT_PAGE, _CHECKED)
AUTHOR: Final = Limit(16, "char", _DRAFT_PAGE, _CHECKED)
DIGEST: Final = Limit(128, "char", _DRAFT_PAGE, _CHECKED)
CONTENT_CHARS: Final = Limit(20_000, "char", _DRAFT_PAGE, _CHECKED)
CONTENT_BYTES: Final = Limit(1024 * 1024, "byte", _DRAFT_PAGE, _CHECKED)
SOURCE_URL: Final = Limit(1024, "byte", _DRAFT_PAGE, _CHECKED)
PIECES: Final = Limit(8, "item", _DRAFT_PAGE, _CHECKED)
BODY_IMAGE: Final = Limit(1024 * 1024, "byte", _IMAGE_PAGE, _CHECKED)
COVER_IMAGE: Final = Limit(10 * 1024 * 1024, "byte", _MATERIAL_PAGE, _CHECKED)

BODY_IMAGE_TYPES: Final = frozenset({"image/jpeg", "image/png"})
COVER_IMAGE_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp"})

CAPABILITIES: Final = Capabilities(
    platform="wechat",
    name_zh="微信公众号",
    kinds=frozenset({Kind.ARTICLE}),
    limits={
        "title": TITLE,
        "author": AUTHOR,
        "digest": DIGEST,
        "content": CONTENT_CHARS,
        "content_bytes": CONTENT_BYTES,
        "source_url": SOURCE_URL,
        "pieces": PIECES,
        "image": BODY_IMAGE,
        "cover": COVER_IMAGE,
    },
    quotas=(
        Quota("draft/add", 1000, "day", _QUOTA_PAGE, _CHECKED),
        Quota("draft/get", 500, "day", _QUOTA_PAGE, _CHECKED),
        Quota("draft/batchget", 1000, "day", _QUOTA_PAGE, _CHECKED),
        Quota("draft/delete", 1000, "day", _QUOTA_PAGE, _CHECKED),
        Quota("freepublish/submit", 100, "day", _QUOTA_PAGE, _CHECKED),
        Quota("freepublish/get", 100, "day", _QUOTA_PAGE, _CHECKED),
        Quota("freepublish/batchget", 100, "day", _QUOTA_PAGE, _CHECKED),
        Quota("freepublish/delete", 10, "day", _QUOTA_PAGE, _CHECKED),
    ),
    idempotency=Idempotency.READBACK,
    asynchronous=True,
    max_pieces=8,
    withdraw="irreversible",
    requires=frozenset({"verified"}),
)
