from django.db import models


class CampaignState(models.TextChoices):
    DRAFT = "draft", "草稿"
    OPENING = "opening", "正在下发"
    RUNNING = "running", "填报中"
    CLOSED = "closed", "已结束"


class SheetState(models.TextChoices):
    """Where the table of one body stands."""

    NOT_STARTED = "not_started", "未填"
    FILLING = "filling", "填报中"
    SIGNING = "signing", "待签字"
    SIGNED = "signed", "已签字"
    RETURNED = "returned", "退回"


FILLABLE_STATES = (SheetState.NOT_STARTED, SheetState.FILLING, SheetState.RETURNED)
UNSIGNED_STATES = (*FILLABLE_STATES, SheetState.SIGNING)


class Standing(models.TextChoices):
    """How a row came to be and whose the account is."""

    LISTED = "listed", "登记册里有"
    ADDED = "added", "本次补报"
    NOT_OURS = "not_ours", "不是本单位的"


class Measure(models.TextChoices):
    KEEP = "keep", "保留"
    RECTIFY = "rectify", "整改"
    MERGE = "merge", "合并"
    CLOSE = "close", "关停"


class JobState(models.TextChoices):
    WAITING = "waiting", "排队中"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"


class DumpState(models.TextChoices):
    MAPPING = "mapping", "待核对列"
    READING = "reading", "读取中"
    READY = "ready", "可以比对"
    FAILED = "failed", "读不出来"


class Against(models.TextChoices):
    """What a census is compared with."""

    REGISTER = "register", "登记册现在的内容"
    LAST = "last", "上一次排查"
    NATIONAL = "national", "全国系统导出表"


class DifferenceKind(models.TextChoices):
    ONLY_HERE = "only_here", "只有本次排查有"
    ONLY_THERE = "only_there", "本次排查没有"
    DIFFERS = "differs", "内容不一致"
