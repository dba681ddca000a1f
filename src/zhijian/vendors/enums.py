from django.db import models


class ContractState(models.TextChoices):
    """Where a contract stands today. Never stored: told by its days and by an early end."""

    NOT_BEGUN = "not_begun", "尚未开始"
    IN_FORCE = "in_force", "在期"
    ENDS_SOON = "ends_soon", "快到期"
    OVER = "over", "已到期"
    ENDED_EARLY = "ended_early", "提前终止"


class DomainUse(models.TextChoices):
    MENU = "menu", "菜单链接"
    PAGE = "page", "H5、专题页"
    MINI_PROGRAM = "mini_program", "小程序"
    OTHER = "other", "其他"


class Paper(models.TextChoices):
    """The papers of a contract that are kept."""

    CONTRACT = "contract", "合同"
    UNDERTAKING = "undertaking", "保密承诺书"


class Fault(models.TextChoices):
    """What is wrong with a contract today."""

    LINKED_AFTER_END = "linked_after_end", "合同已结束，链接没有撤下"
    DOMAIN_EXPIRED = "domain_expired", "域名已到期"
    ENDS_SOON = "ends_soon", "合同快到期"
    NO_UNDERTAKING = "no_undertaking", "没有保密承诺书"
    NO_PAPER = "no_paper", "没有上传合同"
    MAY_SUBCONTRACT = "may_subcontract", "没有约定不得转包"
    NO_ACCOUNTS = "no_accounts", "没有写明账号"
    DOMAIN_EXPIRES = "domain_expires", "域名快到期"


SEVERE = (Fault.LINKED_AFTER_END, Fault.DOMAIN_EXPIRED)
