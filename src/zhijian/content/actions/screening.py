"""Looking at a version by the rules in force, and keeping what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content.models import ScreeningReport
from zhijian.content.queries import draft_of, screen_draft
from zhijian.lib import clock

if TYPE_CHECKING:
    from zhijian.content.models import Article, Revision


def screen_revision(*, article: Article, revision: Revision) -> ScreeningReport:
    """Write the report of a version, or bring it up to the rules of today. Runs in the caller's transaction."""
    version, found = screen_draft(organisation=article.organisation, draft=draft_of(revision))
    report, _ = ScreeningReport.objects.update_or_create(
        revision=revision,
        defaults={
            "ruleset_version": version,
            "findings": [one.as_data() for one in found],
            "screened_at": clock.now(),
        },
    )
    return report
