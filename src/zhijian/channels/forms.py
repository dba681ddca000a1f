from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings

from zhijian.channels.actions import Credentials
from zhijian.channels.enums import WEBSITE, WECHAT

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class AccountForm(forms.Form):
    """Which account to connect; the second page asks for what its platform needs."""

    account = forms.ChoiceField(label="账号", widget=forms.RadioSelect)

    def __init__(self, *args: Any, accounts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = accounts  # type: ignore[attr-defined]  # a ChoiceField, declared above


class SecretsForm(forms.Form):
    """What the platform's console shows its administrator. Typed once, never shown again."""

    app_id = forms.CharField(
        label="AppID", max_length=64, help_text="公众号后台“设置与开发 → 开发接口管理”里，以 wx 开头。"
    )
    secret = forms.CharField(
        label="开发者密钥（AppSecret）",
        max_length=128,
        required=False,
        widget=HIDDEN,
        help_text="保存后加密，不再显示。",
    )
    token = forms.CharField(
        label="令牌（Token）", max_length=32, required=False, widget=HIDDEN,
        help_text="与公众号后台“服务器配置”里填的一致。不填也能发布，只是结果要等系统去查。",
    )  # fmt: skip
    aes_key = forms.CharField(
        label="消息加解密密钥（EncodingAESKey）", max_length=43, required=False, widget=HIDDEN, help_text="43 个字符。"
    )

    def credentials(self) -> Credentials:
        """Return what was typed."""
        data = self.cleaned_data
        return Credentials(secret=data["secret"], token=data["token"], aes_key=data["aes_key"])


class ConnectForm(SecretsForm):
    """A first connection: which way, and what that way needs."""

    way = forms.ChoiceField(label="接入方式", widget=forms.RadioSelect)
    hub = forms.URLField(
        label="订阅中心（WebSub）", required=False, max_length=300, assume_scheme="https",
        help_text="本站的订阅中心之外还有别的时填写；发布后系统也会通知它。可以不填。",
    )  # fmt: skip

    def __init__(self, *args: Any, connector: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connector = connector
        self.fields["way"].choices = ways(connector)  # type: ignore[attr-defined]  # a ChoiceField, declared above
        self.initial.setdefault("way", ways(connector)[0][0])
        for name in self._left_out(connector):
            del self.fields[name]
        self.order_fields(["way"])

    def _left_out(self, connector: str) -> list[str]:
        secrets = ["app_id", "secret", "token", "aes_key"]
        if connector == WECHAT:
            for name in secrets:
                self.fields[name].required = False
            return ["hub"]
        return secrets if connector == WEBSITE else [*secrets, "hub"]

    def credentials(self) -> Credentials:
        """Return what was typed; a way without secrets has none."""
        return super().credentials() if "secret" in self.fields else Credentials()

    @property
    def by_hand(self) -> bool:
        return bool(self.cleaned_data["way"] == "hand")

    @property
    def in_sandbox(self) -> bool:
        return bool(self.cleaned_data["way"] == "sandbox")


def ways(connector: str) -> list[tuple[str, str]]:
    """Return the ways in which an account served by this connector can be connected here."""
    sandbox = [] if settings.IS_PRODUCTION else [("sandbox", "平台沙箱（演练用，粉丝收不到）")]
    if connector == WECHAT:
        return [("api", "微信接口自动发布"), *sandbox, ("hand", "人工发布：系统备好内容，由人到后台发")]
    if connector == WEBSITE:
        return [("api", "本站网页发布")]
    return [("hand", "人工发布：系统备好内容，由人到平台发")]
