from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijian.census.enums import (
    Against,
    CampaignState,
    DifferenceKind,
    DumpState,
    JobState,
    Measure,
    SheetState,
    Standing,
)
from zhijian.organisations.enums import Level


class TableLayout(models.Model):
    """A layout an office brought along: its own column heads in their order, each with what goes below it.

    `columns` = `[{"key", "label"}]`, `key` of the catalogue in `layouts.toml` ("" leaves the column empty).
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=80)
    sheet_per_body = models.BooleanField("一个单位一张表", default=False)
    columns = models.JSONField()
    is_ready = models.BooleanField(default=False)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "表样"

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """A census (排查): asked by `organisation` of every body in the branch `scope` that the filters keep.

    `layout` is the layout as it was chosen, `{"name", "sheet_per_body", "columns": [{"key", "label"}]}`; once the
    census runs only the deadline may move, and only later. An empty list of levels or kinds keeps all.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    scope = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=80)
    basis = models.CharField("依据", max_length=200)
    guidance = models.TextField("填报说明", blank=True)
    layout = models.JSONField()
    levels = ArrayField(models.CharField(max_length=16), default=list)
    kinds = ArrayField(models.CharField(max_length=16), default=list)
    problem_kinds = ArrayField(models.CharField(max_length=32), default=list)
    due_on = models.DateField("截止日期")
    remind_days = models.PositiveSmallIntegerField("提前几天提醒", default=3)
    state = models.CharField("状态", max_length=16, choices=CampaignState, default=CampaignState.DRAFT)
    bodies = models.PositiveIntegerField("单位数", default=0)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("下发时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    chased_on = models.DateField(null=True)
    warned_on = models.DateField(null=True)

    class Meta:
        verbose_name = "排查"
        constraints = [
            models.CheckConstraint(condition=Q(remind_days__lte=30), name="census_reminder_within_a_month"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "opening"]) | Q(opened_at__isnull=False), name="census_runs_since"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-created_at"], name="census_campaign_list")]

    def __str__(self) -> str:
        return self.title

    @property
    def keys(self) -> list[str]:
        """Return the keys of the columns that are asked for."""
        return [column["key"] for column in self.layout["columns"] if column["key"]]


class Sheet(models.Model):
    """The table (统计表) of one body in one census, from 未填 to the head's signature over `version_hash`.

    `version` counts every change of its rows; `author_ids` are the people who changed them, who may not sign.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="sheets")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=SheetState, default=SheetState.NOT_STARTED)
    version = models.PositiveIntegerField(default=0)
    version_hash = models.CharField(max_length=64, blank=True)
    author_ids = ArrayField(models.BigIntegerField(), default=list)
    returned_comment = models.TextField(blank=True)
    changed_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("最近变动", null=True)
    submitted_at = models.DateTimeField("送签", null=True)
    signed_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField("签字", null=True)

    class Meta:
        verbose_name = "统计表"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "organisation"], name="census_sheet_once"),
            models.CheckConstraint(
                condition=~Q(state=SheetState.SIGNED) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="census_sheet_signed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="census_sheet_body_state")]

    def __str__(self) -> str:
        return f"{self.organisation}：{self.campaign}"


class Row(models.Model):
    """One account of a table: what the register said at the opening, and what the body says now.

    `register` holds the register's values by column key, {} for an account the body added; `told` only what the body
    says differently (everything, for an added one). `platform`, `kind`, `name` and `state` are the values now, to count
    and search by. `last_change` = `{"by", "at", "changes": {key: [before, after]}}`.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="rows")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rows")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=16, choices=Level)
    account = models.ForeignKey("registry.Account", null=True, on_delete=models.PROTECT, related_name="census_rows")
    platform = models.CharField("平台", max_length=32)
    kind = models.CharField("类型", max_length=32, blank=True)
    name = models.CharField("账号名称", max_length=80)
    state = models.CharField("账号状态", max_length=16)
    standing = models.CharField("填报情况", max_length=16, choices=Standing, default=Standing.LISTED)
    register = models.JSONField(default=dict)
    told = models.JSONField(default=dict)
    is_corrected = models.BooleanField(default=False)
    problems = ArrayField(models.CharField(max_length=32), default=list)
    problem_note = models.CharField("问题说明", max_length=300, blank=True)
    measure = models.CharField("处理措施", max_length=16, choices=Measure, default=Measure.KEEP)
    measure_on = models.DateField("完成时限", null=True)
    version = models.PositiveIntegerField(default=0)
    last_change = models.JSONField(default=dict)

    class Meta:
        verbose_name = "统计表行"
        constraints = [models.UniqueConstraint(fields=["sheet", "account"], name="census_account_once_in_a_sheet")]
        indexes = [
            models.Index(fields=["campaign", "organisation"], name="census_row_body"),
            models.Index(fields=["sheet"], name="census_row_sheet"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def values(self) -> dict[str, Any]:
        """Return what the body says: the register's values with its corrections."""
        return {**self.register, **self.told}


class Report(models.Model):
    """A consolidated file of one branch of a census, made at once or by a worker; the row tells how far it is."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    file_format = models.CharField(max_length=8)
    signed_only = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.WAITING)
    message = models.CharField(max_length=300, blank=True)
    rows = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()

    class Meta:
        verbose_name = "汇总表"

    def __str__(self) -> str:
        return f"{self.campaign} {self.organisation}"


class ReportFile(models.Model):
    """The bytes of a consolidated file, kept apart from its row."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = "汇总表文件"

    def __str__(self) -> str:
        return str(self.report)


class Dump(models.Model):
    """A file taken out of the national system (全国系统导出表) by hand; its columns are guessed and confirmed.

    `columns` is one `importing.headers.Layout` as JSON with its samples.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField("文件", max_length=200)
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=16, choices=DumpState, default=DumpState.MAPPING)
    message = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField("行数", default=0)
    faulty = models.PositiveIntegerField("读不懂的行", default=0)
    uploaded_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传")

    class Meta:
        verbose_name = "全国系统导出表"

    def __str__(self) -> str:
        return self.file_name


class DumpFile(models.Model):
    """The bytes of an uploaded dump, dropped once it was read."""

    dump = models.OneToOneField(Dump, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = "导出表文件"

    def __str__(self) -> str:
        return str(self.dump)


class DumpRow(models.Model):
    """One account as the dump tells it; `values` by the field names of a ledger."""

    dump = models.ForeignKey(Dump, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    values = models.JSONField()

    class Meta:
        verbose_name = "导出表行"
        indexes = [models.Index(fields=["dump"], name="census_dump_row")]

    def __str__(self) -> str:
        return str(self.row)


class Comparison(models.Model):
    """One branch of a census held against the register, the last census or a dump; may be made anew any time."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="comparisons")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    against = models.CharField("对照", max_length=16, choices=Against)
    other = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+")
    dump = models.ForeignKey(Dump, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=JobState, default=JobState.WAITING)
    message = models.CharField(max_length=300, blank=True)
    same = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = "比对"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organisation", "against", "other", "dump"],
                nulls_distinct=False,
                name="census_comparison_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} 与{self.get_against_display()}"


class Difference(models.Model):
    """One account that the two sides of a comparison tell differently; kept when it is found again (`key`).

    `fields` = `{key: [here, there]}`; `told` what is known of the account, to open a filing with.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="differences")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("registry.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField("差异", max_length=16, choices=DifferenceKind)
    platform = models.CharField("平台", max_length=32)
    platform_kind = models.CharField(max_length=32, blank=True)
    name = models.CharField("账号名称", max_length=80)
    body_name = models.CharField("主办单位", max_length=80)
    not_ours = models.BooleanField(default=False)
    fields = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    settled_at = models.DateTimeField("销号", null=True)
    settled_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    settled_reason = models.CharField("销号说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "差异"
        constraints = [
            models.UniqueConstraint(fields=["comparison", "key"], name="census_difference_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None) | ~Q(settled_reason=""), name="census_difference_settled_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["comparison", "kind"], name="census_difference_kind")]

    def __str__(self) -> str:
        return self.name
