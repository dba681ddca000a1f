"""Setting a finding aside: with a reason, a name, and for these words of this piece only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.content.actions.writing import locked_article
from zhijian.content.models import Waiver
from zhijian.content.queries import THING_KIND, checked
from zhijian.content.rules import waivable
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from zhijian.content.models import Article
    from zhijian.content.queries import Found
    from zhijian.organisations.models import User

LONGEST_REASON = 200


def why_not_waive(*, actor: User, article: Article, found: Found) -> list[str]:
    """Give every reason why this person cannot set this finding aside."""
    if found.is_gap:
        return ["图片占位不能放行，请补上图片或删掉这一行。"]
    return why_not(Permission.FINDING_WAIVE, actor=actor, thing=waivable(article, found))


@transaction.atomic
def waive_finding(*, actor: User, article_id: int, finding_id: str, reason: str) -> Waiver:
    """Set a finding of the present version aside, and with it the same words under the same rule in this piece.

    Raises Refused (no right, no reason, not found any more, set aside already) and Missing.
    """
    article = locked_article(actor, article_id)
    report = checked(article, article.newest)
    found = next((one for one in (*report.open, *report.unread) if one.id == finding_id), None)
    if found is None:
        raise Refused("这处问题已经不在了：可能改过了，或者别人已放行。请刷新页面。")
    reasons = why_not_waive(actor=actor, article=article, found=found)
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        reasons.append(f"请写明为什么放行，最多 {LONGEST_REASON} 个字。")
    if reasons:
        raise Refused(reasons)
    return _write(article, found, reason.strip(), actor)


def _write(article: Article, found: Found, reason: str, actor: User) -> Waiver:
    rule, excerpt = found.key
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                article=article, rule_id=rule, excerpt=excerpt, reason=reason, waived_by=actor, waived_at=clock.now()
            )
    except IntegrityError as error:
        raise Refused("这处问题刚刚由别人放行，请刷新页面。") from error
    record(
        EventName.FINDING_WAIVED,
        actor=actor,
        organisation_id=article.organisation_id,
        thing_kind=THING_KIND,
        thing_id=article.pk,
        data={"rule": rule, "severity": found.severity, "waiver": waiver.pk},
    )
    return waiver
