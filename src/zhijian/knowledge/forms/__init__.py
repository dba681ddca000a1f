"""What a person fills in about terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.knowledge.actions import LONGEST, AllowanceDraft, TermDraft
from zhijian.knowledge.enums import AllowanceKind, TermKind, TermSeverity
from zhijian.knowledge.forms.reading import ListedTerm, read_lines, read_table
from zhijian.knowledge.rules import WRITERS
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.ui.fields import ask_only_of_several

if TYPE_CHECKING:
    from zhijian.organisations.models import User

__all__ = ["AllowanceForm", "DecisionForm", "ListForm", "ListedTerm", "TermForm", "read_lines", "read_table"]


class BodyForm(forms.Form):
    """A form about terms of one body; asked only of people who write for several."""

    organisation = forms.ModelChoiceField(
        label="单位",
        queryset=Organisation.objects.none(),
        empty_label=None,
        help_text="用语对这个单位和它下面的单位都有效。",
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], bodies_in_scope(actor=actor, roles=WRITERS))


class TermForm(BodyForm):
    wrong = forms.CharField(label="不规范表述", max_length=LONGEST)
    right = forms.CharField(
        label="规范表述", max_length=LONGEST, required=False, help_text="没有固定说法时可以不填，只提醒不要这样写。"
    )
    exceptions = forms.CharField(
        label="不算错的说法",
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="包含上面的词、但没有错的说法，一行一个。",
    )
    kind = forms.ChoiceField(label="类别", choices=TermKind.choices)
    severity = forms.ChoiceField(
        label="级别",
        choices=TermSeverity.choices,
        initial=TermSeverity.ERROR,
        help_text="严重错误和错误会拦住送审，提醒和建议只标出来。",
    )
    message = forms.CharField(
        label="说明", max_length=200, required=False, help_text="写稿的人会看到这句话。不填时自动写“应写作……”。"
    )
    source = forms.CharField(label="依据", max_length=200, help_text="文件名、字号，或上级通知。")
    valid_from = forms.DateField(label="从哪天起", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label="到哪天止", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    trial_text = forms.CharField(
        label="试一试",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写一段话，看会不会命中。不会保存。",
    )

    def draft(self) -> TermDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        names = ("wrong", "right", "kind", "severity", "message", "source", "valid_from", "valid_to")
        exceptions = tuple(line.strip() for line in data["exceptions"].splitlines() if line.strip())
        return TermDraft(exceptions=exceptions, **{name: data[name] for name in names})


class ListForm(BodyForm):
    lines = forms.CharField(
        label="粘贴用语",
        required=False,
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": "扫黑险恶 → 扫黑除恶"}),
        help_text="一行一条，写成“错 → 对”；箭头也可以是制表符。后面再加一个箭头可以写依据。",
    )
    file = forms.FileField(
        label="或者选择表格",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV 或 XLSX。表头可以有：不规范表述、规范表述、类别、级别、依据、说明、例外。",
    )
    source = forms.CharField(label="统一的依据", max_length=200, required=False, help_text="表里没写依据的都用这一条。")

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("lines", "").strip() and not data.get("file"):
            raise forms.ValidationError("请粘贴用语，或选择一个表格文件。")
        return data


class AllowanceForm(BodyForm):
    """What is set aside of a rule, why, and until when."""

    kind = forms.ChoiceField(
        label="放行什么", choices=AllowanceKind.choices, initial=AllowanceKind.WORDS,
        help_text="放行说法：规则照常检查，只有这种说法不算错。许可网站：链接检查认得这个网站。"
        "停用、降级由管辖下级单位的主管人员办理。",
    )  # fmt: skip
    rule_id = forms.CharField(
        label="规则编号", max_length=80, required=False,
        help_text="在“内置规则”里查；问题页的证据里也有。许可网站不用填。",
    )  # fmt: skip
    words = forms.CharField(
        label="说法或网站", max_length=LONGEST, required=False,
        help_text="放行说法：没有错的完整说法，原样写。"
        "许可网站：主机名，例如 www.example-school.cn，它下面的网站也算。",
    )  # fmt: skip
    severity = forms.ChoiceField(
        label="降为", choices=[("", "不降级"), *TermSeverity.choices], required=False, help_text="降低级别时选。"
    )
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    valid_to = forms.DateField(
        label="到哪天止", widget=forms.DateInput(attrs={"type": "date"}), help_text="最长两年，到期规则恢复。"
    )

    def draft(self) -> AllowanceDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        names = ("kind", "rule_id", "words", "severity", "reason", "valid_to")
        return AllowanceDraft(**{name: data[name] for name in names})


class DecisionForm(forms.Form):
    comment = forms.CharField(
        label="意见", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不通过或停用时必填。",
    )  # fmt: skip
