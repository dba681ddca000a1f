"""What a person fills in about vendors."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from zhijian.files.actions import MAX_BYTES
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.registry.queries import all_accounts, live_accounts_of, platform_label
from zhijian.ui.fields import ask_only_of_several
from zhijian.vendors.actions import ContractDraft, DomainDraft, PersonDraft
from zhijian.vendors.credit_code import read_credit_code
from zhijian.vendors.enums import DomainUse, Paper
from zhijian.vendors.rules import KEEPERS

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account
    from zhijian.vendors.models import Contract, Vendor

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
HOST: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
WRONG_HOST: Final = "这不像一个域名。请填主页或链接里的域名，例如 h5.example.cn。"
WRONG_YEAR: Final = "年份不对，请写作 2026-12-04。"


def read_host(text: str) -> str:
    """Return the host of a domain or a whole link, in lower case and ASCII. Raises ValueError."""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        plain = host.rstrip(".").encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise ValueError(WRONG_HOST) from error
    if not HOST.fullmatch(plain) or plain.rsplit(".", 1)[-1].isdigit():
        raise ValueError(WRONG_HOST)
    return plain


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """A body by its full name."""

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class AccountChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Accounts by platform and name."""

    def label_from_instance(self, obj: Account) -> str:
        label = f"{platform_label(obj.platform, obj.kind)}：{obj.name}"
        return f"{label}（登记的代运营单位：{obj.vendor}）" if obj.vendor else label


class Day(forms.DateField):
    """A day somebody means: not the year 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MinValueValidator(FIRST_DAY, WRONG_YEAR), MaxValueValidator(LAST_DAY, WRONG_YEAR)], **kwargs,
        )  # fmt: skip


class ContractForm(forms.Form):
    """A contract and the company it is made with. Without `contract` a new one."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, initial=0)
    organisation = BodyChoice(label="委托单位", queryset=Organisation.objects.none())
    name = forms.CharField(label="代运营单位全称", max_length=120, help_text="照营业执照写。")
    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=40, help_text="18 位，照营业执照抄；抄错一位会提示。"
    )
    contact = forms.CharField(label="对方联系人", max_length=40)
    phone = forms.CharField(label="对方联系电话", max_length=40)
    title = forms.CharField(label="合同名称", max_length=120, help_text="例如：2026年政务新媒体运维服务合同。")
    scope = forms.CharField(
        label="服务范围", max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="做什么、不做什么。审核和发布的决定要由本单位人员作出。",
    )  # fmt: skip
    responsible = forms.CharField(label="本单位责任人", max_length=40, help_text="合同由谁盯着。")
    begins_on = Day(label="开始日期")
    ends_on = Day(label="到期日期", help_text="过了这一天，代运营人员的权限自动收回。")
    forbids_subcontracting = forms.BooleanField(label="合同里写明了不得转包、分包", required=False)

    def __init__(
        self, *args: Any, actor: User, contract: Contract | None = None, vendor: Vendor | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if contract is None:
            bodies = bodies_in_scope(actor=actor, roles=KEEPERS).order_by("path")
            ask_only_of_several(self.fields["organisation"], bodies)
        else:
            del self.fields["organisation"]
        self.initial = {**_company(vendor), **(_contract(contract) if contract else {}), **self.initial}

    def clean_credit_code(self) -> str:
        try:
            return read_credit_code(self.cleaned_data["credit_code"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("begins_on") and data.get("ends_on") and data["ends_on"] < data["begins_on"]:
            self.add_error("ends_on", "到期日期早于开始日期，请核对。")
        return data

    def draft(self) -> ContractDraft:
        """Return what was filled in. Call after is_valid."""
        data = {key: value for key, value in self.cleaned_data.items() if key not in {"organisation", "seen"}}
        return ContractDraft(**data)


def _company(vendor: Vendor | None) -> dict[str, Any]:
    if vendor is None:
        return {}
    told = {name: getattr(vendor, name) for name in ("name", "credit_code", "contact", "phone")}
    return {**told, "organisation": vendor.organisation_id}


def _contract(row: Contract) -> dict[str, Any]:
    names = ("title", "scope", "responsible", "begins_on", "ends_on", "forbids_subcontracting")
    return {**_company(row.vendor), **{name: getattr(row, name) for name in names}, "seen": row.version}


class AccountsForm(forms.Form):
    """Which accounts of the body a contract is for."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, initial=0)
    accounts = AccountChoices(
        label="账号", queryset=all_accounts().none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="勾上合同管的账号。没有勾的，登记册里写着代运营的会列进“没有在期合同的账号”。",
    )  # fmt: skip

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = live_accounts_of(contract.organisation) | contract.accounts.all()
        field = self.fields["accounts"]
        field.queryset = rows.distinct().order_by("platform", "pk")  # type: ignore[attr-defined]  # declared above
        field.initial = [account.pk for account in contract.accounts.all()]
        self.initial["seen"] = contract.version


class PapersForm(forms.Form):
    """The papers of a contract; one that is left out stays as it is."""

    contract = forms.FileField(label="合同", required=False, help_text="PDF、Word（.docx）或图片，不超过 10 MB。")
    undertaking = forms.FileField(label="保密承诺书", required=False, help_text="对方签字盖章的。格式同上。")

    def clean(self) -> dict[str, Any]:
        given = {str(slot): self.cleaned_data.get(slot) for slot in Paper}
        for slot, upload in given.items():
            if upload and (upload.size or 0) > MAX_BYTES:
                self.add_error(slot, "文件超过 10 MB。请压缩后再上传。")
        if not any(given.values()) and not self.errors:
            self.add_error(None, "请选择要上传的文件。")
        return self.cleaned_data

    def papers(self) -> dict[str, tuple[str, bytes]]:
        """Return name and bytes of what was chosen. Call after is_valid."""
        given = {str(slot): self.cleaned_data.get(slot) for slot in Paper}
        return {slot: (upload.name or Paper(slot).label, upload.read()) for slot, upload in given.items() if upload}


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    duties = forms.CharField(
        label="可以做什么", max_length=200, help_text="例如：写稿、排版、做图。审核要由本单位人员担任。"
    )
    username = forms.CharField(
        label="登录名", max_length=150, required=False,
        help_text="系统管理员给这个人开的、标了“代运营”的登录名。没有别的在期合同写着它的，合同一结束就停用。不登录的不填。",
    )  # fmt: skip

    def draft(self) -> PersonDraft:
        """Return what was filled in. Call after is_valid."""
        return PersonDraft(**self.cleaned_data)


class DomainForm(forms.Form):
    host = forms.CharField(label="域名", max_length=500, help_text="可以直接贴链接，例如 https://h5.example.cn/a。")
    use = forms.ChoiceField(label="用在哪里", choices=DomainUse.choices)
    is_ours = forms.BooleanField(
        label="域名由本单位持有", required=False, help_text="在对方名下的不勾：合同一结束，它指到哪里就由对方说了算。"
    )
    expires_on = Day(label="域名到期日期", required=False, help_text="域名注册的到期日，快到期会提醒。")
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="例如：微信菜单“百姓呼声”。")

    def clean_host(self) -> str:
        try:
            return read_host(self.cleaned_data["host"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def draft(self) -> DomainDraft:
        """Return what was filled in. Call after is_valid."""
        return DomainDraft(**self.cleaned_data)


class EndForm(forms.Form):
    reason = forms.CharField(label="终止的原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
