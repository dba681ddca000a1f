"""Deliveries as people may see them, as workers need them, and what is out on the website for everybody."""

from zhijian.publishing.queries.archive import items_by_id, items_out
from zhijian.publishing.queries.bundles import build_bundle, piece_address, rendered_for
from zhijian.publishing.queries.deliveries import (
    SENDERS,
    THING_KIND,
    VIEWERS,
    deliveries_of_article,
    delivery_by_id,
    due_deliveries,
    find_delivery,
    find_stray,
    items_of,
    just_planned,
    open_keys,
    sent_articles,
    visible_deliveries,
    visible_strays,
)
from zhijian.publishing.queries.extras import article_extras
from zhijian.publishing.queries.packages import host_patterns, package_of
from zhijian.publishing.queries.public import (
    PublicPiece,
    feed_items,
    is_public_file,
    public_addresses,
    public_piece,
    public_pieces,
    public_rows,
)
from zhijian.publishing.queries.work import unknown_deliveries, work_items

__all__ = [
    "SENDERS",
    "THING_KIND",
    "VIEWERS",
    "PublicPiece",
    "article_extras",
    "build_bundle",
    "deliveries_of_article",
    "delivery_by_id",
    "due_deliveries",
    "feed_items",
    "find_delivery",
    "find_stray",
    "host_patterns",
    "is_public_file",
    "items_by_id",
    "items_of",
    "items_out",
    "just_planned",
    "open_keys",
    "package_of",
    "piece_address",
    "public_addresses",
    "public_piece",
    "public_pieces",
    "public_rows",
    "rendered_for",
    "sent_articles",
    "unknown_deliveries",
    "visible_deliveries",
    "visible_strays",
    "work_items",
]
