"""From a grid and its columns to entries: one entry is one account as a row tells it, with all that is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.policy.queries import PlatformKind, identify_platform, platform_by_code, platform_of_url
from zhijian.registry.importing import cells
from zhijian.registry.importing.cells import Unreadable, is_blank, shorten, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhijian.registry.importing.headers import Column, Layout
    from zhijian.registry.importing.reading import Grid

LENGTHS = {
    "body": 80, "supervising": 80, "name": 80, "platform_uid": 128, "handle": 80, "verified_subject": 120,
    "positioning": 300, "leader": 40, "contact": 40, "update_frequency": 40, "vendor": 120, "remark": 300,
}  # fmt: skip
# An empty cell of these is a fault, which is shown at the cell.
_NEEDED = {"body", "name"}
_LONGER_IS_CUT = {"positioning", "remark", "update_frequency"}
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|填报说明|填报人|填表人|制表|审核人|负责人签|单位负责人|联系人|合计|总计|小计|共计|此表|本表|单位（?盖章)\s*[:：（(]?|^\d+[.、]\s*.{15,}"
)
_CUTS = re.compile(r"[、,，;；/／|+＋&\n]+|(?<=\S)\s+(?=\S)|和|及")
_MARKS = re.compile(r"[、,，;；/／|+＋&\n]")
_NAME_CUTS = re.compile(r"[、;；\n]+")
_BARE_YES = {"有", "是", "√", "✓", "已开通", "已开设"}
_WITH_HANDLE = re.compile(
    r"(.+?)[(（](?:微信号|id|uid|账号|抖音号|快手号)[:：]?\s*([A-Za-z0-9_.\-]+)[)）]", re.IGNORECASE
)
STATES: tuple[tuple[str, str], ...] = (
    (r"已注销|已关停|已关闭|已销号|注销完成|^注销$|^关停$|^关闭$", "deregistered"),
    (r"注销中|关停中|正在注销|拟注销|待注销|拟关停", "closing"),
    (r"停更|停用|暂停|冻结|停止更新|僵尸|不再?更新|未更新|没有?更新", "frozen"),
    (r"未备案|待备案", "unfiled"),
    (r"正常|在用|运行|运营|活跃|启用|使用|更新|良好|是|开通|已备案|在线", "active"),
)
# 未运行, 没有使用, 不正常: the word for being in use, denied.
_DENIED = re.compile(r"[不未没非无](有|再|在)?(正常|在用|运行|运营|活跃|启用|使用|更新|良好|开通|在线)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell. `sentence` says what to do; `letter` is "" when the whole row is meant."""

    sheet: str
    row: int
    letter: str
    field: str
    sentence: str
    code: str = "unreadable"

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet, "row": self.row, "letter": self.letter,
            "field": self.field, "sentence": self.sentence, "code": self.code,
        }  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One account of a ledger row. `values` holds plain JSON values by field; `letters` where each came from."""

    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    def wrong(self, field_code: str, sentence: str, *, code: str = "unreadable") -> None:
        """Add a problem at the cell this field came from."""
        letter = self.letters.get(field_code, "")
        self.problems.append(Problem(self.sheet, self.row, letter, field_code, sentence, code))


@dataclass(slots=True)
class _Carry:
    """What the rows above said, for a body written only once over its accounts."""

    body: str = ""
    letter: str = ""


def read_entries(grid: Grid, layout: Layout) -> Iterator[Entry]:
    """Read every account of a sheet in order; notes, totals, section lines and repeated headers are left out."""
    carry = _Carry()
    header = [column.header for column in layout.columns]
    for number in range(layout.last_header + 1, len(grid.rows) + 1):
        row = grid.rows[number - 1]
        if _says_nothing(row, layout, header):
            continue
        yield from _read_row(grid.name, number, row, layout, carry)


def _says_nothing(row: Sequence[object], layout: Layout, header: Sequence[str]) -> bool:
    used = {column.index for column in layout.columns if column.field}
    filled = {index: text_of(value) for index, value in enumerate(row) if text_of(value)}
    if not any(index in used and not is_blank(row[index]) for index in filled):
        return True
    texts = list(dict.fromkeys(filled.values()))
    if len(texts) == 1 and (len(filled) > 1 or _is_line(texts[0]) or next(iter(filled)) not in _telling(layout)):
        return True
    if _NOTE.match(texts[0]) and len(texts) <= 3:  # noqa: PLR2004 - "填报人：某某 联系电话：…" takes three cells at most
        return True
    known = set(" ".join(header).split())
    return sum(text in known for text in texts) > len(texts) / 2 and len(texts) > 2  # noqa: PLR2004 - two words may be data


def _is_line(text: str) -> bool:
    return bool(
        re.match(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第[一二三四五六七八九十]+部分", text)
    ) or bool(_NOTE.match(text))


def _telling(layout: Layout) -> set[int]:
    """Return the columns of which one alone can make a row: a name of an account."""
    return {column.index for column in layout.columns if column.field == "name"}


def _read_row(sheet: str, number: int, row: Sequence[object], layout: Layout, carry: _Carry) -> Iterator[Entry]:
    shared = Entry(sheet, number, raw=[text_of(value) for value in row])
    wide: dict[str, dict[str, tuple[Column, object]]] = {}
    for column in layout.columns:
        value = row[column.index] if column.index < len(row) else None
        if column.field in _NEEDED and not column.platform:
            shared.letters.setdefault(column.field, column.letter)
        if not column.field or (is_blank(value) and column.field != "state"):
            continue
        if column.platform:
            wide.setdefault(column.platform, {})[column.field] = (column, value)
        else:
            _take(shared, column, value)
    _carry_body(shared, carry)
    if any(column.platform for column in layout.columns):
        yield from _wide_entries(shared, wide)
    if {"platform", "url"} & shared.values.keys() or not any(column.platform for column in layout.columns):
        yield from _long_entries(shared)


def _carry_body(entry: Entry, carry: _Carry) -> None:
    if entry.values.get("body"):
        carry.body, carry.letter = entry.values["body"], entry.letters["body"]
    elif carry.body and entry.values.get("name"):
        entry.values["body"], entry.letters["body"] = carry.body, carry.letter
        entry.notices.append(f"主办单位空着，按上面的“{carry.body}”处理。")


def _take(entry: Entry, column: Column, value: object) -> None:
    """Read one cell into the entry, or write down why it cannot be read."""
    entry.letters[column.field] = column.letter
    try:
        _READERS.get(column.field, _read_text)(entry, column, value)
    except Unreadable as error:
        entry.wrong(column.field, f"{error}。")


def _read_text(entry: Entry, column: Column, value: object) -> None:
    text = text_of(value)
    most = LENGTHS.get(column.field, 300)
    if len(text) > most and column.field in _LONGER_IS_CUT:
        entry.notices.append(f"{column.header}超过 {most} 个字，只保留前 {most} 个字。")
        text = text[:most]
    if len(text) > most:
        raise Unreadable(f"“{shorten(text)}”超过 {most} 个字。请改短")
    entry.values[column.field] = text


def _read_day(entry: Entry, column: Column, value: object) -> None:
    found = cells.read_day(value)
    entry.values[column.field] = found.day.isoformat()
    if not found.whole:
        entry.notices.append(f"{column.header}“{text_of(value)}”没有写到日，按 {found.day.isoformat()} 登记。")


def _read_opening(entry: Entry, column: Column, value: object) -> None:
    _read_day(entry, column, value)
    if entry.values[column.field] > clock.today().isoformat():
        day = entry.values.pop(column.field)
        raise Unreadable(f"{day} 还没有到，账号不会在今天以后开设。请核对年份")


def _read_count(entry: Entry, column: Column, value: object) -> None:
    entry.values[column.field] = cells.read_count(value, factor=column.factor)


def _read_state(entry: Entry, column: Column, value: object) -> None:
    text = text_of(value)
    if is_blank(value):
        return
    if text in {"否", "异常"}:
        raise Unreadable(f"“{text}”看不出账号现在的状态。请填在用、停更、注销中或已注销")
    for pattern, state in STATES:
        if re.search(pattern, text) and not (state == "active" and _DENIED.search(text)):
            entry.values[column.field] = state
            return
    raise Unreadable(f"“{shorten(text)}”不是认识的状态。请填在用、停更、注销中或已注销")


def _read_name(entry: Entry, column: Column, value: object) -> None:
    if match := _WITH_HANDLE.fullmatch(text_of(value)):
        entry.values["handle"] = match[2]
        entry.letters.setdefault("handle", column.letter)
        value = match[1]
    value = text_of(value).lstrip("@＠")
    _read_text(entry, column, value)


def _keep(reader: Callable[[object], object]) -> Callable[[Entry, Column, object], None]:
    def read(entry: Entry, column: Column, value: object) -> None:
        entry.values[column.field] = reader(value)

    return read


_READERS: dict[str, Callable[[Entry, Column, object], None]] = {
    "name": _read_name,
    "opened_on": _read_opening,
    "certified_until": _read_day,
    "followers": _read_count,
    "phone": _keep(cells.read_phone),
    "url": _keep(cells.read_address),
    "platform_uid": _keep(cells.read_id),
    "handle": _keep(cells.read_id),
    "is_main": _keep(cells.read_yes),
    "state": _read_state,
}


def _wide_entries(shared: Entry, wide: dict[str, dict[str, tuple[Column, object]]]) -> Iterator[Entry]:
    for platform, found in wide.items():
        if "name" not in found:
            continue
        column, value = found["name"]
        names = [name for name in _NAME_CUTS.split(str(value)) if not is_blank(name)]
        for name in names:
            entry = _copy(shared)
            _set_platform(entry, *platform.split(":"), letter=column.letter)
            if text_of(name) not in _BARE_YES or "name" not in shared.values:
                _take(entry, column, name)
                _refuse_bare_yes(entry)
            for code, (other, cell) in found.items():
                if code != "name" and len(names) == 1:
                    _take(entry, other, cell)
            yield _finished(entry)


def _refuse_bare_yes(entry: Entry) -> None:
    name = entry.values.get("name")
    if name in _BARE_YES:
        entry.wrong("name", f"只写了“{name}”，没有账号名称。请填这个平台上的账号名称。", code="no_name")


def _long_entries(shared: Entry) -> Iterator[Entry]:
    written = shared.values.pop("platform", "")
    if not written:
        entry = _copy(shared)
        _platform_from_address(entry)
        yield _finished(entry)
        return
    kinds, unknown = split_platforms(written)
    for kind in kinds:
        entry = _copy(shared)
        _set_platform(entry, kind.platform.code, kind.kind.code, letter=shared.letters["platform"])
        if len(kinds) > 1:
            _leave_to_one(entry, kind)
        yield _finished(entry)
    if unknown:
        entry = _copy(shared)
        words = shorten("、".join(unknown))
        sentence = f"“{words}”不是认识的平台。请写成微信公众号、微博、抖音这样；平台表里没有的填“其他平台”。"
        entry.wrong("platform", sentence, code="platform")
        yield _finished(entry)


def split_platforms(text: str) -> tuple[list[PlatformKind], list[str]]:
    """Read one or several platforms in a cell (微信、微博); return them without repeats, and the unknown words."""
    parts = [part.strip() for part in _CUTS.split(text) if part.strip()]
    named = {part: identify_platform(part) for part in parts}
    unknown = [part for part, found in named.items() if found is None]
    whole = identify_platform(text)
    if whole is not None and unknown and not _MARKS.search(text):
        return [whole], []
    kinds: dict[str, PlatformKind] = {}
    for found in named.values():
        if found is not None and (found.platform.code not in kinds or found.kind != found.platform.kinds[0]):
            kinds[found.platform.code] = found
    return list(kinds.values()), unknown


def _leave_to_one(entry: Entry, kind: PlatformKind) -> None:
    """Of a row for several platforms, keep the address where it belongs; an id can belong to none for sure."""
    url = entry.values.get("url")
    owner = platform_of_url(url) if url else None
    if url and (owner is None or owner.code != kind.platform.code):
        entry.values.pop("url")
    dropped = [entry.values.pop(code, None) for code in ("platform_uid", "handle", "followers")]
    if any(value is not None for value in dropped):
        entry.notices.append("一行写了几个平台，账号标识和关注数分不清属于哪个平台，没有采用。")


def _platform_from_address(entry: Entry) -> None:
    url = entry.values.get("url")
    owner = platform_of_url(url) if url else None
    if owner is None:
        entry.wrong("platform", "没有写平台。请填微信公众号、微博、抖音这样的平台名称。", code="platform")
        return
    _set_platform(entry, owner.code, owner.kinds[0].code, letter=entry.letters.get("url", ""))
    entry.notices.append(f"没有写平台，按链接认作{owner.name}。")


def _set_platform(entry: Entry, platform: str, kind: str, *, letter: str) -> None:
    entry.values["platform"], entry.values["kind"] = platform, kind
    entry.letters["platform"] = letter


def _copy(entry: Entry) -> Entry:
    return Entry(
        entry.sheet, entry.row, dict(entry.values), dict(entry.letters), list(entry.problems),
        list(entry.notices), entry.raw,
    )  # fmt: skip


def _finished(entry: Entry) -> Entry:
    """Settle what only the whole row can tell."""
    if not entry.values.get("name") and not any(problem.field == "name" for problem in entry.problems):
        entry.wrong("name", "没有账号名称。请填平台上显示的名称。", code="no_name")
    if not entry.values.get("body"):
        entry.wrong("body", "没有主办单位。请填单位全称。", code="body")
    _settle_id(entry)
    return entry


def _settle_id(entry: Entry) -> None:
    """A handle that has the form of the platform's id serves as the id; an id without that form is only a handle."""
    platform = entry.values.get("platform")
    if not platform:
        return
    found = platform_by_code(platform)
    known = PlatformKind(found, found.kind(entry.values["kind"]))
    uid, handle = entry.values.get("platform_uid", ""), entry.values.get("handle", "")
    if uid and not known.id_fits(uid):
        entry.notices.append(f"“{shorten(uid)}”不像{known.name}的{known.kind.id_name}，只记作账号。")
        entry.values["handle"] = (handle or uid)[:80]
        entry.values.pop("platform_uid")
    elif handle and not uid and known.kind.id_pattern and known.id_fits(handle):
        entry.values["platform_uid"] = handle
