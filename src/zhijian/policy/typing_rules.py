"""The types a rule value may have, and the check of one value against its catalogue entry."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.policy.records import Catalogue, KeyInfo

TYPES = {
    "integer": "整数",
    "share": "0到1之间的小数",
    "boolean": "true 或 false",
    "text": "文字",
    "texts": "文字的列表",
    "integers": "整数的列表",
    "fractions": "分数的列表，如 [[1, 2], [1, 1]]",
    "time": '时刻，如 "09:00"',
    "table": "表",
    "tables": "表的列表",
    "route": "审核流程（stages 的列表）",
}
STAGE_FIELDS = frozenset({"code", "name", "roles", "gates", "level"})


def check_value(value: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    """Return what is wrong with a value in a few Chinese words, or an empty text."""
    return _CHECKS[info.type](value, info, catalogue)


def _integer(value: Any, info: KeyInfo, _: Catalogue) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "不是整数"
    if info.least is not None and value < info.least:
        return f"小于{info.least}"
    if info.most is not None and value > info.most:
        return f"大于{info.most}"
    return ""


def _share(value: Any, _info: KeyInfo, _: Catalogue) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if number and 0 <= value <= 1 else "不在0到1之间"


def _boolean(value: Any, _info: KeyInfo, _: Catalogue) -> str:
    return "" if isinstance(value, bool) else "不是 true 或 false"


def _text(value: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    if not isinstance(value, str) or not value:
        return "不是文字"
    allowed = info.choices or tuple(catalogue.words.get(info.vocabulary, ()))
    if allowed and value not in allowed:
        return f"“{value}”不在可选范围（{'、'.join(allowed)}）"
    return ""


def _texts(value: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    if not isinstance(value, list) or not value:
        return "不是列表，或是空的"
    return next((problem for item in value if (problem := _text(item, info, catalogue))), "")


def _integers(value: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    if not isinstance(value, list) or not value:
        return "不是列表，或是空的"
    if sorted(set(value)) != value:
        return "没有从小到大排列，或有重复"
    return next((problem for item in value if (problem := _integer(item, info, catalogue))), "")


def _fractions(value: Any, _info: KeyInfo, _: Catalogue) -> str:
    def fits(item: Any) -> bool:
        whole = isinstance(item, list) and len(item) == 2 and all(isinstance(part, int) for part in item)  # noqa: PLR2004 -- a fraction has two parts
        return whole and 0 < item[0] <= item[1]

    return "" if isinstance(value, list) and value and all(map(fits, value)) else "有一项不是0到1之间的分数"


def _time(value: Any, _info: KeyInfo, _: Catalogue) -> str:
    try:
        time.fromisoformat(value)
    except (TypeError, ValueError):
        return "不是时刻"
    return ""


def _table(value: Any, info: KeyInfo, _: Catalogue) -> str:
    if not isinstance(value, dict):
        return "不是表"
    missing = [name for name in info.fields if name not in value]
    extra = [name for name in value if info.fields and name not in info.fields]
    if missing:
        return f"缺少 {'、'.join(missing)}"
    return f"多了 {'、'.join(extra)}" if extra else ""


def _tables(value: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    if not isinstance(value, list) or not value:
        return "不是列表，或是空的"
    return next((problem for item in value if (problem := _table(item, info, catalogue))), "")


def _route(value: Any, _info: KeyInfo, catalogue: Catalogue) -> str:
    stages = value.get("stages") if isinstance(value, dict) else None
    if not isinstance(stages, list) or not stages:
        return "没有 stages"
    codes = [stage.get("code") for stage in stages]
    if len(set(codes)) != len(codes):
        return "有两道审核的 code 相同"
    return next((problem for stage in stages if (problem := _stage(stage, catalogue))), "")


def _stage(stage: dict[str, Any], catalogue: Catalogue) -> str:
    name = stage.get("name") or stage.get("code") or "没有名称的一道"
    if not stage.get("code") or not stage.get("name") or not stage.get("roles"):
        return f"{name}缺少 code、name 或 roles"
    if set(stage) - STAGE_FIELDS:
        return f"{name}多了 {'、'.join(sorted(set(stage) - STAGE_FIELDS))}"
    wrong = [role for role in stage["roles"] if role not in catalogue.words["role"]]
    wrong += [gate for gate in stage.get("gates", []) if gate not in catalogue.words["gate"]]
    if stage.get("level", "own") not in catalogue.words["approver"]:
        wrong.append(stage["level"])
    return f"{name}里有不认识的 {'、'.join(wrong)}" if wrong else ""


_CHECKS: dict[str, Callable[[Any, KeyInfo, Catalogue], str]] = {
    "integer": _integer,
    "share": _share,
    "boolean": _boolean,
    "text": _text,
    "texts": _texts,
    "integers": _integers,
    "fractions": _fractions,
    "time": _time,
    "table": _table,
    "tables": _tables,
    "route": _route,
}
