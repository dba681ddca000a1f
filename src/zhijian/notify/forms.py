from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.connectors.smtp.client import Security
from zhijian.notify.actions import ChannelDraft
from zhijian.notify.actions.reading import Wishes
from zhijian.notify.enums import AT_ONCE, ChannelKind, NoticeKind
from zhijian.notify.rules import MANAGERS
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope

if TYPE_CHECKING:
    from zhijian.notify.models import Channel, Preference
    from zhijian.organisations.models import User

HIDDEN = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
WAYS = [("at_once", "马上发"), ("in_digest", "每天汇总"), ("inside", "只在系统里看")]
SECURITY = [
    (Security.TLS, "TLS（常用 465 端口）"),
    (Security.STARTTLS, "STARTTLS（常用 587 端口）"),
    (Security.NONE, "不加密"),
]


class WishesForm(forms.Form):
    """How a person wants to be told: one choice for each kind, quiet hours, the mailbox."""

    email = forms.EmailField(label="我的邮箱", required=False, max_length=200, help_text="不填就收不到邮件通知。")
    quiet_from = forms.TimeField(label="免打扰开始", required=False, widget=CLOCK)
    quiet_to = forms.TimeField(
        label="免打扰结束", required=False, widget=CLOCK, help_text="这段时间里只发告警，其余等结束后再发。不填就不设。"
    )

    def __init__(self, *args: Any, preference: Preference, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(
            email=person.email, quiet_from=preference.quiet_from, quiet_to=preference.quiet_to
        )  # fmt: skip
        for kind in NoticeKind:
            self.fields[f"way_{kind}"] = forms.ChoiceField(
                label=f"{kind.label}通知", choices=WAYS, initial=_way(preference, kind), required=False
            )

    def wishes(self) -> Wishes:
        """Return what was chosen; a kind left out is seen inside only."""
        data = self.cleaned_data

        def kinds(way: str) -> list[str]:
            return [str(kind) for kind in NoticeKind if data.get(f"way_{kind}") == way]

        return Wishes(kinds("at_once"), kinds("in_digest"), data["quiet_from"], data["quiet_to"], data["email"])


def _way(preference: Preference, kind: NoticeKind) -> str:
    if kind in preference.at_once:
        return "at_once"
    return "in_digest" if kind in preference.in_digest else "inside"


class ChannelForm(forms.Form):
    """A way out of a body; the kind decides which fields there are. Secrets are typed once and never shown again."""

    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    name = forms.CharField(label="名称", max_length=40, help_text="例如：值班群、政务邮箱。")
    host = forms.CharField(label="邮件服务器", max_length=200, help_text="例如 mail.example.gov.cn。")
    port = forms.IntegerField(label="端口", min_value=1, max_value=65_535, initial=465)
    security = forms.ChoiceField(label="加密方式", choices=SECURITY, initial=Security.TLS)
    sender = forms.CharField(label="发件地址", max_length=200)
    username = forms.CharField(label="用户名", max_length=200, required=False, help_text="不用登录时不填。")
    password = forms.CharField(
        label="密码", max_length=200, required=False, widget=HIDDEN, help_text="保存后加密，不再显示。"
    )
    url = forms.CharField(
        label="机器人地址（Webhook）", max_length=400, required=False, widget=HIDDEN,
        help_text="从群机器人的设置里复制。保存后加密，不再显示。",
    )  # fmt: skip
    secret = forms.CharField(
        label="加签密钥", max_length=200, required=False, widget=HIDDEN, help_text="机器人安全设置里选“加签”后显示。"
    )
    kinds = forms.MultipleChoiceField(
        label="哪些通知发到群里", choices=NoticeKind.choices, initial=list(AT_ONCE), required=False,
        widget=forms.CheckboxSelectMultiple, help_text="群里只发标题和链接。",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, kind: str, channel: Channel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mail, bot = ("host", "port", "security", "sender", "username", "password"), ("url", "secret", "kinds")
        for name in bot if kind == ChannelKind.EMAIL else mail:
            del self.fields[name]
        if kind == ChannelKind.WECOM:
            del self.fields["secret"]
        if channel is not None:
            del self.fields["organisation"]
            self.initial.update(channel.settings, name=channel.name, kinds=channel.kinds)
            return
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above; tells mypy the class
        field.queryset = bodies_in_scope(actor=actor, roles=MANAGERS)

    def draft(self) -> ChannelDraft:
        """Return what was filled in. Call after is_valid."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "organisation"}
        if "kinds" in data:
            data["kinds"] = tuple(data["kinds"])
        return ChannelDraft(**data)
