"""What a person fills in to look back, and to say that a finding is a false alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.lookback.actions import MOST_TERMS
from zhijian.lookback.enums import CATEGORIES
from zhijian.lookback.rules import RUNNERS
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.ui.fields import BodyChoice, ask_only_of_several

if TYPE_CHECKING:
    from zhijian.organisations.models import User

BY = (("all", "全部规则"), ("terms", "只查下面写的用语"), ("categories", "只查下面选的类别"))


class LookBackForm(forms.Form):
    """Whose archive is read, and by which rules."""

    organisation = BodyChoice(
        label="单位", queryset=Organisation.objects.none(), help_text="回查这个单位和它下面所有单位的已发内容。"
    )
    by = forms.ChoiceField(label="按哪些规则", choices=BY, initial="all", widget=forms.RadioSelect)
    words = forms.CharField(
        label="用语", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写用语表里在用的不规范表述，一行一个。",
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label="类别", required=False, choices=CATEGORIES, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], bodies_in_scope(actor=actor, roles=RUNNERS))

    def clean(self) -> dict[str, Any]:
        """Keep what belongs to the choice that was made, and ask for it."""
        data: dict[str, Any] = super().clean() or {}
        words = [line.strip() for line in data.get("words", "").splitlines() if line.strip()]
        data["words"] = list(dict.fromkeys(words)) if data.get("by") == "terms" else []
        data["categories"] = data.get("categories", []) if data.get("by") == "categories" else []
        if data.get("by") == "terms" and not data["words"]:
            self.add_error("words", "请写要回查的用语，一行一个。")
        if data.get("by") == "categories" and not data["categories"]:
            self.add_error("categories", "请至少选一个类别。")
        if len(data.get("words", [])) > MOST_TERMS:
            self.add_error("words", f"一次最多 {MOST_TERMS} 条，请分几次。")
        return data


class AsideForm(forms.Form):
    reason = forms.CharField(
        label="为什么是误报", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明这里的说法为什么是对的。理由和您的名字会留下记录。",
    )  # fmt: skip
