"""Rules with a shape of their own, read out of a `Policy`: warnings, review routes, account groups, names, clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from zhijian.policy import deadlines
from zhijian.policy.deadlines import Deadline, Pause, WorkHours
from zhijian.policy.enums import Unit
from zhijian.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.policy.resolution import Policy, Resolved
    from zhijian.policy.workdays import Calendar


@dataclass(frozen=True, slots=True)
class UpdateWindow:
    """The update window in days and the days without update on which a warning goes out; the last is the window."""

    days: int
    warnings: tuple[int, ...]
    rule: Resolved


@dataclass(frozen=True, slots=True)
class Gate:
    """One of the gates a reviewer signs (五关); `question` is what the reviewer answers with yes."""

    code: str
    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a review route. Any of `roles` may sign; `level` is whose office signs (own, county, city …)."""

    code: str
    name: str
    roles: tuple[str, ...]
    gates: tuple[Gate, ...]
    level: str


@dataclass(frozen=True, slots=True)
class Route:
    """The stages a thing passes in order, with the rule they come from."""

    stages: tuple[Stage, ...]
    rule: Resolved


@dataclass(frozen=True, slots=True)
class PlatformGroup:
    """Accounts that count as one platform for the rule of one account per platform."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RuledDeadline:
    """A deadline with the rule that set its length."""

    deadline: Deadline
    rule: Resolved

    @property
    def text(self) -> str:
        return f"{self.rule.text}{self.deadline.text}"


def update_window(policy: Policy, **context: str | None) -> UpdateWindow:
    """Tell within how many days an account must update and when to warn.

    Warnings: `update.warning_days` of the same or a nearer pack when given, otherwise each share of
    `update.warning_shares` times the window, rounded down (14 gives 7, 10, 12, 14). Raises `NoValue`.
    """
    rule = policy.value("update.window_days", **context)
    window: int = rule.value
    own = policy.find("update.warning_days", **context)
    nearer = own is not None and policy.codes.index(own.pack) <= policy.codes.index(rule.pack)
    days = (
        own.value if own is not None and nearer else warning_days(window, policy.value("update.warning_shares").value)
    )
    return UpdateWindow(window, tuple(sorted({day for day in days if day < window} | {window})), rule)


def warning_days(window: int, shares: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return the days of warning: every share (numerator, denominator) of the window, rounded down, at least 1."""
    return tuple(sorted({max(1, window * part // whole) for part, whole in shares}))


def gates(policy: Policy) -> tuple[Gate, ...]:
    """Return the gates in force, five nationally (国办发〔2018〕123号 四（二）), six where 舆情关 is added."""
    return tuple(Gate(row["code"], row["name"], row["question"]) for row in policy.value("review.gates").value)


def review_route(policy: Policy, *, item_class: str, level: str | None = None) -> Route:
    """Return the stages a piece of this class passes (ordinary, important, emergency, reprint, interpretation).

    The last stage answers for every gate in force. Raises `NoValue`, `UnknownContext`.
    """
    return _route(policy, policy.value("review.routes", item_class=item_class, level=level))


def filing_route(policy: Policy, *, event: str, level: str | None = None) -> Route:
    """Return the stages a filing (open, change, freeze, close, deregister) passes. Raises like `review_route`."""
    return _route(policy, policy.value("review.filing_routes", event=event, level=level))


def approval_chain(policy: Policy, *, event: str, level: str | None = None) -> tuple[str, ...]:
    """Return the offices that approve a filing in order, as words of the `approver` vocabulary."""
    return policy.texts(f"filing.{event}.chain", level=level)


def platform_group(policy: Policy, *, platform: str, kind: str = "", level: str | None = None) -> PlatformGroup:
    """Tell which platform an account counts as under the rule of one account per platform.

    A kind no group names is a group of its own platform. Raises `UnknownPlatform`.
    """
    found = policy.packs.platforms.platform_kind(platform, kind)
    names = {f"{found.platform.code}:{found.kind.code}", found.platform.code}
    for row in policy.value("account.platform_groups", level=level).value:
        if names & set(row["members"]):
            return PlatformGroup(row["code"], row["name"])
    return PlatformGroup(found.platform.code, found.platform.name)


def name_problems(
    policy: Policy, name: str, *, organisation_names: Sequence[str], area_names: Sequence[str]
) -> list[str]:
    """Return every reason an account name breaks the name rules, as Chinese sentences; empty when it is fine.

    `organisation_names`: full name and standard short names of the host body; `area_names`: names of its division
    (互联网政务应用安全管理规定: name or standard short name of the body first, else area and duty).
    """
    rules = policy.table("account.name_rules")
    plain = name.strip()
    problems = []
    if not rules["least_length"] <= len(plain) <= rules["most_length"]:
        problems.append(f"名称应当是{rules['least_length']}到{rules['most_length']}个字，现在是{len(plain)}个字。")
    if re.search(rules["forbidden_pattern"], plain):
        problems.append("名称里有空格、标点或表情。请只用汉字、字母和数字。")
    problems += [f"名称里不能有“{word}”。{why}" for word, why in rules["forbidden_words"].items() if word in plain]
    known = [part for part in (*organisation_names, *area_names) if part]
    if known and not any(part in plain for part in known):
        problems.append(f"名称里看不出主办单位或地区。请写上{'、'.join(known)}中的一个。")
    return problems


def work_hours(policy: Policy) -> WorkHours:
    """Return the office hours deadlines end by."""
    return WorkHours(
        opens=time.fromisoformat(policy.text("work.opens")),
        closes=time.fromisoformat(policy.text("work.closes")),
        late_counts_as_next_day=policy.flag("deadline.late_counts_as_next_day"),
    )


def deadline_by_rule(
    policy: Policy,
    key: str,
    *,
    start: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    estimate: bool = False,
    **context: str | None,
) -> RuledDeadline:
    """Compute the deadline a rule sets from `start`; the unit in the catalogue decides how days are counted.

    Raises `UnknownKey`, `NoValue`, `UnknownYear` (unless `estimate`), `PolicyError` when the rule is no time limit.
    """
    rule = policy.value(key, **context)
    hours = work_hours(policy)
    if rule.unit == Unit.WORKING_DAYS:
        found = deadlines.add_working_days(
            start, rule.value, calendar=calendar, hours=hours, pauses=pauses, estimate=estimate
        )
    elif rule.unit == Unit.DAYS:
        found = deadlines.add_days(start, rule.value, calendar=calendar, hours=hours, estimate=estimate)
    elif rule.unit == Unit.HOURS:
        found = deadlines.add_hours(start, rule.value)
    else:
        raise PolicyError(f"规则“{rule.title}”不是期限，不能用来算到期时间。")
    return RuledDeadline(found, rule)


def _route(policy: Policy, rule: Resolved) -> Route:
    known = {gate.code: gate for gate in gates(policy)}
    rows: Sequence[dict[str, Any]] = rule.value["stages"]
    stages = [_stage(row, known) for row in rows]
    return Route(tuple(stages), rule)


def _stage(row: dict[str, Any], known: dict[str, Gate]) -> Stage:
    asked = row.get("gates", ())
    wanted = known if "all" in asked else asked
    return Stage(
        code=row["code"],
        name=row["name"],
        roles=row["roles"],
        gates=tuple(known[code] for code in wanted if code in known),
        level=row.get("level", "own"),
    )
