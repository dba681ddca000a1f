"""What a body says about its account, and what the office that asks decides; the second of two learns of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.drives.actions.filings import open_filing, open_filing_of, why_not_file
from zhijian.drives.actions.telling import tell_of_decision, tell_of_request
from zhijian.drives.enums import AnswerKind, TargetState
from zhijian.drives.models import Answer, Drive, Target
from zhijian.drives.queries import ANSWER_KIND, find_target, last_word
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.registry.enums import FilingState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import User


def why_not_agree(*, actor: User, target: Target) -> list[str]:
    """Give every reason why the actor cannot agree to what is asked of an account."""
    reasons = why_not(Permission.DRIVE_ANSWER, actor=actor, thing=target)
    return reasons or why_not_file(actor=actor, target=target)


@transaction.atomic
def agree(*, actor: User, target_id: int, seen: int) -> Target:
    """Agree, and open the filing that carries it out, filled in. `seen` = `version` as the page showed it.

    Who agreed and took the filing back opens the next one the same way. Raises Missing; Refused with every reason, or
    with what somebody else said meanwhile.
    """
    target = _locked(actor, target_id)
    _refuse_overtaken(target, seen)
    _refuse(why_not_agree(actor=actor, target=target))
    target.filing = open_filing(actor=actor, target=target)
    _say(target, actor, TargetState.AGREED, AnswerKind.AGREED)
    _record(EventName.DRIVE_AGREED, target, actor, filing=target.filing.pk)
    return target


def agree_many(*, actor: User, target_ids: Sequence[int]) -> tuple[int, list[str]]:
    """Agree to several targets that ask for the same act.

    Return how many were agreed to, and why others were not: one that is refused does not stop the rest. Raises Missing
    for what is not theirs, Refused where the acts differ or nothing was chosen.
    """
    targets = [find_target(actor=actor, target_id=target_id) for target_id in dict.fromkeys(target_ids)]
    if not targets:
        raise Refused("请先勾选要答复的账号。")
    if len({target.act for target in targets}) > 1:
        raise Refused("一次只能答复处理方式相同的账号。请先按“处理”筛选，再勾选。")
    done, told = 0, []
    for target in targets:
        try:
            agree(actor=actor, target_id=target.pk, seen=target.version)
            done += 1
        except Refused as refused:
            told += [f"“{target.account.name}”：{reason}" for reason in refused.reasons]
    return done, told


def why_not_ask(*, actor: User, target: Target) -> list[str]:
    """Give every reason why the actor cannot ask to keep an account."""
    reasons = why_not(Permission.DRIVE_ANSWER, actor=actor, thing=target)
    if not reasons and target.state == TargetState.AGREED:
        opened = open_filing_of(actor, target)
        approved = target.filing is not None and target.filing.state == FilingState.APPROVED
        if opened is not None or approved:
            reasons.append("备案已经开了。要保留，先撤回备案；已批准的，请办恢复更新。")
    return reasons


@transaction.atomic
def ask_to_keep(*, actor: User, target_id: int, reason: str, seen: int) -> Target:
    """Ask to keep an account, with a reason. Raises Missing; Refused as `agree` does."""
    target = _locked(actor, target_id)
    _refuse_overtaken(target, seen)
    reasons = why_not_ask(actor=actor, target=target)
    if not reason.strip():
        reasons.append("请写明要保留的理由。")
    _refuse(reasons)
    target.asked_by = actor
    _say(target, actor, TargetState.ASKED, AnswerKind.ASKED, reason)
    _record(EventName.DRIVE_ASKED, target, actor)
    tell_of_request(target)
    return target


@transaction.atomic
def decide(*, actor: User, target_id: int, accepted: bool, reason: str, seen: int) -> Target:
    """Accept a request to keep, or refuse it with a reason: it goes back to the body. Raises as `agree` does."""
    target = _locked(actor, target_id)
    _refuse_overtaken(target, seen)
    require(Permission.DRIVE_DECIDE, actor=actor, thing=target)
    if not accepted and not reason.strip():
        raise Refused("不同意保留，请写明理由。")
    state = TargetState.KEPT if accepted else TargetState.REFUSED
    _say(target, actor, state, AnswerKind.ACCEPTED if accepted else AnswerKind.REFUSED, reason)
    _record(EventName.DRIVE_DECIDED, target, actor, accepted=accepted)
    tell_of_decision(target, accepted=accepted, text=reason)
    return target


def _say(target: Target, actor: User, state: TargetState, kind: AnswerKind, text: str = "") -> None:
    now = clock.now()
    target.state, target.version, target.answered_at = state, target.version + 1, now
    target.save(update_fields=["state", "version", "answered_at", "filing", "asked_by"])
    Answer.objects.create(
        target=target, organisation=target.organisation, kind=kind, text=text.strip(), by=actor, at=now
    )


def _locked(actor: User, target_id: int) -> Target:
    """Lock the drive for reading, then the target: a drive is not ended while somebody answers."""
    found = find_target(actor=actor, target_id=target_id)
    drive = (
        Drive.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=found.drive_id)
    )
    rows = Target.objects.select_for_update(of=("self",), no_key=True)
    target = rows.select_related("organisation", "account__organisation", "into", "filing", "asked_by").get(
        pk=target_id
    )
    if target.drive_id != drive.pk:
        raise Missing
    target.drive = drive
    return target


def _refuse_overtaken(target: Target, seen: int) -> None:
    if seen != target.version:
        raise Refused(f"您打开页面以后，{last_word(target)}。请看过再办。")


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise Refused(list(reasons))


def _record(event: EventName, target: Target, actor: User, **data: object) -> None:
    record(
        event, actor=actor, organisation_id=target.organisation_id, thing_kind=ANSWER_KIND, thing_id=target.pk,
        data={"drive": target.drive_id, "account": target.account_id, **data},
    )  # fmt: skip
