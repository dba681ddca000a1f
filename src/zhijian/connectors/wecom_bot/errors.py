"""Error codes of WeCom's group bots, sorted by what we do about them."""

from __future__ import annotations

from typing import Final

from zhijian.connectors.contract import ErrKind

KINDS: Final = {
    -1: ErrKind.UNKNOWN_OUTCOME,
    45009: ErrKind.RATE,
    45033: ErrKind.RATE,
    40008: ErrKind.INVALID,
    40058: ErrKind.INVALID,
    44004: ErrKind.INVALID,
    45002: ErrKind.INVALID,
    93000: ErrKind.AUTH,
    93004: ErrKind.AUTH,
    93008: ErrKind.PERMISSION,
}
HINTS: Final = {
    93000: "企业微信说机器人地址不对，或者机器人已被移出群。请重新添加机器人并更换地址。",
    93004: "企业微信的机器人已被停用。请群主重新启用，或换一个机器人。",
    93008: "这个企业微信机器人不在群里。请重新添加机器人并更换地址。",
}
