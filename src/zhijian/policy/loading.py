"""Reading policy packs strictly: whatever does not hold is refused with the file, the place and the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Any

from zhijian.policy.enums import Evidence
from zhijian.policy.errors import BadData, UnknownPack
from zhijian.policy.installed import own_folder
from zhijian.policy.platforms import PlatformTable, load_platforms
from zhijian.policy.reading import Fields, read_toml
from zhijian.policy.records import Catalogue, Document, KeyInfo, Pack, Scope, Value
from zhijian.policy.typing_rules import TYPES, check_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

NATIONAL = "national"


@dataclass(frozen=True, eq=False)
class PackSet:
    """All installed packs with the catalogue they were checked against."""

    catalogue: Catalogue
    packs: Mapping[str, Pack]
    platforms: PlatformTable

    def pack(self, code: str) -> Pack:
        """Return one pack. Raises `UnknownPack`."""
        if code not in self.packs:
            known = "、".join(sorted(self.packs))
            raise UnknownPack(f"没有安装规则包“{code}”。请在机构设置里改选：{known}。")
        return self.packs[code]


def load_packs(extra_dir: Path | None = None) -> PackSet:
    """Read the shipped packs and the operator's own.

    `extra_dir` (the installation's own folder when not given) may hold `<code>.toml` packs, where one with a shipped
    code takes its place, and `keys.toml` and `platforms.toml` with further keys and platforms. Files are read again
    only when one of them changed.
    Raises `BadData`.
    """
    extra_dir = extra_dir or own_folder()
    if extra_dir is None:
        return _read_packs(None, ())
    if not extra_dir.is_dir():
        raise BadData(str(extra_dir), "规则包目录", "目录不存在", "请建立该目录，或在设置里改正路径")
    stamps = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(extra_dir.glob("*.toml")))
    return _read_packs(extra_dir, stamps)


def pack_names(packs: PackSet | None = None) -> dict[str, str]:
    """Return the Chinese name of every installed pack by code, wide areas first, as a form offers them."""
    known = packs or load_packs()
    levels = list(known.catalogue.words["level"])
    ordered = sorted(known.packs.values(), key=lambda pack: (levels.index(pack.level), pack.code))
    return {pack.code: pack.name for pack in ordered}


@lru_cache(maxsize=8)
def _read_packs(extra_dir: Path | None, stamps: tuple[tuple[str, int], ...]) -> PackSet:
    room = files(__package__)
    own = {name: extra_dir / name for name, _ in stamps} if extra_dir else {}
    platforms = load_platforms(own.pop("platforms.toml", None))
    keys_files = [room.joinpath("keys.toml"), *([own.pop("keys.toml")] if "keys.toml" in own else [])]
    catalogue = read_catalogue(keys_files, platforms)
    shipped = {entry.name: entry for entry in room.joinpath("packs").iterdir() if entry.name.endswith(".toml")}
    sources: dict[str, Traversable | Path] = {**shipped, **own}
    packs = [read_pack(source, catalogue) for _, source in sorted(sources.items())]
    found = {pack.code: pack for pack in packs}
    _check_set(found)
    return PackSet(catalogue, found, platforms)


def _check_set(packs: Mapping[str, Pack]) -> None:
    for pack in packs.values():
        if pack.within and pack.within not in packs:
            raise BadData(pack.file, "pack", f"上级规则包 {pack.within} 不存在", "请改正 within，或先加上那个规则包")


def read_catalogue(sources: Iterable[Traversable | Path], platforms: PlatformTable) -> Catalogue:
    """Read the key catalogue; the platform words come from the platform table. Raises `BadData`."""
    titles: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    keys: dict[str, KeyInfo] = {}
    for source in sources:
        content = read_toml(source)
        content.only("context", "key")
        for row in content.tables("context"):
            code, title, known = _read_context(row)
            titles[code] = title
            words[code] = known
        for row in content.tables("key"):
            info = _read_key(row, titles)
            keys[info.key] = info
    words["platform"] = {platform.code: platform.name for platform in platforms.platforms}
    words["kind"] = {kind.code: kind.name for platform in platforms.platforms for kind in platform.kinds}
    return Catalogue(keys, titles, words)


def _read_context(row: Fields) -> tuple[str, str, dict[str, str]]:
    row.only("code", "title", "words")
    known = row.optional("words", dict) or {}
    return row.need("code", str), row.need("title", str), {str(code): str(name) for code, name in known.items()}


def _read_key(row: Fields, titles: Mapping[str, str]) -> KeyInfo:
    row.only(
        "key",
        "title",
        "type",
        "unit",
        "context",
        "vocabulary",
        "choices",
        "fields",
        "stricter",
        "least",
        "most",
        "meaning",
    )
    info = KeyInfo(
        key=row.need("key", str),
        title=row.need("title", str),
        type=row.need("type", str),
        unit=row.optional("unit", str) or "",
        context=row.texts("context"),
        vocabulary=row.optional("vocabulary", str) or "",
        choices=row.texts("choices"),
        fields=row.texts("fields"),
        stricter=row.optional("stricter", str) or "",
        least=row.optional("least", int),
        most=row.optional("most", int),
        meaning=row.need("meaning", str),
    )
    if info.type not in TYPES:
        raise row.bad(f"{info.key} 的 type “{info.type}”不认识", f"请用 {'、'.join(sorted(TYPES))} 之一")
    if info.stricter not in {"", "lower", "higher"}:
        raise row.bad(f"{info.key} 的 stricter 不认识", "请写 lower 或 higher，或删去")
    unknown = [dimension for dimension in (*info.context, info.vocabulary) if dimension and dimension not in titles]
    if unknown:
        raise row.bad(f"{info.key} 用到没有登记的情形 {'、'.join(unknown)}", "请先在 [[context]] 里登记")
    return info


def read_pack(source: Traversable | Path, catalogue: Catalogue) -> Pack:
    """Read and check one pack. Raises `BadData`."""
    content = read_toml(source)
    content.only("pack", "document", "value")
    head = Fields(content.file, "[pack]", content.need("pack", dict))
    head.only("code", "name", "level", "within", "note")
    code = head.need("code", str)
    if source.name != f"{code}.toml":
        raise head.bad(f"code 是 {code}，与文件名不同", f"请把文件改名为 {code}.toml，或改正 code")
    documents = {row.need("code", str): _read_document(row) for row in content.tables("document")}
    values = [_read_value(row, code, documents, catalogue) for row in content.tables("value")]
    _check_conflicts(content, values)
    return Pack(
        code=code,
        name=head.need("name", str),
        level=_word(head, "level", head.need("level", str), catalogue),
        within=head.optional("within", str) or "",
        note=head.optional("note", str) or "",
        documents=documents,
        values={key: tuple(value for value in values if value.key == key) for key in {value.key for value in values}},
        file=content.file,
    )


def _read_document(row: Fields) -> Document:
    row.only("code", "name", "number", "issued_on")
    return Document(
        code=row.need("code", str),
        name=row.need("name", str),
        number=row.need("number", str),
        issued_on=row.optional("issued_on", date),
    )


def _read_value(row: Fields, pack: str, documents: Mapping[str, Document], catalogue: Catalogue) -> Value:
    row.only("key", "value", "document", "scope", "effective_from", "effective_to", "evidence", "note")
    info = _known_key(row, row.need("key", str), catalogue)
    here = Fields(row.file, f"{row.place}（{info.key}）", row.content)
    if "value" not in row.content:
        raise here.bad("缺少 value", "请补上 value")
    document = here.need("document", str)
    if document not in documents:
        raise here.bad(f"找不到文件 {document}", "请先在本文件写 [[document]]，再引用它的 code")
    problem = check_value(row.content["value"], info, catalogue)
    if problem:
        raise here.bad(f"值不对：{problem}", f"{info.title}应当填{TYPES[info.type]}")
    begins, ends = here.need("effective_from", date), here.optional("effective_to", date)
    if ends is not None and ends < begins:
        raise here.bad("effective_to 早于 effective_from", "请核对起止日期")
    return Value(
        key=info.key,
        value=_frozen(row.content["value"], info),
        document=documents[document],
        scope=_read_scope(here, info, catalogue),
        effective_from=begins,
        effective_to=ends,
        evidence=_evidence(here),
        note=here.optional("note", str) or "",
        pack=pack,
        place=here.place,
    )


def _known_key(row: Fields, key: str, catalogue: Catalogue) -> KeyInfo:
    info = catalogue.keys.get(key)
    if info is None:
        near = get_close_matches(key, catalogue.keys, n=3)
        hint = f"是不是 {'、'.join(near)}？" if near else ""
        raise row.bad(f"键 {key} 没有登记", f"{hint}新键请先写进 keys.toml")
    return info


def _evidence(row: Fields) -> Evidence:
    tag = row.need("evidence", str)
    if tag not in set(Evidence):
        raise row.bad(f"evidence “{tag}”不认识", "请写 C（有原文）、S（二手）或 M（默认做法）")
    return Evidence(tag)


def _read_scope(row: Fields, info: KeyInfo, catalogue: Catalogue) -> Scope:
    scope = Fields(row.file, f"{row.place} scope", row.optional("scope", dict) or {})
    terms = []
    for dimension in sorted(scope.content):
        if dimension not in info.context:
            allowed = "、".join(info.context) or "（不分情形）"
            raise scope.bad(f"{info.key} 不能按 {dimension} 区分", f"可以用 {allowed}")
        words = scope.texts(dimension)
        if not words:
            raise scope.bad(f"{dimension} 是空的", "请写至少一个词，或删去")
        terms.append((dimension, tuple(_word(scope, dimension, word, catalogue) for word in words)))
    return Scope(tuple(terms))


def _word(row: Fields, dimension: str, word: str, catalogue: Catalogue) -> str:
    known = catalogue.words.get(dimension, {})
    if known and word not in known:
        raise row.bad(f"{dimension} 的“{word}”不认识", f"可以用 {'、'.join(known)}")
    return word


def _check_conflicts(content: Fields, values: list[Value]) -> None:
    for first, second in combinations(values, 2):
        same = first.key == second.key and first.scope.overlaps(second.scope)
        if same and _together(first, second):
            problem = f"与{second.place}在同一情形、同一时期重复"
            raise BadData(content.file, first.place, problem, "请写 effective_to 或区分 scope")


def _together(first: Value, second: Value) -> bool:
    return first.in_force(second.effective_from) or second.in_force(first.effective_from)


def _frozen(value: Any, info: KeyInfo) -> Any:
    return float(value) if info.type == "share" else _freeze(value)


def _freeze(value: Any) -> Any:
    """Make lists into tuples, so that nobody changes a rule by accident; tables stay dictionaries."""
    if isinstance(value, list):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, dict):
        return {key: _freeze(item) for key, item in value.items()}
    return value
