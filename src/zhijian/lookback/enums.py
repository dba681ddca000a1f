from django.db import models

from zhijian.screening import Category, Severity


class Cause(models.TextChoices):
    TERM = "term", "用语启用"
    RULES = "rules", "内置规则更新"
    BY_HAND = "by_hand", "人工发起"


class LookBackState(models.TextChoices):
    PROPOSED = "proposed", "待决定"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"
    DISMISSED = "dismissed", "不回查"


class Stage(models.TextChoices):
    """What a look-back reads, in this order."""

    ARTICLES = "articles", "已发稿件"
    ANSWERS = "answers", "在用答问"
    POSTS = "posts", "账号内容"


class Kind(models.TextChoices):
    """What a text is: a version that was sent out from here, an answer in force, or what an account shows."""

    ARTICLE = "article", "已发稿件"
    ANSWER = "answer", "答问"
    POST = "post", "账号内容"


class FindingState(models.TextChoices):
    OPEN = "open", "待处理"
    MENDED = "mended", "已改"
    GONE = "gone", "已删"
    SET_ASIDE = "set_aside", "误报"
    LAPSED = "lapsed", "规则已变动"


SEVERITIES = [(one.value, one.label) for one in Severity]
CATEGORIES = [(one.value, one.label) for one in Category]


def category_label(code: str) -> str:
    """Return a category in words; the code itself where a version knew one that this one does not."""
    return dict(CATEGORIES).get(code, code)
