from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from zhijian.registry.enums import (
    LIVE_STATES,
    OPEN_FILING_STATES,
    AccountState,
    FilingKind,
    FilingState,
    FindingKind,
    LedgerState,
    NoticeKind,
    Outcome,
)

if TYPE_CHECKING:
    from zhijian.organisations.models import User


class Account(models.Model):
    """One official account (政务新媒体账号). Found again by the platform's own permanent id, never by its name.

    `platform_group` is what counts as one platform under the policy pack; `holds_place` marks the one account a body
    has there by rule. A surplus account of an imported ledger holds no place and carries a finding; an exempted one
    holds none either. Opening always takes the place: the unique index refuses a second one.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="accounts", verbose_name="主办单位"
    )
    number = models.CharField("登记号", max_length=24, unique=True)
    platform = models.CharField("平台", max_length=32)
    kind = models.CharField("类型", max_length=32, blank=True)
    platform_group = models.CharField(max_length=32)
    name = models.CharField("名称", max_length=80)
    sort_key = models.CharField(max_length=200, editable=False)
    initials = models.CharField(max_length=80, editable=False)
    grams = ArrayField(models.CharField(max_length=2), default=list, editable=False)
    platform_uid = models.CharField("平台账号标识", max_length=128, blank=True)
    handle = models.CharField("账号", max_length=80, blank=True)
    url = models.URLField("主页地址", max_length=500, blank=True)
    url_key = models.CharField(max_length=200, blank=True, editable=False)
    positioning = models.CharField("功能定位", max_length=300, blank=True)
    is_main = models.BooleanField("主账号", default=False)
    state = models.CharField("状态", max_length=16, choices=AccountState, default=AccountState.ACTIVE)
    holds_place = models.BooleanField(default=True)
    verified_subject = models.CharField("认证主体", max_length=120, blank=True)
    certified_until = models.DateField("认证有效期", null=True, blank=True)
    opened_on = models.DateField("开设日期", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    followers = models.PositiveBigIntegerField("关注数", null=True, blank=True)
    leader = models.CharField("分管负责人", max_length=40, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    vendor = models.CharField("代运营单位", max_length=120, blank=True)
    update_frequency = models.CharField("更新频率", max_length=40, blank=True)
    remark = models.CharField("备注", max_length=300, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "platform_group"],
                condition=Q(holds_place=True, state__in=[str(state) for state in LIVE_STATES]),
                name="registry_one_account_per_platform",
            ),
            models.UniqueConstraint(
                fields=["platform", "platform_uid"], condition=~Q(platform_uid=""), name="registry_platform_uid_once"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(is_main=True, state__in=[str(state) for state in LIVE_STATES]),
                name="registry_one_main_account",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "platform"], name="registry_account_body"),
            models.Index(fields=["platform", "state"], name="registry_account_platform"),
            models.Index(fields=["sort_key", "id"], name="registry_account_sort"),
            models.Index(fields=["-changed_at", "id"], name="registry_account_changed"),
            GinIndex(fields=["name"], name="registry_account_name_trgm", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["grams"], name="registry_account_grams"),
            models.Index(fields=["initials"], name="registry_account_initials"),
            models.Index(fields=["url_key"], name="registry_account_url", condition=~Q(url_key="")),
            models.Index(fields=["handle"], name="registry_account_handle", condition=~Q(handle="")),
            models.Index(fields=["platform_uid"], name="registry_account_uid", condition=~Q(platform_uid="")),
            models.Index(fields=["name"], name="registry_account_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PastName(models.Model):
    """A name an account bore before, kept for ever: a renamed handle must still be found."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="past_names")
    name = models.CharField(max_length=80, db_index=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = "曾用名"

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """Something about an account that does not fit a rule, with the rule it does not fit; closed, never deleted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="findings")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("问题", max_length=32, choices=FindingKind)
    detail = models.CharField("说明", max_length=300)
    rule_source = models.CharField("依据", max_length=200)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "台账问题"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(closed_at=None), name="registry_finding_once_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_kind_display()}"


class Filing(models.Model):
    """A filing (备案): one event of one account, through the levels by the review engine.

    `form` holds the fields of this kind (`queries.filing_fields`), with the attachments as
    `[{"slot", "sha256", "name"}]`; `version_hash` is the digest over it that the reviewers sign. `due_at` is until when
    the rules want the event filed, `due_text` the computation, a line each. `organisation` files; an account that
    changes hands is filed by the body that gives it. `author_ids` are the people who wrote in it: none of them signs.
    """

    kind = models.CharField("事项", max_length=16, choices=FilingKind)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="filings")
    platform = models.CharField("平台", max_length=32)
    platform_group = models.CharField(max_length=32)
    name = models.CharField("账号名称", max_length=80)
    form = models.JSONField()
    version_hash = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=16, choices=FilingState, default=FilingState.DRAFT)
    return_comment = models.TextField(blank=True)
    return_field = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField("办理期限", null=True)
    due_text = models.TextField(blank=True, default="", db_default="")
    author_ids = models.JSONField(default=list, db_default=[])
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "备案"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "platform_group"],
                condition=Q(kind=FilingKind.OPENING, state__in=[str(state) for state in OPEN_FILING_STATES]),
                name="registry_one_open_opening",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(account__isnull=False, state__in=[str(state) for state in OPEN_FILING_STATES]),
                name="registry_one_open_filing",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-created_at"], name="registry_filing_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.name}"


class IdentityCheck(models.Model):
    """What somebody saw of an account on its platform, looked up by the platform's own id (现状核对); insert-only.

    `found` False: the id leads to nothing. `name_taken_by` is the id or address of another account that bears the
    registered name now: a released handle in a stranger's hand. `evidence` is the SHA-256 of a screenshot.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identity_checks")
    at = models.DateTimeField("时间")
    by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    found = models.BooleanField("找得到")
    name = models.CharField("平台上的名称", max_length=80, blank=True)
    verified_subject = models.CharField("平台上的认证主体", max_length=120, blank=True)
    certified_until = models.DateField("认证有效期", null=True)
    name_taken_by = models.CharField("使用登记名称的别的账号", max_length=300, blank=True)
    evidence = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "现状核对"
        indexes = [models.Index(fields=["account", "-at"], name="registry_identity_newest")]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%Y-%m-%d}"


class Exemption(models.Model):
    """Leave to keep a further account on a platform (多开例外), for a term; granted by an approved filing only.

    `account` None: granted for an account still to be opened, which takes it. `ended_at` is set when the term is over
    or a renewal takes its place; the row stays.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    platform_group = models.CharField(max_length=32)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="exemptions")
    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="exemption")
    grounds = models.CharField("理由", max_length=500)
    granted_on = models.DateField("批准日期")
    valid_until = models.DateField("有效期至")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "多开例外"
        indexes = [
            models.Index(
                fields=["organisation", "platform_group"], condition=Q(ended_at=None), name="registry_exemption_live"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.platform_group}"


class Notice(models.Model):
    """What the public is told of an account (公告): written in a filing, signed with it, shown once it is approved.

    `until` is the last day of the notice period where the rules set one (closing); a notice is never changed, it may
    be followed by another.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="notices")
    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="published_notice")
    kind = models.CharField("事项", max_length=16, choices=NoticeKind)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文")
    published_at = models.DateTimeField("发布时间")
    until = models.DateField("公告期至", null=True)

    class Meta:
        verbose_name = "公告"
        indexes = [models.Index(fields=["-published_at", "-id"], name="registry_notice_newest")]

    def __str__(self) -> str:
        return self.title


class Ledger(models.Model):
    """One uploaded ledger (台账) from its columns over its preview to its import; no account changes before.

    `columns` = `{"sheets": [layout, …]}` as `importing.headers.Layout.as_json`; `summary` counts rows by outcome.
    `done` of `total` rows are through the step that runs; `beat_at` tells the sweep that the step is alive. `run_by` is
    the person whose rights the last step used: who chose the columns, then who confirmed. `claim` counts the runs of
    a reading, so that one which was overtaken stops.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=16, choices=LedgerState, default=LedgerState.MAPPING)
    columns = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    beat_at = models.DateTimeField(null=True)
    claim = models.PositiveIntegerField(default=0, db_default=0)
    uploaded_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    run_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "台账导入"
        indexes = [models.Index(fields=["organisation", "-uploaded_at"], name="registry_ledger_list")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def acting(self) -> User:
        """Return the person whose rights the present step uses."""
        return self.run_by or self.uploaded_by


class LedgerFile(models.Model):
    """The bytes of an uploaded ledger, kept while its columns may still be chosen again, then dropped."""

    ledger = models.OneToOneField(Ledger, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = "台账文件"

    def __str__(self) -> str:
        return str(self.ledger)


class LedgerRow(models.Model):
    """One account of an uploaded ledger as it was read: what it says, what is wrong, what importing it would do.

    `values` by field of `importing.headers.FIELDS` (dates ISO); `problems` as `importing.tables.Problem.as_json`;
    `changes` = `{field: [before, after]}` of an update; `raw` the cells of a faulty row, for the marked file.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=64, blank=True)
    row = models.PositiveIntegerField()
    values = models.JSONField()
    letters = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    raw = models.JSONField(default=list)
    outcome = models.CharField(max_length=16, blank=True, choices=Outcome)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.CASCADE, related_name="+"
    )
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "台账行"
        ordering = ["id"]
        indexes = [models.Index(fields=["ledger", "outcome", "id"], name="registry_ledger_row_outcome")]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}"
