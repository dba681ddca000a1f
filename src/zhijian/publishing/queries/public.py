"""What is out on our own website, for everybody: the newest live version of each piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Min

from zhijian.channels.enums import WEBSITE
from zhijian.connectors.website.render import FeedItem
from zhijian.content import queries as content
from zhijian.lib.errors import Missing
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import DeliveryItem
from zhijian.publishing.queries.bundles import piece_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.content.queries import ApprovedPiece


@dataclass(frozen=True, slots=True)
class PublicPiece:
    """A piece as the citizens' lists show it; `published_at` is when it first came out, `updated_at` this version."""

    article_id: int
    revision_id: int
    title: str
    digest: str
    cover: str
    organisation_id: int
    organisation_name: str
    account_name: str
    published_at: datetime
    updated_at: datetime
    url: str


def public_rows(*, organisation_ids: Sequence[int] | None = None) -> QuerySet[DeliveryItem]:
    """Return one row per piece that is out on the website, the newest first, to be cut into pages or counted.

    `organisation_ids` narrows it to pieces of these bodies. `public_pieces` turns a slice of it into what is shown.
    """
    live = DeliveryItem.objects.filter(
        is_live=True, delivery__connector=WEBSITE, delivery__state=DeliveryState.PUBLISHED
    )
    if organisation_ids is not None:
        live = live.filter(article__organisation__in=list(organisation_ids))
    newest = live.order_by("article_id", "-delivery__published_at", "-pk").distinct("article_id").values("pk")
    rows = DeliveryItem.objects.filter(pk__in=newest).select_related(
        "delivery", "account", "article__organisation", "revision"
    )
    return rows.defer("revision__document", "revision__plain_text").order_by("-delivery__published_at", "-pk")


def public_pieces(rows: QuerySet[DeliveryItem] | None = None, *, first: int = 0, number: int = 20) -> list[PublicPiece]:
    """Return `number` pieces from the `first` (0-based) on; two queries whatever the number."""
    chosen = list((public_rows() if rows is None else rows)[first : first + number])
    began = _first_published([row.article_id for row in chosen])
    return [_shown(row, began.get(row.article_id)) for row in chosen]


def public_piece(article_id: int) -> tuple[PublicPiece, ApprovedPiece]:
    """Return a piece that is out on the website, with its body. Raises Missing."""
    row = public_rows().filter(article=article_id).first()
    if row is None:
        raise Missing
    began = _first_published([article_id])
    return _shown(row, began.get(article_id)), content.public_piece(row.revision_id)


def public_addresses(article_id: int) -> list[tuple[str, str, str]]:
    """Return (platform code, account name, address) of a piece wherever else readers find it now."""
    rows = DeliveryItem.objects.filter(article=article_id, is_live=True, delivery__state=DeliveryState.PUBLISHED)
    rows = rows.exclude(delivery__connector=WEBSITE).exclude(url="").select_related("account")
    return [(row.account.platform, row.account.name, row.url) for row in rows.order_by("-delivery__published_at")]


def feed_items(
    *,
    image_url: Callable[[str], str],
    organisation_ids: Sequence[int] | None = None,
    number: int = 30,
) -> list[FeedItem]:
    """Return the newest pieces for a feed, whole; `image_url` gives the public address of a picture by its SHA-256."""
    rows = public_rows(organisation_ids=organisation_ids)
    return [_feed_item(piece, image_url) for piece in public_pieces(rows, number=number)]


def is_public_file(sha256: str) -> bool:
    """Tell whether everybody may see this picture: a version that is out on the website shows it."""
    return DeliveryItem.objects.filter(
        files__contains=[sha256], is_live=True, delivery__connector=WEBSITE, delivery__state=DeliveryState.PUBLISHED
    ).exists()


def _first_published(article_ids: list[int]) -> dict[int, datetime]:
    rows = DeliveryItem.objects.filter(article__in=article_ids, delivery__connector=WEBSITE)
    rows = rows.exclude(delivery__published_at=None).order_by()
    return dict(rows.values_list("article_id").annotate(began=Min("delivery__published_at")))


def _shown(row: DeliveryItem, began: datetime | None) -> PublicPiece:
    updated = row.delivery.published_at or row.delivery.planned_at
    return PublicPiece(
        article_id=row.article_id, revision_id=row.revision_id, title=row.revision.title, digest=row.revision.digest,
        cover=row.revision.cover, organisation_id=row.article.organisation_id,
        organisation_name=row.article.organisation.short_name, account_name=row.account.name,
        published_at=began or updated, updated_at=updated, url=piece_address(row.article_id),
    )  # fmt: skip


def _feed_item(piece: PublicPiece, image_url: Callable[[str], str]) -> FeedItem:
    whole = content.public_piece(piece.revision_id)
    return FeedItem(
        guid=piece.url, title=piece.title, url=piece.url, published=piece.published_at, updated=piece.updated_at,
        author=whole.author or piece.organisation_name, summary=piece.digest, body=whole.html(image_url),
        image_url=image_url(piece.cover) if piece.cover else "",
    )  # fmt: skip
