"""The catalogue of columns and the layouts that come with the product (`layouts.toml`), and a cell of a layout."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from zhijian.census.enums import Measure, SheetState, Standing
from zhijian.organisations.enums import Level
from zhijian.registry.enums import AccountState, FindingKind
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zhijian.census.models import Row

MOST_COLUMNS: Final = 60
LONGEST_LABEL: Final = 60
ASKED_ALWAYS: Final = ("name", "state")
"""What every table asks of an account, whatever its layout shows: without them nothing can be counted."""


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """One thing a column may hold. `reads` says how a body fills it in; "" is filled in by the system."""

    key: str
    label: str
    reads: str = ""


@dataclass(frozen=True, slots=True)
class ShippedLayout:
    """A layout of the product."""

    code: str
    name: str
    sheet_per_body: bool
    columns: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Return the layout as a census keeps it."""
        columns = [{"key": key, "label": catalogue()[key].label} for key in self.columns]
        return {"name": self.name, "sheet_per_body": self.sheet_per_body, "columns": columns}


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("layouts.toml").read_text(encoding="utf-8"))


@cache
def catalogue() -> dict[str, ColumnKind]:
    """Return every kind of column by its key, in the order they are offered."""
    return {row["key"]: ColumnKind(**row) for row in _read()["column"]}


@cache
def shipped_layouts() -> dict[str, ShippedLayout]:
    """Return the layouts of the product by their codes."""
    rows = (ShippedLayout(**{**row, "columns": tuple(row["columns"])}) for row in _read()["layout"])
    return {layout.code: layout for layout in rows}


def asked_keys(keys: list[str]) -> list[str]:
    """Return the columns a body fills in for a layout with these columns, those asked always among them."""
    wanted = {*keys, *ASKED_ALWAYS}
    return [kind.key for kind in catalogue().values() if kind.reads and kind.key in wanted]


def account_keys() -> list[str]:
    """Return every column the register can fill."""
    return [kind.key for kind in catalogue().values() if kind.reads]


def guess_key(label: str, field: str) -> str:
    """Return what a head of an office's own layout may mean; `field` is what the reading of ledgers makes of it."""
    plain = re.sub(r"[\s（）()*：:]+", "", label)
    for kind in catalogue().values():
        if kind.label == plain:
            return kind.key
    for pattern, key in _HEADS:
        if re.search(pattern, plain):
            return key
    return field if field in catalogue() else ""


_HEADS: Final = (
    (r"^序号?$|^编号$", "serial"),
    (r"问题.*(说明|描述|情况)", "problem_note"),
    (r"问题", "problems"),
    (r"(完成|整改|办结).*(时限|时间|日期)", "measure_on"),
    (r"措施|处置|处理|整改", "measure"),
    (r"层级|级别", "level"),
    (r"(机构|单位|信用).*(编码|代码)", "body_code"),
)


def cell(row: Row, key: str, *, serial: int, supervising: str = "") -> object:
    """Return what stands in a column of a row, as text or number; `supervising` names who supervises its body."""
    if key in _DRAWN:
        return _DRAWN[key](row)
    told = {"serial": serial, "supervising": supervising or "无"}
    return told[key] if key in told else shown(key, row.values.get(key))


def shown(key: str, value: object) -> object:
    """Return a value of an account in the users' words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if key == "state":
        return AccountState(value).label if value in AccountState.values else str(value)
    return value


@cache
def problem_labels() -> dict[str, str]:
    """Return the words of every problem by its code: the findings of the register, then what bodies tell themselves."""
    own = {row["code"]: row["label"] for row in _read()["problem"]}
    return {**{str(value): str(label) for value, label in FindingKind.choices}, **own}


def problem_names(codes: Iterable[str]) -> list[str]:
    """Return the words of problems by their codes."""
    return [problem_labels().get(code, code) for code in codes]


_DRAWN: dict[str, Callable[[Row], object]] = {
    "body": lambda row: row.organisation.name,
    "body_code": lambda row: row.organisation.code,
    "level": lambda row: Level(row.level).label,
    "platform": lambda row: platform_label(row.platform, row.kind),
    "standing": lambda row: Standing(row.standing).label,
    "problems": lambda row: "；".join(problem_names(row.problems)),
    "problem_note": lambda row: row.problem_note,
    "measure": lambda row: Measure(row.measure).label,
    "measure_on": lambda row: row.measure_on.isoformat() if row.measure_on else "",
    "sheet_state": lambda row: SheetState(row.sheet.state).label,
}
