from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.knowledge.enums import TermKind, TermSeverity, TermState


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
