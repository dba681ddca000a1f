"""The words of inspection, and the states of a finding as data.

The database holds the same table (migrations 0002 and 0003).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db import models


class Result(models.TextChoices):
    """What a judgement says. `COULD_NOT_LOOK` is no pass: nobody could see enough to say."""

    PASS = "pass", "合格"
    WARNING = "warning", "预警"
    FAIL = "fail", "不合格"
    COULD_NOT_LOOK = "could_not_look", "没能看全"


WORST_FIRST: Final = (Result.FAIL, Result.WARNING, Result.COULD_NOT_LOOK, Result.PASS)


class RunKind(models.TextChoices):
    NIGHTLY = "nightly", "每晚巡检"
    ON_DEMAND = "on_demand", "临时巡检"


class RunState(models.TextChoices):
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"


class FindingState(models.TextChoices):
    OPEN = "open", "待处置"
    ORDERED = "ordered", "整改中"
    ANSWERED = "answered", "待复查"
    CLOSED = "closed", "已销号"
    WRITTEN_OFF = "written_off", "误报核销"


UNFINISHED: Final = (FindingState.OPEN, FindingState.ORDERED, FindingState.ANSWERED)


class Move(StrEnum):
    """What can happen to a finding."""

    ORDER = "order"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    CLOSE = "close"
    RECOVER = "recover"
    WRITE_OFF = "write_off"


MOVES: Final[dict[Move, tuple[frozenset[FindingState], FindingState]]] = {
    Move.ORDER: (frozenset({FindingState.OPEN}), FindingState.ORDERED),
    Move.ANSWER: (frozenset({FindingState.ORDERED}), FindingState.ANSWERED),
    Move.SEND_BACK: (frozenset({FindingState.ANSWERED}), FindingState.ORDERED),
    Move.CLOSE: (frozenset({FindingState.ORDERED, FindingState.ANSWERED}), FindingState.CLOSED),
    Move.RECOVER: (frozenset({FindingState.OPEN}), FindingState.CLOSED),
    Move.WRITE_OFF: (frozenset(UNFINISHED), FindingState.WRITTEN_OFF),
}
MOVE_WORDS: Final = {
    Move.ORDER: "下达整改通知",
    Move.ANSWER: "反馈整改",
    Move.SEND_BACK: "退回整改",
    Move.CLOSE: "销号",
    Move.RECOVER: "自行销号",
    Move.WRITE_OFF: "核销",
}


class AppealKind(models.TextChoices):
    HOST = "host", "主办单位申诉"
    OFFICE = "office", "主管单位提出核销"


class AppealState(models.TextChoices):
    OPEN = "open", "待裁定"
    ACCEPTED = "accepted", "认定误报"
    REJECTED = "rejected", "维持结论"
