"""The closed vocabularies of the policy room; levels, kinds and events are open ones and stand in `keys.toml`."""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """How well a value is proven: read in the text, told by a secondary source, or common practice."""

    CONFIRMED = "C"
    SECONDARY = "S"
    MEMORY = "M"

    @property
    def label(self) -> str:
        return _EVIDENCE_LABELS[self]


_EVIDENCE_LABELS = {
    Evidence.CONFIRMED: "有原文或正式通报为据",
    Evidence.SECONDARY: "据二手材料",
    Evidence.MEMORY: "常用默认值，请按当地文件核对",
}


class DayKind(StrEnum):
    WORKING = "working"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Unit(StrEnum):
    """What a deadline is counted in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"

    @property
    def label(self) -> str:
        return _UNIT_LABELS[self]


_UNIT_LABELS = {Unit.WORKING_DAYS: "个工作日", Unit.DAYS: "天", Unit.HOURS: "小时"}


class StepKind(StrEnum):
    """What one calendar day means in a computation."""

    RECEIVED = "received"
    COUNTED = "counted"
    SKIPPED = "skipped"
    PAUSED = "paused"
    MOVED = "moved"
