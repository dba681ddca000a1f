"""Finding the header of a sheet and guessing what each column means, in any order and with many words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from zhijian.policy.queries import identify_platform
from zhijian.registry.importing.cells import is_blank, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.registry.importing.reading import Grid

HEADER_ROWS = 15
LONGEST_HEADER = 24

FIELDS: dict[str, str] = {
    "body": "主办单位",
    "supervising": "主管单位",
    "name": "账号名称",
    "platform": "平台",
    "platform_uid": "平台账号标识",
    "handle": "账号",
    "url": "链接",
    "verified_subject": "认证主体",
    "certified_until": "认证有效期",
    "positioning": "功能定位",
    "is_main": "主账号",
    "opened_on": "开设日期",
    "leader": "分管负责人",
    "contact": "联系人",
    "phone": "联系电话",
    "followers": "关注数",
    "update_frequency": "更新频率",
    "state": "状态",
    "vendor": "代运营单位",
    "remark": "备注",
}


@cache
def _known() -> dict[str, str]:
    """Read the words of column heads: word → field."""
    text = files(__package__).joinpath("synonyms.toml").read_text(encoding="utf-8")
    return {word: code for code, words in tomllib.loads(text).items() for word in words}


# For headers no list can hold; the first fitting pattern decides.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"粉丝|关注(数|量|人)|订阅(数|量)", "followers"),
    (r"电话|手机|联系方式", "phone"),
    (r"链接|网址|主页|url|下载地址", "url"),
    (r"认证.*(期|到期)", "certified_until"),
    (r"认证|账号主体|注册主体", "verified_subject"),
    (r"(开设|开通|注册|创建|上线|开办|成立|启用|备案).*(时间|日期|年月)", "opened_on"),
    (r"更新|发布频", "update_frequency"),
    (r"定位|功能", "positioning"),
    (r"主管(单位|部门|机关)|上级", "supervising"),
    (r"代运营|第三方|外包|委托", "vendor"),
    (r"(主办|开办|所属|运维|责任|填报|开设|运营).{0,4}(单位|部门|机构|主体)|单位(名称|全称)", "body"),
    (r"(账号|帐号|新媒体|公众号|平台).{0,6}(名称|昵称|全称)", "name"),
    (r"(账号|帐号|平台|新媒体|媒体).{0,4}(类型|类别|种类)|(开设|所在|发布)平台", "platform"),
    (r"原始id|uid|appid|标识|(账号|帐号|用户)id", "platform_uid"),
    (r"微信号|抖音号|快手号", "handle"),
    (r"分管|负责(人|同志)|责任人|领导", "leader"),
    (r"联系人|管理员|联络员|运营人|运维人|经办", "contact"),
    (r"状态|是否(正常|在用)", "state"),
    (r"备注", "remark"),
)
# A platform named alone as a header is a column of account names, except where the word means a field first.
_PLATFORM_TAILS = frozenset(
    ["name", "platform_uid", "handle", "url", "followers", "opened_on", "verified_subject", "state", "update_frequency"]
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `index` from 0, the header as read, the field it fills ("" = not used).

    `platform` names the platform of a wide layout (微信公众号 | 微博 | 抖音); `factor` multiplies numbers (万).
    """

    index: int
    header: str
    field: str = ""
    platform: str = ""
    factor: int = 1

    @property
    def letter(self) -> str:
        return get_column_letter(self.index + 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one sheet is read: header rows (1-based, both included; 0 = none found) and its columns."""

    sheet: str
    first_header: int
    last_header: int
    columns: tuple[Column, ...]
    use: bool = True

    @property
    def fields(self) -> set[str]:
        return {column.field for column in self.columns if column.field}

    @property
    def missing(self) -> list[str]:
        """Name what the columns must still tell, in the users' words."""
        fields = self.fields
        needs = [FIELDS[code] for code in ("body", "name") if code not in fields]
        wide = any(column.platform and column.field == "name" for column in self.columns)
        return needs if wide or fields & {"platform", "url"} else [*needs, FIELDS["platform"]]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Layout:
        columns = tuple(Column(**column) for column in value["columns"])
        return cls(**{**value, "columns": columns})


def guess_layout(grid: Grid) -> Layout:
    """Find the header within the first 15 rows: the row, or two rows, whose words name most different things."""
    best = Layout(grid.name, 0, 0, _bare_columns(grid.width), use=False)
    best_score = 0
    for first in range(1, min(HEADER_ROWS, len(grid.rows)) + 1):
        for last in (first, first + 1):
            if last > len(grid.rows):
                continue
            layout = _layout(grid, first, last)
            score = _score(grid, layout)
            if score > best_score:
                best, best_score = layout, score
    return best


def layout_at(grid: Grid, header_row: int) -> Layout:
    """Guess the columns with the header in a row the person named (with the row below it, where that tells more)."""
    first = min(max(1, header_row), max(1, len(grid.rows)))
    layouts = [_layout(grid, first, last) for last in (first, first + 1) if last <= len(grid.rows)]
    return max(layouts, key=lambda layout: _score(grid, layout), default=Layout(grid.name, 0, 0, ()))


def _bare_columns(width: int) -> tuple[Column, ...]:
    return tuple(Column(index, "") for index in range(width))


def _score(grid: Grid, layout: Layout) -> int:
    if not layout.fields & {"body", "name"} or _looks_like_data(grid.rows[layout.last_header - 1]):
        return 0
    meanings = {(column.field, column.platform) for column in layout.columns if column.field}
    needed = 3 - len(layout.missing)
    return 4 * len(meanings) + 6 * needed - (1 if layout.last_header > layout.first_header else 0)


def _looks_like_data(row: Sequence[object]) -> bool:
    """Tell whether a row holds values rather than words: numbers, addresses, long texts."""
    texts = [text_of(value) for value in row if value is not None]
    odd = [
        text
        for text in texts
        if re.fullmatch(r"[\d.,/年月日-]+", text) or "://" in text or len(text) > 2 * LONGEST_HEADER
    ]
    return bool(odd)


def _layout(grid: Grid, first: int, last: int) -> Layout:
    columns = []
    taken: set[tuple[str, str]] = set()
    for index in range(grid.width):
        parts = [_header_text(grid.rows[row - 1], index) for row in range(first, last + 1)]
        column = guess_column(index, [part for part in dict.fromkeys(parts) if part])
        meaning = (column.field, column.platform)
        if column.field and meaning in taken:
            column = Column(index, column.header)
        taken.add(meaning)
        columns.append(column)
    return Layout(grid.name, first, last, _settled(columns))


def _settled(columns: Sequence[Column]) -> tuple[Column, ...]:
    """A column of one platform needs that platform's column of names beside it; without it the word was decoration."""
    wide = {column.platform for column in columns if column.field == "name"}
    plain = {column.field for column in columns if not column.platform}
    return tuple(
        column
        if column.platform in wide
        else replace(column, platform="", field="" if column.field in plain else column.field)
        if column.platform
        else column
        for column in columns
    )


def _header_text(row: Sequence[object], index: int) -> str:
    return text_of(row[index]) if index < len(row) else ""


def guess_column(index: int, parts: Sequence[str]) -> Column:
    """Guess a column from its header, upper row first: 联系人 over 电话 is a phone, 微博 over 名称 a wide column."""
    header = " ".join(parts)
    if not parts or any(len(part) > LONGEST_HEADER for part in parts):
        return Column(index, header[:60])
    factor = 10_000 if re.search(r"[（(]\s*(单位[:：])?\s*万", header) else 1
    plain_parts = [_plain(part) for part in parts]
    field, platform = _meaning(plain_parts)
    return Column(index, header[:60], "" if field == "-" else field, platform, factor)


def _meaning(parts: Sequence[str]) -> tuple[str, str]:
    joined = "".join(parts)
    if field := _known().get(joined):
        return field, ""
    if len(parts) > 1 and (wide := _wide(parts[0], parts[-1])):
        return wide
    if wide := _wide_joined(joined):
        return wide
    for text in (parts[-1], parts[0]):
        if field := _known().get(text):
            return field, ""
    for text in (joined, parts[-1]):
        for pattern, code in _PATTERNS:
            if re.search(pattern, text):
                return code, ""
    return "", ""


def _wide(upper: str, lower: str) -> tuple[str, str] | None:
    """Read "微博" over "粉丝数" as the followers of the Weibo account."""
    known = identify_platform(upper)
    field = _known().get(lower, "")
    if known is None or field not in _PLATFORM_TAILS:
        return None
    return field, f"{known.platform.code}:{known.kind.code}"


def _wide_joined(text: str) -> tuple[str, str] | None:
    """Read "微信公众号" as names of WeChat accounts and "抖音粉丝数" as followers there."""
    for tail in sorted(_known(), key=len, reverse=True):
        upper = text.removesuffix(tail)
        if upper and upper != text and upper not in _known() and (wide := _wide(upper, tail)):
            return wide
    known = identify_platform(text)
    exact = known is not None and len(text) <= len("新浪微博官方账号")
    return ("name", f"{known.platform.code}:{known.kind.code}") if known and exact else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"\([^)]*\)|【[^】]*】|〔[^〕]*〕|\[[^\]]*\]", "", folded) or folded
    return re.sub(r"[\s*※★:,、/|_\-.\"'()]+", "", folded)


def samples(grid: Grid, layout: Layout, *, most: int = 3) -> list[list[str]]:
    """Return up to `most` filled examples per column from the rows under the header."""
    body = grid.rows[layout.last_header : layout.last_header + 50]
    return [_filled(body, column.index)[:most] for column in layout.columns]


def _filled(rows: Sequence[Sequence[object]], index: int) -> list[str]:
    texts = (text_of(row[index]) for row in rows if index < len(row) and not is_blank(row[index]))
    return list(dict.fromkeys(texts))
