from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.proof.enums import ChangeKind, LinkState


class Change(models.Model):
    """One change of what the public sees of an account, written by triggers whatever code changed it; insert-only.

    `shape` is canonical JSON: the public fields after the change, or, of an account that left, how it did. `account_id`
    is no foreign key: the row outlives an account whose import was taken back.
    """

    id = models.BigAutoField(primary_key=True)
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=24)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=ChangeKind)
    shape = models.TextField()

    class Meta:
        verbose_name = "登记册变更"
        indexes = [models.Index(fields=["account_id", "id"], name="proof_change_account")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"


class SigningKey(models.Model):
    """A key of the register. `sealed_private` opens at this row only and is emptied when the key retires.

    A later key is endorsed by the one before, so that who trusts the first can follow.
    """

    name = models.CharField(max_length=16, primary_key=True)
    algorithm = models.CharField(max_length=32)
    public = models.TextField()
    sealed_private = models.BinaryField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    endorsed_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    endorsement = models.TextField(blank=True)

    class Meta:
        verbose_name = "签名密钥"
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(until=None), name="proof_one_current_key"),
        ]

    def __str__(self) -> str:
        return self.name


class Seal(models.Model):
    """One signed link of the chain over a batch of changes, in the order of their ids; insert-only.

    `digest` covers the previous digest and the canonical line of each change, `signature` the seal's own statement.
    """

    number = models.PositiveIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signature = models.TextField()

    class Meta:
        verbose_name = "登记册封存"

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


class SealedChange(models.Model):
    """Marks which seal a change lies under; a row of its own because changes never change."""

    change = models.OneToOneField(Change, on_delete=models.PROTECT, primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="sealed")

    class Meta:
        verbose_name = "登记册封存明细"

    def __str__(self) -> str:
        return f"{self.change_id} → {self.seal_id}"


class Edition(models.Model):
    """One signed set of files of the whole register, as the chain stood at `seal_number`.

    `folder` lies in `register` of the data folder; `files` = `{name: {"sha256", "bytes"}}`.
    """

    made_at = models.DateTimeField()
    seal_number = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    accounts = models.PositiveIntegerField()
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    folder = models.CharField(max_length=64)
    files = models.JSONField()

    class Meta:
        verbose_name = "登记册版本"

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M} {self.accounts}"


class LinkBack(models.Model):
    """Whether an account's own page or introduction leads back to the register, as last seen.

    `address` is the page a program read; a person's look has `checked_by` and, where something was seen, a picture.
    """

    account = models.OneToOneField("registry.Account", on_delete=models.CASCADE, related_name="link_back")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("互认", max_length=8, choices=LinkState)
    checked_at = models.DateTimeField("查看时间")
    next_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=500, blank=True)
    sentence = models.CharField("说明", max_length=300, blank=True)
    checked_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.CharField(max_length=64, blank=True)
    evidence_type = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "互认检查"
        indexes = [models.Index(fields=["next_at"], name="proof_link_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.account_id} {self.get_state_display()}"
