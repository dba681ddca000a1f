"""The words of a drive. The database holds the same tables of states (migration 0002)."""

from __future__ import annotations

from typing import Final

from django.db import models


class Reason(models.TextChoices):
    """Why an account is proposed. `LOW_USE` is a hint for a person and never more."""

    SURPLUS = "surplus", "同一平台多于一个账号"
    DUPLICATE = "duplicate", "与本单位或上级单位的账号同名"
    STALE = "stale", "非主要平台多次停更"
    STUCK = "stuck", "公告期满仍未注销"
    LOW_USE = "low_use", "关注数少（提示）"
    BY_HAND = "by_hand", "人工列入"


COMPUTED: Final = (Reason.SURPLUS, Reason.DUPLICATE, Reason.STALE, Reason.STUCK, Reason.LOW_USE)


class Act(models.TextChoices):
    """What is to become of an account; all but the last are filings of that kind."""

    MERGE = "merging", "并入其他账号"
    CLOSE = "closing", "关停"
    EXEMPT = "exemption", "申请多开例外"
    KEEP = "keep", "保留"


class DriveState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SENT = "sent", "进行中"
    CLOSED = "closed", "已结束"


class TargetState(models.TextChoices):
    """What was said about one account; how far it is done is counted, not said (`Standing`)."""

    WAITING = "waiting", "没有答复"
    AGREED = "agreed", "同意办理"
    ASKED = "asked", "申请保留"
    KEPT = "kept", "准予保留"
    REFUSED = "refused", "不同意保留"


ANSWERABLE: Final = (TargetState.WAITING, TargetState.REFUSED, TargetState.AGREED)


class Standing(models.TextChoices):
    """How far one account is, counted from its state, its filings, its exemption and what was said."""

    DONE = "done", "已办结"
    KEPT = "kept", "保留"
    UNDER_WAY = "under_way", "备案办理中"
    AGREED = "agreed", "同意，没有在办的备案"
    ASKED = "asked", "申请保留，待定"
    REFUSED = "refused", "不同意保留，待办理"
    WAITING = "waiting", "没有答复"


FINISHED: Final = (Standing.DONE, Standing.KEPT)
# Past the deadline these wait for the body; a request to keep waits for the office that asked.
LATE_STANDINGS: Final = (Standing.UNDER_WAY, Standing.AGREED, Standing.REFUSED, Standing.WAITING)


class AnswerKind(models.TextChoices):
    AGREED = "agreed", "同意办理"
    ASKED = "asked", "申请保留"
    ACCEPTED = "accepted", "准予保留"
    REFUSED = "refused", "不同意保留"
