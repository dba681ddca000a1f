"""What one version of a piece consists of, and its fingerprint."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zhijian.content.document import (
    Document,
    canonical_json,
    document_hash,
    empty_document,
    image_files,
    parse_document,
)
from zhijian.content.enums import ItemClass, Origin
from zhijian.lib.digests import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.content.models import Revision

WORDS = ("title", "author", "digest", "cover", "item_class", "origin", "source_name", "source_url")


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a reader or reviewer gets of one version. `cover` is the SHA-256 of a stored picture, or empty."""

    title: str = ""
    author: str = ""
    digest: str = ""
    document: Document = field(default_factory=empty_document)
    cover: str = ""
    item_class: str = ItemClass.ORDINARY
    origin: str = Origin.ORIGINAL
    source_name: str = ""
    source_url: str = ""

    @property
    def content_hash(self) -> str:
        """The fingerprint that reviewers sign: any change a reader could notice changes it."""
        words = {name: str(getattr(self, name)) for name in WORDS}
        return digest_of({**words, "document": document_hash(self.document)})

    @property
    def files(self) -> tuple[str, ...]:
        """The stored pictures this version shows, cover first, each once."""
        return tuple(dict.fromkeys([*([self.cover] if self.cover else []), *image_files(self.document)]))


def draft_of(revision: Revision) -> Draft:
    """Return a stored version as a draft. Stored documents were read strictly, so reading them again succeeds."""
    words = {name: getattr(revision, name) for name in WORDS}
    return Draft(document=parse_document(revision.document), **words)


def draft_from_fields(fields: Mapping[str, Any]) -> Draft:
    """Read what an editor sent or autosaved. Raises `InvalidDocument` when the body is no article body."""
    words = {name: str(fields[name]).strip() for name in WORDS if fields.get(name) is not None}
    body = fields.get("document")
    return Draft(document=parse_document(body) if body else empty_document(), **words)


def fields_of(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain data, the reverse of `draft_from_fields`."""
    return {**{name: str(getattr(draft, name)) for name in WORDS}, "document": document_data(draft.document)}


def document_data(document: Document) -> dict[str, Any]:
    """Return the canonical body as plain data for a JSON column."""
    data: dict[str, Any] = json.loads(canonical_json(document))
    return data
