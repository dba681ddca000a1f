from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.organisations.models import Organisation
from zhijian.reform.enums import PartKind
from zhijian.ui.fields import BodyChoice

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ReformForm(forms.Form):
    """What a reform is called, by which document, and from when."""

    organisation = BodyChoice(label="组织改革的单位", queryset=Organisation.objects.none())
    title = forms.CharField(label="名称", max_length=80, help_text="例如：2026年县直机构改革。")
    basis = forms.CharField(label="依据文件", max_length=200, help_text="文件名称和文号，写进备案和公告。")
    effective_on = forms.DateField(
        label="施行日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="变更备案的期限从这一天起算。",
    )  # fmt: skip

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = bodies  # type: ignore[attr-defined]  # a BodyChoice, declared above
        field.initial = bodies.first()


class PartForm(forms.Form):
    """One body and what becomes of it."""

    organisation = BodyChoice(label="涉改单位", queryset=Organisation.objects.none())
    kind = forms.ChoiceField(label="怎样变", choices=PartKind.choices)
    successor = BodyChoice(
        label="接收单位", queryset=Organisation.objects.none(), required=False,
        help_text="并入、拆分必选；撤销的，选由谁接收职责。没有的先在“单位与人员”里新建。",
    )  # fmt: skip
    name = forms.CharField(label="新的全称", max_length=80, required=False, help_text="改名才填。")
    short_name = forms.CharField(label="新的规范简称", max_length=40, required=False, help_text="改名才填。")

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("organisation", "successor"):
            self.fields[name].queryset = bodies  # type: ignore[attr-defined]  # BodyChoice, declared above
