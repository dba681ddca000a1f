"""Who is on duty, what is open, and what a person has to do about it."""

from zhijian.duty.queries.alarms import (
    calls_of,
    due_alarms,
    find_alarm,
    open_alarms,
    visible_alarms,
)
from zhijian.duty.queries.handing import (
    Matter,
    find_handover,
    open_matters,
    register_matters,
    shift_to_hand_over,
    visible_handovers,
    visible_log,
)
from zhijian.duty.queries.roster import (
    OnDuty,
    candidates,
    duty_bodies,
    find_shift,
    find_swap,
    gaps,
    month_start,
    next_shift,
    on_duty,
    shift_at,
    shifts_between,
    swappable,
    visible_shifts,
)
from zhijian.duty.queries.work import work_items

__all__ = [
    "Matter",
    "OnDuty",
    "calls_of",
    "candidates",
    "due_alarms",
    "duty_bodies",
    "find_alarm",
    "find_handover",
    "find_shift",
    "find_swap",
    "gaps",
    "month_start",
    "next_shift",
    "on_duty",
    "open_alarms",
    "open_matters",
    "register_matters",
    "shift_at",
    "shift_to_hand_over",
    "shifts_between",
    "swappable",
    "visible_alarms",
    "visible_handovers",
    "visible_log",
    "visible_shifts",
    "work_items",
]
