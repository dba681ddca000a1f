"""Error codes of DingTalk's group bots, sorted by what we do about them.

Too many messages cost a bot ten minutes, so a worker waits that long before the next one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from zhijian.connectors.contract import ErrKind

PENALTY: Final = timedelta(minutes=10)
KINDS: Final = {
    -1: ErrKind.UNKNOWN_OUTCOME,
    130101: ErrKind.RATE,
    410100: ErrKind.RATE,
    40035: ErrKind.INVALID,
    43004: ErrKind.INVALID,
    400105: ErrKind.INVALID,
    300001: ErrKind.AUTH,
    310000: ErrKind.AUTH,
    400013: ErrKind.AUTH,
    400101: ErrKind.AUTH,
    400102: ErrKind.AUTH,
    400106: ErrKind.AUTH,
    430101: ErrKind.CONTENT,
    430102: ErrKind.CONTENT,
    430103: ErrKind.CONTENT,
    430104: ErrKind.CONTENT,
}
HINTS: Final = {
    300001: "钉钉找不到这个机器人的令牌。请从机器人设置里重新复制地址。",
    310000: "钉钉的安全设置不放行：加签密钥、关键词或 IP 地址不符。请核对机器人的安全设置。",
    400013: "钉钉群已经解散。请换一个群，重新添加机器人。",
    400101: "钉钉找不到这个机器人的令牌。请从机器人设置里重新复制地址。",
    400102: "钉钉机器人已停用。请群主启用机器人。",
    400106: "钉钉机器人已不存在。请重新添加机器人并更换地址。",
    430101: "钉钉说消息里的链接不安全。请管理员把本系统的网址加入可信域名。",
}
