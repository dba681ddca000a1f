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


class AllowanceKind(models.TextChoices):
    """What a body sets aside of a rule: certain words, the rule, how serious it is; or a website it vouches for."""

    WORDS = "words", "放行说法"
    OFF = "off", "停用规则"
    LOWER = "lower", "降低级别"
    HOST = "host", "许可网站"


class QuestionState(models.TextChoices):
    """How the newest version of an entry stands; whether an older one is in force beside it is another matter."""

    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "在用"
    WITHDRAWN = "withdrawn", "已停用"


class Confidentiality(models.TextChoices):
    PUBLIC = "public", "公开"
    INTERNAL = "internal", "仅工作人员"


class ConflictState(models.TextChoices):
    OPEN = "open", "待处理"
    SETTLED = "settled", "已说明"
    GONE = "gone", "已消除"
