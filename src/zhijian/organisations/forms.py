from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.organisations.actions import MOST_TOKEN_DAYS, TOKEN_DAYS
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.organisations.models import Organisation, User
from zhijian.policy.queries import pack_names

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _pack_choices() -> list[tuple[str, str]]:
    return [("", "沿用上级"), *((code, name) for code, name in pack_names().items() if code != "national")]


class OrganisationForm(forms.Form):
    """A new body under a parent."""

    parent = forms.ModelChoiceField(label="上级单位", queryset=Organisation.objects.none())
    name = forms.CharField(label="全称", max_length=80, help_text="与编制部门核定的名称一致。")
    short_name = forms.CharField(label="规范简称", max_length=40, required=False, help_text="不填则用全称。")
    code = forms.CharField(
        label="机构编码", max_length=32, help_text="统一社会信用代码或本地编码，不能与其他单位相同。"
    )
    level = forms.ChoiceField(label="层级", choices=Level.choices)
    kind = forms.ChoiceField(label="类别", choices=BodyKind.choices)
    policy_pack = forms.ChoiceField(label="地方规则", choices=_pack_choices, required=False)

    def __init__(self, *args: Any, parents: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]  # a ModelChoiceField, declared above


class OrganisationChangeForm(forms.Form):
    """What may change of a body without a reform."""

    name = forms.CharField(label="全称", max_length=80)
    short_name = forms.CharField(label="规范简称", max_length=40)
    policy_pack = forms.ChoiceField(
        label="地方规则", choices=_pack_choices, required=False, help_text="本单位及其下级按这套规则执行。"
    )


class PersonForm(forms.Form):
    """A new sign-in."""

    username = forms.CharField(
        label="登录名", max_length=30, validators=[User.username_validator], help_text="字母、数字和 @ . + - _。"
    )
    display_name = forms.CharField(label="姓名", max_length=40)
    organisation = forms.ModelChoiceField(label="所在单位", queryset=Organisation.objects.none())
    password = forms.CharField(
        label="初始密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少十位，不能全是数字。请当面告知本人；本人登录后要先换成自己的密码。",
    )
    is_of_vendor = forms.BooleanField(
        label="给代运营单位的人用", required=False,
        help_text="本单位人员不勾。勾了的可以写进代运营合同，合同一结束就停用；不能担任主管、主办、审核、负责人、管理员。",
    )  # fmt: skip

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = bodies  # type: ignore[attr-defined]  # a ModelChoiceField, as above


class MoveForm(forms.Form):
    """The new home body of a person."""

    organisation = forms.ModelChoiceField(
        label="新的所在单位", queryset=Organisation.objects.none(),
        help_text="角色不会跟着变。旧单位的角色请安全管理员收回，新单位的角色另行授予。",
    )  # fmt: skip

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = bodies  # type: ignore[attr-defined]  # a ModelChoiceField, as above


class PasswordForm(forms.Form):
    """A new password for somebody who forgot theirs."""

    password = forms.CharField(
        label="新密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少十位，不能全是数字。请当面告知本人；本人登录后要先换成自己的密码。",
    )


class RoleForm(forms.Form):
    """A role to grant."""

    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none())
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])
    includes_subtree = forms.BooleanField(label="含下级单位", required=False)

    def __init__(self, *args: Any, bodies: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = bodies  # type: ignore[attr-defined]  # a ModelChoiceField, as above


class TokenForm(forms.Form):
    """A new key for a program."""

    name = forms.CharField(label="用途", max_length=60, help_text="例如：单位网站读取账号名录。")
    days = forms.IntegerField(
        label="有效期（天）", min_value=1, max_value=MOST_TOKEN_DAYS, initial=TOKEN_DAYS,
        help_text=f"最长 {MOST_TOKEN_DAYS} 天。到期后程序不能再用，要新建令牌。",
    )  # fmt: skip
