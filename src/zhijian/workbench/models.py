from __future__ import annotations

from django.db import models


class SavedView(models.Model):
    """The state of a list that a person keeps under a name: a bookmark of theirs, which opens nothing new."""

    user = models.ForeignKey("organisations.User", on_delete=models.CASCADE, related_name="saved_views")
    listing = models.CharField(max_length=60)
    path = models.CharField(max_length=200)
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=2_000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "常用条件"
        constraints = [models.UniqueConstraint(fields=["user", "listing", "name"], name="workbench_view_name_once")]
        indexes = [models.Index(fields=["user", "path"], name="workbench_view_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The address that shows the list in this state."""
        return f"{self.path}?{self.query}" if self.query else self.path
