from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.registry.queries import platform_choices, search_accounts

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEVELS = (("", "所有层级"), ("province", "省级"), ("city", "市级"), ("county", "县级"), ("township", "乡级"))


def _platforms() -> list[tuple[str, str]]:
    return [("", "所有平台"), *platform_choices()]


class DirectoryForm(forms.Form):
    """How a citizen narrows the directory; unknown values narrow nothing."""

    q = forms.CharField(label="账号或单位名称", required=False, max_length=100)
    platform = forms.ChoiceField(label="平台", required=False, choices=_platforms)
    level = forms.ChoiceField(label="层级", required=False, choices=LEVELS)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the accounts that match what is valid in the form."""
        self.is_valid()
        data = self.cleaned_data
        if data.get("platform"):
            rows = rows.filter(platform=data["platform"])
        if data.get("level"):
            rows = rows.filter(organisation__level=data["level"])
        asked = str(data.get("q", "")).strip()
        return search_accounts(rows, asked) if asked else rows
