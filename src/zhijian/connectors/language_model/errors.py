"""What a person is told when the model did not answer as agreed."""

from __future__ import annotations

from typing import Final

from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.lib.fetching import Obstacle

HINTS: Final = {
    Obstacle.BAD_ADDRESS: "模型的地址写得不完整或不对，请系统管理员检查后重填。",
    Obstacle.SCHEME: "模型的地址要以 http:// 或 https:// 开头，请系统管理员检查后重填。",
    Obstacle.USER_INFO: "模型的地址里不能带用户名或密码，请去掉；密钥填在密钥一栏。",
    Obstacle.PRIVATE: "这个地址不在单位网络里（10、172.16～31、192.168 开头），没有发送。"
    "公网上的模型要勾选“在互联网上”，地址用 https；本机等特殊地址要写进 ZHIJIAN_FETCH_ALLOWED，如 127.0.0.1/32@9000。",
    Obstacle.TIMEOUT: "模型太久没有回答，这次没有结果。请稍后再试，或请管理员看看模型是否太忙。",
    Obstacle.TOO_LARGE: "模型的回答太长，没有采用。请管理员换一个模型，或检查它的设置。",
    Obstacle.TLS: "模型的安全证书有问题，没有发送。请系统管理员检查证书。",
}
UNREACHED: Final = "连不上模型，这次没有结果。请系统管理员检查地址，以及模型是否在运行。"
JUNK: Final = "模型的回答不是约定的格式，没有采用。可以再试一次；总是这样，请管理员换一个模型。"
STATUS: Final = {
    401: (ErrKind.AUTH, "模型不认密钥。请系统管理员重新填写密钥。"),
    403: (ErrKind.AUTH, "模型不许使用。请系统管理员检查密钥和权限。"),
    404: (ErrKind.NOT_FOUND, "这个地址上没有这个模型。请系统管理员检查地址（一般以 /v1 结尾）和模型名称。"),
    429: (ErrKind.RATE, "模型正忙，请过几分钟再试。"),
}


def not_reached(obstacle: Obstacle) -> PlatformError:
    """Build the error of a call that brought no answer."""
    return PlatformError(
        ErrKind.TRANSIENT, obstacle.value, "The model was not reached.", hint_zh=HINTS.get(obstacle, UNREACHED)
    )


def refused(status: int) -> PlatformError:
    """Build the error of an answer that is no success; a redirect is one of them and never followed."""
    kind, hint = STATUS.get(
        status, (ErrKind.INVALID, f"模型没有接受这次请求（{status}）。请系统管理员检查地址和模型名称。")
    )
    return PlatformError(kind, f"http_{status}", f"HTTP status {status}", hint_zh=hint)


def junk(reason: str) -> PlatformError:
    """Build the error of an answer that is not what was agreed; what it said is not repeated."""
    return PlatformError(ErrKind.INVALID, "bad_answer", reason, hint_zh=JUNK)
