from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from openpyxl.utils import get_column_letter

from zhijian.organisations.models import Organisation
from zhijian.registry.importing.cells import Unreadable, read_address, read_id, read_phone
from zhijian.registry.importing.headers import FIELDS, Column, Layout
from zhijian.registry.models import Account
from zhijian.registry.queries import kind_choices

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.db.models import QuerySet

    from zhijian.registry.models import Ledger


# What a column of a wide layout (微信公众号 | 微博 | 抖音) may hold of its platform.
_WIDE = {
    "name": "名称", "platform_uid": "账号标识", "handle": "账号", "url": "链接", "followers": "关注数",
    **{code: FIELDS[code] for code in ("opened_on", "verified_subject", "state", "update_frequency")},
}  # fmt: skip


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """A body by its full name."""

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class ReadField(forms.CharField):
    """Text read the same way as a cell of a ledger."""

    def __init__(self, *args: Any, reader: Callable[[object], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return self.reader(text)
        except Unreadable as error:
            raise forms.ValidationError(f"{error}。") from error


class UploadForm(forms.Form):
    """A ledger file and the body it is for."""

    organisation = BodyChoice(
        label="单位", queryset=Organisation.objects.none(), help_text="名称相同的单位，先在这个单位及其下级里找。"
    )
    file = forms.FileField(
        label="台账文件",
        help_text="Excel（.xlsx）或 CSV，不超过 20 MB、200,000 行。表头在前 15 行里，列的顺序和叫法不限。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
        error_messages={"required": "请选择台账文件。", "empty": "文件是空的。请核对后重新选择。"},
    )

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = bodies  # type: ignore[attr-defined]  # a ModelChoiceField, declared above
        field.initial = bodies.first()


class ColumnsForm(forms.Form):
    """What each column of each sheet means. Fields: `use-<sheet>`, `col-<sheet>-<column>`, both counted from 0."""

    def __init__(self, *args: Any, ledger: Ledger, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = ledger.columns["sheets"]
        for number, sheet in enumerate(self.sheets):
            choices = _column_choices(sheet)
            self.fields[f"use-{number}"] = forms.BooleanField(
                label=f"导入“{sheet['sheet'] or '表格'}”", required=False, initial=sheet["use"],
                widget=forms.CheckboxInput(attrs={"form": "columns"}),
            )  # fmt: skip
            for column in sheet["columns"]:
                label = f"{get_column_letter(column['index'] + 1)} 列（{column['header'] or '空'}）的含义"
                self.fields[f"col-{number}-{column['index']}"] = forms.ChoiceField(
                    label=label, choices=choices, required=False, initial=_meaning(column),
                    widget=forms.Select(attrs={"form": "columns", "aria-label": label}),
                )  # fmt: skip

    @property
    def tables(self) -> list[dict[str, Any]]:
        """Return each sheet with its bound fields, for the template."""
        return [
            {
                "number": number,
                "sheet": sheet,
                "use": self[f"use-{number}"],
                "columns": [
                    {
                        "letter": get_column_letter(column["index"] + 1), "header": column["header"],
                        "samples": samples, "bound": self[f"col-{number}-{column['index']}"],
                    }
                    for column, samples in zip(sheet["columns"], sheet["samples"], strict=True)
                ],
            }
            for number, sheet in enumerate(self.sheets)
        ]  # fmt: skip

    def layouts(self) -> list[Layout]:
        """Return the layouts as the person chose them."""
        return [self._layout(number, sheet) for number, sheet in enumerate(self.sheets)]

    def _layout(self, number: int, sheet: dict[str, Any]) -> Layout:
        columns = []
        for column in sheet["columns"]:
            field, _, platform = self.cleaned_data[f"col-{number}-{column['index']}"].partition("@")
            columns.append(Column(column["index"], column["header"], field, platform, column["factor"]))
        layout = Layout(
            sheet["sheet"], sheet["first_header"], sheet["last_header"], tuple(columns),
            use=self.cleaned_data[f"use-{number}"],
        )  # fmt: skip
        return replace(layout, use=layout.use or _made_ready(sheet, layout))


def _meaning(column: dict[str, Any]) -> str:
    return f"{column['field']}@{column['platform']}" if column["platform"] else column["field"]


def _made_ready(sheet: dict[str, Any], layout: Layout) -> bool:
    """Tell that the person gave a sheet the columns it lacked: nobody does that to leave it out."""
    lacked = any(column["field"] == "" for column in sheet["columns"]) and not sheet["use"]
    changed = [column["field"] for column in sheet["columns"]] != [column.field for column in layout.columns]
    return lacked and changed and not layout.missing


def _column_choices(sheet: dict[str, Any]) -> list[Any]:
    """Offer every field, those no column of the sheet fills first; in a wide layout also the fields of its platforms.

    A platform no column names yet is offered by its account names alone: the rest follows once it is chosen.
    """
    used = {column["field"] for column in sheet["columns"] if not column["platform"]}
    wide = {column["platform"] for column in sheet["columns"] if column["platform"]}
    groups = [
        ("不用", [("", "不导入")]),
        ("还没有用到", [pair for pair in FIELDS.items() if pair[0] not in used]),
        ("已经用到", [pair for pair in FIELDS.items() if pair[0] in used]),
    ]
    for kind, label in kind_choices():
        if kind in wide:
            groups.append((label, [(f"{code}@{kind}", f"{label}：{word}") for code, word in _WIDE.items()]))
    if "platform" not in used:
        others = [(f"name@{kind}", f"{label}：名称") for kind, label in kind_choices() if kind not in wide]
        groups.append(("一列是一个平台的账号名称", others))
    return [group for group in groups if group[1]]


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """What may be corrected of an account; `seen` tells whether somebody else was quicker."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    platform_uid = ReadField(label="平台账号标识", max_length=128, required=False, reader=read_id)
    handle = ReadField(label="账号", max_length=80, required=False, reader=read_id)
    url = ReadField(label="主页地址", max_length=500, required=False, reader=read_address)
    phone = ReadField(label="联系电话", max_length=40, required=False, reader=read_phone)

    class Meta:
        model = Account
        fields = (
            "name", "platform_uid", "handle", "url", "positioning", "is_main", "verified_subject", "certified_until",
            "opened_on", "followers", "leader", "contact", "phone", "vendor", "update_frequency", "remark",
        )  # fmt: skip
        help_texts = {
            "name": "改名后，原名作为曾用名保留，仍可查到。",
            "positioning": "这个账号给谁看、发什么、办什么事，一两句话写清。",
            "is_main": "一个单位一个主账号。勾选后，原来的主账号随之取消。",
        }
        widgets = {
            "certified_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "opened_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "positioning": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, by_filing: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in by_filing:
            if name in self.fields and getattr(self.instance, name):
                self.fields[name].disabled = True
                self.fields[name].help_text = "变了要办变更备案，请在账号页面点“办理变更”；登记错了请主管单位更正。"

    def validate_unique(self) -> None:
        """The action finds ids that are taken and says so; the form only reads."""

    def validate_constraints(self) -> None:
        """As above; the flag of the main account moves in the action."""

    def values(self) -> dict[str, Any]:
        """Return the fields of the account as read."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class IdentityForm(forms.Form):
    """What the platform shows now under the registered id."""

    missing = forms.BooleanField(label="按标识找不到这个账号", required=False)
    name = forms.CharField(label="平台上现在的名称", max_length=80, required=False)
    verified_subject = forms.CharField(label="平台上的认证主体", max_length=120, required=False)
    certified_until = forms.DateField(
        label="认证有效期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    name_taken_by = forms.CharField(
        label="登记的名称被别的账号使用的，填那个账号的主页地址或账号", max_length=300, required=False,
        help_text="在平台上搜登记的名称，看有没有别的账号。",
    )  # fmt: skip
    picture = forms.FileField(
        label="平台页面截图", required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        help_text="看得见名称、认证和日期。不超过 10 MB。",
    )  # fmt: skip


class RegisterForm(forms.Form):
    """What the platform gave to an approved account."""

    platform_uid = ReadField(label="平台账号标识", max_length=128, reader=read_id)
    handle = ReadField(label="账号", max_length=80, required=False, reader=read_id)
    url = ReadField(label="主页地址", max_length=500, required=False, reader=read_address)

    def __init__(self, *args: Any, id_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform_uid"].label = id_name
        self.fields["platform_uid"].help_text = "在平台后台的账号设置里复制。它不随改名变化，以后靠它认账号。"
