"""WeChat's error codes, sorted by what we do about them, with a sentence for the person who has to act."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.redaction import redact_text
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_CODES: Final = frozenset({40001, 40014, 42001})
BUSY_CODES: Final = frozenset({-1, 50001, 61450, 9001002})

_KINDS: Final[dict[ErrKind, frozenset[int]]] = {
    ErrKind.TRANSIENT: BUSY_CODES,
    ErrKind.TOKEN: TOKEN_CODES,
    ErrKind.AUTH: frozenset({
        40002, 40013, 40125, 40164, 40243, 41001, 41002, 41004, 42007, 50004, 50007, 89503, 89506, 89507,
    }),
    ErrKind.RATE: frozenset({45011, 45066}),
    ErrKind.QUOTA: frozenset({45009, 45015, 45028, 45047, 48006}),
    ErrKind.PERMISSION: frozenset({48001, 48004, 48008, 50002, 61007, 88000}),
    ErrKind.CONTENT: frozenset({45166, 53404, 53405, 53406, 53503, 53504, 53505, 87014}),
    ErrKind.DUPLICATE: frozenset({45065}),
    ErrKind.NOT_FOUND: frozenset({40007, 46001, 46002, 46003, 46004, 53600, 88001}),
}  # fmt: skip
_KIND_OF: Final[dict[int, ErrKind]] = {code: kind for kind, codes in _KINDS.items() for code in codes}

_KIND_HINTS: Final[dict[ErrKind, str]] = {
    ErrKind.TRANSIENT: "微信系统繁忙。系统会自动重试，不用处理。",
    ErrKind.TOKEN: "微信不认可当前的登录凭证。请到账号设置里重新检查开发者密钥。",
    ErrKind.AUTH: "微信拒绝了本系统的登录。请账号管理员检查公众号后台的开发设置。",
    ErrKind.RATE: "调用太频繁。系统会在一分钟后自动再试。",
    ErrKind.QUOTA: "今天的调用次数已用完。系统会在明天零点后继续。",
    ErrKind.PERMISSION: "这个账号没有该接口权限。请确认账号已完成微信认证，或改用人工发布。",
    ErrKind.CONTENT: "微信认为内容不能这样发布。请按提示修改后重新送审。",
    ErrKind.INVALID: "微信不接受这次请求的内容。请检查稿件，仍不行请联系技术人员。",
    ErrKind.DUPLICATE: "微信说这条已经发过。系统会核对结果，请勿重发。",
    ErrKind.NOT_FOUND: "微信上找不到对应的内容。可能已在公众号后台被删除，请到后台核对。",
}
_CODE_HINTS: Final[dict[int, str]] = {
    40013: "AppID 不正确。请到账号设置里核对。",
    40125: "AppSecret 不正确。请到公众号后台重置后，在账号设置里更新。",
    40164: "本系统的服务器地址不在公众号的 IP 白名单里。请在公众号后台把它加入白名单。",
    40243: "AppSecret 已被冻结。请账号管理员在公众号后台解冻。",
    89503: "微信要求管理员确认这次调用。请账号管理员在手机微信上确认。",
    89506: "管理员拒绝了本系统的服务器地址，24 小时内不能再试。请先与管理员确认。",
    89507: "管理员拒绝了本系统的服务器地址，1 小时内不能再试。请先与管理员确认。",
    45003: "标题超过 32 个字。请缩短标题。",
    45004: "摘要超过 128 个字。请缩短摘要。",
    45110: "作者超过 16 个字。请缩短作者。",
    45002: "正文超过 2 万字符。请删减正文，或拆成几篇。",
    40005: "图片格式不对。请换成 JPG 或 PNG。",
    40009: "图片太大。正文图片请压到 1 MB 以内。",
    41006: "缺少封面图片。请为每篇文章选一张封面。",
    53503: "草稿没有通过微信的发布检查。请到公众号后台打开草稿看原因，改好后重新送审。",
    53504: "这篇草稿微信要求在公众号后台发布。请改用人工发布。",
    53505: "微信要求先在公众号后台手动保存这篇草稿。请保存后再发布。",
    87014: "内容含有微信不允许的信息。请修改后重新送审。",
}
_RID: Final = re.compile(r"\brid:\s*([\w-]+)")


def kind_of(code: int) -> ErrKind:
    """Sort an errcode. Unlisted codes are our mistake or an unknown rule: they are never retried."""
    return _KIND_OF.get(code, ErrKind.INVALID)


def hint_for(code: int) -> str:
    """Return what a person should do about this errcode."""
    return _CODE_HINTS.get(code) or _KIND_HINTS[kind_of(code)]


def error_from(answer: Mapping[str, Any], *, mutates: bool) -> PlatformError | None:
    """Build the error of an answer, or None for success. Many successes carry no errcode at all.

    "System busy" to a changing call does not tell whether the change was made, so its outcome counts as unknown.
    """
    code = _as_int(answer.get("errcode", 0))
    if code == 0:
        return None
    kind = kind_of(code)
    if mutates and code in BUSY_CODES:
        kind = ErrKind.UNKNOWN_OUTCOME
    message = redact_text(str(answer.get("errmsg", "")))
    found = _RID.search(message)
    return PlatformError(
        kind,
        str(code),
        message,
        hint_zh=hint_for(code),
        trace_id=found.group(1) if found else "",
        retry_after=_retry_after(kind),
    )


def _retry_after(kind: ErrKind) -> datetime | None:
    now = clock.now()
    if kind is ErrKind.RATE:
        return now + timedelta(seconds=61)
    if kind is ErrKind.QUOTA:
        # Daily counters restart at 00:00 Beijing time; a few minutes of grace for the platform's own clock.
        tomorrow = now.astimezone(clock.BEIJING).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(0, 5), clock.BEIJING)
    return None


def _as_int(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1
