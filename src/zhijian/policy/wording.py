"""How rule values, scopes and circumstances are written for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.policy.records import Catalogue, KeyInfo, Scope

UNIT_NAMES = {
    "days": "天",
    "working_days": "个工作日",
    "hours": "小时",
    "minutes": "分钟",
    "months": "个月",
    "times": "次",
    "people": "人",
}


def value_text(value: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    """Write a value with its unit and the Chinese names of its words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if info.type == "share":
        return f"{float(value):.0%}"
    if info.type == "route":
        return " → ".join(stage["name"] for stage in value["stages"])
    if info.type == "table":
        return "，".join(f"{name}={item}" for name, item in value.items())
    if isinstance(value, tuple):
        return _list_text(value, info, catalogue)
    return f"{catalogue.name_of(info.vocabulary, str(value))}{UNIT_NAMES.get(info.unit, '')}"


def _list_text(value: tuple[Any, ...], info: KeyInfo, catalogue: Catalogue) -> str:
    joiner = " → " if info.vocabulary == "approver" else "、"
    return joiner.join(_item_text(item, info, catalogue) for item in value)


def _item_text(item: Any, info: KeyInfo, catalogue: Catalogue) -> str:
    if isinstance(item, dict):
        return str(item.get("name") or item)
    if info.type == "fractions":
        return f"{item[0]}/{item[1]}"
    return catalogue.name_of(info.vocabulary, str(item))


def scope_text(scope: Scope, catalogue: Catalogue) -> str:
    """Write a scope, as 层级：县级、乡级；平台：微博. An empty scope applies everywhere."""
    if not scope.terms:
        return "不分情形"
    parts = [
        f"{catalogue.titles[dimension]}：{'、'.join(catalogue.name_of(dimension, word) for word in words)}"
        for dimension, words in scope.terms
    ]
    return "；".join(parts)


def context_text(context: Mapping[str, str], catalogue: Catalogue) -> str:
    """Write the circumstances of a question; an empty text when there are none."""
    parts = [
        f"{catalogue.titles[dimension]}{catalogue.name_of(dimension, word)}" for dimension, word in context.items()
    ]
    return f"，{'，'.join(parts)}" if parts else ""
