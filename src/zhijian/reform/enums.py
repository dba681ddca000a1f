from django.db import models


class PartKind(models.TextChoices):
    """What becomes of one body."""

    RENAME = "rename", "改名"
    MERGE = "merge", "并入其他单位"
    SPLIT = "split", "拆出一部分"
    ABOLISH = "abolish", "撤销"


# The body is no more once everything is handed over.
ENDING = (PartKind.MERGE, PartKind.ABOLISH)


class ReformState(models.TextChoices):
    DRAFT = "draft", "准备中"
    RUNNING = "running", "进行中"
    DONE = "done", "已办结"
    DISCARDED = "discarded", "已放弃"


class PlanAct(models.TextChoices):
    """What becomes of one account."""

    KEEP = "keep", "保留不变"
    CHANGE = "change", "变更名称、主体或主办单位"
    MERGE = "merging", "并入接收单位的账号"
    CLOSE = "closing", "关停"
