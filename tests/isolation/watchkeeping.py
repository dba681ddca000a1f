"""What a body keeps about duty and notices, every word of it with the body's mark."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from zhijian.duty import actions as duty
from zhijian.lib import clock
from zhijian.notify import actions as notify
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.isolation.world import Party

HOUR = timedelta(hours=1)


def keep_watch(party: Party) -> None:
    """Put people on duty, ask for a swap, raise an alarm, hand over, write the log."""
    head, first, second = party.people[Role.HEAD], party.people[Role.DUTY_OFFICER], party.people[Role.EDITOR]
    now = clock.now()
    shifts = [
        duty.add_shift(
            actor=head, organisation=party.body, person=person.pk, backup=head.pk, starts_at=now + begin * HOUR,
            ends_at=now + (begin + 4) * HOUR,
        )
        for person, begin in ((first, -1), (second, 3), (first, 7))
    ]  # fmt: skip
    duty.ask_swap(actor=first, shift_id=shifts[2].pk, person_id=second.pk, reason=party.word("swap"))
    for name in ("open", "closed"):
        row = duty.alarm(
            organisation=party.body, kind="system", title=party.word(f"alarm{name}"), url="/desk/", key=party.word(name)
        )
    duty.close_alarm(actor=first, alarm_id=row.pk, outcome=party.word("outcome"))
    duty.hand_over(actor=first, shift_id=shifts[0].pk, text=party.word("handover"))
    duty.write_log(actor=first, organisation=party.body, text=party.word("log"))


def tell_people(party: Party) -> None:
    """Keep a bot and tell the body's people something."""
    draft = notify.ChannelDraft(
        name=party.word("channel"), url=f"https://oapi.dingtalk.com/robot/send?access_token={party.mark}",
        secret=party.word("sign"), kinds=("review",),
    )  # fmt: skip
    notify.create_channel(actor=party.officer(), organisation=party.body, kind="dingtalk", draft=draft)
    notify.notify(
        people=[party.all_rounder, party.editor()], kind="review", title=party.word("notice"), text=party.word("told"),
        url="/desk/", dedup_key=party.word("key"),
    )  # fmt: skip
