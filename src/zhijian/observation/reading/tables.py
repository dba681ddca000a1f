"""Files of past posts: CSV, JSON lines, Parquet; read row by row, so that years of them fit into little memory."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from zhijian.observation.reading.moments import NO_DATE, judged
from zhijian.observation.reading.pages import words_of
from zhijian.observation.reading.seen import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_URL,
    SeenPost,
    Unreadable,
    clean,
    comparable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KINDS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
FIELDS: Final = {
    "account": "账号", "platform": "平台", "published_at": "发布时间", "title": "标题", "url": "地址", "text": "正文",
    "name": "内容编号",
}  # fmt: skip
GUESSES: Final = {
    "account": (
        "账号", "账号名称", "公众号", "公众号名称", "帐号", "账号标识", "登记号", "account", "account_id", "nickname",
    ),
    "platform": ("平台", "渠道", "platform", "channel"),
    "published_at": (
        "发布时间", "发表时间", "时间", "日期", "发布日期", "推送时间", "published_at", "publish_time", "date",
    ),
    "title": ("标题", "文章标题", "内容标题", "题目", "title"),
    "url": ("地址", "链接", "网址", "文章链接", "内容链接", "url", "link", "content_url"),
    "text": ("正文", "内容", "全文", "文章内容", "text", "content", "body"),
    "name": ("内容编号", "编号", "文章编号", "msgid", "id", "guid"),
}  # fmt: skip
SAMPLES: Final = 3
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000_000
LONGEST_LINE: Final = 8_000_000
MOST_GROUP: Final = 512 * 1024 * 1024
ENCODING_SAMPLE: Final = 1024 * 1024
UNREAD_KIND: Final = "只能导入 CSV、JSONL 或 Parquet 文件。Excel 表格请另存为 CSV。"
NO_HEAD: Final = "第一行应当是列名，且不能重复。请补上列名后再传。"
EMPTY: Final = "文件里没有内容。"
NOT_TEXT: Final = "文件里的文字认不出来。请另存为 UTF-8 编码后再传。"
BAD_PARQUET: Final = "Parquet 文件打不开，可能没有传完。请重新导出。"
TOO_WIDE: Final = f"列太多（最多 {MOST_COLUMNS} 列）。请只保留需要的列。"

Row = tuple[int, "Mapping[str, str] | str"]
"""A row: its number in the file (counted from 1, the heading included) and its cells, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: in which column, in words, and the cell as it stands."""

    column: str
    sentence: str
    sample: str = ""


def kind_of(file_name: str) -> str:
    """Return how a file of this name is read. Raises Unreadable."""
    kind = KINDS.get(Path(file_name.lower()).suffix)
    if kind is None:
        raise Unreadable(UNREAD_KIND)
    return kind


def open_rows(path: Path, kind: str) -> Iterator[Row]:
    """Walk through the rows of a file. Raises Unreadable, at the latest where the damage is."""
    return {"csv": _csv_rows, "jsonl": _json_rows, "parquet": _parquet_rows}[kind](path)


def look_into(path: Path, kind: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the columns of a file, and its first good rows to show what stands in them. Raises Unreadable."""
    samples: list[dict[str, str]] = []
    heads: dict[str, None] = {}
    for number, (_, cells) in enumerate(open_rows(path, kind)):
        if isinstance(cells, str):
            continue
        heads |= dict.fromkeys(cells)
        if len(samples) < SAMPLES:
            samples.append({name: cell[:60] for name, cell in cells.items()})
        if number >= 50 or len(heads) > MOST_COLUMNS:  # noqa: PLR2004 - lines of JSON may differ in what they name
            break
    if not heads:
        raise Unreadable(EMPTY)
    if len(heads) > MOST_COLUMNS:
        raise Unreadable(TOO_WIDE)
    return list(heads), samples


def guess_columns(heads: Sequence[str]) -> dict[str, str]:
    """Return which column probably holds which field; each column is taken once."""
    plain = {re.sub(r"[\s_（）()]+", "", head).casefold(): head for head in reversed(heads)}
    found: dict[str, str] = {}
    for field, words in GUESSES.items():
        for word in words:
            head = plain.get(word.replace("_", "").casefold())
            if head is not None and head not in found.values():
                found[field] = head
                break
    return found


def column_problems(columns: Mapping[str, str], *, one_account: bool) -> list[str]:
    """Return what is missing in a choice of columns, in Chinese."""
    problems = []
    if "published_at" not in columns:
        problems.append("请选择发布时间是哪一列：没有时间的内容不能说明账号有没有更新。")
    if not {"title", "url", "text"} & set(columns):
        problems.append("标题、地址、正文至少要有一列。")
    if not one_account and "account" not in columns:
        problems.append("请选择账号是哪一列，或者返回选定一个账号。")
    if len(set(columns.values())) < len(columns):
        problems.append("有一列被选了两次，请核对。")
    return problems


def read_post(cells: Mapping[str, str], columns: Mapping[str, str], *, at: datetime) -> SeenPost | Fault:
    """Read one row into a post as it will be kept, or say what is wrong with it."""
    said = {field: cells.get(column, "").strip() for field, column in columns.items()}
    moment, note = judged(said.get("published_at", ""), at=at)
    if moment is None:
        sentence = "没有发布时间，不能导入。" if note == NO_DATE else f"{note}，请核对这一格。"
        return Fault(columns["published_at"], sentence, said.get("published_at", "")[:80])
    url = said.get("url", "")
    if url and (not comparable(url) or len(url) > LONGEST_URL):
        return Fault(columns["url"], "地址要以 http:// 或 https:// 开头，且不超过 1000 个字符。", url[:80])
    text, links = (
        words_of(said.get("text", ""), base=url) if "<" in said.get("text", "") else (said.get("text", ""), ())
    )
    post = SeenPost(
        url=clean(url, LONGEST_URL), name=clean(said.get("name", ""), LONGEST_URL),
        title=clean(" ".join(said.get("title", "").split()), LONGEST_TITLE), text=clean(text, LONGEST_TEXT),
        whole=bool(text), links=links, published_at=moment,
    )  # fmt: skip
    if not (post.url or post.title or post.text):
        return Fault("", "标题、地址、正文都是空的，没有可导入的内容。")
    return post


def _csv_rows(path: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        reader = csv.reader(_without_nul(file), delimiter=_delimiter(path))
        head = [cell.strip() for cell in next(reader, [])]
        if not head:
            raise Unreadable(EMPTY)
        if not all(head) or len(set(head)) < len(head):
            raise Unreadable(NO_HEAD)
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                yield reader.line_num, "这一行读不出来，可能少了引号。"
                continue
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _row_of(head, cells)


def _row_of(head: Sequence[str], cells: Sequence[str]) -> Mapping[str, str] | str:
    if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
        return f"这一行有 {len(cells)} 格，表头只有 {len(head)} 列。请检查多出来的逗号。"
    return dict(zip(head, [*cells, *[""] * (len(head) - len(cells))], strict=False))


def _without_nul(file: IO[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in file)


def _encoding(path: Path) -> str:
    """Return the encoding of a file by its beginning: UTF-8 with and without mark, UTF-16 with mark, else GB 18030."""
    with path.open("rb") as file:
        start = file.read(ENCODING_SAMPLE)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    # The sample may end inside a character; four bytes are the longest one.
    for cut in range(4):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                start[: len(start) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    raise Unreadable(NOT_TEXT)


def _delimiter(path: Path) -> str:
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        line = file.readline(LONGEST_LINE)
    return max(",\t;", key=line.count)


def _json_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding=_encoding(path), errors="replace") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, _json_row(line)


def _json_row(line: str) -> Mapping[str, str] | str:
    try:
        data = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return "这一行不是完整的 JSON。"
    if not isinstance(data, dict):
        return "这一行不是一个 JSON 对象。"
    return {str(name): _cell(value) for name, value in data.items()}


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        with pq.ParquetFile(path) as file:
            _check_groups(file)
            number = 1
            for batch in file.iter_batches(batch_size=500):
                for row in batch.to_pylist():
                    number += 1
                    yield number, {str(name): _cell(value) for name, value in row.items()}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unreadable(BAD_PARQUET) from error


def _check_groups(file: pq.ParquetFile) -> None:
    """Refuse a file that would unpack into more than a machine holds, before any of it is unpacked."""
    sizes = [file.metadata.row_group(number).total_byte_size for number in range(file.num_row_groups)]
    if max(sizes, default=0) > MOST_GROUP:
        raise Unreadable("Parquet 文件的行组太大。请用较小的行组（例如 10 万行）重新导出。")
