"""What happened to a piece, with the words of what was set aside: the audit log itself holds ids and codes only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.audit.events import EventName
from zhijian.content.models import ScreeningReport
from zhijian.content.queries.articles import THING_KIND
from zhijian.content.queries.checking import UNREAD_RULE, found_from_data, waivers_of
from zhijian.organisations.queries import timeline_of

if TYPE_CHECKING:
    from zhijian.audit.models import Event
    from zhijian.content.models import Article, Waiver
    from zhijian.content.queries.checking import Found
    from zhijian.ui.parts import Happening


def history_of(article: Article) -> list[Happening]:
    """Return everything that happened to a piece, newest first; a waiver names its words, personal data masked."""
    told = _told_waivers(article)

    def tell(event: Event) -> str:
        return told.get(event.data.get("waiver", 0), "") if event.name == EventName.FINDING_WAIVED else ""

    return timeline_of(thing_kind=THING_KIND, thing_id=article.pk, tell=tell)


def _told_waivers(article: Article) -> dict[int, str]:
    waivers = waivers_of(article)
    if not waivers:
        return {}
    reports = (
        ScreeningReport.objects.filter(revision__article=article).order_by("pk").values_list("findings", flat=True)
    )
    known = {one.key: one for findings in reports for one in map(found_from_data, findings)}
    return {waiver.pk: _told(waiver, known.get((waiver.rule_id, waiver.excerpt))) for waiver in waivers}


def _told(waiver: Waiver, found: Found | None) -> str:
    if found is not None:
        message = found.message.replace(found.excerpt, found.masked) if found.excerpt else found.message
        return f"“{found.masked}”，{found.severity_label}：{message}"
    return "没有读完的图片" if waiver.rule_id == UNREAD_RULE else ""
