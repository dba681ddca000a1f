from django.db import models


class NoticeKind(models.TextChoices):
    ALARM = "alarm", "告警"
    DUTY = "duty", "值班"
    REVIEW = "review", "审核"
    RETURNED = "returned", "退回"
    PUBLISHING = "publishing", "发布"
    INBOX = "inbox", "留言"
    INSPECTION = "inspection", "巡检"
    SYSTEM = "system", "系统"


class ChannelKind(models.TextChoices):
    EMAIL = "email", "电子邮件"
    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
    FEISHU = "feishu", "飞书群机器人"


class ChannelState(models.TextChoices):
    READY = "ready", "在用"
    FAILING = "failing", "发不出去"
    PAUSED = "paused", "已停用"


class DispatchState(models.TextChoices):
    """`UNKNOWN` is final: nobody can read back from a mail server or a group, and twice is worse than a doubt."""

    PENDING = "pending", "待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "没有发出"
    UNKNOWN = "unknown", "结果不明"


AT_ONCE = (NoticeKind.ALARM, NoticeKind.DUTY, NoticeKind.RETURNED, NoticeKind.PUBLISHING)
"""What is sent at once while nobody has chosen; everything else comes in a person's daily summary."""
