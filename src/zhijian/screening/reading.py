"""Reading the packaged rules: one TOML file per category, read strictly, every field by name and type."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from zhijian.screening.enums import Category, Disguise, Severity
from zhijian.screening.rule import BadRule, Context, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_Kind = TypeVar("_Kind", bound=StrEnum)
_CONTEXT_FIELDS = ("before", "not_before", "after", "not_after", "near", "not_near")
_NEEDED = ("id", "severity", "message", "source")
_TEXT_FIELDS = (*_NEEDED, "detector", "pattern", *_CONTEXT_FIELDS)
_LIST_FIELDS = ("wrong", "right", "unless", "disguises", "arguments", "examples_hit", "examples_pass")
_OTHER_FIELDS = ("pairs", "limit", "valid_from", "valid_to")
_INHERITED = ("severity", "message", "source", "disguises", "not_near", "near")
_FILE_FIELDS = ("category", "owner", "defaults", "contexts", "rule")
_WANTED_TYPES = {
    **dict.fromkeys(_TEXT_FIELDS, "引号里的文字"),
    **dict.fromkeys(_LIST_FIELDS, '方括号里的一列文字，如 ["甲", "乙"]'),
    "pairs": '{ "错误写法" = "正确写法" }，两边都是引号里的文字',
    "limit": "不小于0的整数",
    "valid_from": "日期，如 2026-01-01，不加引号",
    "valid_to": "日期，如 2026-01-01，不加引号",
}
# Twelve times the longest packaged file; more is no list that people keep.
_MOST_CHARACTERS = 3_000_000
_PLACE = re.compile(r"at line ([0-9]+), column ([0-9]+)")


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

    `category` names the category and `owner` who keeps the file; `[defaults]` gives severity, message, source and
    disguises to rules that leave them out; `[contexts]` names expressions that rules quote as `@name`. Raises `BadRule`
    naming file, rule and field and saying what to write instead, whatever the file holds.
    """
    try:
        return _rules(_content(text))
    except BadRule as error:
        raise BadRule(f"{name}：{error}") from error


def _content(text: str) -> dict[str, Any]:
    if len(text) > _MOST_CHARACTERS:
        raise BadRule(f"有{len(text):,}个字符，超过{_MOST_CHARACTERS:,}个。请拆成几个文件。")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        where = f"第{place[1]}行第{place[2]}个字" if place else "文件末尾"
        raise BadRule(f"{where}的写法不是TOML，请核对引号、等号、括号、日期和重复的名称。") from error
    except RecursionError as error:
        raise BadRule("括号套得太深，请照现有规则的样子改写。") from error


def _rules(content: Mapping[str, Any]) -> tuple[Rule, ...]:
    _refuse_unknown(content, _FILE_FIELDS, whose="文件")
    category = _choice(Category, content.get("category"), "文件开头的 category")
    owner, defaults, contexts = content.get("owner", ""), content.get("defaults", {}), content.get("contexts", {})
    if not isinstance(owner, str):
        raise BadRule("文件开头的 owner 类型不对，应写成引号里的文字。")
    if not isinstance(defaults, dict):
        raise BadRule('[defaults] 类型不对，请另起一行写 [defaults]，下面写 severity = "error" 一类的行。')
    if not isinstance(contexts, dict) or not all(isinstance(one, str) for one in contexts.values()):
        raise BadRule("[contexts] 类型不对，请另起一行写 [contexts]，下面每行写 名称 = '正则表达式'。")
    _refuse_unknown(defaults, _INHERITED, whose="[defaults]")
    _refuse_wrong_types(defaults, whose="[defaults]")
    rows = _rows(content.get("rule"))
    return tuple(_rule({**defaults, **row}, owner=owner, category=category, contexts=contexts) for row in rows)


def _rows(rows: object) -> Sequence[dict[str, Any]]:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise BadRule("没有规则。每条规则另起一行写 [[rule]]，下面写 id、wrong 等字段。")
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get("id"), str) or not row["id"].strip():
            raise BadRule(f'第{number}条规则没有编号，请写 id = "own.1" 一类的一行。')
    ((one, times),) = Counter(row["id"] for row in rows).most_common(1)
    if times > 1:
        raise BadRule(f"规则 {one} 出现了两次，请改用不同的编号。")
    return rows


def _rule(row: Mapping[str, Any], *, owner: str, category: Category, contexts: Mapping[str, str]) -> Rule:
    whose = f"规则 {row['id']}"
    _refuse_unknown(row, (*_TEXT_FIELDS, *_LIST_FIELDS, *_OTHER_FIELDS), whose=whose)
    _refuse_wrong_types(row, whose=whose)
    _refuse_gaps(row, whose=whose)
    pairs = row.get("pairs", {})
    return Rule(
        id=row["id"],
        category=category,
        severity=_choice(Severity, row["severity"], f"{whose} 的 severity"),
        message=row["message"],
        source=row["source"],
        owner=owner,
        wrong=tuple(pairs) or tuple(row.get("wrong", ())),
        right=tuple(pairs.values()) or tuple(row.get("right", ())),
        pairwise=bool(pairs),
        unless=tuple(row.get("unless", ())),
        context=Context(**{field: _named(row.get(field, ""), contexts, whose) for field in _CONTEXT_FIELDS}),
        disguises=_disguises(row, whose),
        detector=row.get("detector", ""),
        pattern=row.get("pattern", ""),
        arguments=tuple(row.get("arguments", ())),
        limit=row.get("limit", 0),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        examples_hit=tuple(row.get("examples_hit", ())),
        examples_pass=tuple(row.get("examples_pass", ())),
    )


def _refuse_gaps(row: Mapping[str, Any], *, whose: str) -> None:
    missing = [field for field in _NEEDED if not str(row.get(field, "")).strip()]
    if missing:
        raise BadRule(f"{whose} 缺少 {'、'.join(missing)}，请补上，或者写在 [defaults] 里。")
    if row.get("pairs") and (row.get("wrong") or row.get("right")):
        raise BadRule(f"{whose} 同时写了 pairs 和 wrong 或 right，请只留一种写法。")
    for field in ("unless", "arguments"):
        if not all(row.get(field, ())):
            raise BadRule(f"{whose} 的 {field} 里有空的词，请删去。")


def _disguises(row: Mapping[str, Any], whose: str) -> frozenset[Disguise]:
    if "disguises" not in row:
        return frozenset({Disguise.WIDTH, Disguise.CASE, Disguise.ZERO_WIDTH})
    return frozenset(_choice(Disguise, name, f"{whose} 的 disguises") for name in row["disguises"])


def _choice(kind: type[_Kind], value: object, what: str) -> _Kind:
    known = {one.value: one for one in kind}
    if not isinstance(value, str) or value not in known:
        told = "没有写" if value is None else f"不能是“{str(value)[:40]}”"
        raise BadRule(f"{what} {told}，可以写：{'、'.join(known)}。")
    return known[value]


def _named(expression: str, contexts: Mapping[str, str], whose: str) -> str:
    if not expression.startswith("@"):
        return expression
    if expression[1:] not in contexts:
        raise BadRule(f"{whose}：没有名为 {expression[1:]} 的上下文，请在 [contexts] 里写明。")
    return contexts[expression[1:]]


def _refuse_unknown(row: Mapping[str, Any], known: tuple[str, ...], *, whose: str) -> None:
    left = sorted(set(row) - set(known))
    if left:
        raise BadRule(f"{whose} 有不认识的字段 {'、'.join(left)}，请改正拼写或删去。可以写：{'、'.join(known)}。")


def _refuse_wrong_types(row: Mapping[str, Any], *, whose: str) -> None:
    for field, value in row.items():
        if not _fits(field, value):
            raise BadRule(f"{whose} 的 {field} 类型不对，应写成{_WANTED_TYPES[field]}。")


def _fits(field: str, value: object) -> bool:
    if field in _LIST_FIELDS:
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    if field in _TEXT_FIELDS:
        return isinstance(value, str)
    if field == "pairs":
        return isinstance(value, dict) and all(isinstance(right, str) for right in value.values())
    if field == "limit":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, date) and not isinstance(value, datetime)
