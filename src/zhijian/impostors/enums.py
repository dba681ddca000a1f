"""The words of this room, and the states of a case as data. The database holds the same table (migration 0002)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db import models


class CaseState(models.TextChoices):
    NEW = "new", "新线索"
    VERIFYING = "verifying", "核实中"
    CONFIRMED = "confirmed", "已认定"
    REQUESTED = "requested", "已请平台处置"
    REMOVED = "removed", "已处置"
    REFUSED = "refused", "平台不予处置"
    UNFOUNDED = "unfounded", "查无实据"


OPEN_STATES: Final = (CaseState.NEW, CaseState.VERIFYING, CaseState.CONFIRMED, CaseState.REQUESTED, CaseState.REFUSED)
"""Somebody still has to do something: a refused request is argued again."""
PUBLIC_STATES: Final = (CaseState.CONFIRMED, CaseState.REQUESTED, CaseState.REFUSED, CaseState.REMOVED)
"""The public is told: a body has found that this account imitates it."""


DESCRIBED_IN: Final = (CaseState.NEW, CaseState.VERIFYING)
"""Whom a case accuses, and of imitating whom, changes only before it is confirmed: the evidence is of that account."""


WITHDRAWN_FROM: Final = (CaseState.CONFIRMED, CaseState.REQUESTED, CaseState.REFUSED)
"""Taken up again from here, a finding was wrong; once the account was removed, it is rather back."""


class Move(StrEnum):
    """What can happen to a case."""

    VERIFY = "verify"
    CONFIRM = "confirm"
    REQUEST = "request"
    REMOVE = "remove"
    REFUSE = "refuse"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    RETURN = "return"


MOVES: Final[dict[Move, tuple[frozenset[CaseState], CaseState]]] = {
    Move.VERIFY: (frozenset({CaseState.NEW}), CaseState.VERIFYING),
    Move.CONFIRM: (frozenset({CaseState.NEW, CaseState.VERIFYING}), CaseState.CONFIRMED),
    Move.REQUEST: (frozenset({CaseState.CONFIRMED, CaseState.REFUSED}), CaseState.REQUESTED),
    Move.REMOVE: (frozenset({CaseState.CONFIRMED, CaseState.REQUESTED, CaseState.REFUSED}), CaseState.REMOVED),
    Move.REFUSE: (frozenset({CaseState.REQUESTED}), CaseState.REFUSED),
    Move.DISMISS: (frozenset({CaseState.NEW, CaseState.VERIFYING}), CaseState.UNFOUNDED),
    Move.REOPEN: (frozenset({*PUBLIC_STATES, CaseState.UNFOUNDED}), CaseState.VERIFYING),
    Move.RETURN: (frozenset({CaseState.REMOVED}), CaseState.NEW),
}


class EntryKind(models.TextChoices):
    """A line of the history: the moves, and what is no move."""

    REPORTED = "reported", "收到举报"
    OPENED = "opened", "立案"
    DESCRIBED = "described", "补全信息"
    EVIDENCE = "evidence", "加证据"
    VERIFY = "verify", "开始核实"
    CONFIRM = "confirm", "认定仿冒"
    REQUEST = "request", "请平台处置"
    REMOVE = "remove", "平台已处置"
    REFUSE = "refuse", "平台不予处置"
    DISMISS = "dismiss", "查无实据"
    REOPEN = "reopen", "重新办理"
    RETURN = "return", "处置后又被举报"


class Origin(models.TextChoices):
    CITIZEN = "citizen", "群众举报"
    STAFF = "staff", "工作人员发现"


class Remedy(models.TextChoices):
    TAKEN_DOWN = "taken_down", "下架或封禁"
    RENAMED = "renamed", "改名"
    CLOSED = "closed", "注销"
