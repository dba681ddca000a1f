"""What a person fills in about a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.search.enums import Topic
from zhijian.services.enums import Audience
from zhijian.services.forms.reading import FIELDS, ListedService, Sheet, read_services, sheet_again, sheet_of
from zhijian.services.queries import ServiceDraft
from zhijian.services.rules import WRITERS

if TYPE_CHECKING:
    from zhijian.organisations.models import User

__all__ = [
    "ListedService",
    "MappingForm",
    "NewServiceForm",
    "ReasonForm",
    "ServiceForm",
    "Sheet",
    "UploadForm",
    "read_services",
    "sheet_again",
    "sheet_of",
]
LONG = {"rows": 5}
NO_WORDS = frozenset({"words", "organisation", "reason"})


def _own_bodies(form: forms.Form, actor: User) -> None:
    """Let the field `organisation` offer the bodies this person writes for; with a single one it is not asked."""
    field = form.fields["organisation"]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so by the forms below; tells mypy
    field.queryset = bodies_in_scope(actor=actor, roles=WRITERS)
    first = list(field.queryset[:2])
    if len(first) == 1:
        field.widget, field.initial = forms.HiddenInput(), first[0].pk


class ServiceForm(forms.Form):
    name = forms.CharField(label="名称", max_length=120, help_text="事项清单里的规范名称。")
    words = forms.CharField(
        label="群众的说法", required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="群众平时怎么叫这件事，一行一个，例如“办健康证”“社保卡丢了”。",
    )  # fmt: skip
    audience = forms.ChoiceField(label="谁能办", choices=Audience.choices)
    topic = forms.ChoiceField(label="主题", choices=Topic.choices, initial=Topic.OTHER)
    entrance_url = forms.URLField(
        label="网上入口", required=False, max_length=500, assume_scheme="https",
        help_text="现有办事系统的网址。每天夜里会打开看一次，打不开就提醒您。",
    )  # fmt: skip
    how = forms.CharField(label="怎么办", required=False, max_length=5_000, widget=forms.Textarea(attrs=LONG))
    materials = forms.CharField(label="带什么材料", required=False, max_length=5_000, widget=forms.Textarea(attrs=LONG))
    phone = forms.CharField(label="咨询电话", required=False, max_length=60)
    address = forms.CharField(label="办理地点", required=False, max_length=200)
    hours = forms.CharField(label="办理时间", required=False, max_length=200)
    fee = forms.CharField(label="收费", required=False, max_length=200)
    source = forms.CharField(label="依据或出处", max_length=200)
    reason = forms.CharField(
        label="检查提示的说明", required=False, max_length=200,
        help_text="已上线的服务，保存前会检查文字。确属误报的，在这里写明理由，会留在这项服务里。",
    )  # fmt: skip

    def draft(self) -> ServiceDraft:
        """Return what was filled in. Call after is_valid."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in NO_WORDS}
        words = tuple(dict.fromkeys(line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()))
        return ServiceDraft(words=words, **{name: value.replace("\r\n", "\n").strip() for name, value in data.items()})


class NewServiceForm(ServiceForm):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    field_order = ("organisation",)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]  # nothing is public yet: the text is judged when it is
        _own_bodies(self, actor)


class UploadForm(forms.Form):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    file = forms.FileField(
        label="选择表格", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV 或 XLSX，第一行是表头。列名不用和这里一样，下一步可以核对每一列。",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _own_bodies(self, actor)


class MappingForm(forms.Form):
    """Which column of the file is what; `sheet` is the whole file as it was read, sent back by the page."""

    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none(), widget=forms.HiddenInput)
    sheet = forms.CharField(widget=forms.HiddenInput, max_length=12_000_000, strip=False)

    def __init__(self, *args: Any, actor: User, heads: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _own_bodies(self, actor)
        self.fields["organisation"].widget = forms.HiddenInput()
        for index, head in enumerate(heads):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=head or f"第 {index + 1} 列", choices=[("", "不导入"), *FIELDS.items()], required=False
            )

    def columns(self) -> dict[int, str]:
        """Return which column is what. Call after is_valid."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith("column_") and value}
        return {int(name.removeprefix("column_")): value for name, value in chosen.items()}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
