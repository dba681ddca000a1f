"""What forms say of wrong answers: never Django's own sentences, always the name of the field.

An English session tells the two apart: Django would speak English in it, our sentences stay as they are.
"""

from __future__ import annotations

import copy
import importlib
import pkgutil
import re
from typing import TYPE_CHECKING, Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from tests.people import make_county

import zhijian
from zhijian.ui.wording import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
WRONG = ("", "x" * 120_000, "坏\x00字", "1" * 30, "-99999999", "no-such-thing", "2026-13-45")


def form_classes() -> list[type[forms.BaseForm]]:
    """Every form of ours, found where forms may stand."""
    for module in pkgutil.walk_packages(zhijian.__path__, "zhijian."):
        if re.search(r"\.(forms|identity|samples)(\.|$)", module.name):
            importlib.import_module(module.name)
    return sorted(set(_below(forms.BaseForm)), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


def _below(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("zhijian."):
            yield below
        yield from _below(below)


def asked(kind: type[forms.BaseForm], answer: object, files: object = None) -> forms.Form:
    """The fields a form declares, in a form of their own: what it fills in by itself needs no database here."""
    fields = {name: copy.deepcopy(field) for name, field in kind.base_fields.items()}
    for field in fields.values():
        field.disabled = False
    made = type("Asked", (forms.Form,), fields)
    return made(dict.fromkeys(fields, answer), dict.fromkeys(fields, files) if files else {})


def said(form: forms.BaseForm) -> list[tuple[str, bool, str]]:
    """(label, hidden, sentence) of every error."""
    return [
        (str(form[name].label), form[name].is_hidden, str(error)) for name in form.errors for error in form.errors[name]
    ]


def test_every_room_with_forms_was_found() -> None:
    rooms = {kind.__module__.split(".")[1] for kind in form_classes()}
    assert rooms >= {"portal", "inbox", "content", "organisations", "duty", "workbench", "registry", "review"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", form_classes(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_no_form_speaks_djangos_words(kind: type[forms.BaseForm]) -> None:
    empty = SimpleUploadedFile("空.txt", b"")
    with translation.override("en"):
        for answer in WRONG:
            for label, hidden, sentence in said(asked(kind, answer, empty)):
                assert CHINESE.search(sentence), sentence
                assert not ENGLISH.search(sentence.replace(label, "")), sentence
                assert hidden or sentence.endswith("。"), sentence
                assert "{label}" not in sentence
                assert hidden or label, kind


FIELDS: list[tuple[forms.Field, Any, str]] = [
    (forms.CharField(), "", "请填写“甲”。"),
    (forms.CharField(max_length=3), "abcde", "“甲”最长 3 个字，现在有 5 个，请删短。"),
    (forms.CharField(min_length=3), "a", "“甲”至少 3 个字，现在只有 1 个，请补全。"),
    (forms.CharField(), "a\x00", "“甲”里有看不见的乱码，请删掉重新填写。"),
    (forms.ChoiceField(choices=[("a", "A")]), "", "请选择“甲”。"),
    (forms.ChoiceField(choices=[("a", "A")]), "b", "“甲”里选的这一项现在不能选，请重新选。"),
    (forms.MultipleChoiceField(choices=[("a", "A")]), "b", "“甲”里选的这一项现在不能选，请重新选。"),
    (forms.BooleanField(), "", "请勾选“甲”。"),
    (forms.IntegerField(), "a", "“甲”请填整数，例如 3。"),
    (forms.IntegerField(max_value=9), "10", "“甲”不能大于 9，请改小。"),
    (forms.IntegerField(min_value=2), "1", "“甲”不能小于 2，请改大。"),
    (forms.DecimalField(), "a", "“甲”请填数字，例如 3.5。"),
    (
        forms.DecimalField(max_digits=4, decimal_places=2),
        "1.234",
        "“甲”的小数最多 2 位，请核对。",
    ),
    (forms.DateField(), "a", "“甲”请填日期，例如 2026-11-22。"),
    (forms.TimeField(), "a", "“甲”请填时间，例如 08:30。"),
    (forms.DateTimeField(), "a", "“甲”请填日期和时间，例如 2026-11-22 09:30。"),
    (forms.URLField(assume_scheme="https"), "a b", "“甲”请填完整的网址，以 https:// 开头。"),
    (forms.EmailField(), "a", "“甲”请填完整的邮箱地址。"),
    (forms.FileField(), "", "请选择“甲”。"),
    (forms.UUIDField(), "a", "“甲”填得不对，请按说明修改。"),
    (forms.CharField(widget=forms.HiddenInput), "", "这一页不完整，或者打开得太久了。请刷新页面，再试一次。"),
    (forms.CharField(error_messages={"required": "标题不能省。"}), "", "标题不能省。"),
    (forms.CharField(max_length=1, error_messages={"max_length": "只要一个字。"}), "ab", "只要一个字。"),
]


@pytest.mark.parametrize(("field", "answer", "sentence"), FIELDS)
def test_every_sentence_names_the_field_and_says_what_to_do(field: forms.Field, answer: str, sentence: str) -> None:
    field.label = "甲"
    form = type("One", (forms.Form,), {"one": field})({"one": answer})
    assert [str(error) for error in form.errors["one"]] == [sentence]


def test_a_percent_sign_in_a_label_does_no_harm() -> None:
    form = type("One", (forms.Form,), {"one": forms.CharField(label="占比（%）", max_length=1)})({"one": "ab"})
    assert form.errors["one"] == ["“占比（％）”最长 1 个字，现在有 2 个，请删短。"]
    assert all("{label}" in words for words in SENTENCES.values())


@pytest.mark.django_db
def test_the_sign_in_page_speaks_our_words_too() -> None:
    make_county()
    form = Client().post("/sign-in/", {"login": "", "password": ""}).context["form"]
    assert {name: list(errors) for name, errors in form.errors.items()} == {
        "login": ["请填写“登录名”。"],
        "password": ["请填写“密码”。"],
    }
