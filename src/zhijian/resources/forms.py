"""What a person fills in about what a body has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from zhijian.files.actions import MAX_BYTES
from zhijian.registry.queries import platform_choices
from zhijian.resources.actions import MOST_BUDGET, MOST_STAFF, LicenceDraft, RuleDraft, StatementDraft, TalkDraft
from zhijian.resources.enums import LiaisonState, Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.resources.models import LiaisonEntry, Licence, RuleDocument, Statement

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
WRONG_YEAR = "年份不对，请写作 2026-12-04。"


class Day(forms.DateField):
    """A day somebody means: not the year 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MinValueValidator(FIRST_DAY, WRONG_YEAR), MaxValueValidator(LAST_DAY, WRONG_YEAR)], **kwargs,
        )  # fmt: skip


class Seen(forms.IntegerField):
    """The version of a row that the page showed, 0 for none."""

    def __init__(self) -> None:
        super().__init__(
            widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, initial=0, required=False
        )  # fmt: skip


class Lines(forms.CharField):
    """Several lines of text."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class StatementForm(forms.Form):
    """What a body has in one year. A field left empty counts as missing."""

    seen = Seen()
    leader_name = forms.CharField(label="分管负责人", max_length=40, required=False)
    leader_post = forms.CharField(label="职务", max_length=60, required=False, help_text="例如：副局长。")
    leader_phone = forms.CharField(label="分管负责人电话", max_length=40, required=False, help_text="打得通的。")
    unit = forms.CharField(label="责任科室", max_length=80, required=False, help_text="例如：办公室。")
    budget = forms.DecimalField(
        label="经费（元）", required=False, min_value=Decimal(0), max_value=MOST_BUDGET, max_digits=12,
        decimal_places=2, help_text="全年安排的，写到分。没有安排的不填。",
    )  # fmt: skip
    budget_source = forms.CharField(label="经费来源", max_length=120, required=False, help_text="例如：部门预算。")
    staff_count = forms.IntegerField(label="专人（人）", required=False, min_value=0, max_value=MOST_STAFF)
    staff_names = Lines(label="专人名单", max_length=1_000, required=False, help_text="可不填。一行一人，写明分工。")
    note = Lines(label="说明", max_length=300, required=False, rows=2)
    reason = Lines(label="补记或修改的原因", max_length=300, rows=2, help_text="这一年已经过去，原因会写进操作记录。")

    def __init__(self, *args: Any, is_late: bool = False, known: Statement | None = None, year: int = 0, **kwargs: Any):  # noqa: ANN204 - `__init__`
        super().__init__(*args, **kwargs)
        if not is_late:
            del self.fields["reason"]
        if known is not None:
            self.initial = {name: getattr(known, name) for name in StatementDraft.__slots__}
            self.initial["seen"] = known.version if known.year == year else 0

    def draft(self) -> StatementDraft:
        """Return what was filled in. Call after is_valid."""
        return StatementDraft(**{name: self.cleaned_data[name] for name in StatementDraft.__slots__})


class PaperForm(forms.Form):
    """A form with a paper, a kind where one is asked for, and the version the page showed."""

    seen = Seen()
    kind = forms.ChoiceField(label="类别")

    def __init__(self, *args: Any, kinds: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kinds is None:
            del self.fields["kind"]
        else:
            self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]  # declared above
        self.fields["paper"] = forms.FileField(
            label="原件", required=False, help_text="扫描件，PDF、Word（.docx）或图片，不超过 10 MB。"
        )

    def clean_paper(self) -> Any:
        upload = self.cleaned_data.get("paper")
        if upload and (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError("文件超过 10 MB。请压缩后再上传。")
        return upload

    def paper(self) -> tuple[str, bytes] | None:
        """Return name and bytes of the paper, None without one. Call after is_valid."""
        upload = self.cleaned_data["paper"]
        return (upload.name or "材料", upload.read()) if upload else None


class LicenceForm(PaperForm):
    number = forms.CharField(label="许可证编号", max_length=80)
    issuer = forms.CharField(label="发证机关", max_length=80)
    holder = forms.CharField(label="持证单位", max_length=120, help_text="照许可证写。")
    begins_on = Day(label="有效期起", required=False)
    ends_on = Day(label="有效期止", required=False, help_text="许可证上没有写的不填，不会提醒。")
    note = Lines(label="说明", max_length=300, required=False, rows=2, help_text="例如：许可的业务、网站或应用。")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("begins_on") and data.get("ends_on") and data["ends_on"] < data["begins_on"]:
            self.add_error("ends_on", "有效期止早于有效期起，请核对。")
        return data

    def draft(self) -> LicenceDraft:
        """Return what was filled in. Call after is_valid."""
        return LicenceDraft(**{name: self.cleaned_data[name] for name in LicenceDraft.__slots__})


class RuleForm(PaperForm):
    title = forms.CharField(label="制度名称", max_length=120, help_text="照文件写，不加书名号。")
    number = forms.CharField(label="文号", max_length=60, required=False)
    issued_on = Day(label="印发日期")
    in_force_from = Day(label="施行日期")
    review_by = Day(label="复核期限", required=False, help_text="哪天以前要再看一遍是否还适用。过期会提醒。")

    def draft(self) -> RuleDraft:
        """Return what was filled in. Call after is_valid."""
        return RuleDraft(**{name: self.cleaned_data[name] for name in RuleDraft.__slots__})


def of_row(row: Licence | RuleDocument, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what a form of a row shows at first."""
    return {**{name: getattr(row, name) for name in names}, "seen": row.version}


class ReviewForm(forms.Form):
    review_by = Day(label="下次复核期限")


class ReasonForm(forms.Form):
    reason = Lines(label="原因", max_length=300)


class TalkForm(forms.Form):
    """A talk with a platform."""

    platform = forms.ChoiceField(label="平台", choices=platform_choices)
    day = Day(label="日期")
    contact_name = forms.CharField(label="平台联系人", max_length=40, required=False)
    contact_phone = forms.CharField(label="联系人电话", max_length=40, required=False)
    contact_mail = forms.EmailField(label="联系人邮箱", max_length=120, required=False)
    way = forms.ChoiceField(label="方式", choices=Way.choices)
    asked = Lines(label="提了什么", max_length=2_000, rows=4)
    came_of = Lines(label="结果", max_length=2_000, required=False, rows=3, help_text="对方怎么答复、办到哪一步。")
    state = forms.ChoiceField(label="状态", choices=LiaisonState.choices)
    follow_up_on = Day(label="跟进日期", required=False, help_text="到这一天，工作台提醒。已办完的不填。")

    def draft(self) -> TalkDraft:
        """Return what was filled in. Call after is_valid."""
        return TalkDraft(**{name: self.cleaned_data[name] for name in TalkDraft.__slots__})


def next_talk(entry: LiaisonEntry, *, is_correction: bool) -> dict[str, Any]:
    """Return what the form shows that goes on with a matter: all of the entry, or whom to ask again."""
    names = (
        TalkDraft.__slots__ if is_correction else ("platform", "contact_name", "contact_phone", "contact_mail", "way")
    )
    return {name: getattr(entry, name) for name in names}
