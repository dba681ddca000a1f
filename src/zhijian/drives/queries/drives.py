"""Drives and targets as people may see them, and how far each target is: read from the account, not from a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Case, CharField, Exists, FilteredRelation, OuterRef, Q, Value, When
from django.utils import timezone

from zhijian.drives.enums import Act, DriveState, Standing, TargetState
from zhijian.drives.models import Answer, Drive, Target
from zhijian.drives.rules import run_scope
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import branches_supervised, in_scope
from zhijian.policy.queries import Remaining, load_calendars, time_left
from zhijian.registry.enums import LIVE_STATES, OPEN_FILING_STATES, AccountState, FilingKind
from zhijian.registry.queries import exemptions_in_force, stuck_closings

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import User

THING_KIND: Final = "drives.drive"
ANSWER_KIND: Final = "drives.target"
READERS: Final = (Role.SUPERVISING_OFFICER, Role.HOST_OFFICER)
CARRYING_OUT: Final = (FilingKind.CLOSING, FilingKind.MERGING, FilingKind.EXEMPTION, FilingKind.DEREGISTER)


def remaining(due_on: date) -> Remaining:
    """Return the time from today to a deadline; negative once it is over."""
    return time_left(clock.today(), due_on, calendar=load_calendars(settings.ZHIJIAN_CALENDARS))


def visible_drives(*, actor: User) -> QuerySet[Drive]:
    """Return the drives this person may run, and those that were sent to bodies they keep or supervise."""
    asked = Target.objects.filter(in_scope(actor=actor, roles=READERS), drive=OuterRef("pk"))
    rows = Drive.objects.filter(run_scope(actor=actor) | ~Q(state=DriveState.DRAFT) & Q(Exists(asked)))
    return rows.select_related("organisation", "created_by")


def find_drive(*, actor: User, drive_id: int) -> Drive:
    """Return one drive of the actor's scope. Raises Missing."""
    row = visible_drives(actor=actor).filter(pk=drive_id).first()
    if row is None:
        raise Missing
    return row


def drives_to_add_to(*, actor: User) -> QuerySet[Drive]:
    """Return the drives that are not over and that this person runs, drafts first."""
    rows = Drive.objects.filter(run_scope(actor=actor)).exclude(state=DriveState.CLOSED)
    return rows.order_by("state", "-pk")


def bodies_that_ask(*, actor: User) -> QuerySet[Organisation]:
    """Return the bodies in whose name this person runs drives: their own offices, not each body below."""
    own = [row.organisation_id for row in branches_supervised(actor=actor)]
    return Organisation.objects.filter(pk__in=own, is_active=True).order_by("path")


def visible_targets(*, actor: User) -> QuerySet[Target]:
    """Return the accounts of drives this person runs, and those of their bodies in drives that were sent."""
    own = in_scope(actor=actor, roles=READERS) & ~Q(drive__state=DriveState.DRAFT)
    rows = Target.objects.filter(run_scope(actor=actor, field="drive__organisation") | own)
    return rows.select_related("drive__organisation", "organisation", "account", "into", "filing")


def targets_of(drive: Drive) -> QuerySet[Target]:
    """Return every account of a drive. The scope is the caller's to ask for."""
    return Target.objects.filter(drive=drive).select_related("organisation", "account", "into", "filing")


def asked_elsewhere(drive: Drive, accounts: Collection[int] | QuerySet[Any, Any]) -> dict[int, str]:
    """Return which of these accounts another running drive asks about, with its title. The system's own question."""
    others = Target.objects.filter(account__in=accounts, drive__state=DriveState.SENT).exclude(drive=drive)
    return dict(others.order_by("account_id").values_list("account_id", "drive__title"))


def find_target(*, actor: User, target_id: int) -> Target:
    """Return one account of a drive of the actor's scope. Raises Missing."""
    row = visible_targets(actor=actor).filter(pk=target_id).first()
    if row is None:
        raise Missing
    return row


def with_standing(rows: QuerySet[Target]) -> QuerySet[Any]:
    """Tell of every target how far it is, as `standing`.

    Done is what the register says: the account has ended (which needs the platform's proof), or an exemption for it is
    in force. An account has one open filing at most, so that the join adds no row. An account whose notice still runs
    is under way, whoever answered; one whose notice ran out long ago waits for its body again.
    """
    stuck = stuck_closings().filter(account=OuterRef("account"))
    exempt = exemptions_in_force().filter(account=OuterRef("account"))
    opened = FilteredRelation(
        "account__filings",
        condition=Q(account__filings__state__in=OPEN_FILING_STATES, account__filings__kind__in=CARRYING_OUT),
    )
    states = (TargetState.AGREED, TargetState.ASKED, TargetState.REFUSED)
    return rows.annotate(open_filing=opened).annotate(
        standing=Case(
            When(~Q(account__state__in=LIVE_STATES) | Q(Exists(exempt)), then=Value(str(Standing.DONE))),
            When(Q(state=TargetState.KEPT) | Q(act=Act.KEEP), then=Value(str(Standing.KEPT))),
            When(
                Q(account__state=AccountState.CLOSING) & ~Q(Exists(stuck)) | Q(open_filing__isnull=False),
                then=Value(str(Standing.UNDER_WAY)),
            ),
            *(When(state=state, then=Value(str(Standing(state)))) for state in states),
            default=Value(str(Standing.WAITING)),
            output_field=CharField(),
        )
    )


def standing_of(target: Target) -> Standing:
    """Return how far one target is."""
    rows = with_standing(Target.objects.filter(pk=target.pk))
    return Standing(rows.values_list("standing", flat=True)[0])


def answers_of(*, actor: User, target: Target) -> QuerySet[Answer]:
    """Return what was said about a target, oldest first, to who may see it; to others nothing."""
    own = in_scope(actor=actor, roles=READERS) | run_scope(actor=actor, field="target__drive__organisation")
    return Answer.objects.filter(own, target=target).select_related("by")


def last_word(target: Target) -> str:
    """Tell who said what of a target last, as the middle of a sentence; empty where nobody said anything."""
    answer = target.answers.select_related("by").last()
    if answer is None:
        return ""
    at = timezone.localtime(answer.at)
    return f"{answer.by}在 {at:%m月%d日 %H:%M} 已经答复“{answer.get_kind_display()}”"
