"""Licences: written down, renewed, held no more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.actions import store_paper
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import in_scope
from zhijian.resources.models import Licence
from zhijian.resources.queries import LICENCE_KIND, needs_of, successor_of
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import Organisation, User

Upload = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class LicenceDraft:
    """A licence as somebody filled it in."""

    number: str
    issuer: str
    holder: str
    begins_on: date | None = None
    ends_on: date | None = None
    note: str = ""


@transaction.atomic
def record_licence(
    *, actor: User, organisation: Organisation, kind: str, draft: LicenceDraft, paper: Upload | None = None
) -> Licence:
    """Write a licence of a body down, with its paper where there is one. Raises Refused with every reason."""
    require(Permission.RESOURCES_KEEP, actor=actor, thing=organisation)
    if kind not in needs_of(organisation).licence_names:
        raise Refused("请选择许可证的类别。")
    row = _make(actor, organisation, kind, draft, paper)
    _write_down(EventName.RESOURCES_LICENCE_RECORDED, row, actor, kind=kind)
    return row


def _make(
    actor: User, organisation: Organisation, kind: str, draft: LicenceDraft, paper: Upload | None, **more: Any
) -> Licence:
    _check(draft)
    return Licence.objects.create(
        organisation=organisation, kind=kind, paper=keep_paper(actor, organisation, paper), created_by=actor,
        created_at=clock.now(), **asdict(draft), **more,
    )  # fmt: skip


def keep_paper(actor: User, organisation: Organisation, paper: Upload | None) -> Any:
    """Store the paper of a licence or rule; None stays None. Raises Refused."""
    if paper is None:
        return None
    return store_paper(actor=actor, organisation=organisation, name=paper[0], data=paper[1])


def _check(draft: LicenceDraft) -> None:
    if draft.begins_on and draft.ends_on and draft.ends_on < draft.begins_on:
        raise Refused("有效期止早于有效期起，请核对。")


def _write_down(event: EventName, row: Licence, actor: User, **data: Any) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind=LICENCE_KIND, thing_id=row.pk,
        data={"ends_on": row.ends_on.isoformat() if row.ends_on else "", "paper": row.paper_id is not None, **data},
    )  # fmt: skip


def why_not_change_licence(*, actor: User, licence: Licence) -> list[str]:
    """Give every reason why a licence cannot be changed, renewed or given up."""
    reasons = why_not(Permission.RESOURCES_KEEP, actor=actor, thing=licence.organisation)
    if licence.withdrawn_on is not None:
        reasons.append("这份许可证已经不再持有，只能查看。重新取得的，请登记新证。")
    if successor_of(licence) is not None:
        reasons.append("已经换了新证，这一份留作历史。请打开新证。")
    return reasons


def _lock(actor: User, licence_id: int) -> Licence:
    """Return a licence that may be changed, locked. Raises Missing, Refused with every reason."""
    rows = Licence.objects.select_for_update(of=("self",)).select_related("organisation", "successor")
    row = rows.filter(in_scope(actor=actor, roles=KEEPERS), pk=licence_id).first()
    if row is None:
        raise Missing
    reasons = why_not_change_licence(actor=actor, licence=row)
    if reasons:
        raise Refused(reasons)
    return row


@transaction.atomic
def correct_licence(
    *, actor: User, licence_id: int, draft: LicenceDraft, seen: int, paper: Upload | None = None
) -> Licence:
    """Put right what was copied from a licence; `seen` is the version the page showed. Raises Missing, Refused."""
    row = _lock(actor, licence_id)
    if row.version != seen:
        raise Refused("这份许可证刚刚被别人改过。请重新打开，看过再改。")
    _check(draft)
    told = asdict(draft)
    changed = sorted(name for name, value in told.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, told[name])
    row.paper = keep_paper(actor, row.organisation, paper) or row.paper
    row.version += 1
    row.save()
    _write_down(EventName.RESOURCES_LICENCE_CORRECTED, row, actor, fields=changed, new_paper=paper is not None)
    return row


@transaction.atomic
def renew_licence(*, actor: User, licence_id: int, draft: LicenceDraft, paper: Upload | None = None) -> Licence:
    """Write the new licence down that takes the place of one, which stays as history. Raises Missing, Refused."""
    old = _lock(actor, licence_id)
    if old.ends_on and (draft.ends_on is None or draft.ends_on <= old.ends_on):
        raise Refused(f"旧证到 {old.ends_on.isoformat()}。请照新证填有效期止，要晚于旧证；旧证抄错了的，用“更正”。")
    row = _make(actor, old.organisation, old.kind, draft, paper, replaces=old)
    _write_down(EventName.RESOURCES_LICENCE_RENEWED, row, actor, replaces=old.pk)
    return row


@transaction.atomic
def give_up_licence(*, actor: User, licence_id: int, reason: str) -> Licence:
    """Write down that a body does not hold a licence any more. Raises Missing, Refused."""
    row = _lock(actor, licence_id)
    if not reason.strip():
        raise Refused("请写明为什么不再持有。")
    row.withdrawn_on, row.withdrawn_reason = clock.today(), reason.strip()
    row.version += 1
    row.save()
    _write_down(EventName.RESOURCES_LICENCE_GIVEN_UP, row, actor, reason=row.withdrawn_reason)
    return row
