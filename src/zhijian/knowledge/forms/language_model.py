"""What the system administrator fills in about the language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.knowledge.actions.language_model import ModelDraft
from zhijian.knowledge.queries.language_model import bodies_to_choose

if TYPE_CHECKING:
    from zhijian.knowledge.models import ModelSetting

HIDDEN = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class ModelForm(forms.Form):
    """The setting; the key is typed once and never shown again."""

    address = forms.CharField(
        label="地址", max_length=200,
        help_text="模型服务的地址，到 /v1 为止，例如 http://10.20.3.4:8000/v1。要兼容 OpenAI 的对话接口。",
    )  # fmt: skip
    name = forms.CharField(label="模型名称", max_length=100, help_text="与模型服务上的名称一致。")
    key = forms.CharField(
        label="密钥", max_length=400, required=False, widget=HIDDEN,
        help_text="保存后加密，不再显示。不填就保持原样；换了地址要重新填。",
    )  # fmt: skip
    drops_key = forms.BooleanField(label="去掉已存的密钥", required=False)
    is_public = forms.BooleanField(
        label="模型在互联网上", required=False, help_text="勾选后稿件会离开单位网络，地址必须用 https。一般不勾。"
    )
    seconds = forms.IntegerField(label="最多等多少秒", min_value=1, max_value=60, initial=30)
    most_characters = forms.IntegerField(
        label="一篇最多多少字", min_value=100, max_value=10_000, initial=3_000, help_text="超过的稿件不发。"
    )
    bodies = forms.MultipleChoiceField(
        label="哪些单位可以用", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="所选单位和它下面的单位都可以用。一个都不选，就谁也不能用。",
    )  # fmt: skip

    def __init__(self, *args: Any, row: ModelSetting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bodies"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above; tells mypy the class
        field.choices = list(bodies_to_choose().values_list("pk", "name"))
        if row is not None:
            names = ("address", "name", "is_public", "seconds", "most_characters", "bodies")
            self.initial.update({name: getattr(row, name) for name in names})

    def draft(self) -> ModelDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        return ModelDraft(**{**data, "bodies": tuple(int(pk) for pk in data["bodies"])})
