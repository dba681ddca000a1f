from django.db import models


class AccountState(models.TextChoices):
    """Life of an account (政务新媒体备案状态). Live states hold the one place a body has on a platform."""

    APPROVED = "approved", "已批准，待注册"
    REGISTERED = "registered", "已注册，待备案"
    ACTIVE = "active", "在用"
    FROZEN = "frozen", "已公告停更"
    CLOSING = "closing", "注销中"
    DEREGISTERED = "deregistered", "已注销"
    UNFILED = "unfiled", "未备案"
    GIVEN_UP = "given_up", "批准后未开设"


LIVE_STATES = (
    AccountState.APPROVED,
    AccountState.REGISTERED,
    AccountState.ACTIVE,
    AccountState.FROZEN,
    AccountState.CLOSING,
    AccountState.UNFILED,
)
PUBLIC_STATES = (AccountState.ACTIVE, AccountState.FROZEN, AccountState.CLOSING)


class FilingKind(models.TextChoices):
    """What is filed (备案事项). An exemption is applied for by the same procedure (青岛2019: 按开设程序申请)."""

    OPENING = "opening", "开设"
    LATE = "late", "补办备案"
    CHANGE = "change", "变更"
    FREEZE = "freeze", "停更"
    RESUME = "resume", "恢复更新"
    CLOSING = "closing", "关停"
    MERGING = "merging", "合并"
    DEREGISTER = "deregister", "注销"
    EXEMPTION = "exemption", "多开例外"


class FilingState(models.TextChoices):
    DRAFT = "draft", "填写中"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "退回补正"
    APPROVED = "approved", "已批准"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN_FILING_STATES = (FilingState.DRAFT, FilingState.IN_REVIEW, FilingState.RETURNED)


class FindingKind(models.TextChoices):
    SURPLUS = "surplus", "同一平台多于一个账号"
    NO_PLATFORM_ID = "no_platform_id", "缺少平台账号标识"
    SUBJECT_DIFFERS = "subject_differs", "认证主体与主办单位不一致"
    NAME_DIFFERS = "name_differs", "各平台名称不一致"
    INTERNAL_BODY = "internal_body", "以内设机构名义开设"
    UNFILED = "unfiled", "没有备案"
    MAY_NOT = "may_not", "按当地规则不应开设"
    EXEMPTION_EXPIRED = "exemption_expired", "多开例外已到期"
    CERTIFICATION_ENDS = "certification_ends", "平台认证将到期或已到期"
    CLOSING_STUCK = "closing_stuck", "公告期满仍未注销"
    RENAMED = "renamed", "平台上的名称与登记不一致"
    SUBJECT_CHANGED = "subject_changed", "平台上的认证主体与登记不一致"
    NOT_FOUND = "not_found", "按标识在平台上找不到"
    NAME_TAKEN = "name_taken", "登记的名称被别的账号使用"


class NoticeKind(models.TextChoices):
    """What the public is told of accounts (公告)."""

    OPENING = "opening", "开设"
    CHANGE = "change", "变更"
    FREEZE = "freeze", "停更"
    RESUME = "resume", "恢复更新"
    CLOSING = "closing", "关停"
    MERGING = "merging", "合并"
    DEREGISTER = "deregister", "注销"


class LedgerState(models.TextChoices):
    """One uploaded ledger: columns chosen, read, seen, confirmed. 读取中 and 导入中 run in the background when long."""

    MAPPING = "mapping", "待核对列"
    READING = "reading", "读取中"
    PREVIEW = "preview", "待确认"
    IMPORTING = "importing", "导入中"
    IMPORTED = "imported", "已导入"
    DISCARDED = "discarded", "已放弃"
    UNDONE = "undone", "已撤回"


class Outcome(models.TextChoices):
    """What importing one row of a ledger does."""

    NEW = "new", "新增"
    UPDATE = "update", "更新"
    SAME = "same", "没有变化"
    FAULTY = "faulty", "有问题"
