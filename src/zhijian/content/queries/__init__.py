"""Reading pieces: what a person may see, what screening found, what may be sent."""

from zhijian.content.queries.articles import (
    FIELD_NAMES,
    THING_KIND,
    approved_articles,
    author_ids,
    compare,
    find_article,
    find_revision,
    holds_file,
    import_record_of,
    others_editing,
    revision_with_hash,
    revisions_of,
    unfinished_articles,
    visible_articles,
    working_copy,
)
from zhijian.content.queries.checking import (
    Checked,
    Found,
    checked,
    named,
    picture_gaps,
    screen_draft,
    waivers_of,
    without_waived,
)
from zhijian.content.queries.delivery import ApprovedPiece, piece_for_delivery, public_piece
from zhijian.content.queries.drafts import Draft, document_data, draft_from_fields, draft_of, fields_of
from zhijian.content.queries.extras import Extra, ExtraProvider, extras_of, register_extra
from zhijian.content.queries.previews import PLATFORMS, Preview, platform_issues, preview_of
from zhijian.content.queries.routes import route_for
from zhijian.content.queries.showing import page_html, picture_url
from zhijian.content.queries.work import work_items

__all__ = [
    "FIELD_NAMES",
    "PLATFORMS",
    "THING_KIND",
    "ApprovedPiece",
    "Checked",
    "Draft",
    "Extra",
    "ExtraProvider",
    "Found",
    "Preview",
    "approved_articles",
    "author_ids",
    "checked",
    "compare",
    "document_data",
    "draft_from_fields",
    "draft_of",
    "extras_of",
    "fields_of",
    "find_article",
    "find_revision",
    "holds_file",
    "import_record_of",
    "named",
    "others_editing",
    "page_html",
    "picture_gaps",
    "picture_url",
    "piece_for_delivery",
    "platform_issues",
    "preview_of",
    "public_piece",
    "register_extra",
    "revision_with_hash",
    "revisions_of",
    "route_for",
    "screen_draft",
    "unfinished_articles",
    "visible_articles",
    "waivers_of",
    "without_waived",
    "work_items",
    "working_copy",
]
