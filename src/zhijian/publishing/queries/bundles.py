"""From approved revisions to what a connector takes: the same input gives the same bytes, today and after a crash."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from zhijian.channels.queries import connector_of
from zhijian.connectors.contract import Bundle, MediaRef, Piece
from zhijian.content.queries import public_piece
from zhijian.files.queries import file_facts, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.connectors.contract import Rendered
    from zhijian.content.queries import ApprovedPiece
    from zhijian.publishing.models import Delivery

WORDS_OF_AUTHOR = 16


def piece_address(article_id: int) -> str:
    """Return the public address of a piece on our own website; it stays the same for every version."""
    return f"{settings.ZHIJIAN_BASE_URL}/pieces/{article_id}/"


def build_bundle(revision_ids: Sequence[int], *, key: str, addresses: Mapping[str, str]) -> Bundle:
    """Return the bundle of some revisions in order. Whether they may be sent is not asked here.

    `addresses` holds our public page of a revision under its id, and under "marker" the page for those without one.
    Raises Missing.
    """
    pieces = [public_piece(revision_id) for revision_id in revision_ids]
    media = _media(pieces)
    own = [_piece(piece, media, addresses.get(str(piece.revision_id), "")) for piece in pieces]
    return Bundle(tuple(own), key=key, marker_url=addresses.get("marker", f"{settings.ZHIJIAN_BASE_URL}/"))


def rendered_for(delivery: Delivery) -> Rendered:
    """Return what a delivery sends, as its connector renders it. Raises Missing."""
    revision_ids = list(delivery.items.order_by("position").values_list("revision_id", flat=True))
    bundle = build_bundle(revision_ids, key=delivery.key, addresses=delivery.addresses)
    return connector_of(delivery.connection).render(bundle)


def _piece(piece: ApprovedPiece, media: Mapping[str, MediaRef], address: str) -> Piece:
    return Piece(
        title=piece.title,
        body=piece.html(media_key),
        author=(piece.author or piece.organisation_name)[:WORDS_OF_AUTHOR],
        digest=piece.digest,
        images=tuple(media[sha256] for sha256 in dict.fromkeys(piece.images) if sha256 in media),
        cover=media.get(piece.cover),
        source_url=address,
    )


def media_key(sha256: str) -> str:
    """Return the name under which a picture stands in the body until a platform gives it an address."""
    return f"media:{sha256}"


def _media(pieces: Sequence[ApprovedPiece]) -> dict[str, MediaRef]:
    wanted = {sha256 for piece in pieces for sha256 in (*piece.images, piece.cover) if sha256}
    return {
        sha256: MediaRef(media_key(sha256), row.media_type, row.size, sha256, partial(read_bytes, sha256))
        for sha256, row in file_facts(wanted).items()
    }
