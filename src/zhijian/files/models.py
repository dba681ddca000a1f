from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """One file of one body. The bytes lie in the files folder under their SHA-256; equal bytes lie there once."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    original_sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField("文件名", max_length=200)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    uploaded_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = "文件"
        constraints = [models.UniqueConstraint(fields=["organisation", "sha256"], name="files_once_per_body")]

    def __str__(self) -> str:
        return self.name
