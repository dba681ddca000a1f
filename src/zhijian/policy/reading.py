"""Reading TOML strictly: every field is asked for by name and type, and nothing may be left over."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from zhijian.policy.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

T = TypeVar("T")

_TYPE_NAMES = {str: "文字", int: "整数", bool: "true 或 false", list: "列表", dict: "表", date: "日期（如 2024-01-01）"}


def read_toml(source: Traversable | Path) -> Fields:
    """Parse one TOML file. Raises `BadData` naming the file when it cannot be read."""
    try:
        content = tomllib.loads(source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(source.name, "文件", f"不是有效的 TOML（{error}）", "请检查引号、括号和日期写法") from error
    return Fields(source.name, "文件开头", content)


@dataclass(frozen=True, slots=True)
class Fields:
    """One table of a file, with the place a person finds it at."""

    file: str
    place: str
    content: Mapping[str, Any]

    def bad(self, problem: str, remedy: str) -> BadData:
        return BadData(self.file, self.place, problem, remedy)

    def only(self, *names: str) -> None:
        """Refuse fields nobody reads: a misspelt optional field would otherwise be lost silently."""
        left = sorted(set(self.content) - set(names))
        if left:
            raise self.bad(f"有不认识的字段 {'、'.join(left)}", f"只能写 {'、'.join(names)}，请改正拼写或删去")

    def need(self, name: str, kind: type[T]) -> T:
        """Return a field that must be there, of this type; an empty text counts as missing."""
        value = self.optional(name, kind)
        if value is None or value == "":
            raise self.bad(f"缺少 {name}", f"请补上 {name}，类型是{_TYPE_NAMES[kind]}")
        return value

    def optional(self, name: str, kind: type[T]) -> T | None:
        value = self.content.get(name)
        if value is None:
            return None
        if not _is(value, kind):
            raise self.bad(f"{name} 的类型不对", f"应当是{_TYPE_NAMES[kind]}")
        return value  # type: ignore[no-any-return]  # checked one line above

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a missing field is an empty list."""
        values = self.optional(name, list) or []
        if not all(isinstance(value, str) and value for value in values):
            raise self.bad(f"{name} 里有空白或不是文字的项", "每一项都写成带引号的文字")
        return tuple(values)

    def tables(self, name: str) -> tuple[Fields, ...]:
        """Return a list of tables, each knowing its number for error messages."""
        rows = self.optional(name, list) or []
        if not all(isinstance(row, dict) for row in rows):
            raise self.bad(f"{name} 里有一项不是表", f"请写成 [[{name}]] 的形式")
        return tuple(Fields(self.file, f"第{number}个 {name}", row) for number, row in enumerate(rows, 1))


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind)
