"""Telling what was found: lines for a person, JSON for a program, SARIF for tools that show findings beside text."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from zhijian.screening import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from zhijian.cli.screened.sources import Screened
    from zhijian.screening import RuleSet
    from zhijian.screening.looking import Seen

SARIF: Final = "2.1.0"
SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.VETO: "error", Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


def as_text(looked: Sequence[Screened], ruleset: RuleSet) -> str:
    """Return a line for each finding and each part that was not looked at, then one sentence."""
    del ruleset
    lines = [line for one in looked for line in _lines(one)]
    counts = Counter(seen.finding.severity for one in looked for seen in one.seen)
    told = "、".join(f"{severity.label} {counts[severity]} 处" for severity in Severity if counts[severity])
    left = sum(len(one.not_looked) for one in looked)
    found = f"发现{told}" if told else "没有发现问题"
    rest = f"，{left} 处没有检查" if left else ""
    if not any(one.is_read for one in looked):
        return "\n".join([*lines, f"没有查到任何内容{rest}。"])
    return "\n".join([*lines, f"查了 {len(looked)} 项，{found}{rest}。"])


def _lines(one: Screened) -> list[str]:
    found = [f"{_where(one, seen)}: {seen.finding.severity.label}：{_told(seen)}" for seen in one.seen]
    looked = [f"{one.name}: {one.looked}"] if one.looked else []
    return [*found, *looked, *(f"{one.name}: 没有检查：{sentence}" for sentence in one.not_looked)]


def _where(one: Screened, seen: Seen) -> str:
    return f"{one.name}:{seen.line}:{seen.column}" if seen.line else f"{one.name}（{seen.place}）"


def _told(seen: Seen) -> str:
    return f"{seen.finding.message}［{seen.finding.rule_id}，{seen.finding.source}］"


def as_json(looked: Sequence[Screened], ruleset: RuleSet) -> str:
    """Return one JSON object: `{"ruleset", "sources": [{"name", "findings", "looked", "not_looked"}]}`."""
    sources = [
        {
            "name": one.name,
            "findings": [seen.as_data() for seen in one.seen],
            "looked": one.looked,
            "not_looked": list(one.not_looked),
        }
        for one in looked
    ]
    return json.dumps({"ruleset": ruleset.version, "sources": sources}, ensure_ascii=False, indent=2)


def as_sarif(looked: Sequence[Screened], ruleset: RuleSet) -> str:
    """Return a SARIF 2.1.0 log of one run: rules that hit, results with their regions, and what was not looked at."""
    used = {seen.finding.rule_id: seen.finding for one in looked for seen in one.seen}
    driver = {
        "name": "zhijian screen",
        "version": ruleset.version,
        "rules": [_rule(rule_id, used) for rule_id in sorted(used)],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(looked)}],
        "results": [_result(one, seen) for one in looked for seen in one.seen],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": SARIF, "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(rule_id: str, used: Mapping[str, Any]) -> dict[str, Any]:
    finding = used[rule_id]
    return {
        "id": rule_id,
        "shortDescription": {"text": finding.category.label},
        "help": {"text": f"依据：{finding.source}"},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"category": finding.category.value},
    }


def _result(one: Screened, seen: Seen) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(one.name)}}
    if seen.line:
        length = seen.finding.end - seen.finding.start
        physical["region"] = {
            "startLine": seen.line,
            "startColumn": seen.column,
            "endColumn": seen.column + length,
            "snippet": {"text": seen.finding.excerpt},
        }
    fixes = {"fixes": [_fix(physical, words) for words in seen.finding.suggestions]} if seen.line else {}
    location = {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": seen.place}]}
    return {
        "ruleId": seen.finding.rule_id,
        "level": _LEVELS[seen.finding.severity],
        "message": {"text": seen.finding.message},
        "locations": [location],
        **fixes,
        "properties": {"severity": seen.finding.severity.value, "suggestions": list(seen.finding.suggestions)},
    }


def _fix(physical: Mapping[str, Any], words: str) -> dict[str, Any]:
    region = {name: value for name, value in physical["region"].items() if name != "snippet"}
    change = {
        "artifactLocation": physical["artifactLocation"],
        "replacements": [{"deletedRegion": region, "insertedContent": {"text": words}}],
    }
    return {"description": {"text": f"改为“{words}”" if words else "删去"}, "artifactChanges": [change]}


def _uri(name: str) -> str:
    return name if name.startswith(("http://", "https://")) else quote(name.replace("\\", "/"))


def _notifications(looked: Sequence[Screened]) -> list[dict[str, Any]]:
    return [
        {
            "level": "warning",
            "message": {"text": f"没有检查：{sentence}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(one.name)}}}],
        }
        for one in looked
        for sentence in one.not_looked
    ]


FORMATS: Final[Mapping[str, Callable[[Sequence[Screened], RuleSet], str]]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
}
