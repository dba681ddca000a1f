from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijian.review.enums import Decision, ReviewState, StageState


class Review(models.Model):
    """One passage of one exact version through its route. `thing_kind` is `room.thing`, e.g. `content.article`.

    `author_ids` are all who wrote any part of this version: none of them may sign (a trigger holds it too).
    `route` is the route as it stood at submission, with its source document: later changes of policy do not reach back.
    """

    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    version_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    item_class = models.CharField("类别", max_length=32)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=ReviewState, default=ReviewState.OPEN)
    route = models.JSONField()
    author_ids = ArrayField(models.BigIntegerField())
    submitted_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_text = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closing_comment = models.TextField(blank=True)

    class Meta:
        verbose_name = "审核"
        constraints = [
            models.UniqueConstraint(
                fields=["thing_kind", "thing_id"], condition=Q(state=ReviewState.OPEN), name="review_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["thing_kind", "thing_id", "version_hash"], name="review_thing_version"),
            models.Index(fields=["organisation", "state", "submitted_at"], name="review_body_state"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"


class Stage(models.Model):
    """One step of a review: who signs (roles at a body), which gates, how it stands."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=32)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=32))
    gates = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=StageState, default=StageState.WAITING)
    reached_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_text = models.TextField(blank=True)

    class Meta:
        verbose_name = "审核环节"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "position"], name="review_stage_position"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(state=StageState.CURRENT), name="review_one_current_stage"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="review_stage_body_state")]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_state_display()}）"


class Delegation(models.Model):
    """Leave to sign in somebody's place while they are away (委托签审): for days, by one person, ended or over.

    The delegate signs what `person` could sign, under both names; what `person` wrote or signed is as closed to the
    delegate as to `person`.
    """

    person = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField("从哪天起")
    last_day = models.DateField("到哪天止")
    reason = models.CharField("事由", max_length=120)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "委托签审"
        constraints = [
            models.CheckConstraint(condition=~Q(person=models.F("delegate")), name="review_delegate_is_another"),
            models.CheckConstraint(condition=Q(first_day__lte=models.F("last_day")), name="review_delegation_days"),
        ]
        indexes = [models.Index(fields=["delegate", "last_day"], name="review_delegation_of")]

    def __str__(self) -> str:
        return f"{self.person} → {self.delegate}"


class Signature(models.Model):
    """One person's decision at one stage over one version hash; insert-only. `gates`: code → answer.

    `on_behalf_of` is who asked the person to sign in their place, None for one's own signature.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=16, choices=Decision)
    version_hash = models.CharField(max_length=64)
    gates = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    marked_field = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = "签名"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["stage"], name="review_one_signature_per_stage")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_decision_display()}"
