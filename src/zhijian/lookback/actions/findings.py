"""What becomes of findings: seen mended or deleted when the texts are read again, or set aside by a person."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.knowledge.queries import allowances_run_out
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lookback.actions.judging import bodies_of, judge, rules_of
from zhijian.lookback.enums import FindingState, Kind
from zhijian.lookback.models import Finding
from zhijian.lookback.queries.archive import texts_now
from zhijian.lookback.queries.lookbacks import find_finding
from zhijian.organisations.models import Organisation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

THING_KIND: Final = "lookback.finding"
AT_ONCE: Final = 300
NIGHTS_BACK: Final = 7
"""A night that was missed is made up for within a week."""
LONGEST_REASON: Final = 200


def why_not_set_aside(*, actor: User, finding: Finding) -> list[str]:
    """Give every reason why this person cannot say that it is a false alarm."""
    return why_not(Permission.LOOKBACK_SET_ASIDE, actor=actor, thing=finding)


@transaction.atomic
def set_aside(*, actor: User, finding_id: int, reason: str) -> Finding:
    """Say that the words are right here, and why. Raises Refused, Missing."""
    find_finding(actor=actor, finding_id=finding_id)
    rows = Finding.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    row = rows.get(pk=finding_id)
    reasons = why_not_set_aside(actor=actor, finding=row)
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        reasons.append(f"请写明为什么是误报，最多 {LONGEST_REASON} 个字。")
    if reasons:
        raise Refused(reasons)
    row.state, row.state_at, row.reason, row.set_aside_by = (
        FindingState.SET_ASIDE, clock.now(), reason.strip(), actor,
    )  # fmt: skip
    row.save(update_fields=["state", "state_at", "reason", "set_aside_by"])
    record(
        EventName.LOOKBACK_FINDING_SET_ASIDE, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND,
        thing_id=row.pk, data={"rule": row.rule_id, "severity": row.severity},
    )  # fmt: skip
    return row


def look_again_by_rule(*, rule_id: str, organisation_id: int) -> int:
    """Judge anew what a rule found at a body and below, after something was set aside of it or counts again.

    What had ended with the rule and is still in its text stands again. Returns how many ended.
    """
    path = Organisation.objects.get(pk=organisation_id).path
    rows = Finding.objects.filter(organisation__path__startswith=path, rule_id=rule_id)
    return _look_through(rows.filter(state__in=[FindingState.OPEN, FindingState.LAPSED]))


def look_again_where_rules_return() -> int:
    """Judge anew what ended with rules that count again since the last nights: an allowance of them ran out."""
    ended = 0
    for rule_id, organisation_id in allowances_run_out(days=NIGHTS_BACK):
        ended += look_again_by_rule(rule_id=rule_id, organisation_id=organisation_id)
    return ended


def look_again() -> int:
    """Read the texts of all open findings once more and end what is mended or deleted; return how many ended.

    The system's own work, by id in batches, each a transaction: what is left out one night comes the next.
    """
    return _look_through(Finding.objects.filter(state=FindingState.OPEN))


def _look_through(wanted: QuerySet[Finding]) -> int:
    ended, after = 0, 0
    while True:
        part, last = _look_again(wanted, after)
        if last is None:
            return ended
        ended, after = ended + part, last


@transaction.atomic
def _look_again(wanted: QuerySet[Finding], after: int) -> tuple[int, int | None]:
    rows = list(wanted.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    if not rows:
        return 0, None
    things: dict[Kind, set[int]] = defaultdict(set)
    for row in rows:
        things[Kind(row.kind)].add(row.thing_id)
    texts, gone = texts_now({kind: sorted(ids) for kind, ids in things.items()})
    asked = {row.rule_id for row in rows}
    ended = judge(texts, rules_of(None, bodies_of(texts), asked), look_back=None, asked=asked).ended
    lost = [row.pk for row in rows if (row.kind, row.thing_id) in gone]
    ended += Finding.objects.filter(pk__in=lost, state=FindingState.OPEN).update(
        state=FindingState.GONE, state_at=clock.now()
    )
    return ended, rows[-1].pk
