"""The canonical body of an article: a JSON document in ProseMirror's shape, read strictly and never changed in place.

Everything here is pure: no Django, no database, no clock. The rest of the project imports from this package, not from
its modules.
"""

from zhijian.content.document.comparing import (
    BlockChange,
    Difference,
    Run,
    difference,
    text_difference,
)
from zhijian.content.document.exporting import to_copy_text, to_html
from zhijian.content.document.nodes import (
    Document,
    Mark,
    Node,
    canonical_json,
    document_from_text,
    document_hash,
    empty_document,
    from_blocks,
    heading,
    paragraph,
)
from zhijian.content.document.parsing import InvalidDocument, parse_document
from zhijian.content.document.reading import (
    MARKED_LABELS,
    PICTURE_GAP,
    Link,
    MarkedBlock,
    OutlineEntry,
    image_files,
    links,
    marked_blocks,
    outline,
    replace_image_files,
    word_count,
)
from zhijian.content.document.schema import LIMITS, exported_schema
from zhijian.content.document.spans import Span, with_spans
from zhijian.content.document.texts import PlainText, Segment, TextRange, plain_text

__all__ = [
    "LIMITS",
    "MARKED_LABELS",
    "PICTURE_GAP",
    "BlockChange",
    "Difference",
    "Document",
    "InvalidDocument",
    "Link",
    "Mark",
    "MarkedBlock",
    "Node",
    "OutlineEntry",
    "PlainText",
    "Run",
    "Segment",
    "Span",
    "TextRange",
    "canonical_json",
    "difference",
    "document_from_text",
    "document_hash",
    "empty_document",
    "exported_schema",
    "from_blocks",
    "heading",
    "image_files",
    "links",
    "marked_blocks",
    "outline",
    "paragraph",
    "parse_document",
    "plain_text",
    "replace_image_files",
    "text_difference",
    "to_copy_text",
    "to_html",
    "with_spans",
    "word_count",
]
