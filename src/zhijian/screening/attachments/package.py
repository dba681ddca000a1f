"""The zip package of Office files (ECMA-376 part 2): opened within limits, its XML read without entities or network.

Parts are found as Office finds them: by relationships from the root on, whatever their names and case.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote

from lxml import etree

from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.work import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.screening.attachments.work import Desk

DAMAGED: Final = "这个文件打不开，可能已损坏。请用 WPS 或 Office 打开，另存一份后再检查。"
BOMB: Final = "这个文件解开后太大，不像正常的办公文件。请用 WPS 或 Office 打开，另存一份后再检查。"
LOCKED: Final = "这个文件加了打开密码。请取消密码后另存，再检查。"
BROKEN_PART: Final = "这一部分读不出来，没有检查"
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OVERRIDE: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_TYPES: Final = "[content_types].xml"
_ROOT: Final = "_rels/.rels"
_CHUNK: Final = 64 * 1024
_OPTIONS: Final[dict[str, Any]] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
_CELLS: Final = frozenset({"tc", "table-cell", "covered-table-cell", "shapes"})
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points to: the last word of the relation's type, and a part's key or an address outside."""

    kind: str
    target: str
    external: bool = False


class Package:
    """One opened package. Raises `BadAttachment` when it is broken, locked or a bomb.

    A part's key is its name in lower case with plain slashes; `read_keys` are the parts that somebody looked at,
    `places` tells where a part is shown.
    """

    def __init__(self, data: bytes, desk: Desk) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
            members = self.archive.infolist()
        except _BROKEN as error:
            raise BadAttachment(DAMAGED) from error
        unpacked = sum(one.file_size for one in members)
        if len(members) > LIMITS.members or unpacked > LIMITS.unpacked_bytes:
            raise BadAttachment(BOMB)
        if unpacked > LIMITS.small_bytes and unpacked > LIMITS.ratio * len(data):
            raise BadAttachment(BOMB)
        if any(one.flag_bits & 1 for one in members):
            raise BadAttachment(LOCKED)
        self.desk = desk
        self.read_keys: set[str] = set()
        self.places: dict[str, str] = {}
        self._related: dict[str, dict[str, Relation]] = {}
        self.members: dict[str, zipfile.ZipInfo] = {}
        for one in members:
            if not one.is_dir():
                self._enter(one)

    def _enter(self, member: zipfile.ZipInfo) -> None:
        key = key_of(member.filename)
        if key in self.members:
            self.desk.leave(f"文件里重名的部分（{key[:80]}）", "只读了其中一份，另一份没有检查")
        self.members[key] = member

    def read(self, key: str) -> bytes:
        """Return the bytes of a part, empty when there is none. Raises `BadAttachment`."""
        if key not in self.members:
            return b""
        self.read_keys.add(key)
        try:
            with self.archive.open(self.members[key]) as stream:
                data = stream.read(LIMITS.part_bytes + 1)
        except _BROKEN as error:
            raise BadAttachment(DAMAGED) from error
        if len(data) > LIMITS.part_bytes:
            raise BadAttachment(BOMB)
        return data

    def tree(self, key: str, place: str, *, lenient: bool = False) -> etree._Element | None:
        """Return the XML of a part as a whole, nothing when there is none; what is too much or broken is told.

        `lenient`: drawings of the old kind (VML) are seldom sound XML, and Office reads them all the same.
        """
        if key not in self.members or self.desk.full:
            return None
        try:
            data = self.read(key)
            if data.count(b"<") > LIMITS.held_tags:
                self.desk.leave(place, "内容太多，没有检查。请拆成几个文件分别检查")
                return None
            return parsed(data, lenient=lenient) if self.desk.afford(data, place) else None
        except BadAttachment:
            self.desk.leave(place, BROKEN_PART)
            return None

    def name(self, key: str) -> str:
        """Return the last part of a member's name as it is written."""
        return posixpath.basename(self.members[key].filename.replace("\\", "/"))[:80]

    def related(self, key: str) -> dict[str, Relation]:
        """Return the relations of a part by their ids."""
        if key not in self._related:
            folder, base = posixpath.split(key)
            root = self.tree(f"{folder}/_rels/{base}.rels".lstrip("/"), "文件内部的关系表")
            entries = root.iter(_RELATION) if root is not None else ()
            self._related[key] = {one.get("Id", ""): _relation(one, folder) for one in entries}
        return self._related[key]

    @cached_property
    def main(self) -> str:
        """Return the key of the main part, "" when there is none: by relation, by content type, by the usual name."""
        for one in self.related("").values() if _ROOT in self.members else ():
            if one.kind == "officeDocument" and one.target in self.members:
                return one.target
        root = self.tree(_TYPES, "文件内部的目录")
        for entry in root.iter(_OVERRIDE) if root is not None else ():
            key = key_of(entry.get("PartName", ""))
            if entry.get("ContentType", "").endswith(("main+xml", "main")) and key in self.members:
                return key
        usual = ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")
        return next((key for key in usual if key in self.members), "")


def key_of(name: str) -> str:
    """Return how a part is called whatever its case and its slashes."""
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def _relation(entry: etree._Element, folder: str) -> Relation:
    kind, target = entry.get("Type", "").rpartition("/")[2], entry.get("Target", "")
    if entry.get("TargetMode") == "External":
        return Relation(kind, target, external=True)
    path = target.replace("\\", "/")
    return Relation(kind, key_of(path if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))))


class Stream:
    """Walks chosen elements of a part as they are read, within the work the file may cost.

    Whoever walks sets `place` to where it is and calls `release` for what is done with, so that little is held.
    """

    def __init__(self, package: Package, key: str, place: str) -> None:
        self.package, self.key, self.place = package, key, place
        self.held = 0
        self.cut = False

    def walk(
        self, tags: Sequence[str], events: Sequence[Literal["start", "end"]] = ("start", "end")
    ) -> Iterator[tuple[str, etree._Element]]:
        """Yield (event, element). Raises `BadAttachment` for broken XML and for a document type."""
        if self.key not in self.package.members or self.package.desk.full:
            return
        self.package.read_keys.add(self.key)
        reader: Any = etree.XMLPullParser(events=events, tag=tags, **_OPTIONS)
        try:
            with self.package.archive.open(self.package.members[self.key]) as data:
                while chunk := data.read(_CHUNK):
                    if not self._afford(chunk):
                        return
                    if any(mark in chunk for mark in _DOCTYPES):
                        raise BadAttachment(DAMAGED)
                    reader.feed(chunk)
                    yield from reader.read_events()
            reader.close()
        except (*_BROKEN, etree.XMLSyntaxError) as error:
            raise BadAttachment(DAMAGED) from error

    def _afford(self, chunk: bytes) -> bool:
        self.held += chunk.count(b"<")
        if self.held > LIMITS.held_tags:
            self.package.desk.stop(self.place)
        self.cut = not self.package.desk.afford(chunk, self.place)
        return not self.cut

    def release(self, element: etree._Element) -> None:
        """Let go of an element and of what stands before it."""
        self.held = 0
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def parsed(data: bytes, *, lenient: bool = False) -> etree._Element:
    """Parse XML; raises `BadAttachment` for broken XML, for a document type and for trees too deep."""
    try:
        root = etree.fromstring(data, etree.XMLParser(recover=lenient, **_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadAttachment(DAMAGED) from error
    if root is None or bool(getattr(root.getroottree().docinfo, "doctype", "")):
        raise BadAttachment(DAMAGED)
    return root


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace, what is no element for comments."""
    return str(element.tag).rpartition("}")[2]


def named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield every element below of this local name, whatever its namespace."""
    return element.iter(f"{{*}}{name}")


def own(element: etree._Element, child: str, holder: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, not those of a table inside it; each is looked at once.

    `child` and `holder` are local names; between the two only groups may stand (header rows, content controls).
    """
    waiting = list(reversed(element))
    while waiting:
        one = waiting.pop()
        name = local(one)
        if name in {child, f"covered-{child}"}:
            yield one
        elif name != holder and name not in _CELLS:
            waiting += reversed(one)


def is_under(element: etree._Element, name: str) -> bool:
    """Tell whether an element lies somewhere in one of this local name."""
    return next(element.iterancestors(f"{{*}}{name}"), None) is not None


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute that has a namespace (r:id, w:val) by its local name, "" when it is not there."""
    return next((str(value) for key, value in element.items() if str(key).endswith(f"}}{name}")), "")
