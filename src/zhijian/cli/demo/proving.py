"""Which of the county's accounts lead back to the register, as the inspector saw them, and the signed register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.cli.demo.moments import moment_on
from zhijian.cli.demo.pictures import draw
from zhijian.lib import clock
from zhijian.proof.actions import PersonSaw, publish_register, record_link
from zhijian.proof.enums import LinkState
from zhijian.proof.queries import provable_accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.organisations.models import User

LOOK_DAY: Final = 4
SEEN: Final = (
    (LinkState.LINKS, "简介最后一行写着登记号。"),
    (LinkState.LINKS, "主页底部有徽标，点开是登记页。"),
    (LinkState.ABSENT, "简介里没有登记号。"),
    (LinkState.UNSEEN, "要登录才能看简介。"),
)
LEFT_OUT: Final = 5
"""Every fifth account nobody has looked at yet."""


def look_whether_accounts_lead_back(people: dict[str, User], say: Callable[[str], None]) -> None:
    """Enter what the inspector saw of four accounts in five."""
    inspector = people["xunjian"]
    accounts = list(provable_accounts(actor=inspector).order_by("number"))
    looked = [account for serial, account in enumerate(accounts) if serial % LEFT_OUT]
    for serial, account in enumerate(looked):
        state, note = SEEN[serial % len(SEEN)]
        picture = b"" if state == LinkState.UNSEEN else draw("people", serial)
        with clock.at(moment_on(LOOK_DAY, serial=serial)):
            record_link(actor=inspector, account_id=account.pk, saw=PersonSaw(state, note, picture))
    say(f"  官方证明：看过 {len(looked)} 个账号的简介")


def publish(say: Callable[[str], None]) -> None:
    """Sign and publish the register as it stands."""
    edition = publish_register()
    if edition is not None:
        say(f"  登记册已签名公开：{edition.accounts} 个账号，{edition.seal_number} 次封存")
