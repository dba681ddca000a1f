from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.organisations.actions import FirstPerson
from zhijian.organisations.enums import Level, Role
from zhijian.organisations.founding import is_setup_code
from zhijian.organisations.models import Organisation, User
from zhijian.organisations.queries import bodies_in_scope
from zhijian.policy.queries import pack_names
from zhijian.screening.attachments import LIMITS
from zhijian.ui.fields import ask_only_of_several

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = (Role.SUPERVISING_OFFICER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
TASKS = {
    Role.SUPERVISING_OFFICER: "导入台账、批准备案、督促整改。",
    Role.SYSTEM_ADMIN: "建单位、开立和停用登录账号。",
    Role.SECURITY_ADMIN: "授予和收回角色。",
    Role.AUDIT_ADMIN: "查看操作记录，核对封存。",
}


def _packs() -> list[tuple[str, str]]:
    return [("", "只执行全国规则"), *((code, name) for code, name in pack_names().items() if code != "national")]


class SetupForm(forms.Form):
    """The wizard of an empty installation: the government, its rules, and the first four people."""

    code = forms.CharField(label="启动码", max_length=8, help_text="启动时在终端里显示的八位数字。")
    name = forms.CharField(label="政府名称", max_length=64, help_text="例如：××县人民政府。")
    short_name = forms.CharField(label="规范简称", max_length=40, help_text="例如：××县政府。")
    organisation_code = forms.CharField(label="机构编码", max_length=32, help_text="统一社会信用代码或行政区划代码。")
    level = forms.ChoiceField(label="层级", choices=Level.choices, initial=Level.COUNTY)
    policy_pack = forms.ChoiceField(label="地方规则", choices=_packs, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in PEOPLE:
            self.fields[f"{role}_username"] = forms.CharField(
                label="登录名", max_length=30, validators=[User.username_validator]
            )
            self.fields[f"{role}_name"] = forms.CharField(label="姓名", max_length=40)
            self.fields[f"{role}_password"] = forms.CharField(
                label="密码",
                help_text="至少十位，不能全是数字。",
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
            )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not is_setup_code(code):
            raise forms.ValidationError("启动码不对。请看启动这套系统的终端，或数据目录里的 setup_code 文件。")
        return code

    def general(self) -> list[forms.BoundField]:
        """Return the fields about the government."""
        names = ("code", "name", "short_name", "organisation_code", "level", "policy_pack")
        return [self[name] for name in names]

    def groups(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Yield (role, what they do, fields) for each of the first people."""
        for role in PEOPLE:
            yield role.label, TASKS[role], [self[f"{role}_{part}"] for part in ("username", "name", "password")]

    def people(self) -> list[FirstPerson]:
        """Return the first people as they were typed."""
        data = self.cleaned_data
        return [
            FirstPerson(
                username=data[f"{role}_username"], display_name=data[f"{role}_name"],
                password=data[f"{role}_password"], role=role,
            )
            for role in PEOPLE
        ]  # fmt: skip


CHECKED_KINDS = (
    ".docx,.xlsx,.pptx,.pdf,.ofd,.odt,.ods,.odp,.csv,.txt,.html,.htm,.eml,.mht,.png,.jpg,.jpeg,.webp,.gif,.bmp"
    ",.srt,.vtt,.ass,.ssa,.sbv,.lrc,.mp4,.mov,.mkv,.webm,.avi,.flv,.wmv,.mpg,.ts,.mp3,.m4a,.wav,.flac,.ogg,.aac,.amr"
)


class CheckForm(forms.Form):
    """A file to be checked, and by whose terms: asked only of people who work at several bodies."""

    organisation = forms.ModelChoiceField(
        label="按哪个单位的用语表检查", queryset=Organisation.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label="选择文件",
        widget=forms.ClearableFileInput(attrs={"accept": CHECKED_KINDS}),
        help_text="Word、Excel、演示文稿、PDF、OFD、ODF、CSV、文本、网页、字幕、图片、音视频，不超过 20 MB。看完丢弃。",
        error_messages={"required": "请先选择要检查的文件。", "empty": "这个文件是空的。请选择有内容的文件。"},
    )
    typos = forms.BooleanField(
        label="另用字词模型找可能的错别字",
        required=False,
        help_text="模型只作提醒，可能看错；文字超过 2 万字的文件不找。",
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], bodies_in_scope(actor=actor))

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LIMITS.file_bytes:
            most = LIMITS.file_bytes // 1024 // 1024
            raise forms.ValidationError(f"文件超过 {most} MB。请压缩里面的图片，或者拆成几个文件。")
        return file
