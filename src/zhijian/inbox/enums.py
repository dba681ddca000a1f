"""The words of a case, and its state machine as data (the database holds the same table: migration 0002)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db import models


class CaseState(models.TextChoices):
    RECEIVED = "received", "待受理"
    WORKING = "working", "办理中"
    WAITING = "waiting", "等群众补充"
    IN_REVIEW = "in_review", "答复审核中"
    ANSWERED = "answered", "已答复"
    REDIRECTED = "redirected", "不属于受理范围"


OPEN_STATES: Final = (CaseState.RECEIVED, CaseState.WORKING, CaseState.WAITING, CaseState.IN_REVIEW)
CLOSED_STATES: Final = (CaseState.ANSWERED, CaseState.REDIRECTED)


class Move(StrEnum):
    """What can happen to a case. `chase`, `extend` and `add` leave the state as it is."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    RETURN = "return"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    ANSWER = "answer"
    REDIRECT = "redirect"
    ASK = "ask"
    RESUME = "resume"
    REOPEN = "reopen"


MOVES: Final[dict[Move, tuple[frozenset[CaseState], CaseState]]] = {
    Move.ACCEPT: (frozenset({CaseState.RECEIVED}), CaseState.WORKING),
    Move.ASSIGN: (frozenset({CaseState.RECEIVED, CaseState.WORKING}), CaseState.RECEIVED),
    Move.RETURN: (frozenset({CaseState.RECEIVED, CaseState.WORKING}), CaseState.RECEIVED),
    Move.SUBMIT: (frozenset({CaseState.WORKING}), CaseState.IN_REVIEW),
    Move.TAKE_BACK: (frozenset({CaseState.IN_REVIEW}), CaseState.WORKING),
    Move.ANSWER: (frozenset({CaseState.IN_REVIEW}), CaseState.ANSWERED),
    Move.REDIRECT: (frozenset({CaseState.IN_REVIEW}), CaseState.REDIRECTED),
    Move.ASK: (frozenset({CaseState.WORKING}), CaseState.WAITING),
    Move.RESUME: (frozenset({CaseState.WAITING}), CaseState.WORKING),
    Move.REOPEN: (frozenset(CLOSED_STATES), CaseState.WORKING),
}
MOVE_WORDS: Final = {
    Move.ACCEPT: "受理",
    Move.ASSIGN: "转办",
    Move.RETURN: "退回",
    Move.SUBMIT: "送审答复",
    Move.TAKE_BACK: "收回答复",
    Move.ANSWER: "答复",
    Move.REDIRECT: "告知不属于受理范围",
    Move.ASK: "请群众补充",
    Move.RESUME: "继续办理",
    Move.REOPEN: "重办",
}


class Channel(models.TextChoices):
    PORTAL = "portal", "网页"
    WECHAT = "wechat", "微信"
    HAND = "hand", "人工登记"


class CaseForm(models.TextChoices):
    MESSAGE = "message", "留言"
    PHOTO = "photo", "随手拍"


class MessageKind(models.TextChoices):
    """The vocabulary `message_kind` of the policy packs."""

    CONSULT = "consult", "咨询"
    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    APPEAL = "appeal", "求助"
    REPORT = "report", "举报"
    ERROR_REPORT = "error_report", "纠错"
    PRAISE = "praise", "感谢"


class AnswerKind(models.TextChoices):
    REPLY = "reply", "答复"
    NOT_OURS = "not_ours", "不属于受理范围"


class EntryKind(models.TextChoices):
    RECEIVED = "received", "收到"
    ACCEPTED = "accepted", "受理"
    ASSIGNED = "assigned", "转办"
    RETURNED = "returned", "退回"
    CHASED = "chased", "催办"
    EXTENDED = "extended", "延期"
    ASKED = "asked", "请补充"
    RESUMED = "resumed", "继续办理"
    WORD = "word", "群众补充"
    NOTE = "note", "内部备注"
    SUBMITTED = "submitted", "答复送审"
    TAKEN_BACK = "taken_back", "答复收回修改"
    ANSWER = "answer", "答复"
    REDIRECTED = "redirected", "告知"
    REOPENED = "reopened", "要求重办"
    RATED = "rated", "评价"
    RECOMPUTED = "recomputed", "期限调整"
    DESTROYED = "destroyed", "销毁个人信息"


class Satisfaction(models.IntegerChoices):
    """How the citizen judges the answer, in words. No person and no body is ever ranked by it."""

    VERY_GOOD = 5, "很满意"
    GOOD = 4, "满意"
    FAIR = 3, "基本满意"
    POOR = 2, "不满意"
    VERY_POOR = 1, "很不满意"


class OutgoingState(models.TextChoices):
    PENDING = "pending", "待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已送达平台"
    UNDELIVERABLE = "undeliverable", "发不过去"
    FAILED = "failed", "没有发出"
    UNKNOWN = "unknown", "不知道有没有收到"


class PublicationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "退回修改"
    SHOWN = "shown", "已公开"
    HIDDEN = "hidden", "已撤下"
