"""Error codes of Feishu's group bots, sorted by what we do about them."""

from __future__ import annotations

from typing import Final

from zhijian.connectors.contract import ErrKind

KINDS: Final = {
    11232: ErrKind.RATE,
    9499: ErrKind.INVALID,
    10003: ErrKind.INVALID,
    19001: ErrKind.AUTH,
    19002: ErrKind.INVALID,
    19007: ErrKind.AUTH,
    19021: ErrKind.AUTH,
    19022: ErrKind.AUTH,
    19024: ErrKind.AUTH,
}
HINTS: Final = {
    19001: "飞书说机器人地址不对。请从机器人设置里重新复制地址。",
    19007: "飞书机器人没有启用。请群主启用机器人。",
    19021: "飞书的签名校验不通过。请核对签名密钥，并检查服务器时间是否准确。",
    19022: "飞书不放行本系统的 IP 地址。请把服务器地址加入机器人的 IP 白名单。",
    19024: "飞书机器人设了关键词，消息里没有。请改用签名校验。",
}
