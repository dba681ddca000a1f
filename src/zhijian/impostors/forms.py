"""What a person fills in about suspected accounts and allowed names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.impostors.actions import MOST_BYTES, AllowDraft, Proof, Suspect
from zhijian.impostors.enums import Remedy
from zhijian.impostors.rules import HANDLERS
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.registry.queries import platform_choices

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from zhijian.organisations.models import User

ROWS = {"rows": 4}
PROOF_HELP = "PNG、JPEG、GIF、WebP 图片或 PDF，不超过 10 MB。"


def read_proof(upload: UploadedFile[bytes] | None) -> Proof:
    """Read an upload up to one byte over what is allowed; none was given: an empty proof."""
    return Proof(upload.read(MOST_BYTES + 1)) if upload else Proof()


def _platforms() -> list[tuple[str, str]]:
    return [("", "还不清楚"), *platform_choices()]


class SuspectFields(forms.Form):
    """An account somebody tells of."""

    name = forms.CharField(label="可疑账号的名称", max_length=80, help_text="照它自己写的样子，符号和表情也写上。")
    platform = forms.ChoiceField(label="在哪个平台", choices=_platforms, required=False)
    url = forms.CharField(label="主页链接", max_length=500, required=False, help_text="从账号主页复制；没有就不填。")
    platform_uid = forms.CharField(
        label="账号标识", max_length=128, required=False, help_text="微信号、抖音号、UID 等。"
    )

    def suspect(self) -> Suspect:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        return Suspect(
            data["name"], data["platform"], data["url"].strip(), data["platform_uid"].strip(), data.get("text", "")
        )


class OpenForm(SuspectFields):
    text = forms.CharField(label="看到了什么", max_length=2_000, required=False, widget=forms.Textarea(attrs=ROWS))
    proof = forms.FileField(label="截图", required=False, help_text=PROOF_HELP)


class ActForm(forms.Form):
    """The version of the case the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, an upload as a Proof. Call after is_valid."""
        data = dict(self.cleaned_data)
        if "proof" in self.fields:
            data["proof"] = read_proof(data.get("proof"))
        return data


class DescribeForm(ActForm, SuspectFields):
    real = forms.CharField(
        label="它冒充的官方账号",
        max_length=80,
        required=False,
        help_text="登记号或账号名称。案件归这个账号的主办单位办。",
    )

    def values(self) -> dict[str, Any]:
        """Return the account as a Suspect, the real one and the version."""
        return {"suspect": self.suspect(), "real": self.cleaned_data["real"], "seen": self.cleaned_data["seen"]}


class EvidenceForm(ActForm):
    proof = forms.FileField(label="截图或 PDF", required=False, help_text=f"原样保存，记下指纹。{PROOF_HELP}")
    note = forms.CharField(label="说明", max_length=300, required=False, help_text="例如“账号主页”“认证信息”。")


class ReasonForm(ActForm):
    text = forms.CharField(label="理由", max_length=1_000, widget=forms.Textarea(attrs=ROWS))


class ConfirmForm(ActForm):
    text = forms.CharField(
        label="凭什么认定", max_length=1_000, widget=forms.Textarea(attrs=ROWS),
        help_text="认定后，群众在“查账号”里查到它时会看到“已认定的仿冒账号”。",
    )  # fmt: skip


class RequestForm(ActForm):
    recipient = forms.CharField(label="致", max_length=120)
    way = forms.CharField(label="怎么送出", max_length=200, help_text="投诉入口、邮箱、信函编号等。")
    text = forms.CharField(
        label="处置函", max_length=5_000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="可以直接改。送出后按这里的内容留存，并开始计时。",
    )  # fmt: skip


class RemoveForm(ActForm):
    remedy = forms.ChoiceField(label="处置结果", choices=Remedy.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="说明", max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DismissForm(ActForm):
    text = forms.CharField(label="为什么不是仿冒", max_length=1_000, widget=forms.Textarea(attrs=ROWS))
    allow = forms.BooleanField(label="把这个名称放进可接受的名单，以后比对不再提示", required=False)


class CompareForm(forms.Form):
    """Names to compare: pasted, a line each, or a column of a table."""

    names = forms.CharField(
        label="名称", required=False, max_length=500_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 500_000}), help_text="一行一个，最多 5,000 个。",
    )  # fmt: skip
    table = forms.FileField(
        label="或上传表格", required=False, help_text="XLSX 或 CSV。有“名称”一列就取那一列，否则取第一列。"
    )


class AllowForm(forms.Form):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    name = forms.CharField(label="名称", max_length=80)
    reason = forms.CharField(label="为什么可以接受", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    expires_on = forms.DateField(
        label="有效期至", required=False, help_text="一直有效就不填。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = bodies_in_scope(actor=actor, roles=HANDLERS)

    def draft(self) -> AllowDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        return AllowDraft(data["name"], data["reason"], data["expires_on"])
