from django.db import models


class ArticleState(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "已通过"
    DISCARDED = "discarded", "已作废"


# What still goes over to another body with its duties; the rest is archive or under review.
HANDED_OVER = (ArticleState.DRAFT, ArticleState.RETURNED)


class ItemClass(models.TextChoices):
    """Classes of pieces; each has its own review route in the policy packs (`review.routes`)."""

    ORDINARY = "ordinary", "一般信息"
    IMPORTANT = "important", "重要信息"
    REPRINT = "reprint", "转载"
    INTERPRETATION = "interpretation", "政策解读"
    EMERGENCY = "emergency", "应急信息"


class Origin(models.TextChoices):
    ORIGINAL = "original", "原创"
    REPRINT = "reprint", "转载"


class ImportKind(models.TextChoices):
    PASTE = "paste", "粘贴"
    TXT = "txt", "文本文件"
    HTML = "html", "网页文件"
    DOCX = "docx", "Word 文档"
