"""What a person fills in about a piece."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.content.document import InvalidDocument, parse_document
from zhijian.content.enums import ItemClass, Origin
from zhijian.content.forms.plain import document_from_editable, editable_text
from zhijian.content.queries import Draft
from zhijian.content.rules import WRITERS
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.ui.fields import ask_only_of_several

if TYPE_CHECKING:
    from zhijian.organisations.models import User

__all__ = [
    "EditForm",
    "PasteForm",
    "StartForm",
    "UploadForm",
    "WaiverForm",
    "document_from_editable",
    "editable_text",
    "read_json_object",
]

LONG_TEXT = 1_000_000


class BodyForm(forms.Form):
    """A form about a new piece: for which body it is, asked only of people who write for several."""

    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_only_of_several(self.fields["organisation"], bodies_in_scope(actor=actor, roles=WRITERS))


class StartForm(BodyForm):
    title = forms.CharField(label="标题", max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    item_class = forms.ChoiceField(
        label="类别", choices=ItemClass.choices, help_text="类别决定审核流程：重要信息和应急信息要经单位负责人签。"
    )

    def draft(self) -> Draft:
        """Return the first version of the new piece."""
        reprint = self.cleaned_data["item_class"] == ItemClass.REPRINT
        return Draft(
            title=self.cleaned_data["title"],
            item_class=self.cleaned_data["item_class"],
            origin=Origin.REPRINT if reprint else Origin.ORIGINAL,
        )


class PasteForm(BodyForm):
    text = forms.CharField(
        label="粘贴到这里",
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 14, "data-paste-text": ""}),
        help_text="网页导航、论坛杂项和重复段落会自动取出，取出的内容都列给您看，可以放回。",
    )
    html = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-paste-html": ""}))


class UploadForm(BodyForm):
    file = forms.FileField(
        label="选择文件",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.txt,.html,.htm"}),
        help_text="可以是 .docx、.txt、.html，不超过 30 MB。标题、列表、表格和图片都会保留。",
        error_messages={"empty": "这个文件是空的。请选择有内容的文件。"},
    )


class EditForm(forms.Form):
    """One version as the editor sends it. `document` comes from the script, `body_text` from a page without it.

    The script switches the plain field off, so whichever of the two is sent was the one a person typed into.
    """

    title = forms.CharField(
        label="标题", max_length=120, required=False, widget=forms.TextInput(attrs={"data-limit": "32"}),
        help_text="微信标题最多 32 个字。",
    )  # fmt: skip
    author = forms.CharField(label="作者", max_length=32, required=False)
    digest = forms.CharField(
        label="摘要", max_length=240, required=False, widget=forms.Textarea(attrs={"rows": 3, "data-limit": "120"}),
        help_text="显示在微信列表和门户首页，不超过 120 个字为好。",
    )  # fmt: skip
    item_class = forms.ChoiceField(label="类别", choices=ItemClass.choices, help_text="类别决定审核流程。")
    origin = forms.ChoiceField(label="来源方式", choices=Origin.choices)
    source_name = forms.CharField(label="稿源单位", max_length=80, required=False, help_text="转载时必填。")
    source_url = forms.URLField(
        label="原文地址", max_length=500, required=False, assume_scheme="https", help_text="转载时必填。"
    )
    cover = forms.CharField(required=False, widget=forms.HiddenInput)
    cover_file = forms.FileField(
        label="封面图片", required=False, widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})
    )
    cover_off = forms.BooleanField(label="不用封面", required=False)
    document = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    body_text = forms.CharField(
        label="正文",
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="每段一行。〔 〕里的行代表图片、表格等，不要改动，删去整行就删去那一块。",
    )
    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    note = forms.CharField(label="修改说明", max_length=200, required=False, help_text="改了什么，方便审核的人看。")
    gives_up_review = forms.BooleanField(required=False)

    def draft(self) -> Draft:
        """Return the version that was sent. Call after is_valid. Raises InvalidDocument.

        Without script `document` is the body as it was shown, so that untouched lines find their blocks again.
        """
        data = self.cleaned_data
        plain = "body_text" in self.data
        body = parse_document(data["document"])
        if plain:
            body = document_from_editable(data["body_text"], body)
        names = ("title", "author", "digest", "item_class", "origin", "source_name", "source_url")
        cover = "" if data["cover_off"] else data["cover"]
        return Draft(document=body, cover=cover, **{name: data[name].strip() for name in names})


class WaiverForm(forms.Form):
    finding = forms.CharField(widget=forms.HiddenInput, max_length=400)
    reason = forms.CharField(label="放行理由", max_length=200)


def read_json_object(raw: bytes) -> dict[str, Any]:
    """Read the body of a request of the editor's script. Raises InvalidDocument when it is no JSON object."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(["内容没有传完整，请稍后再试。"]) from error
    if not isinstance(data, dict):
        raise InvalidDocument(["内容没有传完整，请稍后再试。"])
    return data
