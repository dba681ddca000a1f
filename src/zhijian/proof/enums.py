from django.db import models


class ChangeKind(models.TextChoices):
    """What happened to an account as the public sees it."""

    ENTERED = "entered", "登记"
    CHANGED = "changed", "变更"
    LEFT = "left", "退出"


class LinkState(models.TextChoices):
    """Does the account itself lead back to the register? What could not be looked at is not taken for missing."""

    LINKS = "links", "写明了登记号"
    ABSENT = "absent", "没有写明"
    UNSEEN = "unseen", "没看成"
