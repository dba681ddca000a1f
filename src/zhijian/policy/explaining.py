"""The Chinese sentences that explain a computed deadline."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from zhijian.policy.enums import StepKind, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from zhijian.policy.deadlines import Deadline, Step
    from zhijian.policy.workdays import Calendar

WEEKDAYS = "一二三四五六日"
DECEMBER = 12
# New Year arrangements have reached back to 29 December; a few days more to be safe.
YEAR_END_FROM = 26


def date_text(on: date) -> str:
    """Write a date as 2026年2月14日（周六）."""
    return f"{on.year}年{on.month}月{on.day}日（周{WEEKDAYS[on.weekday()]}）"


def moment_text(moment: datetime) -> str:
    """Write a moment as 2026年2月14日（周六）09:30."""
    return f"{date_text(moment)}{moment:%H:%M}"


def step_text(step: Step) -> str:
    """Tell one day of a computation in one line, with the document when one stands behind it."""
    source = f"〔依据 {step.document}〕" if step.document else ""
    meaning = {
        StepKind.RECEIVED: step.reason,
        StepKind.COUNTED: f"第{step.number}天（{step.reason}）",
        StepKind.SKIPPED: f"不算：{step.reason}",
        StepKind.PAUSED: f"不算：{step.reason}",
        StepKind.MOVED: step.reason,
    }[step.kind]
    return f"{date_text(step.date)}：{meaning}{source}"


def deadline_text(deadline: Deadline) -> str:
    """Tell receipt, first counted day, days left out with their reasons, due time and cautions."""
    sentences = [
        f"{moment_text(deadline.start)}收到，期限{deadline.amount}{deadline.unit.label}。",
        _start_text(deadline),
    ]
    left_out = [
        _group_text(reason, tuple(steps))
        for (kind, reason), steps in groupby(deadline.steps, key=lambda step: (step.kind, step.reason))
        if kind in {StepKind.SKIPPED, StepKind.PAUSED}
    ]
    if left_out:
        sentences.append(f"不计入：{'；'.join(left_out)}。")
    sentences += _worked_weekends(deadline.steps) + _moved(deadline.steps)
    sentences.append(f"最迟{moment_text(deadline.due)}办完。")
    return "".join([*sentences, *deadline.cautions])


def _start_text(deadline: Deadline) -> str:
    if deadline.unit is Unit.HOURS:
        return "从收到时起连续计算，昼夜和节假日都算。"
    first = next((step for step in deadline.steps if step.kind is StepKind.COUNTED), None)
    if first is None:
        return "当天办结。"
    late = [step for step in deadline.steps[1:] if step.kind is StepKind.RECEIVED]
    taken = f"下班后或休息日收到，视为{date_text(late[0].date)}收到，" if late else ""
    return f"{taken}收到当天不算，从{date_text(first.date)}起算。"


def _group_text(reason: str, steps: tuple[Step, ...]) -> str:
    first, last = steps[0].date, steps[-1].date
    if first == last:
        return f"{date_text(first)}{reason}"
    return f"{date_text(first)}至{date_text(last)}{reason}"


def _worked_weekends(steps: Sequence[Step]) -> list[str]:
    worked = [
        f"{date_text(step.date)}" for step in steps if step.kind is StepKind.COUNTED and "调休上班" in step.reason
    ]
    return [f"调休上班、照常计入：{'、'.join(worked)}。"] if worked else []


def _moved(steps: Sequence[Step]) -> list[str]:
    if not any(step.kind is StepKind.MOVED for step in steps):
        return []
    return ["最后一天休息，顺延到下一个工作日。"]


def cautions(steps: Sequence[Step], calendar: Calendar) -> tuple[str, ...]:
    """Warn of days that a notice still to come may change: guessed years, and the year's end before an unknown year."""
    guessed = sorted({step.date.year for step in steps} - calendar.years)
    found = [f"{year}年的放假安排还没有录入，按周末和固定节日暂估，录入后请重算。" for year in guessed]
    at_year_end = any(step.date.month == DECEMBER and step.date.day >= YEAR_END_FROM for step in steps)
    following = max(step.date.year for step in steps) + 1
    if not guessed and at_year_end and following not in calendar.years:
        found.append(f"{following}年元旦的安排还没有录入，可能影响年末几天，录入后请重算。")
    return tuple(found)


def difference_text(before: Deadline, after: Deadline) -> str:
    """Tell which days changed between two computations of one deadline, and what became of the due time."""
    earlier = {step.date: step for step in before.steps}
    changed = [
        f"{date_text(step.date)}由“{earlier[step.date].reason}”变为“{step.reason}”" + _source(step, earlier[step.date])
        for step in after.steps
        if step.date in earlier and earlier[step.date].reason != step.reason
    ]
    days = f"{'；'.join(changed)}。" if changed else ""
    if before.due == after.due:
        return f"{days}到期时间不变，仍是{moment_text(after.due)}。"
    word = "推迟" if after.due > before.due else "提前"
    return f"{days}到期时间由{moment_text(before.due)}{word}到{moment_text(after.due)}。"


def _source(after: Step, before: Step) -> str:
    document = after.document or before.document
    return f"（依据 {document}）" if document else ""
