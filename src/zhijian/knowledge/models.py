from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijian.knowledge.enums import (
    AllowanceKind,
    Confidentiality,
    ConflictState,
    QuestionState,
    TermKind,
    TermSeverity,
    TermState,
)
from zhijian.search.enums import Topic


class Term(models.Model):
    """One wording rule kept by a body; in force for the body and all below it once a second person approved it."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=TermKind, default=TermKind.WORDING)
    wrong = models.CharField("不规范表述", max_length=80)
    right = models.CharField("规范表述", max_length=80, blank=True)
    exceptions = models.JSONField("不算错的说法", default=list)
    severity = models.CharField("级别", max_length=16, choices=TermSeverity, default=TermSeverity.ERROR)
    message = models.CharField("说明", max_length=200, blank=True)
    source = models.CharField("依据", max_length=200)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)
    state = models.CharField("状态", max_length=16, choices=TermState, default=TermState.PROPOSED)
    proposed_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_comment = models.CharField(max_length=200, blank=True)
    retired_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "用语"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "wrong"],
                condition=Q(state__in=["proposed", "approved"]),
                name="knowledge_term_once",
            ),
            models.CheckConstraint(condition=~Q(wrong=""), name="knowledge_term_wrong"),
            models.CheckConstraint(condition=~Q(source=""), name="knowledge_term_source"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False), name="knowledge_term_decided"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="knowledge_term_second_person",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "wrong"], name="knowledge_term_list")]

    def __str__(self) -> str:
        return self.wrong


class Allowance(models.Model):
    """What a body sets aside of a rule for itself and all below, until a day: words that are right, or the rule itself.

    `rule_id` is a shipped rule or a term (`term.7`). `words` belong to the kind WORDS, `severity` to LOWER. Of a HOST
    `words` are a website's name the body vouches for, with all below that name: the rules about links know it. Approved
    by a second person; a trigger holds its words and its way.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("放行什么", max_length=16, choices=AllowanceKind)
    rule_id = models.CharField("规则", max_length=80)
    words = models.CharField("说法", max_length=80, blank=True)
    severity = models.CharField("降为", max_length=16, choices=TermSeverity, blank=True)
    reason = models.CharField("理由", max_length=200)
    valid_to = models.DateField("到哪天止")
    state = models.CharField("状态", max_length=16, choices=TermState, default=TermState.PROPOSED)
    proposed_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_comment = models.CharField(max_length=200, blank=True)
    retired_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "放行"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rule_id", "kind", "words"],
                condition=Q(state__in=["proposed", "approved"]),
                name="knowledge_allowance_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="knowledge_allowance_reason"),
            models.CheckConstraint(
                condition=Q(kind__in=["words", "host"]) & ~Q(words="") & Q(severity="")
                | Q(kind="off", words="", severity="")
                | Q(kind="lower", words="") & ~Q(severity=""),
                name="knowledge_allowance_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False), name="knowledge_allowance_decided"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="knowledge_allowance_second_person",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "valid_to"], name="knowledge_allowance_list")]

    def __str__(self) -> str:
        return self.words or self.rule_id


class Question(models.Model):
    """An entry of the Q&A library (答问库). Its words live in versions.

    `current_version` is the newest one, whose way `state` tells; `approved_version` the one in force, None where there
    is none. A trigger lets a version come into force only under an approved review of exactly its hash. `confirm_by`:
    by then the owner looks whether the answer still holds. `uses`, `helped` and `unhelped` count for the entry alone,
    for no person.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=QuestionState, default=QuestionState.DRAFT)
    title = models.CharField("问题", max_length=120)
    sort_key = models.CharField(max_length=200, editable=False)
    topic = models.CharField("主题", max_length=16, choices=Topic, default=Topic.OTHER)
    confidentiality = models.CharField("公开范围", max_length=16, choices=Confidentiality)
    current_version = models.ForeignKey(
        "knowledge.QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_version = models.ForeignKey(
        "knowledge.QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    returned_comment = models.TextField("退回意见", blank=True)
    override_reason = models.CharField("误报说明", max_length=200, blank=True)
    confirm_by = models.DateField("复核日期", null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField("停用理由", max_length=200, blank=True)
    uses = models.PositiveIntegerField("被使用次数", default=0)
    helped = models.PositiveIntegerField(default=0)
    unhelped = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "答问"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(approved_version=None, withdrawn_by__isnull=False),
                name="knowledge_question_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_version=models.F("current_version")),
                name="knowledge_question_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-changed_at"], name="knowledge_question_list"),
            models.Index(
                fields=["organisation", "confirm_by"],
                condition=Q(approved_version__isnull=False),
                name="knowledge_question_confirm",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def newest(self) -> QuestionVersion:
        """Return the newest version: every entry has one from its first moment."""
        if self.current_version is None:
            raise ValueError(f"Question {self.pk} has no version.")
        return self.current_version


class QuestionVersion(models.Model):
    """One exact wording of an entry; insert-only. `content_hash` covers everything a reader gets and is signed."""

    entry = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    question = models.CharField("问题", max_length=120)
    similar = models.JSONField("相似问法", default=list)
    answer = models.TextField("答案")
    basis = models.CharField("依据", max_length=200)
    basis_number = models.CharField("文号", max_length=80, blank=True)
    basis_url = models.URLField("依据链接", max_length=500, blank=True)
    topic = models.CharField("主题", max_length=16, choices=Topic, default=Topic.OTHER)
    valid_from = models.DateField("从哪天起", null=True, blank=True)
    valid_to = models.DateField("到哪天止", null=True, blank=True)
    confidentiality = models.CharField("公开范围", max_length=16, choices=Confidentiality)
    content_hash = models.CharField(max_length=64)
    note = models.CharField("修改说明", max_length=200, blank=True)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "答问版本"
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="knowledge_version_number"),
            models.CheckConstraint(condition=~Q(question=""), name="knowledge_version_question"),
        ]
        indexes = [models.Index(fields=["entry", "content_hash"], name="knowledge_version_hash")]

    def __str__(self) -> str:
        return f"{self.question} 第 {self.number} 版"


class Conflict(models.Model):
    """Two bodies answer nearly the same question differently. `first` has the smaller id; bound to the two versions.

    A person of either body may say why both stand (`settled`); it is gone when one of the versions is no more in force.
    """

    first = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    first_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    second_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    likeness = models.FloatField()
    state = models.CharField("状态", max_length=16, choices=ConflictState, default=ConflictState.OPEN)
    found_at = models.DateTimeField()
    settled_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "答案不一致"
        constraints = [
            models.UniqueConstraint(fields=["first_version", "second_version"], name="knowledge_conflict_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="knowledge_conflict_order"),
        ]
        indexes = [models.Index(fields=["state", "first", "second"], name="knowledge_conflict_open")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class ModelSetting(models.Model):
    """The one language model of this installation. Without a consent nothing leaves the house.

    `bodies` are the ids of bodies that may use it, those below them included. `key` is sealed for the address. The
    consent names who, when and for what exactly: another address, name or list of bodies is another consent, and the
    database holds that. Seconds of a call, code points of a text.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    address = models.CharField("地址", max_length=200)
    name = models.CharField("模型名称", max_length=100)
    key = models.BinaryField(default=bytes)
    is_public = models.BooleanField("在互联网上", default=False)
    seconds = models.PositiveSmallIntegerField("最多等多少秒")
    most_characters = models.PositiveIntegerField("最多多少字")
    bodies = ArrayField(models.BigIntegerField(), default=list)
    changed_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    consented_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField(null=True)
    consented_address = models.CharField(max_length=200, blank=True)
    consented_name = models.CharField(max_length=100, blank=True)
    consented_bodies = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = "大模型设置"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="knowledge_one_language_model"),
            models.CheckConstraint(condition=Q(seconds__range=(1, 60)), name="knowledge_language_model_seconds"),
            models.CheckConstraint(
                condition=Q(most_characters__range=(100, 10_000)), name="knowledge_language_model_characters"
            ),
            models.CheckConstraint(
                condition=Q(consented_by=None, consented_at=None, consented_address="")
                | Q(
                    consented_by__isnull=False, consented_at__isnull=False, consented_address=models.F("address"),
                    consented_name=models.F("name"), consented_bodies=models.F("bodies"),
                ),
                name="knowledge_language_model_consent",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def stamp(self) -> str:
        """The moment of its last change, as a page hands it back: what was read is what is consented to."""
        return f"{self.changed_at.timestamp():.6f}"


class ModelTurn(models.Model):
    """A person whose question the model is answering; over at `until`, also when the process that asked has died."""

    person = models.OneToOneField("organisations.User", on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        verbose_name = "正在问大模型"

    def __str__(self) -> str:
        return str(self.person_id)
