import json
import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from zhijian.content.document.nodes import Document, Mark, Node, merged_inline, trimmed_attributes
from zhijian.content.document.schema import (
    ALIGNMENTS,
    HEADING_LEVELS,
    LIMITS,
    LINK_SCHEMES,
    MARKS,
    NODES,
    type_of_value,
)

FILE_NAME: Final = re.compile(r"[0-9a-f]{64}|import:[0-9]{1,4}")
MARKED_KIND: Final = re.compile(r"[a-z_]{1,30}")
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SPACES: Final = str.maketrans("\n\r\t\u2028\u2029", "     ")
REPORTED_PROBLEMS: Final = 20


class InvalidDocument(ValueError):  # noqa: N818  a sentence reads "raises InvalidDocument", as Refused and Missing do
    """The JSON is no article body. ``problems`` holds one Chinese sentence for each thing found, at most 20."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(";".join(problems))
        self.problems = problems


class _TooMuch(Exception):  # noqa: N818  a signal inside this module, not an error anybody else sees
    """A bound is passed: reading on would only cost time."""


@dataclass(slots=True)
class _Reader:
    problems: list[str] = field(default_factory=list)
    nodes: int = 0
    characters: int = 0
    images: int = 0

    def complain(self, where: str, sentence: str) -> None:
        self.problems.append(f"{where}：{sentence}" if where else sentence)
        if len(self.problems) >= REPORTED_PROBLEMS:
            raise _TooMuch

    def stop(self, sentence: str) -> None:
        self.problems.append(sentence)
        raise _TooMuch


def parse_document(source: str | bytes | dict[str, Any]) -> Document:
    """Read an article body from JSON text or from data already decoded.

    Returns the canonical form: neighbouring texts with equal marks joined, marks in the schema's order, default
    attributes dropped, line feeds inside text turned into spaces (one for one, so positions stay).
    Raises ``InvalidDocument`` with Chinese sentences that name the block.
    """
    data = _decoded(source)
    reader = _Reader()
    try:
        blocks = _read_root(reader, data)
    except _TooMuch:
        blocks = ()
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return Document(blocks)


def _decoded(source: str | bytes | dict[str, Any]) -> dict[str, Any]:
    try:
        data = json.loads(source) if isinstance(source, str | bytes) else source
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(["正文没有传完整。请刷新页面再试，没保存的文字会保留在本机。"]) from error
    if not isinstance(data, dict) or data.get("type") != "doc":
        raise InvalidDocument(["正文的格式不对，应当是一篇文档。请刷新页面再试。"])
    return data


def _read_root(reader: _Reader, data: dict[str, Any]) -> tuple[Node, ...]:
    unknown = set(data) - {"type", "content", "attrs"}
    if unknown or data.get("attrs"):
        reader.complain("", "正文带有不认识的内容，请刷新页面再试。")
    return _read_children(reader, "doc", data, "", 0)


def _read_children(reader: _Reader, kind: str, data: dict[str, Any], where: str, depth: int) -> tuple[Node, ...]:
    spec = NODES[kind]
    raw = data.get("content", [])
    if not isinstance(raw, list):
        reader.complain(where, f"{spec.label}的内容格式不对。")
        return ()
    if len(raw) < spec.at_least:
        reader.complain(where, f"{spec.label}是空的，请删去或补上内容。")
    children = [_read_child(reader, kind, item, _place(where, index), depth + 1) for index, item in enumerate(raw)]
    return merged_inline(child for child in children if child is not None)


def _place(where: str, index: int) -> str:
    return where or f"第 {index + 1} 块"


def _read_child(reader: _Reader, parent: str, item: object, where: str, depth: int) -> Node | None:
    if not isinstance(item, dict) or not isinstance(item.get("type"), str):
        reader.complain(where, "内容格式不对，请删去这一块重新输入。")
        return None
    kind: str = item["type"]
    _count(reader, depth)
    if kind not in NODES or kind == "doc":
        reader.complain(where, f"不能使用“{_shown(kind)}”这种内容，请删去。")
        return None
    if kind not in NODES[parent].children:
        reader.complain(where, f"{NODES[kind].label}不能放在{NODES[parent].label}里。")
        return None
    return _read_text(reader, item, where) if kind == "text" else _read_node(reader, kind, item, where, depth)


def _count(reader: _Reader, depth: int) -> None:
    reader.nodes += 1
    if reader.nodes > LIMITS.nodes:
        reader.stop(f"正文太长：段落和格式超过 {LIMITS.nodes:,} 处。请分成几篇。")
    if depth > LIMITS.depth:
        reader.stop(f"列表、引用或表格套得太深，最多 {LIMITS.depth} 层。请减少层次。")


def _shown(words: str) -> str:
    return words if len(words) <= 30 else words[:30] + "…"  # noqa: PLR2004  long enough to recognise


def _read_text(reader: _Reader, item: dict[str, Any], where: str) -> Node | None:
    words = item.get("text")
    if not isinstance(words, str):
        reader.complain(where, "文字格式不对，请删去这一块重新输入。")
        return None
    if UNPRINTABLE.search(words):
        reader.complain(where, "有看不见的控制字符。请删去这一块重新输入。")
    reader.characters += len(words)
    if reader.characters > LIMITS.characters:
        reader.stop(f"正文超过 {LIMITS.characters:,} 个字。请分成几篇。")
    return Node("text", text=words.translate(SPACES), marks=_read_marks(reader, item.get("marks", []), where))


def _read_marks(reader: _Reader, raw: object, where: str) -> tuple[Mark, ...]:
    if not isinstance(raw, list):
        reader.complain(where, "文字格式不对，请清除格式后再试。")
        return ()
    found = {mark.name: mark for mark in (_read_mark(reader, item, where) for item in raw) if mark}
    return tuple(found[name] for name in MARKS if name in found)


def _read_mark(reader: _Reader, item: object, where: str) -> Mark | None:
    if not isinstance(item, dict) or item.get("type") not in MARKS:
        reader.complain(where, "有不能使用的文字格式，请清除格式后再试。")
        return None
    attributes = item.get("attrs") or {}
    name: str = item["type"]
    if not isinstance(attributes, dict) or set(attributes) != set(MARKS[name]):
        reader.complain(where, "链接或文字格式不完整，请清除格式后再试。")
        return None
    if name != "link":
        return Mark(name)
    problem = link_problem(attributes["href"])
    if problem:
        reader.complain(where, problem)
    return Mark(name, str(attributes["href"]))


def link_problem(href: object) -> str | None:
    """Say in one Chinese sentence why an address may not be linked, or return None when it may."""
    if not isinstance(href, str) or not href or len(href) > LIMITS.link_characters:
        return f"链接地址是空的或超过 {LIMITS.link_characters:,} 个字符。"
    if re.search(r"[\s\x00-\x1f\x7f<>\"\\]", href) or UNPRINTABLE.search(href):
        return f"链接地址“{_shown(href)}”里有空格或不能用的符号。"
    try:
        parts = urlsplit(href)
    except ValueError:
        return f"链接地址“{_shown(href)}”写得不对。"
    if parts.scheme.lower() not in LINK_SCHEMES:
        return f"链接地址“{_shown(href)}”不能用。请以 http://、https://、mailto: 或 tel: 开头。"
    if parts.scheme.lower() in {"http", "https"} and not parts.hostname:
        return f"链接地址“{_shown(href)}”缺少网站域名。"
    return None


def _read_node(reader: _Reader, kind: str, item: dict[str, Any], where: str, depth: int) -> Node | None:
    if set(item) - {"type", "attrs", "content", "marks"} or item.get("marks"):
        reader.complain(where, f"{NODES[kind].label}带有不认识的内容。")
    attributes = _read_attributes(reader, kind, item.get("attrs") or {}, where)
    content = _read_children(reader, kind, item, where, depth)
    if kind == "list_item" and content and content[0].kind != "paragraph":
        reader.complain(where, "列表项要以文字开头。")
    if kind == "table":
        _check_columns(reader, content, where)
    if kind == "image":
        _count_image(reader)
    return Node(kind, attributes, content)


def _count_image(reader: _Reader) -> None:
    reader.images += 1
    if reader.images > LIMITS.images:
        reader.stop(f"图片超过 {LIMITS.images} 张。请分成几篇。")


def _check_columns(reader: _Reader, rows: tuple[Node, ...], where: str) -> None:
    widest = max((sum(int(cell.attribute("colspan")) for cell in row.content) for row in rows), default=0)
    if widest > LIMITS.table_columns:
        reader.complain(where, f"表格超过 {LIMITS.table_columns} 列，手机上无法阅读。请拆开。")


def _read_attributes(reader: _Reader, kind: str, raw: object, where: str) -> tuple[tuple[str, type_of_value], ...]:
    if not isinstance(raw, dict) or not set(raw) <= set(NODES[kind].attributes):
        reader.complain(where, f"{NODES[kind].label}带有不认识的属性。")
        return ()
    if kind == "image" and "file" not in raw:
        reader.complain(where, "图片没有文件，请删去后重新插入。")
    for name, value in raw.items():
        problem = _attribute_problem(name, value)
        if problem:
            reader.complain(where, problem)
    return trimmed_attributes(kind, raw)


def _attribute_problem(name: str, value: object) -> str | None:
    if name in {"alt", "caption"}:
        return _words_problem(value)
    checks = {
        "level": (value in HEADING_LEVELS and _is_whole(value), "标题只能是二级、三级或四级。"),
        "align": (value is None or value in ALIGNMENTS, "对齐方式只能是左、中、右或两端。"),
        "marked": (value is None or _matches(MARKED_KIND, value), "标记的名称不对。"),
        "order": (_between(value, 0, 1_000_000), "编号要从 0 到 1,000,000 之间开始。"),
        "colspan": (_between(value, 1, LIMITS.table_columns), "单元格合并的列数不对。"),
        "rowspan": (_between(value, 1, LIMITS.span), "单元格合并的行数不对。"),
        "width": (value is None or _between(value, 1, 10_000), "图片宽度要在 1 到 10,000 像素之间。"),
        "file": (_matches(FILE_NAME, value), "图片文件的编号不对，请删去后重新插入。"),
    }
    fine, sentence = checks[name]
    return None if fine else sentence


def _words_problem(value: object) -> str | None:
    if not isinstance(value, str) or UNPRINTABLE.search(value) or re.search(r"[\r\n\t]", value):
        return "图片说明里有不能用的字符，请重新输入。"
    if len(value) > LIMITS.attribute_characters:
        return f"图片说明超过 {LIMITS.attribute_characters} 个字，请写短些。"
    return None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _between(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
