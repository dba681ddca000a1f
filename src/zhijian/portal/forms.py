from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import ModelChoiceIterator

from zhijian.impostors.actions import Proof, Suspect
from zhijian.inbox.actions import CaseDraft, first_words
from zhijian.inbox.enums import CaseForm, MessageKind, Satisfaction
from zhijian.inbox.queries import addressable_bodies, divisions
from zhijian.organisations.enums import BodyKind, Level
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import platform_choices, search_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

LEVELS = (("", "所有层级"), ("province", "省级"), ("city", "市级"), ("county", "县级"), ("township", "乡级"))


# The groups in which citizens look for a body, in their order, and what stands in each.
GROUPS = ("政府", "部门", "乡镇、街道", "医院、学校等事业单位", "供水、公交等企业")
GOVERNMENTS, DEPARTMENTS, TOWNS, INSTITUTIONS, ENTERPRISES = range(5)
KIND_GROUPS = {
    BodyKind.GOVERNMENT: GOVERNMENTS,
    BodyKind.OFFICE: GOVERNMENTS,
    BodyKind.MEDIA_CENTRE: INSTITUTIONS,
    BodyKind.INSTITUTION: INSTITUTIONS,
    BodyKind.ENTERPRISE: ENTERPRISES,
}


def _platforms() -> list[tuple[str, str]]:
    return [("", "所有平台"), *platform_choices()]


class DirectoryForm(forms.Form):
    """How a citizen narrows the directory; unknown values narrow nothing."""

    q = forms.CharField(label="账号或单位名称", required=False, max_length=100)
    platform = forms.ChoiceField(label="平台", required=False, choices=_platforms)
    level = forms.ChoiceField(label="层级", required=False, choices=LEVELS)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the accounts that match what is valid in the form."""
        self.is_valid()
        data = self.cleaned_data
        if data.get("platform"):
            rows = rows.filter(platform=data["platform"])
        if data.get("level"):
            rows = rows.filter(organisation__level=data["level"])
        asked = str(data.get("q", "")).strip()
        return search_accounts(rows, asked) if asked else rows


class GroupedBodies(ModelChoiceIterator):  # type: ignore[type-arg]  # generic only in the stubs
    """Bodies as a citizen looks for them: governments, departments, towns …, each group by pinyin.

    Where several governments share the list, each group names its own.
    """

    def __iter__(self) -> Iterator[Any]:
        """Yield the empty choice, then (group, choices)."""
        yield ("", self.field.empty_label)
        bodies = sorted(self.queryset, key=lambda body: body.sort_key)
        areas = [body for body in bodies if body.kind == BodyKind.GOVERNMENT and body.level != Level.TOWNSHIP]
        groups: dict[tuple[str, int, str], list[Any]] = {}
        for body in bodies:
            groups.setdefault(_group_of(body, areas), []).append(self.choice(body))
        for (_, _, label), choices in sorted(groups.items()):
            yield (label, choices)


def _group_of(body: Organisation, areas: list[Organisation]) -> tuple[str, int, str]:
    """Return the group of a body with its place in the list."""
    is_town = body.level == Level.TOWNSHIP and body.kind == BodyKind.GOVERNMENT
    place = TOWNS if is_town else KIND_GROUPS.get(BodyKind(body.kind), DEPARTMENTS)
    area = max((one for one in areas if body.is_within(one)), key=lambda one: len(one.path), default=None)
    if area is None or len(areas) == 1:
        return ("", place, GROUPS[place])
    return (area.path, place, f"{area} · {GROUPS[place]}")


class BodyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Choose one body out of many."""

    iterator = GroupedBodies


class WriteForm(forms.Form):
    """A message to the government. Nothing but title and text must be given; the rest helps, and says what for."""

    kind = forms.ChoiceField(label="类别", choices=MessageKind.choices, initial=MessageKind.CONSULT)
    title = forms.CharField(label="标题", max_length=80, help_text="一句话说清是什么事。")
    text = forms.CharField(
        label="内容", max_length=5_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="时间、地点、经过和您的要求。不用写身份证号、银行卡号。",
    )  # fmt: skip
    organisation = BodyField(
        label="写给哪个单位", queryset=Organisation.objects.none(), required=False,
        empty_label="不知道写给谁，请帮我转",
    )  # fmt: skip
    division = forms.ModelChoiceField(
        label="在哪个乡镇街道", queryset=Organisation.objects.none(), required=False, empty_label="不选",
    )  # fmt: skip
    place = forms.CharField(label="具体地点", max_length=120, required=False, help_text="例如：柳湾路和学府街路口。")
    latitude = forms.DecimalField(
        label="纬度", required=False, max_digits=8, decimal_places=5,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))],
    )  # fmt: skip
    longitude = forms.DecimalField(
        label="经度", required=False, max_digits=8, decimal_places=5,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))],
    )  # fmt: skip
    name = forms.CharField(
        label="怎么称呼您", max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="手机号", max_length=20, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text="可以不填。填了只给办理人员核实用，加密保存，不公开。",
    )  # fmt: skip
    is_confidential = forms.BooleanField(
        label="请保密：只让承办人和单位负责人看，也不公开", required=False
    )  # fmt: skip

    def __init__(self, *args: Any, photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photo = photo
        _choose_from(self, "organisation", addressable_bodies())
        _choose_from(self, "division", divisions())
        if photo:
            self.fields["kind"].initial = MessageKind.APPEAL
            self.fields["title"].required = False
            self.fields["title"].help_text = "可以不写，不写就用内容的开头。"
        else:
            del self.fields["latitude"], self.fields["longitude"]

    @property
    def is_open(self) -> bool:
        """Tell whether anybody takes in what is written."""
        return bool(self._choices("organisation"))

    def offered(self) -> tuple[tuple[tuple[int | str, ...], ...], ...]:
        """Return everything the choice of bodies and places is drawn from."""
        return self._choices("organisation"), self._choices("division")

    def _choices(self, name: str) -> tuple[tuple[int | str, ...], ...]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above; tells mypy the class
        bodies = field.queryset if field.queryset is not None else ()
        return tuple((body.pk, str(body), body.kind, body.level, body.path, body.sort_key) for body in bodies)

    def draft(self, photos: tuple[str, ...]) -> CaseDraft:
        """Return what was filled in. Call after is_valid."""
        form = CaseForm.PHOTO if self.photo else CaseForm.MESSAGE
        data = self.cleaned_data
        if self.photo and not data["title"]:
            data = data | {"title": first_words(data["text"])}
        return CaseDraft(form=form, photos=photos, **data)


class FollowForm(forms.Form):
    number = forms.CharField(label="编号", max_length=30, help_text="例如 2026-0000123-7。")
    key = forms.CharField(
        label="查询码", max_length=30, help_text="提交成功的页面上那 12 个字母和数字，大小写都可以。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


class AddForm(forms.Form):
    text = forms.CharField(label="要补充的话", required=False, widget=forms.Textarea(attrs={"rows": 4}))


class RateForm(forms.Form):
    satisfaction = forms.IntegerField(
        label="您对答复", required=False, widget=forms.RadioSelect(choices=Satisfaction.choices),
        error_messages={"invalid": "请选择一项评价。"},
    )  # fmt: skip
    comment = forms.CharField(label="想说的话", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReopenForm(forms.Form):
    reason = forms.CharField(label="哪里没有解决", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def _choose_from(form: forms.Form, name: str, rows: QuerySet[Organisation]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above; tells mypy the class
    field.queryset = rows


class ImpostorForm(forms.Form):
    """An account that a citizen thinks is an impostor."""

    name = forms.CharField(
        label="可疑账号的名称", max_length=80, help_text="照它自己写的样子，符号和表情也写上。",
        error_messages={"required": "请写可疑账号的名称。"},
    )  # fmt: skip
    platform = forms.ChoiceField(
        label="在哪个平台", required=False, choices=lambda: [("", "不清楚"), *platform_choices()]
    )
    url = forms.CharField(label="主页链接", max_length=500, required=False, help_text="从账号主页复制；没有就不填。")
    text = forms.CharField(
        label="发生了什么", max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如冒充哪个单位、让您转账或填身份证号。不要写您自己的姓名电话。",
    )  # fmt: skip
    picture = forms.FileField(
        label="截图", required=False,
        help_text="账号主页或聊天截图，不超过 10 MB。位置等信息会自动去掉。同一账号的截图收够了，不再留新的。",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )  # fmt: skip

    def suspect(self) -> Suspect:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        return Suspect(name=data["name"], platform=data["platform"], url=data["url"].strip(), text=data["text"])

    def proof(self, most: int) -> Proof:
        """Return the picture, at most a byte over what is allowed; none was given: an empty proof."""
        upload = self.cleaned_data["picture"]
        return Proof(upload.read(most + 1)) if upload else Proof()
