"""Which nodes and marks an article may hold, as data.

The editor declares the same schema in ``static/content/schema.js``; a browser test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

type_of_value = str | int | None
"""What an attribute may hold."""

BLOCK: Final = "block"
INLINE: Final = "inline"


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """What one kind of node may be: its attributes with defaults, its place, and what may stand in it.

    ``content`` is written in ProseMirror's notation, so that both sides can be compared letter by letter.
    """

    label: str
    content: str = ""
    group: str = ""
    attributes: Mapping[str, type_of_value] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds that keep one document from exhausting the server; far above any real article."""

    depth: int = 12
    nodes: int = 20_000
    characters: int = 200_000
    images: int = 200
    table_columns: int = 50
    span: int = 1_000
    attribute_characters: int = 500
    link_characters: int = 2_048


LIMITS: Final = Limits()

TEXTBLOCKS: Final = frozenset({"heading", "paragraph"})
BLOCKS: Final = frozenset(
    {"heading", "paragraph", "bullet_list", "ordered_list", "blockquote", "table", "image", "horizontal_rule"}
)
INLINES: Final = frozenset({"text", "hard_break"})
ALIGNMENTS: Final = ("left", "center", "right", "justify")
HEADING_LEVELS: Final = (2, 3, 4)
LINK_SCHEMES: Final = ("http", "https", "mailto", "tel")

NODES: Final[Mapping[str, NodeSpec]] = {
    "doc": NodeSpec("正文", "block+", children=BLOCKS, at_least=1),
    "paragraph": NodeSpec("段落", "inline*", BLOCK, {"align": None, "marked": None}, INLINES),
    "heading": NodeSpec("标题", "inline*", BLOCK, {"level": 2, "align": None, "marked": None}, INLINES),
    "bullet_list": NodeSpec("项目列表", "list_item+", BLOCK, {"marked": None}, frozenset({"list_item"}), 1),
    "ordered_list": NodeSpec(
        "编号列表", "list_item+", BLOCK, {"order": 1, "marked": None}, frozenset({"list_item"}), 1
    ),
    "list_item": NodeSpec("列表项", "paragraph block*", "", {}, BLOCKS, 1),
    "blockquote": NodeSpec("引用", "block+", BLOCK, {"marked": None}, BLOCKS, 1),
    "table": NodeSpec("表格", "table_row+", BLOCK, {"marked": None}, frozenset({"table_row"}), 1),
    "table_row": NodeSpec("表格行", "(table_cell | table_header)*", "", {}, frozenset({"table_cell", "table_header"})),
    "table_cell": NodeSpec("单元格", "block+", "", {"colspan": 1, "rowspan": 1}, BLOCKS, 1),
    "table_header": NodeSpec("表头", "block+", "", {"colspan": 1, "rowspan": 1}, BLOCKS, 1),
    "image": NodeSpec("图片", "", BLOCK, {"file": "", "alt": "", "caption": "", "width": None, "marked": None}),
    "horizontal_rule": NodeSpec("分隔线", "", BLOCK, {"marked": None}),
    "hard_break": NodeSpec("换行", "", INLINE),
    "text": NodeSpec("文字", "", INLINE),
}

MARKS: Final[Mapping[str, tuple[str, ...]]] = {
    "link": ("href",),
    "strong": (),
    "em": (),
    "underline": (),
    "strike": (),
}
"""Marks and their attributes, in the order in which they are nested (outermost first)."""


def exported_schema() -> dict[str, object]:
    """Return the schema as plain data, in the shape the editor's ``exportedSchema()`` returns."""
    return {
        "nodes": {
            name: {"content": spec.content, "group": spec.group, "attributes": dict(spec.attributes)}
            for name, spec in NODES.items()
        },
        "marks": {name: list(attributes) for name, attributes in MARKS.items()},
    }
