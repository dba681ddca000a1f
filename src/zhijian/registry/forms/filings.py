"""One form for each kind of filing: only the fields that kind needs, filled with what the register knows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.lib import clock
from zhijian.organisations.models import Organisation
from zhijian.registry.enums import FilingKind
from zhijian.registry.forms.general import BodyChoice, ReadField
from zhijian.registry.importing.cells import read_address, read_id, read_phone
from zhijian.registry.models import Account
from zhijian.registry.queries import CHANGEABLE, kind_choices, kind_info, platform_label, spoken

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.registry.models import Filing

PAPERS = "image/*,.pdf,.docx"
MOST_TARGETS = 300
_LONG = forms.Textarea(attrs={"rows": 3})
_TEXT = forms.Textarea(attrs={"rows": 6})


class DayField(forms.DateField):
    """A day, kept as ISO text."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day.isoformat() if isinstance(day, date) else ""


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Another account, with its platform and body."""

    def label_from_instance(self, obj: Account) -> str:
        return f"{obj.name}（{platform_label(obj.platform, obj.kind)}，{obj.organisation.short_name}）"

    def clean(self, value: Any) -> Any:
        account = super().clean(value)
        return account.pk if account is not None else ""


class BodyByName(forms.CharField):
    """A body by its full or short name, anywhere in the installation; kept as its id."""

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        if not name:
            return ""
        named = Organisation.objects.filter(is_active=True)
        found = list(named.filter(name=name)[:2]) or list(named.filter(short_name=name)[:2])
        if not found:
            raise forms.ValidationError(f"没有叫“{name}”的在用单位。请写单位全称；还没有建立的，请系统管理员先建。")
        if len(found) > 1:
            raise forms.ValidationError(f"有几个单位叫“{name}”。请写全称。")
        return found[0].pk


def _positioning() -> forms.Field:
    return forms.CharField(max_length=300, widget=_LONG, help_text="给谁看、发什么、办什么事。")


def _phone() -> forms.Field:
    return ReadField(max_length=40, reader=read_phone)


def _grounds() -> forms.Field:
    return forms.CharField(max_length=500, widget=_LONG)


# How each field of a filing is asked; its label stands in `queries.kind_info`.
_ASKED: dict[str, Any] = {
    "name": lambda: forms.CharField(
        max_length=80, help_text="用单位全称或规范简称，否则用地区名加职责名；不用专项工作或个人的名义。"
    ),
    "positioning": _positioning,
    "grounds": _grounds,
    "leader": lambda: forms.CharField(max_length=40),
    "contact": lambda: forms.CharField(max_length=40),
    "phone": _phone,
    "reviewers": lambda: forms.CharField(max_length=120, help_text="初审、复审、终审各是谁。"),
    "happened_on": DayField,
    "redirect": lambda: forms.CharField(max_length=200, help_text="群众以后看哪个账号、到哪里办事。"),
    "followers_plan": lambda: forms.CharField(
        max_length=500, widget=_LONG, help_text="怎样告知粉丝，已发内容存在哪里，个人信息怎样删除。"
    ),
    "target": lambda: AccountChoice(queryset=Account.objects.none()),
    "until": DayField,
    "notice_title": lambda: forms.CharField(max_length=120),
    "notice_text": lambda: forms.CharField(
        max_length=2_000, widget=_TEXT, help_text="和备案一起审核，批准后在网站公告栏发布。可以改写。"
    ),
    "undertaking": lambda: forms.BooleanField(error_messages={"required": "请先勾选备案承诺。"}),
    "new_name": lambda: forms.CharField(max_length=80),
    "new_organisation": lambda: BodyByName(max_length=80, help_text="写单位全称。由新的主办单位负责人同意接收。"),
    "new_verified_subject": lambda: forms.CharField(max_length=120),
    "new_positioning": _positioning,
    "new_handle": lambda: ReadField(max_length=80, reader=read_id),
    "new_url": lambda: ReadField(max_length=500, reader=read_address),
    "new_leader": lambda: forms.CharField(max_length=40),
    "new_contact": lambda: forms.CharField(max_length=40),
    "new_phone": _phone,
}
_PROMISES = {
    FilingKind.OPENING: "本单位承诺：批准之前不在平台注册；开设后按规定审核、更新和答复，停更、注销及时备案。",
    FilingKind.LATE: "本单位承诺：今后先备案后开设；按规定审核、更新和答复，停更、注销及时备案。",
    FilingKind.EXEMPTION: "本单位承诺：两个账号分工清楚、都有人办；期满不再需要的，及时合并或注销。",
}


class FilingForm(forms.Form):
    """A filing of one kind. `draft` lets what is needed for review stay empty.

    `initial` is a filing's form, or what is known of the account; `left` holds the papers that are attached already.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: str, draft: bool = False, **kwargs: Any) -> None:
        self.kind, self.info = FilingKind(kind), kind_info(kind)
        self.account: Account | None = kwargs.pop("account", None)
        self.filing: Filing | None = kwargs.pop("filing", None)
        bodies: QuerySet[Organisation] = kwargs.pop("bodies", Organisation.objects.none())
        targets: QuerySet[Account] = kwargs.pop("targets", Account.objects.none())
        super().__init__(*args, **kwargs)
        if self.account is None:
            self._add_place(bodies)
        for name, label in self.info.fields.items():
            if name in _ASKED:
                self._add(name, label, draft=draft)
        if "target" in self.fields:
            self.fields["target"].queryset = targets  # type: ignore[attr-defined]  # an AccountChoice, added above
        self._add_papers()
        if self.filing is not None:
            self._mark_returned()

    def _add_place(self, bodies: QuerySet[Organisation]) -> None:
        """Ask for body and platform where no account tells them."""
        body = BodyChoice(label="主办单位", queryset=bodies)
        body.disabled = self.filing is not None
        self.fields["organisation"] = body
        self.fields["platform_kind"] = forms.ChoiceField(label="平台", choices=kind_choices)

    def _add(self, name: str, label: str, *, draft: bool) -> None:
        field = _ASKED[name]()
        field.label = _PROMISES[self.kind] if name == "undertaking" else label
        field.required = not draft and (name in self.info.needed or name == "undertaking")
        if self.account is not None and name.startswith("new_"):
            field.label = f"新的{label}"
            now = self._now(name.removeprefix("new_"))
            field.help_text = " ".join(
                filter(None, [f"现在是“{now}”，不变的留空。" if now else "现在没有登记。", field.help_text])
            )
        self.fields[name] = field

    def _now(self, name: str) -> str:
        account = self.account
        if account is None or name not in CHANGEABLE:
            return ""
        return account.organisation.name if name == "organisation" else str(getattr(account, name))

    def _add_papers(self) -> None:
        """Offer a file field for each kind of paper; one attached before may be kept, replaced or taken off."""
        attached = {paper["slot"]: paper for paper in (self.filing.form.get("attachments", []) if self.filing else [])}
        for slot in self.info.slots:
            paper = attached.get(slot.code)
            hint = [
                f"已上传“{paper['name']}”，不换就不用再选。" if paper else "",
                slot.hint,
                "PDF、Word 或图片，不超过 10 MB。",
            ]
            self.fields[f"file_{slot.code}"] = forms.FileField(
                label=slot.label, required=False, help_text="".join(hint),
                widget=forms.ClearableFileInput(attrs={"accept": PAPERS}),
            )  # fmt: skip
            if paper:
                self.fields[f"drop_{slot.code}"] = forms.BooleanField(label=f"去掉“{paper['name']}”", required=False)

    def _mark_returned(self) -> None:
        """Say beside the field a reviewer pointed at what is to be put right."""
        if self.filing is None or not self.filing.return_field:
            return
        marked = "platform_kind" if self.filing.return_field in {"platform", "kind"} else self.filing.return_field
        if marked in self.fields:
            self.fields[marked].help_text = f"审核人指出这一项要改：{self.filing.return_comment}"

    def filing_form(self) -> dict[str, Any]:
        """Return the fields as a filing keeps them, without the papers."""
        data = {name: self.cleaned_data.get(name, "") for name in self.info.fields if name in self.fields}
        platform, _, kind = self.cleaned_data.get("platform_kind", "").partition(":")
        return {**data, "platform": platform, "kind": kind} if platform else data


def form_for(filing: Filing) -> dict[str, Any]:
    """Return the initial values of the form of a filing that is written already."""
    form = dict(filing.form)
    owner = form.get("new_organisation")
    if owner:
        form["new_organisation"] = Organisation.objects.filter(pk=owner).values_list("name", flat=True).first() or ""
    if form.get("platform"):
        form["platform_kind"] = f"{form['platform']}:{form.get('kind', '')}"
    return {**form, "organisation": filing.organisation_id, "seen": filing.version_hash}


def known_values(kind: str, account: Account) -> dict[str, Any]:
    """Return what the register knows already for a new filing about an account, with a notice ready to be signed."""
    shown = spoken(account)
    today = clock.today()
    known: dict[str, Any] = {
        "happened_on": today.isoformat(), "positioning": account.positioning, "leader": account.leader,
        "contact": account.contact, "phone": account.phone, "platform_kind": f"{account.platform}:{account.kind}",
        "until": (today + timedelta(days=364)).isoformat(),
    }  # fmt: skip
    title, text = _notice(FilingKind(kind), account.organisation.name, shown)
    return {**known, "notice_title": title, "notice_text": text}


def _notice(kind: FilingKind, body: str, shown: str) -> tuple[str, str]:
    """Return title and text of the notice a filing begins with; the person adds days and places."""
    words = {
        FilingKind.FREEZE: ("停止更新", "自（日期）起停止更新。"),
        FilingKind.RESUME: ("恢复更新", "自（日期）起恢复更新。此前关于停更或关停的公告不再有效。"),
        FilingKind.CLOSING: ("关停", "因（原因）关停，公告期满后注销。注销后仍使用这个名称的账号不是本单位账号。"),
        FilingKind.MERGING: ("合并", "并入（账号名称），公告期满后向平台申请注销。请关注（账号名称）。"),
        FilingKind.DEREGISTER: ("注销", "已在平台注销。今后使用这个名称的账号不是本单位账号。"),
    }  # fmt: skip
    if kind not in words:
        return "", ""
    act, sentence = words[kind]
    return f"关于{shown}{act}的公告", f"{body}的{shown}{sentence}\n特此公告。\n{body}"
