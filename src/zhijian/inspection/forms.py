"""What a person fills in about findings and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.inspection.actions import Proof
from zhijian.inspection.enums import Result
from zhijian.inspection.queries import hand_indicators

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

ROWS = {"rows": 4}
PROOF_HELP = "PNG、JPEG、GIF、WebP 图片或 PDF，不超过 10 MB。"


class ActForm(forms.Form):
    """The version of the finding the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, an upload as a Proof. Call after is_valid."""
        data = dict(self.cleaned_data)
        if "proof" in self.fields:
            data["proof"] = read_proof(data.get("proof"))
        return data


def read_proof(upload: UploadedFile[bytes] | None) -> Proof:
    """Read an upload; none was given: an empty proof."""
    return Proof(upload.read(), upload.name or "") if upload else Proof()


class OrderForm(ActForm):
    text = forms.CharField(
        label="整改要求", max_length=2_000, widget=forms.Textarea(attrs=ROWS),
        help_text="写清要做什么。问题、证据和期限会一起送到主办单位。",
    )  # fmt: skip


class AnswerForm(ActForm):
    text = forms.CharField(label="做了什么", max_length=2_000, widget=forms.Textarea(attrs=ROWS))
    link = forms.CharField(label="内容或页面地址", max_length=500, required=False, help_text="有就填，方便复查。")
    proof = forms.FileField(label="截图", required=False, help_text=PROOF_HELP)


class RecheckForm(ActForm):
    result = forms.ChoiceField(
        label="复查结果", choices=[(str(Result.PASS), "已改好，销号"), (str(Result.FAIL), "没有改好，退回")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(label="看到了什么", max_length=490, widget=forms.Textarea(attrs=ROWS))
    proof = forms.FileField(label="截图", required=False, help_text=PROOF_HELP)


class AppealForm(ActForm):
    reason = forms.CharField(label="为什么是误报", max_length=1_000, widget=forms.Textarea(attrs=ROWS))
    proof = forms.FileField(label="证明", required=False, help_text=PROOF_HELP)


class DecideForm(forms.Form):
    accept = forms.ChoiceField(
        label="裁定", choices=[("yes", "认定误报，核销"), ("no", "维持结论")], widget=forms.RadioSelect
    )
    decision = forms.CharField(label="理由", max_length=1_000, widget=forms.Textarea(attrs=ROWS))

    def values(self) -> dict[str, Any]:
        """Return what was filled in. Call after is_valid."""
        return {"accept": self.cleaned_data["accept"] == "yes", "decision": self.cleaned_data["decision"]}


class CheckForm(forms.Form):
    """What a person checked on an account."""

    code = forms.ChoiceField(label="检查什么")
    result = forms.ChoiceField(
        label="结果", widget=forms.RadioSelect,
        choices=[(str(one), one.label) for one in (Result.PASS, Result.FAIL, Result.COULD_NOT_LOOK)],
    )  # fmt: skip
    reason = forms.CharField(label="看到了什么", max_length=500, widget=forms.Textarea(attrs=ROWS))
    proof = forms.FileField(label="截图", required=False, help_text=f"必须有。{PROOF_HELP}")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.code, f"{one.title}（{one.code}）") for one in hand_indicators()]

    def values(self) -> dict[str, Any]:
        """Return what was filled in. Call after is_valid."""
        return {**self.cleaned_data, "proof": read_proof(self.cleaned_data.get("proof"))}
