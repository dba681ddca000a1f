"""A table on its way to the head's signature and back; the signature is over the exact version (`review`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.actions.sheets import lock_sheet
from zhijian.census.actions.telling import tell_of_return
from zhijian.census.enums import FILLABLE_STATES, Measure, SheetState, Standing
from zhijian.census.models import Row, Sheet
from zhijian.census.queries import SHEET_KIND, content_hash, rows_of
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.models import User
from zhijian.organisations.queries import holders
from zhijian.review import actions as review
from zhijian.review.routes import Gate, Route, StageSpec

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation

ITEM_CLASS: Final = "census"
LONGEST_COMMENT: Final = 1_000
TRUE: Final = Gate("true", "属实", "账号已经查全，内容与实际相符，问题和措施已经写明。")


def why_not_submit(*, actor: User, sheet: Sheet) -> list[str]:
    """Give every reason why a table cannot be sent to be signed."""
    reasons = why_not(Permission.CENSUS_FILL, actor=actor, thing=sheet)
    if sheet.state not in FILLABLE_STATES:
        return reasons
    if not _signers(sheet, actor):
        reasons.append(
            f"{sheet.organisation}还没有能签字的单位负责人（填表的人不能自己签）。请安全管理员授予“单位负责人”角色。"
        )
    return [*reasons, *_unfinished(sheet)]


def _signers(sheet: Sheet, actor: User) -> list[User]:
    people = holders(organisation=sheet.organisation, roles=[Role.HEAD])
    return list(people.exclude(pk__in=[*sheet.author_ids, actor.pk])[:1])


def _unfinished(sheet: Sheet) -> list[str]:
    """Name the accounts whose problem has no measure yet."""
    rows = Row.objects.filter(sheet=sheet, measure=Measure.KEEP).exclude(standing=Standing.NOT_OURS)
    names = list(rows.exclude(problems=[]).filter(problem_note="").order_by("pk").values_list("name", flat=True)[:5])
    if not names:
        return []
    listed = "、".join(f"“{name}”" for name in names)
    return [f"{listed}有问题，请选处理措施；确实要保留的，在问题说明里写明理由。"]


@transaction.atomic
def submit_sheet(*, actor: User, sheet_id: int, base_version: int) -> Sheet:
    """Send a table, as the person saw it, to the body's head. Raises Missing, Refused with every reason."""
    sheet = lock_sheet(actor, sheet_id)
    reasons = why_not_submit(actor=actor, sheet=sheet)
    if sheet.version != base_version and sheet.changed_by_id != actor.pk:
        reasons.append(f"您打开以后，{sheet.changed_by or '别人'}改过这张表。请看过现在的内容再送签。")
    if reasons:
        raise Refused(reasons)
    sheet.version_hash = content_hash(sheet, rows_of(sheet))
    sheet.state, sheet.submitted_at = SheetState.SIGNING, clock.now()
    sheet.save(update_fields=["version_hash", "state", "submitted_at"])
    review.submit(
        thing_kind=SHEET_KIND, thing_id=sheet.pk, version_hash=sheet.version_hash, title=_title(sheet),
        url=f"/desk/census/sheets/{sheet.pk}/", item_class=ITEM_CLASS, organisation=sheet.organisation,
        author_ids=[*sheet.author_ids, actor.pk], route=_route(sheet.organisation), actor=actor,
    )  # fmt: skip
    _record(EventName.CENSUS_SUBMITTED, sheet, actor)
    return sheet


def _title(sheet: Sheet) -> str:
    return f"{sheet.campaign.title}（{sheet.organisation.short_name}）"


def _route(organisation: Organisation) -> Route:
    """The head of the body signs (单位负责人签字): one stage, so everybody but who filled the table in may be it."""
    stage = StageSpec("head", "负责人签字", organisation.pk, (str(Role.HEAD),), (TRUE,))
    return Route(name="统计表签字", stages=(stage,))


def why_not_sign_empty(*, actor: User, sheet: Sheet) -> list[str]:
    """Give every reason why the actor cannot sign at once that a body has no account."""
    reasons = why_not(Permission.CENSUS_SIGN, actor=actor, thing=sheet)
    if sheet.state not in FILLABLE_STATES:
        reasons.append(f"统计表{sheet.get_state_display()}。")
    if Row.objects.filter(sheet=sheet).exists():
        reasons.append("表里有账号，请由经办人送签。")
    return reasons


@transaction.atomic
def sign_empty(*, actor: User, sheet_id: int) -> Sheet:
    """Sign in one act that a body has no account. Raises Missing, Refused with every reason."""
    sheet = lock_sheet(actor, sheet_id)
    reasons = why_not_sign_empty(actor=actor, sheet=sheet)
    if reasons:
        raise Refused(reasons)
    sheet.version_hash = content_hash(sheet, [])
    _set_signed(sheet, actor)
    return sheet


def _set_signed(sheet: Sheet, actor: User) -> None:
    sheet.state, sheet.signed_by, sheet.signed_at, sheet.returned_comment = SheetState.SIGNED, actor, clock.now(), ""
    sheet.save(update_fields=["state", "signed_by", "signed_at", "returned_comment", "version_hash"])
    _record(EventName.CENSUS_SIGNED, sheet, actor, version=sheet.version_hash)


def why_not_return(*, actor: User, sheet: Sheet) -> list[str]:
    """Give every reason why the actor cannot send a signed table back."""
    return why_not(Permission.CENSUS_RETURN, actor=actor, thing=sheet)


@transaction.atomic
def return_sheet(*, actor: User, sheet_id: int, comment: str) -> Sheet:
    """Send a signed table back to its body with what is to be mended. Raises Missing, Refused with every reason."""
    sheet = lock_sheet(actor, sheet_id)
    require(Permission.CENSUS_RETURN, actor=actor, thing=sheet)
    comment = comment.strip()
    if not comment or len(comment) > LONGEST_COMMENT:
        raise Refused(f"请写明要改什么，不超过 {LONGEST_COMMENT:,} 个字。")
    review.void(thing_kind=SHEET_KIND, thing_id=sheet.pk, actor=actor, reason=comment)
    _give_back(sheet, comment)
    _record(EventName.CENSUS_RETURNED, sheet, actor)
    tell_of_return(sheet, comment)
    return sheet


def _give_back(sheet: Sheet, comment: str) -> None:
    sheet.state, sheet.returned_comment, sheet.signed_by, sheet.signed_at = SheetState.RETURNED, comment, None, None
    sheet.version += 1
    sheet.save(update_fields=["state", "returned_comment", "signed_by", "signed_at", "version"])


def follow_approved(*, sheet_id: int, version_hash: str, actor_id: int) -> None:
    """The head signed exactly what was sent. Called in the transaction of the signature."""
    sheet = _held(sheet_id)
    if sheet.version_hash != version_hash:
        raise Refused("送签以后统计表变了，请退回重新送签。")
    _set_signed(sheet, User.objects.get(pk=actor_id))


def follow_returned(*, sheet_id: int, comment: str, actor_id: int) -> None:
    """The head sent it back; who filled it in is told by the review itself."""
    sheet = _held(sheet_id)
    _give_back(sheet, comment)
    _record(EventName.CENSUS_RETURNED, sheet, User.objects.get(pk=actor_id))


def follow_taken_back(*, sheet_id: int, actor_id: int) -> None:
    """Who sent it took it back: it is being filled in again."""
    sheet = _held(sheet_id)
    sheet.state = SheetState.FILLING
    sheet.save(update_fields=["state"])
    _record(EventName.CENSUS_TAKEN_BACK, sheet, User.objects.get(pk=actor_id))


def _held(sheet_id: int) -> Sheet:
    rows = Sheet.objects.select_for_update(of=("self",), no_key=True).select_related("campaign", "organisation")
    return rows.get(pk=sheet_id)


def _record(event: EventName, sheet: Sheet, actor: User | None, **data: object) -> None:
    record(
        event, actor=actor, organisation_id=sheet.organisation_id, thing_kind=SHEET_KIND, thing_id=sheet.pk, data=data
    )
