"""What does not fit the description of a call, told in sentences by the names the caller wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_USUAL: Final = "不合要求，请对照接口描述。"
_BY_TYPE: Final = {
    "missing": "没有填，请填上。",
    "string_type": "要是文字。",
    "bool_type": "要是 true 或 false。",
    "bool_parsing": "要是 true 或 false。",
    "int_type": "要是整数。",
    "int_parsing": "要是整数。",
    "int_from_float": "要是整数。",
    "list_type": "要是列表。",
    "date_from_datetime_parsing": "要是日期，如 2026-11-23。",
    "date_type": "要是日期，如 2026-11-23。",
    "string_too_short": "最短 {min_length} 个字。",
    "string_too_long": "最长 {max_length} 个字，请分段。",
    "too_long": "最多 {max_length} 项。",
    "greater_than_equal": "最小是 {ge}。",
    "less_than_equal": "最大是 {le}。",
    "extra_forbidden": "不是这个调用的字段，请对照接口描述改正或删去。",
    "enum": "不是可以填的值，请对照接口描述。",
}
_BODY: Final = "body"


def sentences_of(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each place that does not fit; `errors` are pydantic's, `loc` beginning with the part."""
    told = dict.fromkeys((_name(one["loc"]), _told(one)) for one in errors)
    return [f"“{name}”{sentence}" for name, sentence in told]


def _name(place: Sequence[Any]) -> str:
    """Return the name as the caller wrote it: the first part tells where it stood, in a body the next is our own."""
    written = place[2:] if place[0] == _BODY and len(place) > 2 else place[1:]  # noqa: PLR2004 - part, ours, theirs
    return ".".join(str(part) for part in written or place)


def _told(error: Mapping[str, Any]) -> str:
    sentence = _BY_TYPE.get(error["type"], _USUAL)
    facts = {name: f"{value:,}" if isinstance(value, int) else value for name, value in error.get("ctx", {}).items()}
    return sentence.format_map(facts)
