"""What the pages of publishing ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from zhijian.publishing.enums import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

NOW, LATER = "now", "later"
PICTURES = (".jpg", ".jpeg", ".png")
LARGEST_PROOF = 10 * 1024 * 1024


class PlanForm(forms.Form):
    """Accounts and time; the pieces and their order travel beside it."""

    connections = forms.MultipleChoiceField(label="发到哪些账号", widget=forms.CheckboxSelectMultiple)
    when = forms.ChoiceField(
        label="什么时候发",
        choices=[(NOW, "马上发布"), (LATER, "定时发布")],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = forms.DateTimeField(
        label="定时发布的时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text="北京时间，写作 2026-11-22 09:30。",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["connections"].choices = choices  # type: ignore[attr-defined]  # a choice field, declared above

    def clean(self) -> dict[str, Any]:
        """A chosen hour must be given."""
        data = super().clean() or {}
        if data.get("when") == LATER and not data.get("at") and "at" not in self.errors:
            self.add_error("at", "请填写定时发布的时间。")
        return data

    def scheduled_at(self) -> datetime | None:
        """Return the moment, None for at once."""
        moment = self.cleaned_data.get("at")
        if self.cleaned_data.get("when") != LATER or moment is None:
            return None
        aware: datetime = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        return aware


class ConfirmForm(forms.Form):
    """The address of what was posted by hand."""

    urls = forms.CharField(
        label="发布后的网址",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="从平台复制完整地址。分几条发的，一行一个，顺序与稿件相同。",
    )
    proof = forms.FileField(label="截图", required=False, help_text="可以不传。JPG 或 PNG，不超过 10 MB。")

    def addresses(self) -> list[str]:
        """Return the addresses line by line."""
        return [line.strip() for line in self.cleaned_data["urls"].splitlines() if line.strip()]

    def clean_proof(self) -> Any:
        """A screenshot has a limit."""
        upload = self.cleaned_data.get("proof")
        if upload is not None and upload.size > LARGEST_PROOF:
            raise forms.ValidationError("截图超过 10 MB。请压缩后再传。")
        if upload is not None and not upload.name.lower().endswith(PICTURES):
            raise forms.ValidationError(f"“{upload.name[:60]}”不是图片。截图只能传 JPG 或 PNG 图片。")
        return upload


class SightingForm(forms.Form):
    """What a person saw on the platform."""

    verdict = forms.ChoiceField(label="您在平台后台看到", choices=Verdict.choices, widget=forms.RadioSelect)
    url = forms.CharField(label="网址", required=False, max_length=500, help_text="已经发出时，请粘贴那一条的网址。")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200)
