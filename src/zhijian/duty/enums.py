from django.db import models


class ShiftKind(models.TextChoices):
    WORKING = "working", "工作日"
    WEEKEND = "weekend", "周末"
    HOLIDAY = "holiday", "节假日"


class SwapState(models.TextChoices):
    ASKED = "asked", "等对方同意"
    AGREED = "agreed", "已换"
    DECLINED = "declined", "没有同意"
    WITHDRAWN = "withdrawn", "已收回"


class AlarmKind(models.TextChoices):
    PUBLISHING = "publishing", "发布异常"
    INBOX = "inbox", "留言紧急"
    OBSERVATION = "observation", "监测中断"
    INSPECTION = "inspection", "巡检发现"
    OPINION = "opinion", "舆情"
    SYSTEM = "system", "系统异常"


class AlarmState(models.TextChoices):
    OPEN = "open", "等人确认"
    ACKNOWLEDGED = "acknowledged", "有人在办"
    CLOSED = "closed", "已办结"


class AlarmStep(models.IntegerChoices):
    """Who is called, one after the other, until somebody answers."""

    DUTY = 1, "值班人员"
    BACKUP = 2, "备班人员"
    SUPERVISING = 3, "主管单位"
