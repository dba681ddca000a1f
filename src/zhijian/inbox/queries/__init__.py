"""Cases as others may read them: scoped by `actor`, by the citizen's key, or public after review."""

from zhijian.inbox.queries.addressing import addressable_bodies, receiver_for
from zhijian.inbox.queries.answers import findings_in, right_address_of
from zhijian.inbox.queries.cases import (
    ANSWER_KIND,
    CASE_KIND,
    HANDLERS,
    PUBLICATION_KIND,
    VIEWERS,
    answers_of,
    assignable_bodies,
    default_intake,
    divisions,
    entries_of,
    find_case,
    is_late,
    outgoing_of,
    photos_of,
    publication_of,
    rating_of,
    receiving_bodies,
    search_cases,
    similar_cases,
    visible_cases,
)
from zhijian.inbox.queries.clocks import clocks_of, extension_limit, running_clock
from zhijian.inbox.queries.masking import mask_text
from zhijian.inbox.queries.nearby import near_cases
from zhijian.inbox.queries.numbers import number_of, read_number
from zhijian.inbox.queries.repeats import did_just_now
from zhijian.inbox.queries.showing import (
    find_by_key,
    find_public,
    is_photo_of,
    is_public_photo,
    last_public_wording,
    may_see_photo,
    plain_key,
    public_rows,
    similar_public,
)
from zhijian.inbox.queries.work import late_cases, work_items

__all__ = [
    "ANSWER_KIND",
    "CASE_KIND",
    "HANDLERS",
    "PUBLICATION_KIND",
    "VIEWERS",
    "addressable_bodies",
    "answers_of",
    "assignable_bodies",
    "clocks_of",
    "default_intake",
    "did_just_now",
    "divisions",
    "entries_of",
    "extension_limit",
    "find_by_key",
    "find_case",
    "find_public",
    "findings_in",
    "is_late",
    "is_photo_of",
    "is_public_photo",
    "last_public_wording",
    "late_cases",
    "mask_text",
    "may_see_photo",
    "near_cases",
    "number_of",
    "outgoing_of",
    "photos_of",
    "plain_key",
    "public_rows",
    "publication_of",
    "rating_of",
    "read_number",
    "receiver_for",
    "receiving_bodies",
    "right_address_of",
    "running_clock",
    "search_cases",
    "similar_cases",
    "similar_public",
    "visible_cases",
    "work_items",
]
