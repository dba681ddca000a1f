from django.db import models


class ConnectionState(models.TextChoices):
    NEW = "new", "未验证"
    READY = "ready", "可用"
    LIMITED = "limited", "能力受限"
    PAUSED = "paused", "已暂停"
