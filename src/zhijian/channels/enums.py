from django.db import models


class ConnectionState(models.TextChoices):
    NEW = "new", "未检测"
    READY = "ready", "可用"
    LIMITED = "limited", "能力受限"
    PAUSED = "paused", "已暂停"


WECHAT = "wechat"
WEBSITE = "website"
HANDOFF = "handoff"
CONNECTOR_NAMES = {WECHAT: "微信接口", WEBSITE: "本站发布", HANDOFF: "人工发布"}
QUOTA_NAMES = {
    "freepublish/submit": "发布",
    "draft/add": "新建草稿",
    "freepublish/get": "查询发布结果",
    "freepublish/batchget": "列出已发布内容",
}
CAPABILITY_NAMES = {"sign_in": "登录接口", "draft": "草稿箱", "publish": "发布能力"}
STEP_QUOTAS = {
    WECHAT: {"add_draft": "draft/add", "submit": "freepublish/submit", "list_published": "freepublish/batchget"}
}
"""Which quota of the platform a step of its connector uses up."""
