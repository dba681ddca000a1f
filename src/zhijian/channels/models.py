from __future__ import annotations

from django.db import models

from zhijian.channels.enums import ConnectionState


class Connection(models.Model):
    """How one account is reached. Credentials and the token are sealed with the installation's key.

    `base_url` is empty for the platform itself; `settings` holds what is no secret: `sandbox` (true: the pretend
    platform), `hub` (WebSub), `callback` (true: the platform tells us what happened).
    `capabilities` is what the last probe found, with its time; the page and the validator read only this.
    `probe_wanted_at` says that a worker is to ask the platform; `probe_problem` why the last asking brought nothing.
    `token_lease` keeps two processes from fetching a token at once, without any lock while the platform is asked.
    """

    account = models.OneToOneField("registry.Account", on_delete=models.PROTECT, related_name="connection")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    connector = models.CharField("接入方式", max_length=32)
    base_url = models.URLField("接口地址", max_length=300, blank=True)
    app_id = models.CharField("AppID", max_length=64, blank=True)
    sealed_credentials = models.BinaryField(default=bytes)
    sealed_token = models.BinaryField(default=bytes)
    token_expires_at = models.DateTimeField(null=True)
    token_version = models.PositiveIntegerField(default=0)
    callback_code = models.CharField(max_length=43, unique=True)
    settings = models.JSONField(default=dict)
    capabilities = models.JSONField(default=dict)
    probed_at = models.DateTimeField(null=True)
    probe_wanted_at = models.DateTimeField(null=True)
    probe_wanted_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+", null=True)
    probe_problem = models.CharField(max_length=200, blank=True, default="", db_default="")
    token_lease = models.CharField(max_length=32, blank=True, default="", db_default="")
    token_lease_until = models.DateTimeField(null=True)
    state = models.CharField("状态", max_length=16, choices=ConnectionState, default=ConnectionState.NEW)
    state_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "平台接入"
        constraints = [
            models.UniqueConstraint(
                fields=["connector", "app_id"], condition=~models.Q(app_id=""), name="channels_app_connected_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.connector}"


class QuotaUse(models.Model):
    """How much of one quota is used in one window; reserved before a call, given back when it was not made."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="quota_uses")
    name = models.CharField(max_length=40)
    window_start = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField()

    class Meta:
        verbose_name = "额度"
        constraints = [
            models.UniqueConstraint(fields=["connection", "name", "window_start"], name="channels_quota_window"),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("limit")), name="channels_quota_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.used}/{self.limit}"


class CallbackNonce(models.Model):
    """A callback signature seen before, kept for the length of the time window: a replay is refused."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    signature = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "回调防重放"
        constraints = [models.UniqueConstraint(fields=["connection", "signature"], name="channels_nonce_once")]

    def __str__(self) -> str:
        return self.signature[:12]
