"""What a person fills in about sources, looks and files of past posts."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q

from zhijian.lib import clock
from zhijian.observation.actions import Choice, HandLook, SourceDraft
from zhijian.observation.enums import ADDED_BY_HAND, Method
from zhijian.observation.queries import accesses, watchable_accounts
from zhijian.observation.reading.tables import FIELDS
from zhijian.observation.rules import WATCHERS
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.observation.models import History
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

MOST_NAMED = 5
UNCHOSEN = ("", "不导入")


class MomentField(forms.DateTimeField):
    """A moment to the minute, in Beijing time, as browsers send it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AccountField(forms.CharField):
    """An account by its register number or its name, looked up in what the person may watch."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label="账号", max_length=80, help_text="填登记号，或完整的账号名称。", **options)
        self.actor: User | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if self.actor is None:
            raise forms.ValidationError("请先登录。")
        rows = watchable_accounts(actor=self.actor).filter(Q(number__iexact=text) | Q(name=text))
        found = list(rows.order_by("platform", "pk")[: MOST_NAMED + 1])
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(_not_one(found))


def _not_one(found: Sequence[Account]) -> str:
    if not found:
        return "没有找到这个账号。请核对登记号或名称；已注销的账号不用看。"
    named = "、".join(f"{platform_label(row.platform, row.kind)} {row.number}" for row in found[:MOST_NAMED])
    return f"有多个账号叫这个名字，请改填登记号：{named}。"


def ways() -> list[tuple[str, str]]:
    """Return the bases on which accounts may be looked at, as choices."""
    known = {way.code: way.title for access in accesses() for way in access.ways if way.method in ADDED_BY_HAND}
    return list(known.items())


class SourceForm(forms.Form):
    account = AccountField()
    method = forms.ChoiceField(
        label="怎么看",
        choices=[(str(method), method.label) for method in ADDED_BY_HAND],
        initial=Method.FEED,
        widget=forms.RadioSelect,
    )
    legality = forms.ChoiceField(label="合法依据", choices=ways, initial="open_feed")
    url = forms.CharField(
        label="订阅源地址",
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="只有订阅源要填。",
    )
    every_hours = forms.IntegerField(label="多久看一次（小时）", min_value=1, max_value=168, initial=6)
    sees_all = forms.BooleanField(
        label="这个来源能看全", required=False, help_text="它没有显示的内容，就可以认定没有发布。由主管或巡检人员认定。"
    )
    sees_all_basis = forms.CharField(label="为什么能看全", required=False, max_length=200)

    def __init__(self, *args: Any, actor: User, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if fixed:
            del self.fields["account"], self.fields["method"]
        elif isinstance(field, AccountField):
            field.actor = actor

    def draft(self, method: str = "") -> SourceDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        return SourceDraft(
            method=method or data["method"], legality=data["legality"], url=data["url"].strip(),
            sees_all=data["sees_all"], sees_all_basis=data["sees_all_basis"], every_hours=data["every_hours"],
        )  # fmt: skip


class StopForm(forms.Form):
    reason = forms.CharField(label="为什么停用", required=False, max_length=200)


class HandLookForm(forms.Form):
    account = AccountField()
    looked_at = MomentField(label="什么时候看的")
    last_post_at = MomentField(
        label="最近一条的发布时间", required=False, help_text="只看得到日期的，时间填 00:00。一条也没有就不填。"
    )
    title = forms.CharField(
        label="最近一条的标题", required=False, max_length=200, help_text="没有标题的填开头几个字。"
    )
    url = forms.CharField(label="最近一条的地址", required=False, max_length=1000, widget=forms.URLInput())
    looked_back_to = forms.DateField(
        label="往前看到哪天", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="只在一条内容也没有时填。",
    )  # fmt: skip
    proof = forms.FileField(
        label="截图", required=False, widget=forms.FileInput(attrs={"accept": "image/*,.pdf"}),
        help_text="要能看到账号名称、最近一条和手机时间。没有截图的，只作参考，不能认定没有更新。",
    )  # fmt: skip
    note = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, AccountField):
            field.actor = actor

    def look(self) -> HandLook:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        proof, back = data["proof"], data["looked_back_to"]
        return HandLook(
            looked_at=data["looked_at"], last_post_at=data["last_post_at"], looked_back_to=_begin(back),
            title=data["title"], url=data["url"], note=data["note"], proof=proof.read() if proof else b"",
            proof_name=proof.name if proof else "",
        )  # fmt: skip


def _begin(day: Any) -> datetime | None:
    return datetime.combine(day, time.min, clock.BEIJING) if day else None


class HistoryForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label="单位", queryset=Organisation.objects.none(), empty_label=None, help_text="文件里的账号属于它或它的下级。"
    )
    account = forms.CharField(
        label="只有一个账号时，填它的登记号", required=False, max_length=24, help_text="文件里有账号列的，这里不填。"
    )
    file = forms.FileField(
        label="文件",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.jsonl,.ndjson,.parquet"}),
        help_text="CSV、JSONL 或 Parquet，第一行是列名，最大 64 MB。",
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        field = self.fields["organisation"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = bodies_in_scope(actor=actor, roles=WATCHERS)

    def clean_account(self) -> int | None:
        """Look the register number up."""
        number = self.cleaned_data["account"].strip()
        if not number:
            return None
        found: int | None = (
            watchable_accounts(actor=self.actor).filter(number__iexact=number).values_list("pk", flat=True).first()
        )
        if found is None:
            raise forms.ValidationError("没有找到这个登记号，请核对。")
        return found


class ColumnsForm(forms.Form):
    complete = forms.BooleanField(
        label="这一时段的全部内容都在文件里", required=False,
        help_text="勾选后，文件里没有的内容，就可以认定没有发布。",
    )  # fmt: skip
    covers_from = forms.DateField(label="从哪天", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    covers_to = forms.DateField(label="到哪天（含）", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, history: History, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads = [UNCHOSEN, *((head, head) for head in history.heads)]
        fields: dict[str, forms.Field] = {}
        for field, label in FIELDS.items():
            if field in {"account", "platform"} and history.account_id:
                continue
            initial = history.columns.get(field, "")
            fields[field] = forms.ChoiceField(label=label, choices=heads, required=False, initial=initial)
        self.fields = {**fields, **self.fields}

    def choice(self) -> Choice:
        """Return what was chosen; the last day counts in full, today up to now. Call after is_valid."""
        data = self.cleaned_data
        columns = {field: data[field] for field in FIELDS if data.get(field)}
        until = data["covers_to"]
        end = min(datetime.combine(until, time.max, clock.BEIJING), clock.now()) if until == clock.today() else None
        last = end or (datetime.combine(until, time.max, clock.BEIJING) if until else None)
        return Choice(columns, data["complete"], _begin(data["covers_from"]), last)
