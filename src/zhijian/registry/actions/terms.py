"""What comes to its end by the calendar alone: exemptions, certifications, notice periods."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from zhijian.audit.actions import record_many
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.enums import LIVE_STATES, AccountState
from zhijian.registry.models import Account, Exemption

# Wider than any warning a pack may set (`account.certification_warning_days` is at most 366).
HORIZON = timedelta(days=366)


@transaction.atomic
def begin_day() -> int:
    """End the exemptions whose term is over, and bring the findings that depend on the day up to date.

    Return how many exemptions ended. Run twice, the second time changes nothing.
    """
    over = Exemption.objects.select_for_update().filter(ended_at=None, valid_until__lt=clock.today()).order_by("pk")
    rows = list(over)
    Exemption.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=clock.now())
    record_many(
        EventName.EXEMPTION_EXPIRED, actor=None, thing_kind="registry.exemption",
        rows=((row.organisation_id, row.pk, {"account": row.account_id}) for row in rows),
    )  # fmt: skip
    dated = Account.objects.filter(
        Q(state=AccountState.CLOSING) | Q(certified_until__lt=clock.today() + HORIZON), state__in=LIVE_STATES
    )
    bodies = set(dated.order_by().values_list("organisation_id", flat=True)) | {row.organisation_id for row in rows}
    refresh_findings(bodies)
    return len(rows)
