from django.db import models


class LicenceState(models.TextChoices):
    """Where a licence stands today. Never stored: told by its days, its successor and its withdrawal."""

    NOT_BEGUN = "not_begun", "尚未生效"
    IN_FORCE = "in_force", "有效"
    NO_END = "no_end", "有效，没有写有效期"
    ENDS_SOON = "ends_soon", "快到期"
    OVER = "over", "已到期"
    RENEWED = "renewed", "已换新证"
    WITHDRAWN = "withdrawn", "不再持有"


class RuleState(models.TextChoices):
    """Where a rule document stands today. Never stored, as above."""

    NOT_BEGUN = "not_begun", "尚未施行"
    IN_FORCE = "in_force", "施行中"
    REVIEW_DUE = "review_due", "该复核了"
    REPLACED = "replaced", "已被代替"
    ABOLISHED = "abolished", "已废止"


class Way(models.TextChoices):
    """How somebody at a platform was reached."""

    PHONE = "phone", "电话"
    MAIL = "mail", "电子邮件"
    BACKEND = "backend", "平台后台工单"
    GROUP = "group", "工作群"
    LETTER = "letter", "公函"
    MEETING = "meeting", "见面"
    OTHER = "other", "其他"


class LiaisonState(models.TextChoices):
    OPEN = "open", "没有办完"
    CLOSED = "closed", "已办完"


class EntryKind(models.TextChoices):
    """What an entry of the log is to the matter it belongs to."""

    FIRST = "first", "提出"
    FOLLOW_UP = "follow_up", "跟进"
    CORRECTION = "correction", "更正"


class Lack(models.TextChoices):
    """What a body lacks today, the heaviest first."""

    LICENCE_OVER = "licence_over", "许可证已到期"
    LICENCE_MISSING = "licence_missing", "缺许可证"
    NO_STATEMENT = "no_statement", "今年没有填保障情况"
    NO_LEADER = "no_leader", "没有分管负责人"
    NO_UNIT = "no_unit", "没有责任科室"
    NO_BUDGET = "no_budget", "没有经费"
    NO_STAFF = "no_staff", "没有专人"
    FEW_STAFF = "few_staff", "专人不够"
    RULE_MISSING = "rule_missing", "缺制度"
    LICENCE_ENDS = "licence_ends", "许可证快到期"
    REVIEW_DUE = "review_due", "制度该复核了"


SEVERE = (Lack.LICENCE_OVER, Lack.LICENCE_MISSING)
OF_STATEMENT = (Lack.NO_LEADER, Lack.NO_UNIT, Lack.NO_BUDGET, Lack.NO_STAFF, Lack.FEW_STAFF)
