"""What every form says when something is wrong: the field by its name, and what to do.

Django's own sentences name no field. They are exchanged here, in one place for all forms (`settings.FORM_RENDERER`);
a sentence that a form has of its own stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.forms.renderers import DjangoTemplates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.forms import BaseForm, Field

HIDDEN: Final = "这一页不完整，或者打开得太久了。请刷新页面，再试一次。"
OTHERWISE: Final = "“{label}”填得不对，请按说明修改。"
ANOTHER_CHOICE: Final = "“{label}”里选的这一项现在不能选，请重新选。"
# By code of the error; "{label}" is the name of the field, the rest is filled in by Django.
SENTENCES: Final = {
    "required": "请填写“{label}”。",
    "invalid_choice": ANOTHER_CHOICE,
    "invalid_list": ANOTHER_CHOICE,
    "invalid_pk_value": ANOTHER_CHOICE,
    "max_length": "“{label}”最长 %(limit_value)d 个字，现在有 %(show_value)d 个，请删短。",
    "min_length": "“{label}”至少 %(limit_value)d 个字，现在只有 %(show_value)d 个，请补全。",
    "max_value": "“{label}”不能大于 %(limit_value)s，请改小。",
    "min_value": "“{label}”不能小于 %(limit_value)s，请改大。",
    "max_digits": "“{label}”的数字太长，请核对。",
    "max_decimal_places": "“{label}”的小数最多 %(max)s 位，请核对。",
    "max_whole_digits": "“{label}”的整数部分最多 %(max)s 位，请核对。",
    "missing": "没有收到“{label}”，请再选一次文件。",
    "empty": "“{label}”是空的，请换一个有内容的文件。",
    "invalid_image": "“{label}”不是能打开的图片，请换一张。",
    "null_characters_not_allowed": "“{label}”里有看不见的乱码，请删掉重新填写。",
}
# By class of the field, where the kind of answer decides the words; a class stands before those it comes from.
BY_FIELD: Final[tuple[tuple[type[Field], dict[str, str]], ...]] = (
    (forms.BooleanField, {"required": "请勾选“{label}”。"}),
    (forms.ChoiceField, {"required": "请选择“{label}”。"}),
    (
        forms.FileField,
        {
            "required": "请选择“{label}”。",
            "max_length": "“{label}”的文件名太长，请改短后重新选择。",
            "invalid": "没有收到“{label}”，请再选一次文件。",
        },
    ),
    (forms.DateTimeField, {"invalid": "“{label}”请填日期和时间，例如 2026-11-22 09:30。"}),
    (forms.DateField, {"invalid": "“{label}”请填日期，例如 2026-11-22。"}),
    (forms.TimeField, {"invalid": "“{label}”请填时间，例如 08:30。"}),
    (forms.URLField, {"invalid": "“{label}”请填完整的网址，以 https:// 开头。"}),
    (forms.EmailField, {"invalid": "“{label}”请填完整的邮箱地址。"}),
    (forms.FloatField, {"invalid": "“{label}”请填数字，例如 3.5。"}),
    (forms.DecimalField, {"invalid": "“{label}”请填数字，例如 3.5。"}),
    (forms.IntegerField, {"invalid": "“{label}”请填整数，例如 3。"}),
)


class SpeakingField(forms.BoundField):
    """A field in a form, which knows its name: whatever Django would say of it is said in our words."""

    def __init__(self, form: BaseForm, field: Field, name: str) -> None:
        super().__init__(form, field, name)
        if form.is_bound:
            # The field is the form's own copy, and its dictionary of messages too.
            field.error_messages.update({code: self._sentence(code) for code in _djangos_own(field)})

    def _sentence(self, code: str) -> str:
        if self.is_hidden:
            return HIDDEN
        special = next((words for kind, words in BY_FIELD if isinstance(self.field, kind)), {})
        # A percent sign of a label must not be taken for a place where Django fills something in.
        label = str(self.label).replace("%", "％")
        return special.get(code, SENTENCES.get(code, OTHERWISE)).replace("{label}", label)


def _djangos_own(field: Field) -> Iterator[str]:
    """Yield the codes of the errors of which Django would speak in its own words."""
    own: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            own.update(getattr(kind, "default_error_messages", {}))
    yield from (code for code, message in own.items() if field.error_messages.get(code) is message)
    for validator in field.validators:
        kind = type(validator)
        if kind.__module__.startswith("django.") and _speaks_default(validator, kind):
            yield from (code for code in _codes_of(validator) if code not in field.error_messages)


def _speaks_default(validator: Any, kind: type) -> bool:
    return getattr(validator, "message", None) is getattr(kind, "message", None)


def _codes_of(validator: Any) -> tuple[str, ...]:
    """Return the codes a validator raises; that of decimal numbers has several messages."""
    several = getattr(validator, "messages", None)
    return tuple(several) if several else (str(getattr(validator, "code", "invalid")),)


class Renderer(DjangoTemplates):
    """How forms are rendered, and with it what kind of field every form of the project has."""

    bound_field_class = SpeakingField
