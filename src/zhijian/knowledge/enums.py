from django.db import models


class TermState(models.TextChoices):
    PROPOSED = "proposed", "待审"
    APPROVED = "approved", "启用"
    REJECTED = "rejected", "未通过"
    RETIRED = "retired", "停用"


class TermSeverity(models.TextChoices):
    VETO = "veto", "严重错误"
    ERROR = "error", "错误"
    WARNING = "warning", "提醒"
    HINT = "hint", "建议"


class TermKind(models.TextChoices):
    WORDING = "wording", "规范表述"
    PERSON = "person", "姓名与职务"
    TYPO = "typo", "易错词"
    INTERNAL = "internal", "内部用语"
