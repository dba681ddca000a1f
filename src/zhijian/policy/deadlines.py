"""Deadlines in working days, natural days and hours, each with its computation step by step in Chinese.

The rules of counting: the day of receipt is not counted (民法典第二百零一条). A period in working days leaves out
days off (行政许可法第八十二条 for licences, taken over here). A period in natural days that ends on a day off moves
to the next working day, and the last day ends when the office closes (民法典第二百零三条). Hours run through night
and holiday.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from zhijian.lib.clock import BEIJING
from zhijian.policy import explaining
from zhijian.policy.enums import StepKind, Unit
from zhijian.policy.errors import PolicyError, UnknownYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.policy.workdays import Calendar, Day

MOST_DAYS = 3660
LAST_SECOND = time(23, 59, 59)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Office hours.

    With `late_counts_as_next_day`, what comes after closing or on a day off counts as received the next working day.
    """

    opens: time = time(9, 0)
    closes: time = time(17, 30)
    late_counts_as_next_day: bool = False


DEFAULT_HOURS = WorkHours()


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still from `start` to `end`; every day touched by the pause is not counted.

    For a pause that still runs give the present moment as `end`: the answer is then the earliest possible due time.
    One that the office itself ended (`ended_by_office`) on the day it began leaves that day counted, or the clock could
    be stopped day by day for a minute each.
    """

    start: datetime
    end: datetime
    reason: str
    ended_by_office: bool = False

    @property
    def is_idle(self) -> bool:
        """Tell whether the pause stops nothing."""
        same_day = self.start.astimezone(BEIJING).date() == self.end.astimezone(BEIJING).date()
        return self.ended_by_office and same_day

    def touches(self, on: date) -> bool:
        """Tell whether a day in Beijing lies in the pause."""
        return self.start.astimezone(BEIJING).date() <= on <= self.end.astimezone(BEIJING).date()


@dataclass(frozen=True, slots=True)
class Step:
    """One calendar day of a computation; `number` counts the days that count, from 1."""

    date: date
    kind: StepKind
    number: int | None
    reason: str
    document: str = ""

    @property
    def text(self) -> str:
        return explaining.step_text(self)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due time with everything it was computed from; all moments are in Beijing time.

    `steps` holds one entry per calendar day from receipt to the due day; a clock in hours has the receipt only.
    `rolls` tells that a count in natural days moves off a day off. `certain` is False when the holidays of a year were
    guessed; `cautions` are sentences for the page.
    """

    start: datetime
    due: datetime
    amount: int
    unit: Unit
    hours: WorkHours | None
    pauses: tuple[Pause, ...]
    steps: tuple[Step, ...]
    rolls: bool = False
    certain: bool = True
    cautions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Tell the whole computation in a few Chinese sentences."""
        return explaining.deadline_text(self)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A deadline computed again with a newer calendar; `text` names each day that changed and its document."""

    before: Deadline
    after: Deadline
    text: str

    @property
    def moved(self) -> bool:
        return self.before.due != self.after.due


def add_working_days(
    start: datetime,
    days: int,
    *,
    calendar: Calendar,
    hours: WorkHours = DEFAULT_HOURS,
    pauses: Sequence[Pause] = (),
    estimate: bool = False,
) -> Deadline:
    """Count `days` working days after the day of `start` (aware); due when the office closes on the last one.

    0 means the same working day, or the next one if the office has closed. Raises `UnknownYear` when the count
    reaches a year without a holiday notice, unless `estimate` asks for a marked guess; `PolicyError` for bad input.
    """
    moment = _in_beijing(start)
    _check_amount(days)
    _check_pauses(pauses)
    look = calendar.estimate if estimate else calendar.day
    walk = _Walk(moment, days, hours, tuple(pauses))
    steps = [walk.receive(look(moment.date()))]
    following = moment.date()
    while not walk.finished:
        following += ONE_DAY
        steps.append(walk.take(look(following)))
    certain = all(step.date.year in calendar.years for step in steps)
    return Deadline(
        start=moment,
        due=datetime.combine(following, hours.closes, BEIJING),
        amount=days,
        unit=Unit.WORKING_DAYS,
        hours=hours,
        pauses=tuple(pauses),
        steps=tuple(steps),
        certain=certain,
        cautions=explaining.cautions(steps, calendar),
    )


def add_days(
    start: datetime,
    days: int,
    *,
    calendar: Calendar | None = None,
    hours: WorkHours | None = None,
    estimate: bool = False,
) -> Deadline:
    """Count `days` natural days after the day of `start`.

    With `calendar` a last day that is a day off moves to the next working day; without it the date stands. With `hours`
    the last day ends when the office closes, otherwise at its last second. Raises like `add_working_days`.
    """
    moment = _in_beijing(start)
    _check_amount(days)
    steps = [Step(moment.date(), StepKind.RECEIVED, None, "收到当天不算")]
    steps += [
        Step(moment.date() + number * ONE_DAY, StepKind.COUNTED, number, "自然日") for number in range(1, days + 1)
    ]
    if calendar is not None:
        steps += _roll(steps[-1].date, calendar, estimate=estimate)
    closes = hours.closes if hours else LAST_SECOND
    return Deadline(
        start=moment,
        due=datetime.combine(steps[-1].date, closes, BEIJING),
        amount=days,
        unit=Unit.DAYS,
        hours=hours,
        pauses=(),
        steps=tuple(steps),
        rolls=calendar is not None,
        certain=calendar is None or steps[-1].date.year in calendar.years,
        cautions=explaining.cautions(steps, calendar) if calendar else (),
    )


def add_hours(start: datetime, hours: int) -> Deadline:
    """Run a clock of `hours` hours from `start` (aware), through nights and days off (国办发〔2016〕61号, 80号)."""
    moment = _in_beijing(start)
    _check_amount(hours)
    due = moment + timedelta(hours=hours)
    step = Step(moment.date(), StepKind.RECEIVED, None, "即时起算，昼夜和节假日都算")
    return Deadline(moment, due, hours, Unit.HOURS, None, (), (step,))


def working_days_between(start: date, end: date, *, calendar: Calendar) -> int:
    """Count the working days later than `start` up to and with `end`; negative when `end` is earlier.

    The inverse of `add_working_days`. Raises `UnknownYear`.
    """
    if end < start:
        return -working_days_between(end, start, calendar=calendar)
    span = range(1, (end - start).days + 1)
    return sum(calendar.is_working_day(start + step * ONE_DAY) for step in span)


@dataclass(frozen=True, slots=True)
class Remaining:
    """How long a deadline is off: calendar days, and working days where the holidays of the year are known."""

    days: int
    working_days: int | None


def time_left(today: date, due_on: date, *, calendar: Calendar) -> Remaining:
    """Return the time from a day to a deadline; negative once it is over."""
    try:
        working = working_days_between(today, due_on, calendar=calendar)
    except UnknownYear:
        working = None
    return Remaining((due_on - today).days, working)


def recompute(deadline: Deadline, *, calendar: Calendar, estimate: bool = False) -> Recomputed:
    """Compute a deadline again, as when a later notice changed a day. Raises `UnknownYear`."""
    if deadline.unit is Unit.WORKING_DAYS:
        after = add_working_days(
            deadline.start,
            deadline.amount,
            calendar=calendar,
            hours=deadline.hours or DEFAULT_HOURS,
            pauses=deadline.pauses,
            estimate=estimate,
        )
    elif deadline.unit is Unit.DAYS:
        used = calendar if deadline.rolls else None
        after = add_days(deadline.start, deadline.amount, calendar=used, hours=deadline.hours, estimate=estimate)
    else:
        after = deadline
    return Recomputed(deadline, after, explaining.difference_text(deadline, after))


@dataclass
class _Walk:
    """The count in progress: takes the days one by one and says what each of them means."""

    moment: datetime
    days: int
    hours: WorkHours
    pauses: tuple[Pause, ...]
    counted: int = 0
    awaiting: bool = field(default=False, init=False)
    finished: bool = field(default=False, init=False)

    def receive(self, day: Day) -> Step:
        """Take the day of receipt, which is never counted."""
        in_time = day.works and self.moment.time() < self.hours.closes and _pause_on(day.date, self.pauses) is None
        self.finished = self.days == 0 and in_time
        self.awaiting = self.days > 0 and self.hours.late_counts_as_next_day and not in_time
        reason = "当天办结" if self.finished else f"收到当天不算（{day.reason}）"
        return Step(day.date, StepKind.RECEIVED, None, reason, _document_of(day))

    def take(self, day: Day) -> Step:
        """Take one later day: skipped, paused, taken as the day of receipt, or counted."""
        pause = _pause_on(day.date, self.pauses)
        if not day.works:
            return Step(day.date, StepKind.SKIPPED, None, day.reason, _document_of(day))
        if pause is not None:
            return Step(day.date, StepKind.PAUSED, None, f"暂停计时：{pause.reason}")
        if self.awaiting:
            self.awaiting = False
            return Step(day.date, StepKind.RECEIVED, None, "下班后或休息日收到，视为这天收到", _document_of(day))
        self.counted += 1
        self.finished = self.counted >= self.days
        idle = any(pause.is_idle and pause.touches(day.date) for pause in self.pauses)
        reason = f"{day.reason}；当天暂停、当天又由办理单位恢复，照常计入" if idle else day.reason
        return Step(day.date, StepKind.COUNTED, self.counted, reason, _document_of(day))


def _roll(last: date, calendar: Calendar, *, estimate: bool) -> list[Step]:
    """Return the steps from a last day that is a day off to the working day it moves to; nothing on a working day."""
    look = calendar.estimate if estimate else calendar.day
    steps = []
    day = look(last)
    while not day.works:
        reason = day.reason
        day = look(day.date + ONE_DAY)
        steps.append(Step(day.date, StepKind.MOVED, None, f"前一天{reason}，顺延", _document_of(day)))
    return steps


def _pause_on(on: date, pauses: tuple[Pause, ...]) -> Pause | None:
    return next((pause for pause in pauses if pause.touches(on) and not pause.is_idle), None)


def _document_of(day: Day) -> str:
    return day.notice.number if day.notice else ""


def _in_beijing(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PolicyError("起算时间没有时区。请用带时区的时间，例如 zhijian.lib.clock.now()。")
    return moment.astimezone(BEIJING)


def _check_amount(amount: int) -> None:
    if not 0 <= amount <= MOST_DAYS:
        raise PolicyError(f"期限 {amount} 不合理。请填0到{MOST_DAYS}之间的整数。")


def _check_pauses(pauses: Sequence[Pause]) -> None:
    for pause in pauses:
        if pause.start.tzinfo is None or pause.end.tzinfo is None:
            raise PolicyError(f"暂停“{pause.reason}”的时间没有时区。请用带时区的时间。")
        if pause.end < pause.start:
            raise PolicyError(f"暂停“{pause.reason}”的结束早于开始。请核对起止时间。")
