"""Why an address handed back by a person is not accepted."""

from __future__ import annotations

from enum import StrEnum


class AddressFault(StrEnum):
    """The reason, as the sentence the person reads."""

    EMPTY = "请粘贴发布后的网址。"
    NOT_AN_ADDRESS = "这不是完整的网址。请从平台复制以 https:// 开头的地址。"
    OTHER_PLATFORM = "这个网址不属于该平台。请检查是否粘贴错了。"
    HOME_PAGE = "这是平台首页。请打开已发布的那一条，再复制网址。"
