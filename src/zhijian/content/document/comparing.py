"""What changed between two bodies: first block by block, then word by word inside a changed block."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from rapidfuzz import fuzz

from zhijian.content.document.nodes import Document, Node, Path, as_json
from zhijian.content.document.reading import words_of
from zhijian.content.document.schema import NODES

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
INSERT, DELETE = "insert", "delete"
# A Latin word or a number is one token; every Chinese character and sign stands for itself.
TOKEN: Final = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
COSTLY: Final = 4_000_000
ALIKE: Final = 0.4
PAIRED_AT_MOST: Final = 400
HEADING_NAMES: Final = {2: "二级标题", 3: "三级标题", 4: "四级标题"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of words: "same", "insert" or "delete"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block of the comparison: "same", "added", "removed" or "changed".

    ``label`` names the block in Chinese. ``format_changed`` tells that something other than its words differs
    (marks, level, address of a link, file of an image). A path is None on the side where the block is missing.
    """

    kind: str
    label: str
    runs: tuple[Run, ...]
    format_changed: bool
    old_path: Path | None
    new_path: Path | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole comparison in reading order, with counts of code points."""

    changes: tuple[BlockChange, ...]
    inserted: int
    deleted: int

    @property
    def is_empty(self) -> bool:
        return all(change.kind == SAME for change in self.changes)

    @property
    def summary(self) -> str:
        """One Chinese sentence for lists and time lines."""
        if self.is_empty:
            return "内容没有变化。"
        names = ((CHANGED, "改动"), (ADDED, "新增"), (REMOVED, "删除"))
        counts = [(name, sum(change.kind == kind for change in self.changes)) for kind, name in names]
        blocks = "，".join(f"{name} {count} 段" for name, count in counts if count)
        return f"{blocks}；增 {self.inserted} 字，删 {self.deleted} 字。"


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    label: str
    words: str
    shape: str
    look: tuple[object, ...]


def difference(old: Document, new: Document) -> Difference:
    """Compare two bodies. Lists count by item, tables by row, everything else by block."""
    before, after = list(_lines(old)), list(_lines(new))
    changes = tuple(_changes(before, after))
    runs = [run for change in changes for run in change.runs]
    return Difference(
        changes,
        inserted=sum(len(run.text) for run in runs if run.kind == INSERT),
        deleted=sum(len(run.text) for run in runs if run.kind == DELETE),
    )


def _lines(document: Document) -> Iterator[_Line]:
    for path, item in _comparable(document.root, ()):
        yield _Line(path, _label(item), _words(item), repr(as_json(item)), _look(item))


def _look(item: Node) -> tuple[object, ...]:
    """Return what of a block is not words: its kind, attributes and the marks used in it."""
    marks = sorted({(mark.name, mark.href or "") for child in item.content for mark in child.marks})
    return (item.kind, item.attributes, *marks, *(_look(child) for child in item.content if child.content))


def _comparable(item: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    for index, child in enumerate(item.content):
        here = (*path, index)
        if child.is_textblock or child.kind in {"image", "horizontal_rule", "table_row"}:
            yield here, child
        else:
            yield from _comparable(child, here)


def _words(item: Node) -> str:
    return "\t".join(words_of(cell) for cell in item.content) if item.kind == "table_row" else words_of(item)


def _label(item: Node) -> str:
    return HEADING_NAMES[item.attribute("level")] if item.kind == "heading" else NODES[item.kind].label


def _changes(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[BlockChange]:
    matcher = SequenceMatcher(None, [line.shape for line in before], [line.shape for line in after], autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes():
        if kind == "equal":
            for one, other in zip(before[low:high], after[start:end], strict=True):
                yield BlockChange(SAME, other.label, _whole(SAME, other.words), False, one.path, other.path)
        else:
            yield from _replaced(before[low:high], after[start:end])


def _whole(kind: str, words: str) -> tuple[Run, ...]:
    return (Run(kind, words),) if words else ()


def _replaced(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[BlockChange]:
    pairs = _pairs(before, after)
    done = 0
    for index, line in enumerate(after):
        partner = pairs.get(index)
        if partner is None:
            yield BlockChange(ADDED, line.label, _whole(INSERT, line.words), False, None, line.path)
            continue
        yield from (_removed(gone) for gone in before[done:partner])
        yield _changed(before[partner], line)
        done = partner + 1
    yield from (_removed(gone) for gone in before[done:])


def _removed(line: _Line) -> BlockChange:
    return BlockChange(REMOVED, line.label, _whole(DELETE, line.words), False, line.path, None)


def _changed(old: _Line, new: _Line) -> BlockChange:
    format_changed = old.words == new.words or old.look != new.look
    return BlockChange(CHANGED, new.label, text_difference(old.words, new.words), format_changed, old.path, new.path)


def _pairs(before: Sequence[_Line], after: Sequence[_Line]) -> dict[int, int]:
    """Match new lines to old ones that read alike, keeping their order; {new index: old index}."""
    pairs: dict[int, int] = {}
    start = 0
    for index, line in enumerate(after):
        window = range(start, min(len(before), start + PAIRED_AT_MOST // max(len(after), 1) + 3))
        best = max(window, key=lambda old: _likeness(before[old].words, line.words), default=None)
        if best is not None and _likeness(before[best].words, line.words) >= ALIKE:
            pairs[index] = best
            start = best + 1
    return pairs


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    return fuzz.ratio(one, other) / 100


def text_difference(old: str, new: str) -> tuple[Run, ...]:
    """Compare two lines of words: characters for Chinese, whole words for Latin and numbers."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = _token_runs(before[head : len(before) - tail], after[head : len(after) - tail])
    runs = [Run(SAME, "".join(before[:head])), *middle, Run(SAME, "".join(before[len(before) - tail :]))]
    return _joined(runs)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _token_runs(before: Sequence[str], after: Sequence[str]) -> Iterator[Run]:
    if len(before) * len(after) > COSTLY:
        yield from (Run(DELETE, "".join(before)), Run(INSERT, "".join(after)))
        return
    for kind, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" and high - low > 1:
            yield Run(SAME, "".join(before[low:high]))
        else:
            # One character between two changes is no help to a reader: it is shown as part of the change.
            yield from (Run(DELETE, "".join(before[low:high])), Run(INSERT, "".join(after[start:end])))


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    joined: list[Run] = []
    deleted = inserted = ""
    for run in [*runs, Run(SAME, "")]:
        if run.kind == DELETE:
            deleted += run.text
        elif run.kind == INSERT:
            inserted += run.text
        elif run.text or deleted or inserted:
            joined += [Run(DELETE, deleted), Run(INSERT, inserted), run]
            deleted = inserted = ""
    return tuple(run for run in joined if run.text)
