from django.db import models


class ServiceState(models.TextChoices):
    DRAFT = "draft", "未上线"
    PUBLISHED = "published", "已上线"
    RETIRED = "retired", "已停用"


class Audience(models.TextChoices):
    PERSON = "person", "个人"
    COMPANY = "company", "企业和单位"
    BOTH = "both", "个人和企业"


class Health(models.TextChoices):
    """What the last look at the entrance brought. That nobody could look is neither broken nor open."""

    UNKNOWN = "unknown", "还没有查看"
    OPENS = "opens", "能打开"
    BROKEN = "broken", "打不开"
    NOT_LOOKED = "not_looked", "没能查看"
