"""What staff fill in about cases. Every act has a small form of its own; texts that were refused stay in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms

from zhijian.inbox.actions import AnswerDraft, CaseDraft, PublicText
from zhijian.inbox.enums import AnswerKind, MessageKind
from zhijian.inbox.queries import HANDLERS, assignable_bodies, divisions
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from zhijian.inbox.models import Photo
    from zhijian.organisations.models import User

WORD: Final = 1_000


def _words(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=WORD, required=False, widget=widget, help_text=help_text)


class VersionForm(forms.Form):
    """A form that remembers which state of the case its page showed."""

    prefix_of = ""
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.prefix_of}_%s", **kwargs})


class AssignForm(VersionForm):
    prefix_of = "assign"
    to = forms.ModelChoiceField(label="承办单位", queryset=Organisation.objects.none(), required=False)
    reason = _words("理由", "承办单位和群众都会看到。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "to", assignable_bodies())


class ReturnForm(VersionForm):
    prefix_of = "return"
    reason = _words("退回的理由", "写明为什么不归本单位办、应当由谁办。")


class ChaseForm(VersionForm):
    prefix_of = "chase"
    text = _words("催办要求", "承办单位会在工作台上看到。")


class ExtendForm(VersionForm):
    prefix_of = "extend"
    days = forms.IntegerField(label="延长几个工作日", required=False, min_value=0, max_value=366)
    reason = _words("延期的理由", "群众会看到。")


class AskForm(VersionForm):
    prefix_of = "ask"
    text = _words("请群众补充什么", "等待期间不计时，群众补充后自动继续。")


class ResumeForm(VersionForm):
    prefix_of = "resume"
    reason = _words("为什么不再等", "例如：已电话问清。")


class NoteForm(VersionForm):
    prefix_of = "note"
    text = _words("内部备注", "只有工作人员看得到。")


class AnswerForm(VersionForm):
    """The editor of an answer: plain text, as citizens will read it."""

    prefix_of = "answer"
    kind = forms.ChoiceField(label="回复方式", choices=AnswerKind.choices, initial=AnswerKind.REPLY, required=False)
    text = forms.CharField(
        label="答复", required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="写清办了什么、结果怎样、依据是什么、还有疑问找谁。",
    )  # fmt: skip
    right_body = forms.ModelChoiceField(
        label="应找的单位", queryset=Organisation.objects.none(), required=False,
        help_text="不属于受理范围时填。选好后点“查联系方式”。",
    )  # fmt: skip
    right_address = forms.CharField(
        label="怎么联系", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="单位全称、电话、地址或账号。和答复一起审核。",
    )  # fmt: skip
    note = forms.CharField(
        label="检查提示的说明", required=False, max_length=300,
        help_text="检查出的提示确属误报时写，审核人会看到，群众看不到。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "right_body", Organisation.objects.filter(is_active=True).order_by("path"))

    def draft(self) -> AnswerDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        names = ("text", "right_body", "right_address", "note")
        return AnswerDraft(kind=data["kind"] or AnswerKind.REPLY, **{name: data[name] for name in names})


class PublicForm(VersionForm):
    """The masked wording, beside the original."""

    prefix_of = "public"
    title = forms.CharField(label="标题", max_length=80, required=False)
    question = forms.CharField(
        label="问", max_length=8_000, required=False, widget=forms.Textarea(attrs={"rows": 10})
    )  # fmt: skip
    answer = forms.CharField(label="答", max_length=8_000, required=False, widget=forms.Textarea(attrs={"rows": 12}))
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="只写到路口、村或小区，不写门牌。")
    photos = forms.MultipleChoiceField(
        label="公开哪些照片", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="看清有没有人脸、车牌、门牌。有的不要选。照片上的字和二维码送审时也检查。",
    )  # fmt: skip
    note = forms.CharField(
        label="检查提示的说明", max_length=200, required=False,
        help_text="检查出的问题确属误报，或者照片没有读成、看过原图可以公开的，写明理由，审核人会看到。",
    )  # fmt: skip

    def __init__(self, *args: Any, shots: Sequence[Photo] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["photos"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above; tells mypy the class
        field.choices = [(row.sha256, f"第 {row.position + 1} 张") for row in shots]
        if not shots:
            del self.fields["photos"]

    def wording(self) -> PublicText:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("title", "question", "answer", "place", "note")}
        return PublicText(photos=tuple(data.get("photos", ())), **words)


class RegisterForm(forms.Form):
    """What came by telephone, letter or at the counter."""

    organisation = forms.ModelChoiceField(label="收到的单位", queryset=Organisation.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=MessageKind.choices)
    title = forms.CharField(label="标题", max_length=80)
    text = forms.CharField(label="内容", max_length=5_000, widget=forms.Textarea(attrs={"rows": 8}))
    division = forms.ModelChoiceField(label="乡镇街道", queryset=Organisation.objects.none(), required=False)
    place = forms.CharField(label="具体地点", max_length=120, required=False)
    name = forms.CharField(label="姓名", max_length=40, required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False, help_text="加密保存，查看要留痕。")
    is_confidential = forms.BooleanField(label="群众要求保密", required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "organisation", bodies_in_scope(actor=actor, roles=HANDLERS))
        _choose_from(self, "division", divisions())

    def draft(self) -> CaseDraft:
        """Return what was filled in. Call after is_valid."""
        return CaseDraft(**self.cleaned_data)


class ReasonForm(forms.Form):
    reason = _words("理由")


def _choose_from(form: forms.Form, name: str, rows: QuerySet[Organisation]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above; tells mypy the class
    field.queryset = rows
