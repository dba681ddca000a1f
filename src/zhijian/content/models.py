from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.content.enums import ArticleState, ImportKind, ItemClass, Origin


class Article(models.Model):
    """A piece (稿件). Its text lives in revisions; `current_revision` is the newest one."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=ArticleState, default=ArticleState.DRAFT)
    title = models.CharField("标题", max_length=120)
    sort_key = models.CharField(max_length=200, editable=False)
    item_class = models.CharField("类别", max_length=16, choices=ItemClass, default=ItemClass.ORDINARY)
    current_revision = models.ForeignKey(
        "content.Revision", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    returned_comment = models.TextField("退回意见", blank=True)
    returned_field = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "稿件"
        indexes = [
            models.Index(fields=["organisation", "state", "-changed_at"], name="content_article_list"),
            models.Index(fields=["organisation", "-changed_at"], name="content_article_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def newest(self) -> Revision:
        """The newest version. A piece gets its first one in the act that creates it."""
        if self.current_revision is None:
            raise ValueError(f"Article {self.pk} has no version.")
        return self.current_revision


class Revision(models.Model):
    """One exact version of a piece; never changed after it was written (a trigger refuses it).

    `content_hash` is the digest over everything a reader or reviewer gets: title, author, digest, document, cover,
    class, origin and source. It is what reviewers sign and what a delivery may send.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField("标题", max_length=120)
    author = models.CharField("作者", max_length=32, blank=True)
    digest = models.CharField("摘要", max_length=240, blank=True)
    document = models.JSONField()
    plain_text = models.TextField()
    cover = models.CharField(max_length=64, blank=True)
    item_class = models.CharField(max_length=16, choices=ItemClass)
    origin = models.CharField("来源方式", max_length=16, choices=Origin, default=Origin.ORIGINAL)
    source_name = models.CharField("稿源", max_length=80, blank=True)
    source_url = models.URLField("原文地址", max_length=500, blank=True)
    content_hash = models.CharField(max_length=64)
    note = models.CharField("修改说明", max_length=200, blank=True)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "稿件版本"
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="content_revision_number")]
        indexes = [models.Index(fields=["content_hash"], name="content_revision_hash")]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"


class WorkingCopy(models.Model):
    """What an editor has typed since the last revision: autosaved, one row per piece and person.

    `fields` is empty while the person has only opened the editor; `seen_at` is the last sign of life of that page.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="working_copies")
    person = models.ForeignKey("organisations.User", on_delete=models.CASCADE, related_name="+")
    base_number = models.PositiveIntegerField()
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "未提交的修改"
        constraints = [models.UniqueConstraint(fields=["article", "person"], name="content_one_working_copy")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.person_id}"


class ImportRecord(models.Model):
    """How a piece came in: what was taken out or marked, so that an editor can look at it and put it back.

    `notices` are those of `content.importing` as plain objects: kind, message, removed (lines). `metadata` holds the
    (name, value) pairs the source told about itself, `original` its whole text before any cleaning.
    """

    article = models.OneToOneField(Article, on_delete=models.PROTECT, related_name="import_record")
    kind = models.CharField("方式", max_length=16, choices=ImportKind)
    name = models.CharField("文件名", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    notices = models.JSONField(default=list)
    metadata = models.JSONField(default=list)
    original = models.TextField()
    imported_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = "导入记录"

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class ScreeningReport(models.Model):
    """What screening found in one revision, with the version of the rules that looked."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="report")
    ruleset_version = models.CharField(max_length=64)
    findings = models.JSONField()
    screened_at = models.DateTimeField()

    class Meta:
        verbose_name = "检查报告"

    def __str__(self) -> str:
        return f"{self.revision_id} {self.ruleset_version[:8]}"


class Waiver(models.Model):
    """A finding set aside with a reason and a name: for this text only, bound to the rule and the words."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="waivers")
    rule_id = models.CharField(max_length=80)
    excerpt = models.CharField(max_length=200)
    reason = models.CharField("理由", max_length=200)
    waived_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField()

    class Meta:
        verbose_name = "放行"
        constraints = [
            models.UniqueConstraint(fields=["article", "rule_id", "excerpt"], name="content_waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="content_waiver_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.excerpt}"


class PictureLook(models.Model):
    """What was read off one picture, once for all pieces that show it; rules are applied to it at every screening.

    `reading` is `{"format", "width", "height", "frames", "lines", "codes", "partly"}` as `screening.pictures` gives it;
    `not_looked` tells why it could not be read: then the empty lines mean nothing. `bad`: the picture itself is at
    fault; otherwise the sweep tries again, at growing distance, until `attempts` are used up (0: a person asked).
    """

    sha256 = models.CharField(max_length=64, unique=True)
    reading = models.JSONField()
    not_looked = models.CharField(max_length=200, blank=True)
    bad = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(default=1)
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name = "图片识别"

    def __str__(self) -> str:
        return self.sha256[:12]
