"""Group bots of the three office messengers: what they take, and where they may be.

A web hook is an address with a secret in it, so nothing of it stands in an error, a log or a `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qs, urlsplit

from zhijian.connectors.contract import ErrKind, PlatformError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

TIMEOUT: Final = 10.0
"""Seconds a messenger may take to answer."""
PER_MINUTE: Final = 20
"""Messages a group bot takes in one minute: the lowest of the three messengers' numbers, kept for all."""
LONGEST_TITLE: Final = 120


@dataclass(frozen=True, slots=True)
class Hook:
    """The web hook of one bot as its messenger shows it, and the secret it signs with ("" where it has none)."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def base_url(self) -> str:
        """Return the address up to the path, without the query that holds the token."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def parameter(self, name: str) -> str:
        """Return a parameter of the address, "" when it is not there."""
        return parse_qs(urlsplit(self.url).query).get(name, [""])[0]


@dataclass(frozen=True, slots=True)
class Word:
    """What a group is told: one line and the page of ours it leads to. Never more: groups are foreign ground."""

    title: str
    url: str

    @property
    def line(self) -> str:
        """Return the title in one line of a length every messenger takes."""
        line = " ".join(self.title.split())
        return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


class Bot(Protocol):
    """One messenger. `say` sends once and raises PlatformError; an unknown outcome is never tried again."""

    code: str
    name_zh: str
    hosts: Collection[str]
    path: str
    needs_secret: bool

    def say(self, hook: Hook, word: Word) -> None: ...


def hook_problems(bot: Bot, url: str, *, own_hosts: Collection[str] = (), sandbox: str = "") -> list[str]:
    """Give what is wrong with a web hook before anything is sent to it.

    `own_hosts` are the operator's private deployments of a messenger, `sandbox` the address of the pretend one, ""
    where it must not be used.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return [f"地址读不懂，请从{bot.name_zh}的机器人设置里重新复制。"]
    if sandbox and url.startswith(f"{sandbox}/{bot.code}/"):
        return []
    if parts.scheme != "https" or port not in {None, 443} or parts.username or host not in {*bot.hosts, *own_hosts}:
        return [f"这不是{bot.name_zh}的地址。应以 https://{min(bot.hosts)}/ 开头；专有部署请系统管理员先登记域名。"]
    if not parts.path.startswith(bot.path):
        return [f"这不是{bot.name_zh}群机器人的地址，请从机器人设置里重新复制。"]
    return []


def refusal(
    code: int, message: str, kinds: Mapping[int, ErrKind], hints: Mapping[int, str], *, name_zh: str
) -> PlatformError:
    """Build the error of a messenger's answer; a code nobody listed is never tried again."""
    kind = kinds.get(code, ErrKind.INVALID)
    fallback = {
        ErrKind.RATE: f"{name_zh}说发得太快，稍后会自动再发。",
        ErrKind.AUTH: f"{name_zh}不认这个机器人，请管理人员检查地址和加签密钥。",
        ErrKind.UNKNOWN_OUTCOME: f"{name_zh}系统繁忙，不知道消息发出去没有，请到群里看一眼。",
    }
    hint = hints.get(code) or fallback.get(kind) or f"{name_zh}不接受这条消息，请管理人员检查机器人设置。"
    return PlatformError(kind, str(code), message[:200], hint_zh=hint)
