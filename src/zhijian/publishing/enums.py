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
