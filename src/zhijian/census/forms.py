from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.census.actions import CampaignDraft, RowDraft
from zhijian.census.enums import Against, Measure, Standing
from zhijian.census.layouts import ColumnKind, asked_keys, catalogue, problem_labels
from zhijian.census.models import Dump
from zhijian.census.queries import branch_choices, layout_choices, visible_dumps
from zhijian.organisations.enums import BodyKind, Level
from zhijian.organisations.models import Organisation
from zhijian.registry.enums import AccountState
from zhijian.registry.queries import kind_choices
from zhijian.registry.queries.tables import FIELDS, LENGTHS, Unreadable, read_address, read_id, read_phone
from zhijian.ui.fields import BodyChoice, ask_only_of_several

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from zhijian.census.models import Campaign, Row, Sheet, TableLayout
    from zhijian.organisations.models import User

MOST_FOLLOWERS = 10**11
STATES = tuple((str(state), str(state.label)) for state in AccountState if state != "given_up")
YEARS = (date(1990, 1, 1), date(2199, 12, 31))


class Day(forms.DateField):
    """A day somebody means: not the year 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not YEARS[0] <= day <= YEARS[1]:
            raise forms.ValidationError("年份不对，请写作 2026-12-04。")
        return day


class CampaignForm(forms.Form):
    """What an office asks, of whom, until when."""

    organisation = BodyChoice(label="下发单位", queryset=Organisation.objects.none())
    title = forms.CharField(label="名称", max_length=80)
    basis = forms.CharField(label="依据", max_length=200, help_text="文件名称和文号。没有依据的报表不要下发。")
    scope = BodyChoice(label="范围", queryset=Organisation.objects.none(), help_text="这个单位和它的全部下级。")
    levels = forms.MultipleChoiceField(
        label="只要这些层级", choices=Level.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="都不勾，就是全部层级。报表一般不下到县级以下。",
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label="只要这些类别", choices=BodyKind.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="都不勾，就是全部类别。",
    )  # fmt: skip
    layout = forms.ChoiceField(
        label="表样", help_text="汇总表按这个样式出。各单位只核对表样里要的内容，已有的都预先填好。"
    )
    problem_kinds = forms.MultipleChoiceField(
        label="要列的问题", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="登记册已经查出来的，会替各单位勾好。",
    )  # fmt: skip
    guidance = forms.CharField(
        label="填报说明", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    due_on = Day(label="截止日期", help_text="到这一天下班前。下发以后只能延长。")
    remind_days = forms.IntegerField(
        label="提前几天提醒",
        min_value=0,
        max_value=30,
        initial=3,
        help_text="到时自动提醒还没有签字的单位一次。写 0 不提醒。",
    )

    def __init__(self, *args: Any, actor: User, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = branch_choices(actor=actor)
        ask_only_of_several(self.fields["organisation"], bodies.filter(pk__in=_asking(actor)))
        self.fields["scope"].queryset = bodies  # type: ignore[attr-defined]  # a ModelChoiceField, declared above
        _choices(self.fields["layout"], layout_choices(actor=actor))
        _choices(self.fields["problem_kinds"], list(problem_labels().items()))
        self.initial = _campaign_initial(campaign) if campaign else {"scope": bodies.first(), **_first(self)}

    def draft(self) -> CampaignDraft:
        """Return what was filled in. Call after is_valid."""
        data = {key: value for key, value in self.cleaned_data.items() if key != "organisation"}
        return CampaignDraft(**data)


def _first(form: CampaignForm) -> dict[str, Any]:
    shown = {"problem_kinds": list(problem_labels()), "remind_days": 3, "layout": "general"}
    organisation = form.fields["organisation"].initial
    return {**shown, "organisation": organisation} if organisation else shown


def _asking(actor: User) -> list[int]:
    return [
        row.organisation_id for row in actor.assignments if row.role == "supervising_officer" and row.includes_subtree
    ]


def _choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    if not isinstance(field, forms.ChoiceField):
        raise TypeError("Only a choice offers choices.")
    field.choices = choices


def _campaign_initial(campaign: Campaign) -> dict[str, Any]:
    names = ("title", "basis", "levels", "kinds", "problem_kinds", "guidance", "due_on", "remind_days")
    shown = {name: getattr(campaign, name) for name in names}
    return {
        **shown, "organisation": campaign.organisation_id, "scope": campaign.scope_id,
        "layout": campaign.layout.get("code", ""),
    }  # fmt: skip


class ExtendForm(forms.Form):
    due_on = Day(label="新的截止日期")


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label="要改什么", max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="单位的经办人和负责人会看到。",
    )  # fmt: skip


class SettleForm(forms.Form):
    reason = forms.CharField(
        label="销号说明", max_length=200, help_text="怎样处理的，或为什么不用处理。例如：已在全国系统补报。"
    )


class ReadField(forms.CharField):
    """Text read the same way as a cell of a ledger."""

    def __init__(self, *args: Any, reader: Callable[[object], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return self.reader(text) if text else ""
        except Unreadable as error:
            raise forms.ValidationError(f"{error}。") from error


def _text(kind: ColumnKind) -> forms.Field:
    return forms.CharField(label=kind.label, required=kind.key == "name", max_length=LENGTHS.get(kind.key, 120))


def _long(kind: ColumnKind) -> forms.Field:
    return forms.CharField(label=kind.label, required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def _yes(kind: ColumnKind) -> forms.Field:
    return forms.TypedChoiceField(
        label=kind.label, choices=(("False", "否"), ("True", "是")), coerce=lambda text: text == "True"
    )


_READ = {"id": read_id, "address": read_address, "phone": read_phone}
_MADE: dict[str, Callable[[ColumnKind], forms.Field]] = {
    "text": _text,
    "long": _long,
    "day": lambda kind: Day(label=kind.label, required=False),
    "count": lambda kind: forms.IntegerField(label=kind.label, required=False, min_value=0, max_value=MOST_FOLLOWERS),
    "yes": _yes,
    "state": lambda kind: forms.ChoiceField(label=kind.label, choices=STATES),
}


def _made(kind: ColumnKind) -> forms.Field:
    if kind.reads in _READ:
        most = 500 if kind.reads == "address" else LENGTHS.get(kind.key, 40)
        return ReadField(label=kind.label, required=False, max_length=most, reader=_READ[kind.reads])
    return _MADE[kind.reads](kind)


class RowForm(forms.Form):
    """One account of a table: what the layout asks, its problems, and what is done about them."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)

    def __init__(self, *args: Any, sheet: Sheet, row: Row | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.keys = asked_keys(sheet.campaign.keys)
        if row is None:
            self.fields["platform_kind"] = forms.ChoiceField(label="平台", choices=[("", "请选平台"), *kind_choices()])
        for key in self.keys:
            self.fields[key] = _made(catalogue()[key])
        self._add_problems(sheet.campaign)
        if row is not None and row.standing != Standing.ADDED:
            self.fields["not_ours"] = forms.BooleanField(
                label="不是本单位的账号",
                required=False,
                help_text="勾了以后不计入统计，上级会去核实。请在问题说明里写明是谁的。",
            )
        self.initial = _row_initial(row) if row else {"base_version": 0, "state": "unfiled", "measure": "keep"}

    def _add_problems(self, campaign: Campaign) -> None:
        offered = {**{code: problem_labels().get(code, code) for code in campaign.problem_kinds}}
        for code in self.row.problems if self.row else []:
            offered.setdefault(code, problem_labels().get(code, code))
        if offered:
            self.fields["problems"] = forms.MultipleChoiceField(
                label="存在问题", choices=list(offered.items()), required=False, widget=forms.CheckboxSelectMultiple
            )
        self.fields["problem_note"] = forms.CharField(label="问题说明", required=False, max_length=300)
        self.fields["measure"] = forms.ChoiceField(label="处理措施", choices=Measure.choices)
        self.fields["measure_on"] = Day(label="完成时限", required=False, help_text="措施是整改、合并、关停的要写。")

    @property
    def told(self) -> list[forms.BoundField]:
        """Return the fields that say what the account is."""
        return [bound for bound in self.visible_fields() if bound.name not in _OF_THE_WORK]

    @property
    def work(self) -> list[forms.BoundField]:
        """Return the fields that say what is wrong with it and what is done."""
        return [bound for bound in self.visible_fields() if bound.name in _OF_THE_WORK]

    def draft(self) -> RowDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        return RowDraft(
            values={key: _plain(data.get(key)) for key in self.keys}, problems=data.get("problems", []),
            problem_note=data["problem_note"], measure=data["measure"], measure_on=data["measure_on"],
            not_ours=data.get("not_ours", False), platform_kind=data.get("platform_kind", ""),
        )  # fmt: skip


_OF_THE_WORK = ("problems", "problem_note", "measure", "measure_on", "not_ours")


def _row_initial(row: Row) -> dict[str, Any]:
    return {
        **row.values, "name": row.name, "state": row.state, "base_version": row.version, "problems": row.problems,
        "problem_note": row.problem_note, "measure": row.measure, "measure_on": row.measure_on,
        "not_ours": row.standing == Standing.NOT_OURS,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class LayoutForm(forms.Form):
    """An office's empty form, to take the heads from."""

    organisation = BodyChoice(label="单位", queryset=Organisation.objects.none())
    name = forms.CharField(label="表样名称", max_length=80)
    sheet_per_body = forms.BooleanField(label="一个单位一张表", required=False, help_text="不勾：所有账号在一张表里。")
    file = forms.FileField(
        label="带表头的空表", help_text="Excel（.xlsx）或 CSV。只读表头。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的。请核对后重新选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], branch_choices(actor=actor).filter(pk__in=_asking(actor)))


class LayoutColumnsForm(forms.Form):
    """What goes below each head of a layout. Fields: `col-<place>`, counted from 0."""

    def __init__(self, *args: Any, layout: TableLayout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout = layout
        choices = [("", "留空"), *((kind.key, kind.label) for kind in catalogue().values())]
        for place, column in enumerate(layout.columns):
            self.fields[f"col-{place}"] = forms.ChoiceField(
                label=f"“{column['label']}”填什么", choices=choices, required=False, initial=column["key"],
                widget=forms.Select(attrs={"aria-label": f"“{column['label']}”填什么"}),
            )  # fmt: skip

    @property
    def lines(self) -> list[tuple[str, list[str], forms.BoundField]]:
        """Return each head with its choice."""
        return [(column["label"], [], self[f"col-{place}"]) for place, column in enumerate(self.layout.columns)]

    def keys(self) -> list[str]:
        """Return what was chosen, in the order of the columns. Call after is_valid."""
        return [self.cleaned_data[f"col-{place}"] for place in range(len(self.layout.columns))]


class DumpForm(forms.Form):
    """A file taken out of the national system."""

    organisation = BodyChoice(label="单位", queryset=Organisation.objects.none())
    file = forms.FileField(
        label="全国系统导出表", help_text="Excel（.xlsx）或 CSV，不超过 20 MB。列的顺序和叫法不限。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的。请核对后重新选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], branch_choices(actor=actor).filter(pk__in=_asking(actor)))


class DumpColumnsForm(forms.Form):
    """What each column of a dump means. Fields: `col-<place>`, counted from 0."""

    def __init__(self, *args: Any, dump: Dump, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = dump.columns["columns"]
        self.samples = dump.columns["samples"]
        choices = [("", "不读"), *FIELDS.items()]
        for place, column in enumerate(self.columns):
            label = f"“{column['header'] or '空'}”的含义"
            self.fields[f"col-{place}"] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=column["field"],
                widget=forms.Select(attrs={"aria-label": label}),
            )  # fmt: skip

    @property
    def lines(self) -> list[tuple[str, list[str], forms.BoundField]]:
        """Return each head with examples and its choice."""
        found = zip(self.columns, self.samples, strict=True)
        return [(column["header"], samples, self[f"col-{place}"]) for place, (column, samples) in enumerate(found)]

    def fields_chosen(self) -> list[str]:
        """Return what was chosen, in the order of the columns. Call after is_valid."""
        return [self.cleaned_data[f"col-{place}"] for place in range(len(self.columns))]


class CompareForm(forms.Form):
    """With what a census is compared."""

    against = forms.ChoiceField(label="与什么比", choices=Against.choices, widget=forms.RadioSelect, initial="register")
    dump: forms.ModelChoiceField[Dump] = forms.ModelChoiceField(
        label="全国系统导出表", queryset=Dump.objects.none(), required=False, help_text="选“全国系统导出表”时用。"
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: QuerySet[Dump] = visible_dumps(actor=actor).filter(state="ready").order_by("-uploaded_at")
        field = self.fields["dump"]
        field.queryset = rows  # type: ignore[attr-defined]  # a ModelChoiceField, declared above
        field.initial = rows.first()


class ReportForm(forms.Form):
    """Which file of a branch."""

    file_format = forms.ChoiceField(label="格式", choices=(("xlsx", "Excel（XLSX）"), ("csv", "CSV（只有明细）")))
    signed_only = forms.BooleanField(
        label="只汇总已签字的统计表", required=False, initial=True, help_text="不勾：没签字的也按现在的内容算进去。"
    )
