"""The demonstration's accounts on the pretend platforms: made known there, connected here."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from zhijian.channels import actions
from zhijian.channels.queries import callback_url, visible_connections
from zhijian.cli.demo.people import find_people
from zhijian.lib.digests import sha256_hex
from zhijian.registry.queries import visible_accounts
from zhijian.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from zhijian.channels.models import Connection
    from zhijian.cli.demo.bodies import Bodies
    from zhijian.organisations.models import User

SECONDS: Final = 5.0
STATE_FILE: Final = "sandbox.json"
# These open nothing but a group on the pretend DingTalk.
BOT_TOKEN: Final = "demonstration-group"  # noqa: S105 -- as above
BOT_SECRET: Final = "demonstration-sign"  # noqa: S105 -- as above


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """A WeChat account of the demonstration as the pretend platform knows it."""

    body: str
    app_id: str
    name: str

    def secret(self, purpose: str, length: int) -> str:
        """Return a secret that opens nothing but the pretend platform: made from the name, the same every time."""
        return sha256_hex(f"demonstration {purpose} {self.app_id}".encode())[:length]

    @property
    def credentials(self) -> actions.Credentials:
        # 43 letters that decode to 32 bytes, as the platform demands: the last one may carry no stray bits.
        aes_key = f"{self.secret('aes', 42)}A"
        return actions.Credentials(secret=self.secret("app", 32), token=self.secret("token", 20), aes_key=aes_key)


WECHAT_ACCOUNTS: Final = (
    WechatAccount("office", "wx9999210000000001", "墨溪发布"),
    WechatAccount("water", "wx9999210000000022", "墨溪水务"),
)


class Sandbox:
    """The bench of the pretend platforms: accounts, clock and faults."""

    def __init__(self, address: str) -> None:
        self.address = address

    def post(self, path: str, **facts: Any) -> None:
        """Set something on the bench. Raises httpx2.HTTPError when nobody answers."""
        httpx2.post(f"{self.address}/_ctl/{path}", json=facts, timeout=SECONDS).raise_for_status()

    def set_clock(self, moment: datetime | None) -> None:
        """Hold the platform's clock near `moment`; None: the present."""
        self.post("clock", **({"offset": 0} if moment is None else {"at": moment.isoformat()}))

    @property
    def answers(self) -> bool:
        """Tell whether anybody listens there."""
        try:
            return httpx2.get(f"{self.address}/_ctl/clock", timeout=SECONDS).is_success
        except httpx2.HTTPError:
            return False


@contextmanager
def sandbox_for_loading() -> Iterator[Sandbox]:
    """Use the pretend platforms if they run already; else run them until the end of the block and keep their state.

    Where their address is not of this machine, or the port is taken by something else, raises OSError.
    """
    bench = Sandbox(settings.ZHIJIAN_SANDBOX_URL)
    if bench.answers:
        yield bench
        return
    port = urlsplit(settings.ZHIJIAN_SANDBOX_URL).port or 0
    with running(port=port, state_file=settings.ZHIJIAN_DATA / STATE_FILE):
        # The answer that is lost on purpose would be told to the operator as a fault.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        yield bench


def connect_accounts(bodies: Bodies, people: dict[str, User]) -> dict[str, Connection]:
    """Connect the county's website, two WeChat accounts and two accounts served by hand; return them by place."""
    actor = people["zhuban"]
    accounts = {
        (row.organisation_id, row.platform): row.pk
        for row in visible_accounts(actor=actor).filter(holds_place=True, state="active")
    }
    office = bodies["office"].pk
    found = {"website": actions.connect_account(actor=actor, account_id=accounts[office, "website"])}
    for platform in ("weibo", "douyin"):
        found[platform] = actions.connect_account(actor=actor, account_id=accounts[office, platform], by_hand=True)
    for one in WECHAT_ACCOUNTS:
        found[f"wechat:{one.body}"] = actions.connect_account(
            actor=actor, account_id=accounts[bodies[one.body].pk, "wechat"], app_id=one.app_id,
            credentials=one.credentials, sandbox=True,
        )  # fmt: skip
    return found


def announce_to_sandbox() -> bool:
    """Make the demonstration's WeChat accounts known to the pretend platform, callbacks included; False: not there.

    To be called at every start, when the platform answers: it may have been emptied meanwhile.
    """
    bench = Sandbox(settings.ZHIJIAN_SANDBOX_URL)
    actor = find_people().get("zhuban")
    if actor is None or not bench.answers:
        return False
    bench.post("bots", kind="dingtalk", token=BOT_TOKEN, secret=BOT_SECRET, name="县政府办值班群")
    by_app = {row.app_id: row for row in visible_connections(actor=actor) if row.app_id}
    for one in WECHAT_ACCOUNTS:
        if one.app_id in by_app:
            introduce(bench, one, by_app[one.app_id])
    return True


def introduce(bench: Sandbox, account: WechatAccount, connection: Connection) -> None:
    """Register one account with its secret and the address its events go to."""
    given = account.credentials
    bench.post(
        "accounts", appid=account.app_id, secret=given.secret, name=account.name,
        callback={"url": callback_url(connection), "token": given.token, "aes_key": given.aes_key},
    )  # fmt: skip
