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
    Screened,
    checked,
    found_on_pictures,
    named,
    picture_gaps,
    screen_draft,
    waived_in,
    waivers_of,
    without_waived,
)
from zhijian.content.queries.delivery import ApprovedPiece, piece_for_delivery, public_piece
from zhijian.content.queries.drafts import Draft, document_data, draft_from_fields, draft_of, fields_of
from zhijian.content.queries.extras import Extra, ExtraProvider, extras_of, register_extra
from zhijian.content.queries.figures import rule_hits, rule_waivers
from zhijian.content.queries.history import history_of
from zhijian.content.queries.pictures import boxed_picture, due_pictures, unlooked_pictures
from zhijian.content.queries.previews import PLATFORMS, Preview, platform_issues, preview_of
from zhijian.content.queries.routes import route_for, unread_pictures_block
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
    "Screened",
    "approved_articles",
    "author_ids",
    "boxed_picture",
    "checked",
    "compare",
    "document_data",
    "draft_from_fields",
    "draft_of",
    "due_pictures",
    "extras_of",
    "fields_of",
    "find_article",
    "find_revision",
    "found_on_pictures",
    "history_of",
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
    "rule_hits",
    "rule_waivers",
    "screen_draft",
    "unfinished_articles",
    "unlooked_pictures",
    "unread_pictures_block",
    "visible_articles",
    "waived_in",
    "waivers_of",
    "without_waived",
    "work_items",
    "working_copy",
]
