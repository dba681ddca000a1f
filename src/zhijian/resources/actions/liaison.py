"""The log of talks with platforms: only ever added to."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import platform_choices
from zhijian.resources.enums import EntryKind, LiaisonState, Way
from zhijian.resources.models import LiaisonEntry
from zhijian.resources.queries import LIAISON_KIND, find_entry, newest

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import User


@dataclass(frozen=True, slots=True)
class TalkDraft:
    """A talk with a platform as somebody wrote it down."""

    platform: str
    day: date
    contact_name: str
    contact_phone: str
    contact_mail: str
    way: str
    asked: str
    came_of: str
    follow_up_on: date | None
    state: str


@transaction.atomic
def record_talk(*, actor: User, organisation: Organisation, draft: TalkDraft) -> LiaisonEntry:
    """Begin a matter with a platform. Raises Refused with every reason."""
    require(Permission.RESOURCES_KEEP, actor=actor, thing=organisation)
    return _add(actor, organisation, draft, matter=uuid.uuid4(), kind=EntryKind.FIRST)


def why_not_go_on(*, actor: User, entry: LiaisonEntry) -> list[str]:
    """Give every reason why this person may not add to a matter."""
    reasons = why_not(Permission.RESOURCES_KEEP, actor=actor, thing=entry.organisation)
    if not newest(LiaisonEntry.objects.filter(pk=entry.pk)).exists():
        reasons.append("这件事后来又有记录。请打开最新的一条，在它后面写。")
    return reasons


def follow_up(*, actor: User, entry_id: int, draft: TalkDraft) -> LiaisonEntry:
    """Add how a matter went on, after its newest entry. Raises Missing, Refused."""
    return _go_on(actor, entry_id, draft, EntryKind.FOLLOW_UP)


def correct_entry(*, actor: User, entry_id: int, draft: TalkDraft) -> LiaisonEntry:
    """Put the newest entry of a matter right by a new one; both stay. Raises Missing, Refused."""
    return _go_on(actor, entry_id, draft, EntryKind.CORRECTION)


@transaction.atomic
def _go_on(actor: User, entry_id: int, draft: TalkDraft, kind: EntryKind) -> LiaisonEntry:
    entry = find_entry(actor=actor, entry_id=entry_id)
    # The log cannot be locked for change; the body's row stands for it, so that two people add one after the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=entry.organisation_id)
    reasons = why_not_go_on(actor=actor, entry=entry)
    if reasons:
        raise Refused(reasons)
    corrects = entry if kind == EntryKind.CORRECTION else None
    return _add(actor, entry.organisation, draft, matter=entry.matter, kind=kind, corrects=corrects)


def _add(actor: User, organisation: Organisation, draft: TalkDraft, **more: Any) -> LiaisonEntry:
    _check(draft)
    row = LiaisonEntry.objects.create(
        organisation=organisation, created_by=actor, created_at=clock.now(), **asdict(draft), **more
    )
    record(
        EventName.RESOURCES_TALK_RECORDED, actor=actor, organisation_id=organisation.pk, thing_kind=LIAISON_KIND,
        thing_id=row.pk, data={"platform": row.platform, "kind": row.kind, "state": row.state},
    )  # fmt: skip
    return row


def _check(draft: TalkDraft) -> None:
    reasons = []
    if draft.platform not in dict(platform_choices()):
        reasons.append("请选择平台。")
    if draft.way not in Way or draft.state not in LiaisonState:
        reasons.append("请选择方式和状态。")
    if not draft.asked.strip():
        reasons.append("请写明提了什么。")
    if draft.day > clock.today():
        reasons.append("日期不能晚于今天；还没有做的，写在跟进日期里。")
    if draft.follow_up_on is not None and draft.follow_up_on < draft.day:
        reasons.append("跟进日期早于这次对接的日期，请核对。")
    if draft.follow_up_on is not None and draft.state == LiaisonState.CLOSED:
        reasons.append("已办完的不用填跟进日期。要跟进的，状态选“没有办完”。")
    if reasons:
        raise Refused(reasons)
