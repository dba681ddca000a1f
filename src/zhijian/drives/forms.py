from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.drives.actions import DriveDraft
from zhijian.drives.enums import Act
from zhijian.drives.queries import bodies_that_ask, drives_to_add_to
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import platform_label
from zhijian.ui.fields import BodyChoice, ask_only_of_several

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.drives.models import Drive, Target
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

YEARS = (date(1990, 1, 1), date(2199, 12, 31))
NEW = "new"


class Day(forms.DateField):
    """A day somebody means: not the year 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not YEARS[0] <= day <= YEARS[1]:
            raise forms.ValidationError("年份不对，请写作 2026-12-04。")
        return day


class DriveForm(forms.Form):
    """What a drive is called, by which document, until when."""

    organisation = BodyChoice(label="下发单位", queryset=Organisation.objects.none())
    title = forms.CharField(label="名称", max_length=80, help_text="例如：2026年政务新媒体清理整合。")
    basis = forms.CharField(
        label="依据文件", max_length=200, help_text="文件名称和文号，写进备案和公告。没有依据不要下发。"
    )
    due_on = Day(label="截止日期", help_text="关停要先公告，期限要留够。下发以后只能延长。")
    guidance = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="各单位答复前会看到。",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, drive: Drive | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], bodies_that_ask(actor=actor))
        if drive is not None:
            del self.fields["organisation"]
            self.initial = {name: getattr(drive, name) for name in ("title", "basis", "due_on", "guidance")}

    def draft(self) -> DriveDraft:
        """Return what was filled in. Call after is_valid."""
        names = ("title", "basis", "due_on", "guidance")
        return DriveDraft(**{name: self.cleaned_data[name] for name in names})


class TakeForm(DriveForm):
    """Which drive the chosen accounts go into: one that is there, or a new one."""

    drive = forms.ChoiceField(label="列入哪个行动")
    field_order = ("drive", "organisation", "title", "basis", "due_on", "guidance")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        there = [
            (str(row.pk), f"{row.title}（{row.get_state_display()}）") for row in drives_to_add_to(actor=actor)[:50]
        ]
        choice = self.fields["drive"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [*there, (NEW, "新建一个行动（填写下面几项）")]
        for name in ("organisation", "title", "basis", "due_on"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("drive") == NEW:
            for name in ("organisation", "title", "basis", "due_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "新建行动要填这一项。")
        return data

    @property
    def makes_new(self) -> bool:
        """Tell whether a new drive is asked for. Call after is_valid."""
        return bool(self.cleaned_data["drive"] == NEW)


class ExtendForm(forms.Form):
    due_on = Day(label="新的截止日期")


class ActForm(forms.Form):
    """What becomes of one account of a draft."""

    act = forms.ChoiceField(label="怎样处理", choices=Act.choices)
    into = forms.ChoiceField(
        label="并入哪个账号", required=False, help_text="选“并入其他账号”时必选。列出本单位和上级单位的账号。"
    )

    def __init__(self, *args: Any, target: Target, others: Iterable[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"act": target.act, "into": str(target.into_id or "")}
        into = self.fields["into"]
        if isinstance(into, forms.ChoiceField):
            into.choices = [("", "不并入"), *((str(other.pk), _named(other)) for other in others)]

    def clean_into(self) -> int | None:
        text = self.cleaned_data["into"]
        return int(text) if text else None


def _named(account: Account) -> str:
    label = platform_label(account.platform, account.kind)
    return f"{account.name}（{label}，{account.organisation.short_name}）"


class AskForm(forms.Form):
    """Why a body wants to keep an account."""

    reason = forms.CharField(
        label="为什么要保留", max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写清谁来维护、群众为什么用得着。下发单位会看到。",
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)


class DecideForm(forms.Form):
    """What the office that asks decides."""

    accepted = forms.ChoiceField(
        label="决定", choices=[("yes", "准予保留"), ("no", "不同意保留，退回单位办理")], widget=forms.RadioSelect,
        initial="yes",
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意的，必须写明理由。",
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
