import re
from dataclasses import replace
from typing import Final

from zhijian.content.document.nodes import Document, Node
from zhijian.content.importing.patterns import HAN

NEIGHBOUR: Final = rf"[{HAN}“”‘’《》〈〉【】\u3002\uff08\uff09%]"
HALF_WIDTH: Final = re.compile(rf"(?<={NEIGHBOUR})[,;:!?](?={NEIGHBOUR}|\s*$|\d)|(?<=[0-9A-Za-z])[,;:!?](?=[{HAN}“《])")
# A dot between two characters may part the two halves of a name; at the end of a line it is a full stop.
STOP: Final = re.compile(rf"(?<=[{HAN}”\uff09])\.(?=\s*$)", re.MULTILINE)
BRACKETS: Final = re.compile(rf"\(([^()\n]*[{HAN}][^()\n]*)\)")
FULL: Final = str.maketrans(",;:!?", "\uff0c\uff1b\uff1a\uff01\uff1f")


def half_width_count(words: str) -> int:
    """Count half-width signs that stand beside Chinese characters."""
    return sum(len(signs.findall(words)) for signs in (HALF_WIDTH, STOP, BRACKETS))


def full_width(words: str) -> str:
    """Return the words with those signs made full-width; the number of characters stays the same."""
    widened = HALF_WIDTH.sub(lambda match: match.group().translate(FULL), words)
    return BRACKETS.sub("\uff08\\1\uff09", STOP.sub("\u3002", widened))


def full_width_punctuation(document: Document) -> Document:
    """Return the document with half-width punctuation beside Chinese made full-width; an editor asks for it.

    Addresses of links and file names are left alone. GB/T 15834-2011 asks for full-width signs in Chinese text.
    """
    return Document(tuple(_widened(block) for block in document.blocks))


def _widened(item: Node) -> Node:
    if item.kind == "text":
        return replace(item, text=full_width(item.text))
    if item.kind == "image":
        return item.with_attributes(
            alt=full_width(item.attribute("alt")), caption=full_width(item.attribute("caption"))
        )
    return replace(item, content=tuple(_widened(child) for child in item.content))
