"""What went out, what waits to go out, and what needs a person: by the publishing room's own acts."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from zhijian.channels.actions import probe_connection
from zhijian.cli.demo.moments import FIRST_DAY, moment_on
from zhijian.cli.demo.platforms import WECHAT_ACCOUNTS, introduce
from zhijian.lib import clock
from zhijian.publishing import actions
from zhijian.publishing.enums import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhijian.channels.models import Connection
    from zhijian.cli.demo.platforms import Sandbox
    from zhijian.cli.demo.writing import Written
    from zhijian.organisations.models import User
    from zhijian.publishing.models import Delivery

MOST_LOOKS: Final = 12
ON_WECHAT: Final = 6
"""So many of the county's newest published pieces with a picture also went out on WeChat, two of them in one push."""
SUBMIT: Final = "freepublish/submit"
UNLISTED_ADDRESS: Final = "192.0.2.10"
REFUSED_DRAFT: Final = 53503


class Sender:
    """Sends as people of the county do. `connections` by place: website, weibo, douyin, wechat:office."""

    def __init__(self, people: dict[str, User], connections: dict[str, Connection], bench: Sandbox | None) -> None:
        self.people = people
        self.connections = connections
        self.bench = bench

    def plan(
        self, place: str, pieces: Sequence[Written], *, by: str = "zhuban", scheduled_at: datetime | None = None
    ) -> Delivery:
        """Plan one push at the clock's moment."""
        return actions.plan_delivery(
            actor=self.people[by], connection_id=self.connections[place].pk,
            revision_ids=[piece.revision_id for piece in pieces], scheduled_at=scheduled_at,
        )  # fmt: skip

    def send_at(self, moment: datetime, place: str, pieces: Sequence[Written], *, by: str = "zhuban") -> Delivery:
        """Plan a push at a moment and work on it until it is out or waits for a person."""
        with self.clocks(moment):
            delivery = self.plan(place, pieces, by=by)
        for look in range(MOST_LOOKS):
            with self.clocks(moment + timedelta(seconds=look * 20)):
                state = actions.run_delivery(delivery_id=delivery.pk)
            if state not in {DeliveryState.SENDING, DeliveryState.SUBMITTED, None}:
                break
        return delivery

    @contextmanager
    def clocks(self, moment: datetime) -> Iterator[None]:
        """Hold our clock and the platform's at one moment."""
        if self.bench is not None:
            self.bench.set_clock(moment)
        with clock.at(moment):
            yield


def send_on_website(sender: Sender, written: Sequence[Written], say: Callable[[str], None]) -> None:
    """Put every published piece before the readers, half an hour after its last signature."""
    out = [piece for piece in written if piece.state in {"published", "scheduled", "handoff"}]
    for piece in out:
        sender.send_at(piece.last, "website", [piece])
    say(f"  网站已发布 {len(out)} 篇")


def hand_over(sender: Sender, written: Sequence[Written]) -> None:
    """Leave packages for the accounts that a person serves."""
    waiting = [piece for piece in written if piece.state == "handoff"]
    for place, piece in zip(("weibo", "douyin"), waiting, strict=True):
        sender.send_at(piece.last + timedelta(minutes=5), place, [piece], by="caibian")


def send_on_wechat(sender: Sender, bench: Sandbox, written: Sequence[Written]) -> None:
    """Send a handful of pieces on WeChat, two in one push; leave one scheduled, one in doubt, one draft astray."""
    for one in WECHAT_ACCOUNTS:
        connection = sender.connections[f"wechat:{one.body}"]
        introduce(bench, one, connection)
        # Long ago, so that the token of that day has lapsed: the next one is asked for in the present.
        with sender.clocks(moment_on(FIRST_DAY - 3)):
            probe_connection(actor=sender.people["zhuban"], connection_id=connection.pk)
    pieces = [piece for piece in written if _suits_wechat(piece)][-ON_WECHAT:]
    *single, first, second = pieces
    for push in ([first, second], *([piece] for piece in single)):
        sender.send_at(push[-1].last + timedelta(minutes=10), "wechat:office", push)
    _leave_astray(sender, bench, _with_mark(written, "hold"))
    _leave_in_doubt(sender, bench, _with_mark(written, "doubt"))
    bench.set_clock(None)
    _schedule(sender, _with_mark(written, "schedule"))


def _suits_wechat(piece: Written) -> bool:
    return piece.state == "published" and piece.row["body"] != "water" and "picture" in piece.row


def _with_mark(written: Sequence[Written], mark: str) -> Written:
    return next(piece for piece in written if piece.row.get("wechat") == mark)


def _leave_astray(sender: Sender, bench: Sandbox, piece: Written) -> None:
    """The platform refused a draft; the push was called off, the draft lay there until somebody looked."""
    bench.post("faults", match=SUBMIT, kind="errcode", code=REFUSED_DRAFT)
    moment = piece.last + timedelta(minutes=20)
    delivery = sender.send_at(moment, "wechat:office", [piece], by="caibian")
    with sender.clocks(moment + timedelta(minutes=10)):
        actions.cancel_delivery(
            actor=sender.people["caibian"], delivery_id=delivery.pk, reason="内容还要补充，先不在微信发。"
        )
        actions.scan_strays(connection_id=sender.connections["wechat:office"].pk)


def _leave_in_doubt(sender: Sender, bench: Sandbox, piece: Written) -> None:
    """The platform's answer was lost, and since then it lets our address in no more: two people have to look."""
    bench.post("faults", match=SUBMIT, kind="drop_after_commit")
    moment = piece.last + timedelta(minutes=20)
    with sender.clocks(moment):
        delivery = sender.plan("wechat:water", [piece], by="shuiwu-zhuban")
        actions.run_delivery(delivery_id=delivery.pk)
    water = next(one for one in WECHAT_ACCOUNTS if one.body == "water")
    bench.post("accounts", appid=water.app_id, allowed_ips=[UNLISTED_ADDRESS])


def _schedule(sender: Sender, piece: Written) -> None:
    morning = datetime.combine(clock.today() + timedelta(days=1), time(9), tzinfo=clock.BEIJING)
    with clock.at(piece.last + timedelta(minutes=10)):
        sender.plan("wechat:office", [piece], by="caibian", scheduled_at=morning)
