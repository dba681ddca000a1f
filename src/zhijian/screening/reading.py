"""Reading the packaged rules: one TOML file per category, read strictly, every field by name and type."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from zhijian.screening.enums import Category, Disguise, Severity
from zhijian.screening.rule import BadRule, Context, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTEXT_FIELDS = ("before", "not_before", "after", "not_after", "near", "not_near")
_TEXT_FIELDS = ("id", "severity", "message", "source", "detector", "pattern", *_CONTEXT_FIELDS)
_LIST_FIELDS = ("wrong", "right", "unless", "disguises", "arguments", "examples_hit", "examples_pass")
_OTHER_FIELDS = ("pairs", "limit", "valid_from", "valid_to")
_INHERITED = ("severity", "message", "source", "disguises", "not_near", "near")
_FILE_FIELDS = ("category", "defaults", "contexts", "rule")


@lru_cache(maxsize=1)
def default_rules() -> tuple[Rule, ...]:
    """Return every packaged rule, whatever its dates, ordered by file and place. Raises `BadRule` naming the file."""
    folder = files("zhijian.screening").joinpath("rules")
    sources = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(
        rule for entry in sources for rule in rules_of_toml(entry.read_text(encoding="utf-8"), name=entry.name)
    )


def rules_of_toml(text: str, *, name: str) -> tuple[Rule, ...]:
    """Read one file of rules.

    `category` names the category; `[defaults]` gives severity, message, source and disguises to rules that leave them
    out; `[contexts]` names expressions that rules quote as `@name`. Raises `BadRule` naming file and rule.
    """
    try:
        content = tomllib.loads(text)
        _refuse_unknown(content, _FILE_FIELDS)
        defaults = content.get("defaults", {})
        _refuse_unknown(defaults, _INHERITED)
        shared = {"category": content["category"], "contexts": content.get("contexts", {})}
        return tuple(_rule({**defaults, **row}, **shared) for row in content["rule"])
    except (BadRule, ValueError, KeyError, TypeError) as error:
        raise BadRule(f"{name}：{error}") from error


def _rule(row: Mapping[str, Any], *, category: str, contexts: Mapping[str, str]) -> Rule:
    _refuse_unknown(row, (*_TEXT_FIELDS, *_LIST_FIELDS, *_OTHER_FIELDS))
    _refuse_wrong_types(row)
    pairs = row.get("pairs", {})
    return Rule(
        id=row["id"],
        category=Category(category),
        severity=Severity(row["severity"]),
        message=row["message"],
        source=row["source"],
        wrong=tuple(pairs) or tuple(row.get("wrong", ())),
        right=tuple(pairs.values()) or tuple(row.get("right", ())),
        pairwise=bool(pairs),
        unless=tuple(row.get("unless", ())),
        context=Context(**{field: _named(row.get(field, ""), contexts) for field in _CONTEXT_FIELDS}),
        disguises=_disguises(row),
        detector=row.get("detector", ""),
        pattern=row.get("pattern", ""),
        arguments=tuple(row.get("arguments", ())),
        limit=row.get("limit", 0),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        examples_hit=tuple(row.get("examples_hit", ())),
        examples_pass=tuple(row.get("examples_pass", ())),
    )


def _disguises(row: Mapping[str, Any]) -> frozenset[Disguise]:
    if "disguises" not in row:
        return frozenset({Disguise.WIDTH, Disguise.CASE, Disguise.ZERO_WIDTH})
    return frozenset(Disguise(name) for name in row["disguises"])


def _named(expression: str, contexts: Mapping[str, str]) -> str:
    if not expression.startswith("@"):
        return expression
    if expression[1:] not in contexts:
        raise BadRule(f"没有名为 {expression[1:]} 的上下文，请在 [contexts] 里写明。")
    return contexts[expression[1:]]


def _refuse_unknown(row: Mapping[str, Any], known: tuple[str, ...]) -> None:
    left = sorted(set(row) - set(known))
    if left:
        raise BadRule(f"{row.get('id', '文件')} 有不认识的字段 {'、'.join(left)}，请改正拼写或删去。")


def _refuse_wrong_types(row: Mapping[str, Any]) -> None:
    for field, value in row.items():
        right = (
            isinstance(value, list) and all(isinstance(word, str) for word in value)
            if field in _LIST_FIELDS
            else isinstance(value, str)
            if field in _TEXT_FIELDS
            else isinstance(value, dict)
            if field == "pairs"
            else isinstance(value, int)
            if field == "limit"
            else isinstance(value, date) and not isinstance(value, datetime)
        )
        if not right:
            raise BadRule(f"{row.get('id', '')} 的 {field} 类型不对，请参照其他规则改正。")
