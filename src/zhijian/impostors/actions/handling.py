"""From a report to the end: looked into, confirmed, the platform asked, taken down or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.impostors.actions.allowing import AllowDraft, allow_name
from zhijian.impostors.actions.moving import (
    THING_KIND,
    locked_case,
    make_move,
    note_change,
    reason_problems,
    write_entry,
)
from zhijian.impostors.actions.reporting import Suspect, likeness_of, official_problems, suspect_problems
from zhijian.impostors.actions.telling import tell_guides
from zhijian.impostors.enums import WITHDRAWN_FROM, CaseState, EntryKind, Move, Remedy
from zhijian.impostors.models import Case, Letter
from zhijian.impostors.queries.cases import known_case
from zhijian.impostors.rules import description_reasons, state_reasons
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.policy.queries import deadline_by_rule, load_calendars
from zhijian.registry.queries import policy_of, public_accounts
from zhijian.registry.queries.searching import address_key
from zhijian.screening.lookalikes import plain

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

DEADLINE_KEY: Final = "impostor.platform_working_days"
LONGEST_LETTER, LONGEST_RECIPIENT, LONGEST_WAY = 5_000, 120, 200


@transaction.atomic
def verify_case(*, actor: User, case_id: int, seen: int | None = None) -> Case:
    """Begin to look into a report. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    make_move(case, Move.VERIFY, actor=actor)
    return case


@transaction.atomic
def describe_case(*, actor: User, case_id: int, suspect: Suspect, real: str = "", seen: int | None = None) -> Case:
    """Complete what is known of the account; `real` is the register number or the name of the imitated account.

    The case goes to the body of that account. Raises Refused, Missing.
    """
    case = locked_case(actor, case_id, seen=seen)
    account = _real_account(real.strip()) if real.strip() else case.account
    problems = [*description_reasons(case), *suspect_problems(suspect)]
    if real.strip() and account is None:
        problems.append("登记册里没有这个登记号或名称的账号，请到“账号”里核对。")
    other = known_case(name=suspect.name, platform=suspect.platform, url=suspect.url)
    if other is not None and other.pk != case.pk:
        problems.append("这个账号另有一个案件。请在那个案件里办，把这个记为查无实据并写明。")
    if problems:
        raise Refused(problems)
    if account is not None and account.organisation_id != case.organisation_id:
        require(Permission.IMPOSTOR_HANDLE, actor=actor, thing=account.organisation)
    body = account.organisation if account else case.organisation
    likeness, tricks = likeness_of(suspect.name, account)
    note_change(
        case, account=account, organisation=body, name=suspect.name.strip(), name_key=plain(suspect.name)[:80],
        platform=suspect.platform, url=suspect.url.strip(), url_key=address_key(suspect.url),
        platform_uid=suspect.platform_uid.strip(), likeness=likeness, tricks=tricks,
    )  # fmt: skip
    write_entry(case, EntryKind.DESCRIBED, actor=actor)
    record(
        EventName.IMPOSTOR_DESCRIBED, actor=actor, organisation_id=case.organisation_id, thing_kind=THING_KIND,
        thing_id=case.pk, data={"account": account.pk if account else None},
    )  # fmt: skip
    return case


def _real_account(text: str) -> Account | None:
    rows = public_accounts()
    return rows.filter(number=text.upper()).first() or rows.filter(name=text).order_by("-is_main", "pk").first()


def why_not_confirm(*, actor: User, case: Case, text: str) -> list[str]:
    """Give every reason why a case cannot be confirmed."""
    reasons = [*why_not(Permission.IMPOSTOR_HANDLE, actor=actor, thing=case.organisation)]
    reasons += [*state_reasons(case, Move.CONFIRM), *reason_problems(text, "凭什么认定")]
    if not case.platform:
        reasons.append("请先补全它在哪个平台。")
    reasons += official_problems(case)
    if not case.evidence.exists():
        reasons.append("请先加证据：账号主页的截图或 PDF。")
    return reasons


@transaction.atomic
def confirm_case(*, actor: User, case_id: int, text: str, seen: int | None = None) -> Case:
    """Find that the account imitates the body: the public look-up says so from now on. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not_confirm(actor=actor, case=case, text=text)
    if reasons:
        raise Refused(reasons)
    make_move(case, Move.CONFIRM, actor=actor, text=text.strip(), confirmed_at=clock.now())
    tell_guides(case)
    return case


def why_not_request(*, actor: User, case: Case, recipient: str, way: str, text: str) -> list[str]:
    """Give every reason why the platform cannot be asked now."""
    reasons = [*why_not(Permission.IMPOSTOR_HANDLE, actor=actor, thing=case.organisation)]
    reasons += state_reasons(case, Move.REQUEST)
    checks = [
        (not recipient.strip() or len(recipient) > LONGEST_RECIPIENT, f"请写致谁，最多 {LONGEST_RECIPIENT} 个字。"),
        (not way.strip() or len(way) > LONGEST_WAY, f"请写怎么送出（投诉入口、邮箱、信函），最多 {LONGEST_WAY} 个字。"),
        (not text.strip() or len(text) > LONGEST_LETTER, f"请写处置函的内容，最多 {LONGEST_LETTER:,} 个字。"),
    ]
    return [*reasons, *(sentence for broken, sentence in checks if broken)]


@transaction.atomic
def request_removal(
    *, actor: User, case_id: int, recipient: str, way: str, text: str, seen: int | None = None
) -> Letter:  # fmt: skip
    """Keep the request as it was sent, and start the platform's clock. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not_request(actor=actor, case=case, recipient=recipient, way=way, text=text)
    if reasons:
        raise Refused(reasons)
    now, policy = clock.now(), policy_of(case.organisation)
    found = deadline_by_rule(
        policy, DEADLINE_KEY, start=now, calendar=load_calendars(settings.ZHIJIAN_CALENDARS), estimate=True,
        level=case.organisation.level,
    )  # fmt: skip
    letter = Letter.objects.create(
        case=case, recipient=recipient.strip(), way=way.strip(), text=text.strip(), at=now, by=actor,
        due_at=found.deadline.due, due_text=found.text, steps=[step.text for step in found.deadline.steps],
    )  # fmt: skip
    make_move(
        case, Move.REQUEST, actor=actor, text=f"致{letter.recipient}，{letter.way}", requested_at=now,
        due_at=letter.due_at,
    )  # fmt: skip
    return letter


@transaction.atomic
def record_removal(*, actor: User, case_id: int, remedy: str, text: str = "", seen: int | None = None) -> Case:
    """Write down that the account is gone, and how: the clock stops. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    if remedy not in Remedy.values:
        raise Refused("请选处置结果：下架或封禁、改名、注销。")
    make_move(case, Move.REMOVE, actor=actor, text=text.strip(), remedy=remedy, ended_at=clock.now())
    return case


@transaction.atomic
def record_refusal(*, actor: User, case_id: int, text: str, seen: int | None = None) -> Case:
    """Write down that the platform will not act, and its reason. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    if problems := reason_problems(text, "平台说的理由"):
        raise Refused(problems)
    make_move(case, Move.REFUSE, actor=actor, text=text.strip(), due_at=None)
    return case


@transaction.atomic
def dismiss_case(*, actor: User, case_id: int, text: str, allow: bool = False, seen: int | None = None) -> Case:
    """Find that it is no impostor; with `allow` its name goes on the list of allowed names. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    if problems := reason_problems(text, "为什么不是仿冒"):
        raise Refused(problems)
    make_move(case, Move.DISMISS, actor=actor, text=text.strip(), ended_at=clock.now())
    if allow:
        draft = AllowDraft(case.name, f"{case.number}：{text.strip()}"[:300])
        allow_name(actor=actor, organisation=case.organisation, draft=draft)
    return case


@transaction.atomic
def reopen_case(*, actor: User, case_id: int, text: str, seen: int | None = None) -> Case:
    """Take a case up again: the account is back, or the finding was wrong. Raises Refused, Missing.

    What was found stands no longer: the public is told nothing until it is confirmed anew, and who had a copy is told.
    """
    case = locked_case(actor, case_id, seen=seen)
    if problems := reason_problems(text, "为什么重新办理"):
        raise Refused(problems)
    back = case.returned + (case.state == CaseState.REMOVED)
    other = known_case(name=case.name, platform=case.platform, url=case.url)
    if other is not None and other.pk != case.pk:
        raise Refused("这个账号另有一个案件在办，请到那个案件里办。")
    withdrawn = case.state in WITHDRAWN_FROM
    make_move(
        case, Move.REOPEN, actor=actor, text=f"{'撤回认定：' if withdrawn else ''}{text.strip()}", returned=back,
        confirmed_at=None, requested_at=None, ended_at=None, remedy="", due_at=None,
    )  # fmt: skip
    if withdrawn:
        tell_guides(case, withdrawn=True)
    return case
