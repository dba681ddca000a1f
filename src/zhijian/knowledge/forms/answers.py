"""What a person fills in about an entry of the Q&A library, and lists of entries as offices keep them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.knowledge.actions import LONGEST_ANSWER, LONGEST_QUESTION, MOST_QUESTIONS, answer_problems
from zhijian.knowledge.enums import Confidentiality
from zhijian.knowledge.queries import AnswerDraft
from zhijian.knowledge.rules import QUESTION_WRITERS
from zhijian.lib.errors import Refused
from zhijian.lib.tables import columns_of, read_rows, written_rows
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope
from zhijian.search.enums import Topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import User

DAY = {"type": "date"}
HEADS = {
    "question": ("问题", "标准问题", "咨询问题", "问", "标题"),
    "answer": ("答案", "答复", "回复", "标准答案", "答复内容", "答"),
    "similar": ("相似问法", "相似问题", "其他问法", "关键词"),
    "basis": ("依据", "政策依据", "法律依据", "文件名"),
    "basis_number": ("文号", "依据文号", "发文字号"),
    "basis_url": ("依据链接", "链接", "网址"),
    "topic": ("主题", "分类", "类别"),
    "valid_from": ("从哪天起", "开始日期", "生效日期", "起"),
    "valid_to": ("到哪天止", "停止日期", "有效期至", "失效日期", "止"),
    "confidentiality": ("公开范围", "是否公开", "公开"),
}
SPLIT = re.compile(r"[\n；;|]+")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
INTERNAL_WORDS = {"仅工作人员", "内部", "不公开", "否", Confidentiality.INTERNAL.value}
PUBLIC_WORDS = {"公开", "是", Confidentiality.PUBLIC.value}


def own_bodies(form: forms.Form, actor: User, roles: Sequence[str]) -> None:
    """Let a form's field `organisation` offer the bodies of these roles; with a single one it is not asked."""
    field = form.fields["organisation"]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so by the forms below; tells mypy
    field.queryset = bodies_in_scope(actor=actor, roles=roles)
    first = list(field.queryset[:2])
    if len(first) == 1:
        field.widget, field.initial = forms.HiddenInput(), first[0].pk


class AnswerForm(forms.Form):
    question = forms.CharField(label="问题", max_length=LONGEST_QUESTION, help_text="用群众会问的一句话。")
    similar = forms.CharField(
        label="相似问法", required=False, max_length=3_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="同一个问题的其他说法，一行一条。写得越像群众的话，越容易找到。",
    )  # fmt: skip
    answer = forms.CharField(
        label="答案", required=False, max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 9}),
        help_text="先说结论，再说怎么办、带什么、到哪里。审核通过的就是发给群众的原文。",
    )  # fmt: skip
    basis = forms.CharField(label="依据", required=False, max_length=200, help_text="文件名或规定出处，送审前必填。")
    basis_number = forms.CharField(label="文号", required=False, max_length=80)
    basis_url = forms.URLField(label="依据链接", required=False, max_length=500, assume_scheme="https")
    topic = forms.ChoiceField(label="主题", choices=Topic.choices, initial=Topic.OTHER)
    valid_from = forms.DateField(label="从哪天起", required=False, widget=forms.DateInput(attrs=DAY))
    valid_to = forms.DateField(
        label="到哪天止", required=False, widget=forms.DateInput(attrs=DAY), help_text="到期自动停用，到期前会提醒。"
    )
    confidentiality = forms.ChoiceField(
        label="公开范围", choices=Confidentiality.choices, initial=Confidentiality.PUBLIC,
        help_text="“仅工作人员”的只在答复留言时给本单位和下级单位的人看。",
    )  # fmt: skip
    note = forms.CharField(label="修改说明", required=False, max_length=200)

    def draft(self) -> AnswerDraft:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        names = ("question", "answer", "basis", "basis_number", "basis_url")
        lines = tuple(dict.fromkeys(line.strip() for line in data["similar"].splitlines() if line.strip()))
        return AnswerDraft(
            similar=lines, topic=data["topic"], valid_from=data["valid_from"], valid_to=data["valid_to"],
            confidentiality=data["confidentiality"],
            **{name: data[name].replace("\r\n", "\n").strip() for name in names},
        )  # fmt: skip


class NewAnswerForm(AnswerForm):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    field_order = ("organisation",)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_bodies(self, actor, QUESTION_WRITERS)


class AnswerListForm(forms.Form):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    file = forms.FileField(
        label="选择表格", required=False, widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV 或 XLSX，第一行是表头。要有“问题”“答案”，其他列可有可无。",
    )  # fmt: skip
    lines = forms.CharField(required=False, widget=forms.HiddenInput, max_length=8_000_000, strip=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_bodies(self, actor, QUESTION_WRITERS)

    def clean(self) -> dict[str, Any]:
        """Ask for a file, or for what was read from one."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("lines", "").strip() and not data.get("file"):
            raise forms.ValidationError("请选择一个表格文件。")
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedAnswer:
    """One row of a list: its number in the file, the entry, and what is wrong with it."""

    number: int
    draft: AnswerDraft
    problems: tuple[str, ...]


def read_answers(name: str, data: bytes) -> list[ListedAnswer]:
    """Read a CSV or XLSX list of entries; its first row names the columns. Raises Refused when it cannot be read."""
    rows = read_rows(name=name, data=data, most_rows=MOST_QUESTIONS + 1)
    columns = columns_of(rows[0][1], HEADS)
    if not {"question", "answer"} <= set(columns.values()):
        raise Refused("没有认出表头。第一行要有“问题”和“答案”两列。")
    seen: dict[str, int] = {}
    return [
        _listed(number, {key: row[index] for index, key in columns.items() if index < len(row)}, seen)
        for number, row in rows[1:]
    ]


def _listed(number: int, cells: dict[str, str], seen: dict[str, int]) -> ListedAnswer:
    problems: list[str] = []
    draft = AnswerDraft(
        question=cells.get("question", ""),
        answer=cells.get("answer", ""),
        similar=tuple(dict.fromkeys(part.strip() for part in SPLIT.split(cells.get("similar", "")) if part.strip())),
        basis=cells.get("basis", ""),
        basis_number=cells.get("basis_number", "")[:80],
        basis_url=cells.get("basis_url", ""),
        topic=_topic(cells.get("topic", ""), problems),
        valid_from=_day(cells.get("valid_from", ""), "开始日期", problems),
        valid_to=_day(cells.get("valid_to", ""), "停止日期", problems),
        confidentiality=_confidentiality(cells.get("confidentiality", ""), problems),
    )
    problems += answer_problems(draft)
    if draft.question in seen:
        problems.append(f"和第 {seen[draft.question]} 行的问题重复。")
    seen.setdefault(draft.question, number)
    return ListedAnswer(number, draft, tuple(problems))


def _topic(text: str, problems: list[str]) -> str:
    known = {str(label): value for value, label in Topic.choices} | {value: value for value in Topic.values}
    if text and text not in known:
        problems.append(f"主题“{text[:20]}”不认识，可以写{'、'.join(Topic.labels)}。")
    return known.get(text, Topic.OTHER)


def _day(text: str, label: str, problems: list[str]) -> date | None:
    found = DATE.match(text)
    if not text:
        return None
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass  # no such day in the calendar: told below like any other that cannot be read
    problems.append(f"{label}“{text[:20]}”看不懂，请写成 2026-01-31 这样。")
    return None


def _confidentiality(text: str, problems: list[str]) -> str:
    if text in INTERNAL_WORDS:
        return Confidentiality.INTERNAL
    if text and text not in PUBLIC_WORDS:
        problems.append(f"公开范围“{text[:20]}”不认识，可以写公开、仅工作人员。")
    return Confidentiality.PUBLIC


def written_answers(rows: Sequence[ListedAnswer]) -> str:
    """Write the good rows as a table with heads, which the confirming form sends back."""
    heads = [words[0] for words in HEADS.values()]
    return written_rows(heads, [_cells(row.draft) for row in rows if not row.problems])


def _cells(draft: AnswerDraft) -> list[str]:
    return [
        draft.question, draft.answer, "；".join(draft.similar), draft.basis, draft.basis_number, draft.basis_url,
        str(draft.topic), str(draft.valid_from or ""), str(draft.valid_to or ""), str(draft.confidentiality),
    ]  # fmt: skip
