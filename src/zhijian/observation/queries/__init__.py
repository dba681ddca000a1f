"""What accounts show, as others may read it.

Functions with `actor` give rows of the actor's scope; those without are for the system's own work.
"""

from zhijian.observation.queries.activity import Activity, SourceState, activity, merged, missing_of
from zhijian.observation.queries.coverage import FRESH, Coverage, Meter, coverage, with_sight
from zhijian.observation.queries.legality import Access, Way, access_of, accesses, way_of, ways_for
from zhijian.observation.queries.links import latest_link_checks, link_checks_after, url_digest
from zhijian.observation.queries.posts import (
    find_post,
    last_posts,
    newest_versions,
    posts_between,
    search_posts,
    standing_posts,
    undated_between,
    versions_after,
    versions_for,
    visible_posts,
    with_versions,
)
from zhijian.observation.queries.sources import (
    due_sources,
    faults_of,
    find_history,
    find_snapshot,
    find_source,
    look_proofs,
    looks_of,
    stalled_histories,
    visible_histories,
    visible_looks,
    visible_sources,
    watchable_accounts,
    watched_accounts,
)
from zhijian.observation.queries.work import blind_sources, work_items

__all__ = [
    "FRESH",
    "Access",
    "Activity",
    "Coverage",
    "Meter",
    "SourceState",
    "Way",
    "access_of",
    "accesses",
    "activity",
    "blind_sources",
    "coverage",
    "due_sources",
    "faults_of",
    "find_history",
    "find_post",
    "find_snapshot",
    "find_source",
    "last_posts",
    "latest_link_checks",
    "link_checks_after",
    "look_proofs",
    "looks_of",
    "merged",
    "missing_of",
    "newest_versions",
    "posts_between",
    "search_posts",
    "stalled_histories",
    "standing_posts",
    "undated_between",
    "url_digest",
    "versions_after",
    "versions_for",
    "visible_histories",
    "visible_looks",
    "visible_posts",
    "visible_sources",
    "watchable_accounts",
    "watched_accounts",
    "way_of",
    "ways_for",
    "with_sight",
    "with_versions",
    "work_items",
]
