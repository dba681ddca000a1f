"""Lists of services as offices keep them: any columns, told apart by their heads or by a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zhijian.lib.errors import Refused
from zhijian.lib.tables import columns_of, read_rows, written_rows
from zhijian.search.enums import Topic
from zhijian.services.actions import MOST_SERVICES, service_problems
from zhijian.services.enums import Audience
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

FIELDS = {
    "name": "名称", "words": "群众的说法", "audience": "谁能办", "topic": "主题", "entrance_url": "网上入口",
    "how": "怎么办", "materials": "带什么材料", "phone": "咨询电话", "address": "办理地点", "hours": "办理时间",
    "fee": "收费", "source": "依据或出处",
}  # fmt: skip
HEADS = {
    "name": ("名称", "服务名称", "事项名称", "事项", "主项名称", "办理事项"),
    "words": ("群众的说法", "俗称", "别名", "关键词", "通俗名称"),
    "audience": ("谁能办", "服务对象", "办理对象", "对象"),
    "topic": ("主题", "主题分类", "分类"),
    "entrance_url": ("网上入口", "入口", "在线办理地址", "办理链接", "网址", "链接", "入口地址"),
    "how": ("怎么办", "办理流程", "流程", "办理方式"),
    "materials": ("带什么材料", "申请材料", "材料", "所需材料"),
    "phone": ("咨询电话", "电话", "联系电话"),
    "address": ("办理地点", "地址", "地点"),
    "hours": ("办理时间", "时间", "工作时间"),
    "fee": ("收费", "收费标准", "是否收费", "费用"),
    "source": ("依据或出处", "依据", "出处", "来源", "实施依据"),
}
SPLIT = re.compile(r"[\n、；;|]+")
AUDIENCES = {
    **{str(label): value for value, label in Audience.choices}, "自然人": Audience.PERSON, "群众": Audience.PERSON,
    "法人": Audience.COMPANY, "企业": Audience.COMPANY, "单位": Audience.COMPANY, "不限": Audience.BOTH,
    "自然人和法人": Audience.BOTH, "自然人、法人": Audience.BOTH,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: its heads, its rows with their numbers, and which column seems to be what."""

    heads: list[str]
    rows: list[tuple[int, list[str]]]
    columns: dict[int, str]

    @property
    def text(self) -> str:
        """Return the file as CSV, each row with its number first: what the page sends back."""
        return written_rows(["行", *self.heads], [[str(number), *row] for number, row in self.rows])


@dataclass(frozen=True, slots=True)
class ListedService:
    """One row of a list: its number in the file, the service, and what is wrong with it."""

    number: int
    draft: ServiceDraft
    problems: tuple[str, ...]


def sheet_of(name: str, data: bytes) -> Sheet:
    """Read a file. Raises Refused when it is no table."""
    rows = read_rows(name=name, data=data, most_rows=MOST_SERVICES + 1)
    heads = rows[0][1]
    return Sheet(heads, rows[1:], columns_of(heads, HEADS))


def sheet_again(text: str) -> Sheet:
    """Read back what `Sheet.text` wrote. Raises Refused."""
    rows = read_rows(name="sheet.csv", data=text.encode("utf-8", "replace"), most_rows=MOST_SERVICES + 1)
    heads = rows[0][1][1:]
    body = [(int(row[0]), row[1:]) for _, row in rows[1:] if row[0].isascii() and row[0].isdigit()]
    return Sheet(heads, body, columns_of(heads, HEADS))


def read_services(
    sheet: Sheet, columns: Mapping[int, str], *, source: str, taken: Collection[str] = ()
) -> list[ListedService]:
    """Turn rows into services. `source` stands where a row names none; `taken` are names the body has already.

    Raises Refused when no column is the name.
    """
    if "name" not in columns.values():
        raise Refused("还没有指定哪一列是名称。")
    seen: dict[str, int] = {}
    return [_listed(number, _cells(row, columns), source, taken, seen) for number, row in sheet.rows]


def _cells(row: Sequence[str], columns: Mapping[int, str]) -> dict[str, str]:
    return {name: row[index] for index, name in columns.items() if index < len(row)}


def _listed(
    number: int, cells: dict[str, str], source: str, taken: Collection[str], seen: dict[str, int]
) -> ListedService:  # fmt: skip
    problems: list[str] = []
    words = tuple(dict.fromkeys(part.strip() for part in SPLIT.split(cells.pop("words", "")) if part.strip()))
    audience = _known(cells.pop("audience", ""), AUDIENCES, Audience.PERSON, "谁能办", problems)
    topics = {str(label): value for value, label in Topic.choices}
    topic = _known(cells.pop("topic", ""), topics, Topic.OTHER, "主题", problems)
    draft = ServiceDraft(**{"name": "", **cells}, words=words, audience=audience, topic=topic)
    draft = replace(draft, source=draft.source or source)
    problems += service_problems(draft)
    if draft.name and draft.name in taken:
        problems.append("本单位已有这项服务，不重复导入。")
    if draft.name in seen:
        problems.append(f"和第 {seen[draft.name]} 行重复。")
    seen.setdefault(draft.name, number)
    return ListedService(number, draft, tuple(problems))


def _known(text: str, known: Mapping[str, str], default: str, label: str, problems: list[str]) -> str:
    if text and text not in known:
        problems.append(f"{label}“{text[:20]}”不认识，可以写{'、'.join(list(known)[:6])}等。")
    return known.get(text, default)
