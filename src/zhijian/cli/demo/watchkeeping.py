"""The demonstration's duty: a roster for this month and the next, two alarms, a hand-over, a line in the log."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings

from zhijian.cli.demo.platforms import BOT_SECRET, BOT_TOKEN
from zhijian.duty import actions as duty
from zhijian.duty.queries import next_shift, shift_at
from zhijian.lib import clock
from zhijian.notify import actions as notify

if TYPE_CHECKING:
    from zhijian.cli.demo.bodies import Bodies
    from zhijian.organisations.models import User

ROUND: Final = ("zhiban", "caibian", "chushen", "dafu", "peixun", "fushen")
HANDOVER: Final = time(8, 30)


def keep_watch(bodies: Bodies, people: dict[str, User]) -> None:
    """Fill two months at the county's office, then let the last days happen."""
    office, head = bodies["office"], people["fuzeren"]
    today = clock.today()
    order = tuple(people[name].pk for name in ROUND)
    first = datetime.combine(today.replace(day=1), time(0, 5), tzinfo=clock.BEIJING)
    with clock.at(first - timedelta(days=3)):
        for year, month in ((today.year, today.month), _following(today.year, today.month)):
            plan = duty.MonthPlan(year, month, order, HANDOVER)
            duty.generate_month(actor=head, organisation=office, plan=plan)
    _happen(bodies)
    _connect_group(bodies, people)


def _connect_group(bodies: Bodies, people: dict[str, User]) -> None:
    """Let the group of the office be told of alarms by the pretend DingTalk."""
    url = f"{settings.ZHIJIAN_SANDBOX_URL}/dingtalk/robot/send?access_token={BOT_TOKEN}"
    draft = notify.ChannelDraft(name="县政府办值班群", url=url, secret=BOT_SECRET, kinds=("alarm", "duty"))
    notify.create_channel(actor=people["zhuban"], organisation=bodies["office"], kind="dingtalk", draft=draft)


def _following(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 -- December


def _happen(bodies: Bodies) -> None:
    office = bodies["office"]
    now = clock.now()
    yesterday = shift_at(office, now - timedelta(days=1))
    if yesterday is not None:
        _alarms_of(yesterday.starts_at + timedelta(hours=2), bodies, yesterday.person)
        if next_shift(yesterday) is not None:
            with clock.at(yesterday.ends_at - timedelta(minutes=5)):
                text = "微信令牌已重新授权。上午留意水务局的停水通知，其他无。"
                duty.hand_over(actor=yesterday.person, shift_id=yesterday.pk, text=text)
    with clock.at(now - timedelta(minutes=6)):
        duty.alarm(
            organisation=office, kind="publishing", title="“墨溪发布”有一篇稿件的发布结果待核实",
            url="/desk/deliveries/?state=unknown", key="demonstration unknown",
        )  # fmt: skip


def _alarms_of(moment: datetime, bodies: Bodies, person: User) -> None:
    office = bodies["office"]
    with clock.at(moment):
        row = duty.alarm(
            organisation=office, kind="system", title="“墨溪发布”的微信令牌失效", url="/desk/channels/",
            key="demonstration token",
        )  # fmt: skip
    with clock.at(moment + timedelta(minutes=4)):
        duty.acknowledge_alarm(actor=person, alarm_id=row.pk)
    with clock.at(moment + timedelta(minutes=25)):
        duty.close_alarm(actor=person, alarm_id=row.pk, outcome="与管理员核对后重新填写密钥，检测通过。")
