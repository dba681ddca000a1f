from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.organisations.models import User
from zhijian.review.enums import Decision

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.review.models import Stage


class DelegationForm(forms.Form):
    """Who signs in one's place, and for which days."""

    delegate = forms.ModelChoiceField(label="委托给", queryset=User.objects.none())
    first_day = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(label="到哪天止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label="事由", max_length=120, help_text="例如：外出开会、休假。")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegate"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField, declared above

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("first_day"), told.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", f"不能早于 {first.isoformat()}。")
        return told


class SignatureForm(forms.Form):
    """The checklist of gates, the word to the author, and the version that was read."""

    version_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    decision = forms.ChoiceField(choices=Decision.choices)
    comment = forms.CharField(
        label="意见",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回时必填：写明哪里要改、怎么改。",
    )
    marked_field = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, stage: Stage | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate_names: list[str] = []
        for gate in stage.gates if stage else []:
            name = f"gate_{gate['code']}"
            self.gate_names.append(name)
            self.fields[name] = forms.BooleanField(
                label=gate["label"], help_text=gate.get("question", ""), required=False
            )

    def gates(self) -> dict[str, bool]:
        """Return the answers by gate code."""
        return {name.removeprefix("gate_"): bool(self.cleaned_data.get(name)) for name in self.gate_names}

    @property
    def gate_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.gate_names]
