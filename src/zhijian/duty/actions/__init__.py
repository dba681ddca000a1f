"""Making the roster, swapping, alarms and their escalation, handing over, the log."""

from zhijian.duty.actions.alarms import acknowledge_alarm, alarm, close_alarm, escalate_due
from zhijian.duty.actions.handing import hand_over, take_over, why_not_hand_over, why_not_take, write_log
from zhijian.duty.actions.planning import Planned, day_kinds, estimated_years, plan_days
from zhijian.duty.actions.roster import (
    MonthPlan,
    add_shift,
    cancel_shift,
    change_shift,
    generate_month,
    why_not_change,
)
from zhijian.duty.actions.swapping import ask_swap, decide_swap, why_not_decide, withdraw_swap

__all__ = [
    "MonthPlan",
    "Planned",
    "acknowledge_alarm",
    "add_shift",
    "alarm",
    "ask_swap",
    "cancel_shift",
    "change_shift",
    "close_alarm",
    "day_kinds",
    "decide_swap",
    "escalate_due",
    "estimated_years",
    "generate_month",
    "hand_over",
    "plan_days",
    "take_over",
    "why_not_change",
    "why_not_decide",
    "why_not_hand_over",
    "why_not_take",
    "withdraw_swap",
    "write_log",
]
