"""How often rules hit in what was written, and how often people set them aside, by body and day, naming nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Count

from zhijian.content.models import Waiver

if TYPE_CHECKING:
    from datetime import datetime

FOUND: Final = """
    SELECT article.organisation_id, finding ->> 'rule', finding ->> 'category',
           count(DISTINCT (revision.article_id, finding ->> 'excerpt'))
    FROM content_revision revision
    JOIN content_article article ON article.id = revision.article_id
    JOIN content_screeningreport report ON report.revision_id = revision.id
    CROSS JOIN LATERAL jsonb_array_elements(report.findings) finding
    WHERE revision.created_at >= %s AND revision.created_at < %s
    GROUP BY 1, 2, 3
"""


def rule_hits(*, start: datetime, end: datetime) -> list[tuple[int, str, str, int]]:
    """Return (body, rule, category, hits) of the versions written from `start` until before `end`.

    The same words under the same rule count once for each piece, however often it was saved. For the system's own work.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [start, end])
        found: list[tuple[int, str, str, int]] = cursor.fetchall()
    return found


def rule_waivers(*, start: datetime, end: datetime) -> list[tuple[int, str, int]]:
    """Return (body, rule, number) of what was set aside in pieces from `start` until before `end`. Scope as above."""
    rows = Waiver.objects.filter(waived_at__gte=start, waived_at__lt=end).order_by()
    counted = rows.values_list("article__organisation", "rule_id").annotate(number=Count("pk"))
    return [(body, rule, number) for body, rule, number in counted]
