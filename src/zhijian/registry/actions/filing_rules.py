"""Why a filing cannot go through now, kind by kind; and through whose hands it goes."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.organisations.enums import Level, Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import body_at_level, supervising_body
from zhijian.policy.queries import approval_chain
from zhijian.registry.actions.opening import body_reasons, name_reasons, place_reasons, source_of
from zhijian.registry.enums import LIVE_STATES, AccountState, FilingKind
from zhijian.registry.models import Account
from zhijian.registry.queries.filing_kinds import CHANGEABLE, kind_info
from zhijian.registry.queries.notices import standing_notice
from zhijian.registry.queries.ruling import Ruling, policy_of
from zhijian.review.routes import Gate, Route, StageSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zhijian.policy.queries import Policy
    from zhijian.registry.models import Filing

# What the ready-made notice leaves for the person to fill.
_BLANK = re.compile(r"（(?:日期|原因|账号名称)）")
# What the public is told of when it changes (国办发〔2018〕123号 四（一）: 主体变更要向社会公告).
TOLD_CHANGES = ("name", "organisation")


def day_of(filing: Filing, name: str) -> date | None:
    """Return a day of the form, None where it is not filled."""
    text = filing.form.get(name, "")
    return date.fromisoformat(text) if text else None


def changes_of(filing: Filing) -> dict[str, Any]:
    """Return what a filing of change changes: `{field of the account: new value}`; `organisation` is an id."""
    return {name: filing.form[f"new_{name}"] for name in CHANGEABLE if filing.form.get(f"new_{name}") not in ("", None)}


def values_now(account: Account, names: Iterable[str]) -> dict[str, str]:
    """Return what the register says now of these fields of an account; the body by its name."""
    return {name: account.organisation.name if name == "organisation" else getattr(account, name) for name in names}


def new_owner(filing: Filing) -> Organisation | None:
    """Return the body an account is to change to, None where it stays."""
    body = changes_of(filing).get("organisation")
    return Organisation.objects.filter(pk=body, is_active=True).first() if body else None


def filing_reasons(filing: Filing) -> list[str]:
    """Give every reason of the rules against a filing as it is written, as sentences; those of rules name them."""
    policy = policy_of(filing.organisation)
    own = _REASONS.get(FilingKind(filing.kind))
    return [*_gaps(filing), *_state_reasons(filing), *(own(filing, policy) if own else [])]


def obstacles(filing: Filing) -> list[str]:
    """Give what came between since a filing was sent: the account's state, a place taken, a target that ended.

    The rules of its day have been checked when it was sent; later ones do not reach back.
    """
    reasons = _state_reasons(filing)
    if filing.kind in {FilingKind.OPENING, FilingKind.LATE}:
        reasons += place_reasons(filing)
    elif filing.kind == FilingKind.MERGING:
        reasons += _merging(filing, policy_of(filing.organisation))
    elif filing.kind == FilingKind.CHANGE:
        reasons += _changed_meanwhile(filing)
    return reasons


def _changed_meanwhile(filing: Filing) -> list[str]:
    account, changes, before = filing.account, changes_of(filing), filing.form.get("before", {})
    if account is None:
        return []
    reasons = [
        f"{CHANGEABLE[name]}在审核期间已改为“{now}”，与送审时不同。请退回后重新提交。"
        for name, now in values_now(account, changes).items()
        if before.get(name, now) != now
    ]
    if "organisation" in changes:
        owner = new_owner(filing)
        reasons += _place_at(filing, owner) if owner else ["新的主办单位已不在用。请退回。"]
    return reasons


def _gaps(filing: Filing) -> list[str]:
    """Tell what is not filled, what is not attached, and an undertaking not given."""
    info = kind_info(filing.kind)
    empty = [info.fields[name] for name in info.needed if not str(filing.form.get(name, "")).strip()]
    if filing.kind == FilingKind.CHANGE and set(changes_of(filing)) & set(TOLD_CHANGES):
        named = ("notice_title", "notice_text", "happened_on")
        empty += [info.fields[name] for name in named if not filing.form.get(name)]
    reasons = [f"还没有填：{'、'.join(empty)}。"] if empty else []
    attached = {paper["slot"] for paper in filing.form.get("attachments", [])}
    needed = {slot.code for slot in info.slots if slot.needed} | _promised(filing)
    lacking = [slot.label for slot in info.slots if slot.code in needed and slot.code not in attached]
    if lacking:
        reasons.append(f"还没有上传：{'、'.join(lacking)}。")
    blank = _BLANK.search(f"{filing.form.get('notice_title', '')}{filing.form.get('notice_text', '')}")
    if blank:
        reasons.append(f"公告里还有没填的“{blank[0]}”。请写上，或删去。")
    if "undertaking" in info.fields and not filing.form.get("undertaking"):
        reasons.append("请先勾选备案承诺。")
    return reasons


def _promised(filing: Filing) -> set[str]:
    """Return the papers the local rule wants with an opening (西安雁塔: 备案承诺, 陕西: 实施方案)."""
    if kind_info(filing.kind).event != "open":
        return set()
    policy = policy_of(filing.organisation)
    undertaking, papers = policy.find("filing.undertaking_required"), policy.find("filing.papers_required")
    wanted = set(papers.value) if papers is not None else set()
    return wanted | ({"undertaking"} if undertaking is not None and undertaking.value else set())


def reports_to_make(filing: Filing) -> list[str]:
    """Tell where else an approved filing has to be reported: the national system, the local cyberspace office."""
    event = kind_info(filing.kind).event
    policy = policy_of(filing.organisation)
    national = policy.find("filing.national_system", event=event)
    office = policy.find("filing.cac_register_days")
    told = []
    if national is not None and national.value and filing.kind != FilingKind.EXEMPTION:
        told.append(f"在全国政务新媒体信息报送系统里报送。{source_of(national)}")
    if office is not None and event in {"open", "change"}:
        told.append(f"{office.value} 天内在属地网信部门登记。{source_of(office)}")
    return told


def _state_reasons(filing: Filing) -> list[str]:
    """Tell that the account is no longer in a state this filing is for."""
    account, info = filing.account, kind_info(filing.kind)
    if account is None or not info.states or account.state in info.states:
        return []
    return [f"账号现在是“{account.get_state_display()}”，不能{info.act}。"]


def _opening(filing: Filing, policy: Policy) -> list[str]:
    return [
        *body_reasons(filing.organisation, policy),
        *name_reasons(filing.organisation, filing.name, policy),
        *place_reasons(filing),
    ]


def _change(filing: Filing, policy: Policy) -> list[str]:
    changes = changes_of(filing)
    if not changes:
        return ["没有写要改成什么。请至少填一项变更后的内容。"]
    owner = new_owner(filing)
    reasons = []
    if "organisation" in changes and owner is None:
        reasons.append("新的主办单位已不在用。请重新填写。")
    body = owner or filing.organisation
    reasons += name_reasons(body, changes.get("name", ""), policy_of(owner) if owner else policy)
    if owner is not None:
        reasons += [*body_reasons(owner, policy_of(owner)), *_place_at(filing, owner)]
    return reasons


def _place_at(filing: Filing, owner: Organisation) -> list[str]:
    """Tell that the new owner has an account on this platform already."""
    account = filing.account
    if account is None:
        return []
    group = Ruling().group(owner, account.platform, account.kind).code
    return place_reasons(filing, body=owner, group=group)


def _merging(filing: Filing, policy: Policy) -> list[str]:
    _ = policy
    target = Account.objects.filter(pk=filing.form.get("target") or 0).first()
    if target is None:
        return []
    if target.pk == filing.account_id:
        return ["不能并入它自己。请选另一个账号。"]
    if target.state not in LIVE_STATES or target.state == AccountState.CLOSING:
        return [f"“{target.name}”{target.get_state_display()}，不能并入它。请选在用的账号。"]
    return []


def _deregister(filing: Filing, policy: Policy) -> list[str]:
    """The filing ends only after the platform's cancellation (大连金普2025); a short notice period is explained."""
    _ = policy
    day = day_of(filing, "happened_on")
    if day is None or filing.account is None:
        return []
    if day > clock.today():
        return [f"平台注销日期 {day.isoformat()} 还没有到。平台注销成功后再办。"]
    notice = standing_notice(filing.account)
    if notice and notice.until and day < notice.until and not filing.form.get("grounds", "").strip():
        return [f"公告期到 {notice.until.isoformat()}，平台却在 {day.isoformat()} 就注销了。请在“说明”里写明原因。"]
    return []


def _exemption(filing: Filing, policy: Policy) -> list[str]:
    until, today = day_of(filing, "until"), clock.today()
    if until is None:
        return []
    rule = policy.value("exemption.longest_months")
    if until <= today:
        return ["“申请保留到”要晚于今天。"]
    if until > _months_after(today, rule.value):
        return [f"一次最多批 {rule.value} 个月，到期可以再申请。请把日期改早。{source_of(rule)}"]
    return []


def _months_after(day: date, months: int) -> date:
    """Return the same day so many months later, the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_REASONS: dict[FilingKind, Callable[[Filing, Policy], list[str]]] = {
    FilingKind.OPENING: _opening,
    FilingKind.LATE: _opening,
    FilingKind.CHANGE: _change,
    FilingKind.MERGING: _merging,
    FilingKind.DEREGISTER: _deregister,
    FilingKind.EXEMPTION: _exemption,
}


def filing_route(filing: Filing) -> Route:
    """Return the stages of a filing: own head, a new owner's head, then the offices the local rule names, bottom up.

    Offices at or below the body's own level, and offices that are the same body, are signed once. 全国系统 is no
    signer here; the note reminds of the report to it.
    """
    info, body = kind_info(filing.kind), filing.organisation
    policy = policy_of(body)
    rule = policy.value(f"filing.{info.event}.chain", level=body.level)
    stages: list[StageSpec] = []
    notes: list[str] = []
    for word in approval_chain(policy, event=info.event, level=body.level):
        if word == "nation":
            notes.append("批准后还要在全国政务新媒体信息报送系统报送。")
            continue
        office = _office(body, word)
        if office is not None and office.pk not in {stage.organisation_id for stage in stages}:
            stages.append(_stage(word, office, filing, policy))
    owner = new_owner(filing)
    if owner is not None and owner.pk not in {stage.organisation_id for stage in stages}:
        place = 1 if stages and stages[0].organisation_id == body.pk else 0
        stages.insert(place, _taker(owner, filing))
    return Route(f"{filing.get_kind_display()}备案", tuple(stages), source=rule.document.citation, notes=tuple(notes))


def _office(organisation: Organisation, word: str) -> Organisation | None:
    """Return the body that signs for a word of the chain; None where there is none above the filing body."""
    if word == "own":
        return organisation
    if word == "supervising":
        return supervising_body(organisation)
    if Level(word).rank > Level(organisation.level).rank:
        return None
    return body_at_level(organisation, word)


def _gates(filing: Filing) -> tuple[Gate, ...]:
    return tuple(Gate(*gate) for gate in kind_info(filing.kind).gates)


def _stage(word: str, office: Organisation, filing: Filing, policy: Policy) -> StageSpec:
    own = office.pk == filing.organisation_id
    event = kind_info(filing.kind).event
    days = policy.find("filing.deadline_working_days", event=event, level=filing.organisation.level)
    return StageSpec(
        code=word,
        name="本单位负责人同意" if own else f"{office.short_name}审核",
        organisation_id=office.pk,
        roles=(str(Role.HEAD),) if own else (str(Role.SUPERVISING_OFFICER), str(Role.HEAD)),
        gates=_gates(filing),
        working_days=None if own or days is None else days.value,
    )


def _taker(owner: Organisation, filing: Filing) -> StageSpec:
    return StageSpec(
        code="new_owner", name=f"{owner.short_name}负责人同意接收", organisation_id=owner.pk,
        roles=(str(Role.HEAD),), gates=_gates(filing),
    )  # fmt: skip
