from django.db import models


class DeliveryState(models.TextChoices):
    PLANNED = "planned", "待发"
    SENDING = "sending", "正在发送"
    SUBMITTED = "submitted", "平台处理中"
    UNKNOWN = "unknown", "结果待核实"
    PUBLISHED = "published", "已发布"
    MANUAL_PENDING = "manual_pending", "待人工发布"
    REJECTED = "rejected", "平台退回"
    FAILED = "failed", "发送失败"
    CANCELLED = "cancelled", "已取消"
    REMOVED = "removed", "已下线"


LIVE_STATES = (
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.SUBMITTED,
    DeliveryState.UNKNOWN,
    DeliveryState.PUBLISHED,
    DeliveryState.MANUAL_PENDING,
)
OPEN_STATES = (
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.SUBMITTED,
    DeliveryState.UNKNOWN,
)
ON_THE_WAY = (DeliveryState.SENDING, DeliveryState.SUBMITTED, DeliveryState.UNKNOWN)
KEEPS_DRAFT = (*OPEN_STATES, DeliveryState.FAILED)
"""States in which a draft on the platform is still ours to use: no stray."""


class Verdict(models.TextChoices):
    """What a person saw on the platform where reading back cannot tell."""

    IS_OUT = "is_out", "已经发出"
    NOT_OUT = "not_out", "没有发出"
