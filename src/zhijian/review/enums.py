from django.db import models


class ReviewState(models.TextChoices):
    OPEN = "open", "审核中"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    VOIDED = "voided", "已失效"


class StageState(models.TextChoices):
    WAITING = "waiting", "未到"
    CURRENT = "current", "待签"
    SIGNED = "signed", "已签"
    RETURNED = "returned", "退回"


class Decision(models.TextChoices):
    APPROVE = "approve", "同意"
    RETURN = "return", "退回修改"
