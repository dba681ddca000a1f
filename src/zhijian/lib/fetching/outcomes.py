"""What a look at an address can bring: three answers, and for the third one the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Obstacle(StrEnum):
    """Why an address was not looked at, or not to the end."""

    BAD_ADDRESS = "bad_address"
    SCHEME = "scheme"
    USER_INFO = "user_info"
    PORT = "port"
    PRIVATE = "private"
    NAME_SERVER = "name_server"
    NO_ADDRESS = "no_address"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    ENCODING = "encoding"
    TOO_MANY_HOPS = "too_many_hops"
    LOOP = "loop"
    ROBOTS = "robots"


SENTENCES: Final = {
    Obstacle.BAD_ADDRESS: "网址写得不完整或不对，请检查后重填。",
    Obstacle.SCHEME: "只能打开 http 或 https 开头的网址。",
    Obstacle.USER_INFO: "网址里不能带用户名或密码，请去掉。",
    Obstacle.PORT: "网址用了不允许的端口，系统不打开。",
    Obstacle.PRIVATE: "网址指向内部网络，系统不打开。确需访问时，请系统管理员放行这个网段。",
    Obstacle.NAME_SERVER: "域名服务器没有回答，这次没看成，请稍后再试。",
    Obstacle.NO_ADDRESS: "域名没有可用的地址，这次没看成。",
    Obstacle.CONNECT: "连不上对方网站，这次没看成。",
    Obstacle.TLS: "对方网站的安全证书有问题，系统没有打开。",
    Obstacle.TIMEOUT: "对方网站太久没有回应，这次没看成。",
    Obstacle.TOO_LARGE: "内容太大，系统没有读完。",
    Obstacle.BROKEN: "对方网站的回应中断或不完整，这次没看成。",
    Obstacle.ENCODING: "对方网站用了系统不支持的压缩方式，这次没看成。",
    Obstacle.TOO_MANY_HOPS: "网址转了太多次，系统没有跟下去。",
    Obstacle.LOOP: "网址转来转去回到原处，打不开。",
    Obstacle.ROBOTS: "对方网站声明不让程序读取这一页，系统没有读。",
}
NAME_GONE: Final = "域名不存在。"
PAGE_GONE: Final = "页面已经不存在。"


@dataclass(frozen=True, slots=True)
class Reached:
    """An answer came. `url` is where it came from in the end, `hops` the addresses before that, in order.

    `headers` have lower-case names; `media_type` is lower-case without parameters, `charset` as the header names it.
    `body` is unpacked. Any status but 404 and 410 is here: `is_page` tells whether it is a page that was found.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    media_type: str
    charset: str
    hops: tuple[str, ...] = ()

    @property
    def is_page(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 -- the HTTP success class


@dataclass(frozen=True, slots=True)
class Gone:
    """It is not there: the name does not exist (`status` None), or the server says so (404, 410)."""

    url: str
    status: int | None = None
    hops: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return NAME_GONE if self.status is None else PAGE_GONE


@dataclass(frozen=True, slots=True)
class NotSeen:
    """We could not look. `url` is the address at which it ended."""

    url: str
    obstacle: Obstacle
    hops: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return SENTENCES[self.obstacle]


Outcome = Reached | Gone | NotSeen


class Barred(Exception):  # noqa: N818 - reads as what happened: the way is barred
    """Inside the fetch only: why it ends here."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.value)


class NoSuchName(Exception):  # noqa: N818 - reads as what happened
    """Inside the fetch only: the name server says that the name does not exist."""
