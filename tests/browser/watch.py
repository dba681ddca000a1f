"""What the desk of the browser keeps about duty and notices: something in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.duty import actions as duty
from zhijian.lib import clock
from zhijian.notify import actions as notify

if TYPE_CHECKING:
    from tests.browser.world import Desk

HOUR = timedelta(hours=1)


def keep_watch(desk: Desk) -> None:
    """Put people on duty, ask for a swap, raise alarms, hand over, add ways out."""
    people, body = desk.people, desk.offices.bodies["water"]
    head, editor, reviewer, now = people["tangli"], people["hemin"], people["fangyuan"], clock.now()
    places = {"past": (reviewer, -6, -2), "now": (editor, -2, 6), "next": (reviewer, 6, 30), "later": (editor, 30, 54)}
    for name, (person, begin, end) in places.items():
        with clock.at(now - 7 * HOUR):
            desk.duty[name] = duty.add_shift(
                actor=head, organisation=body, person=person.pk, backup=head.pk, starts_at=now + begin * HOUR,
                ends_at=now + end * HOUR,
            )  # fmt: skip
    desk.duty["swap"] = duty.ask_swap(
        actor=editor, shift_id=desk.duty["later"].pk, return_shift_id=desk.duty["next"].pk, reason="外出培训"
    )
    for name, title in {"open": "监测中断", "taken": "网站打不开", "closed": "微信令牌失效"}.items():
        desk.duty[name] = duty.alarm(organisation=body, kind="system", title=title, url="/desk/accounts/", key=name)
    for name in ("taken", "closed"):
        duty.acknowledge_alarm(actor=editor, alarm_id=desk.duty[name].pk)
    duty.close_alarm(actor=editor, alarm_id=desk.duty["closed"].pk, outcome="已重新授权，恢复正常。")
    duty.write_log(actor=editor, organisation=body, text="上午核对了账号状态，没有异常。")
    desk.duty["handover"] = duty.hand_over(actor=reviewer, shift_id=desk.duty["past"].pk, text="无其他事项。")
    _add_ways_out(desk, people["zhouwenjing"])


def _add_ways_out(desk: Desk, officer: Any) -> None:
    body = desk.offices.bodies["water"]
    mail = notify.ChannelDraft(name="政务邮箱", host="mail.example.cn", sender="zhijian@mail.example.cn")
    bot = notify.ChannelDraft(
        name="值班群", url="https://oapi.dingtalk.com/robot/send?access_token=0", secret="SEC0", kinds=("alarm",)
    )
    desk.ways_out["mail"] = notify.create_channel(actor=officer, organisation=body, kind="email", draft=mail)
    desk.ways_out["bot"] = notify.create_channel(actor=officer, organisation=body, kind="dingtalk", draft=bot)
