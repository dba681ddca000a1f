from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhijian.observation.enums import Health, HistoryState, Landing, LinkResult, Method, Result


class Source(models.Model):
    """One way of seeing one account. The scope is the account's body, wherever a reform may take the account.

    `sees_all`: what this source does not show is not there; `sees_all_basis` says in a person's words why that holds.
    `next_look_at` None: nobody looks by the clock. `lease` keeps two workers apart; one that ran out is taken over.
    `validators` are the feed's ETag and Last-Modified.
    """

    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    method = models.CharField("方式", max_length=24, choices=Method)
    url = models.URLField("地址", max_length=500, blank=True)
    sees_all = models.BooleanField("能看全", default=False)
    sees_all_basis = models.CharField("为什么能看全", max_length=200, blank=True)
    legality = models.CharField("合法依据", max_length=32)
    every_hours = models.PositiveSmallIntegerField("多久看一次（小时）", default=6)
    health = models.CharField("状态", max_length=16, choices=Health, default=Health.NEW)
    health_since = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    validators = models.JSONField(default=dict)
    created_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "来源"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "method", "url"], condition=~Q(health=Health.STOPPED), name="observation_source_once"
            ),
            models.CheckConstraint(
                condition=~Q(method__in=[str(Method.OWN_DELIVERY), str(Method.IMPORT), str(Method.HAND)])
                | Q(sees_all=False),
                name="observation_source_may_see_all",
            ),
            models.CheckConstraint(
                condition=Q(sees_all=False) | ~Q(sees_all_basis=""), name="observation_source_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="observation_source_due"
            ),
            models.Index(fields=["account", "method"], name="observation_source_account"),
        ]

    def __str__(self) -> str:
        return self.get_method_display()


class Look(models.Model):
    """One attempt of one source over one period; insert-only (migration 0002).

    Only a look that `saw` with `sees_all` covers its period: what it does not show was not there. `evidence` tells
    where from and how (`url`, `status`, `headers`, and for a hand look what the person said); `snapshot` is the
    SHA-256 of the bytes that were read or handed in.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="looks")
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    covers_from = models.DateTimeField("起")
    covers_to = models.DateTimeField("止")
    result = models.CharField("结果", max_length=16, choices=Result)
    sees_all = models.BooleanField(default=False)
    reason = models.CharField("原因", max_length=300, blank=True)
    seen = models.PositiveIntegerField("看到", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("改过", default=0)
    vanished = models.PositiveIntegerField("不见了", default=0)
    undated = models.PositiveIntegerField("没有时间", default=0)
    snapshot = models.CharField(max_length=64, blank=True)
    evidence = models.JSONField(default=dict)
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "查看"
        constraints = [
            models.CheckConstraint(condition=Q(covers_from__lte=F("covers_to")), name="observation_look_period"),
            models.CheckConstraint(condition=Q(covers_to__lte=F("at")), name="observation_look_not_ahead"),
            models.CheckConstraint(condition=Q(result=Result.SAW) | ~Q(reason=""), name="observation_look_says_why"),
            models.CheckConstraint(
                condition=Q(result=Result.SAW) | Q(seen=0, new=0, changed=0, vanished=0),
                name="observation_look_blind_counts_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "covers_to"], name="observation_look_account"),
            models.Index(fields=["source", "-at"], name="observation_look_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.get_result_display()}"


class Snapshot(models.Model):
    """The bytes of a piece of evidence, kept once under their SHA-256 in the files folder; insert-only.

    Whoever may see a look or a version may see its snapshot; the row itself belongs to nobody.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = "证据"

    def __str__(self) -> str:
        return self.sha256[:12]


class Post(models.Model):
    """One thing an account put out. `key` finds it again within its account: its address, else what the source gives.

    `published_at` None or `dated` False: no date, or one that cannot be true (`date_note` says which). An undated post
    is not an update (as the website indicators count it); `vanished_at`: a source that sees all no longer shows it.
    """

    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    url = models.CharField("地址", max_length=1000, blank=True)
    title = models.CharField("标题", max_length=200, blank=True)
    published_at = models.DateTimeField("发布时间", null=True)
    dated = models.BooleanField(default=False)
    date_note = models.CharField(max_length=100, blank=True)
    first_seen_at = models.DateTimeField("首次看到")
    last_seen_at = models.DateTimeField("最近看到")
    vanished_at = models.DateTimeField("不见了", null=True)

    class Meta:
        verbose_name = "内容"
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="observation_post_once"),
            models.CheckConstraint(
                condition=Q(dated=False) | Q(published_at__isnull=False), name="observation_post_dated"
            ),
            models.CheckConstraint(
                condition=Q(first_seen_at__lte=F("last_seen_at")), name="observation_post_seen_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-published_at", "-id"], name="observation_post_account"),
            models.Index(fields=["-published_at", "-id"], name="observation_post_newest"),
            models.Index(fields=["account", "id"], name="observation_post_archive"),
            models.Index(
                fields=["account", "-first_seen_at"], name="observation_post_undated", condition=Q(dated=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class PostVersion(models.Model):
    """What one look showed of a post where it differed from what that source showed before; insert-only.

    `links` = `[{"url", "text"}]` in order; `text_sha256` is over title and text; `whole` False: a summary or a cut
    text, in which "no fault found" says nothing about the rest.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="versions")
    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="versions")
    seen_at = models.DateTimeField("看到时间")
    title = models.CharField("标题", max_length=200, blank=True)
    text = models.TextField("正文", blank=True)
    whole = models.BooleanField(default=False)
    text_sha256 = models.CharField(max_length=64)
    links = models.JSONField(default=list)
    snapshot = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "版本"
        indexes = [
            models.Index(fields=["post", "-id"], name="observation_version_post"),
            models.Index(fields=["-seen_at", "-id"], name="observation_version_newest"),
            models.Index(fields=["look"], name="observation_version_look"),
            models.Index(fields=["snapshot"], name="observation_version_proof", condition=~Q(snapshot="")),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.text_sha256[:12]}"


class LinkCheck(models.Model):
    """One look at one address, three-valued; insert-only. `url_sha256` finds the checks of an address.

    `landing` tells what the page that came turned out to be, `signs` are the words that rests on.
    """

    url = models.CharField("地址", max_length=4000)
    url_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField("时间")
    result = models.CharField("结果", max_length=16, choices=LinkResult)
    status = models.PositiveSmallIntegerField(null=True)
    final_url = models.CharField(max_length=4000, blank=True)
    title = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    landing = models.CharField("打开的页面", max_length=12, choices=Landing, blank=True, default="", db_default="")
    signs = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        verbose_name = "链接检查"
        constraints = [
            models.CheckConstraint(
                condition=Q(result=LinkResult.REACHED) | ~Q(reason=""), name="observation_link_says_why"
            )
        ]
        indexes = [models.Index(fields=["url_sha256", "-at"], name="observation_link_url")]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.url}"


class History(models.Model):
    """One uploaded file of past posts, from its columns over the list of its faults to its rows in the archive.

    `columns` = `{field: column name}`; `account` set: every row belongs to it, else a column names the account.
    `complete` with `covers_from`/`covers_to`: the file holds everything the accounts put out in that period.
    `done` rows of `total` are through the running step, committed batch by batch: a dead worker's step goes on there.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("registry.Account", null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    kind = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    heads = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    complete = models.BooleanField(default=False)
    covers_from = models.DateTimeField(null=True)
    covers_to = models.DateTimeField(null=True)
    state = models.CharField("状态", max_length=16, choices=HistoryState, default=HistoryState.MAPPING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict)
    message = models.CharField(max_length=300, blank=True)
    beat_at = models.DateTimeField(null=True)
    uploaded_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "历史导入"
        constraints = [
            models.CheckConstraint(
                condition=Q(complete=False) | Q(covers_from__isnull=False, covers_to__isnull=False),
                name="observation_history_period",
            )
        ]
        indexes = [models.Index(fields=["organisation", "-uploaded_at"], name="observation_history_list")]

    def __str__(self) -> str:
        return self.file_name


class HistoryFault(models.Model):
    """A row of a history file that cannot be taken, and why; the first thousand are kept, all are counted."""

    history = models.ForeignKey(History, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField("行")
    column = models.CharField("列", max_length=100, blank=True)
    sentence = models.CharField("问题", max_length=300)
    sample = models.CharField("内容", max_length=200, blank=True)

    class Meta:
        verbose_name = "导入问题"
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.row} {self.sentence}"
