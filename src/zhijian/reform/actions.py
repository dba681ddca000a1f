"""A reform from its plan over its filings to its end; each function is one act in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.content.actions import hand_over_articles
from zhijian.inbox.actions import assign_case
from zhijian.inbox.queries import open_cases_at
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.actions import change_organisation
from zhijian.organisations.models import Organisation
from zhijian.reform.enums import ENDING, PartKind, PlanAct, ReformState
from zhijian.reform.models import Part, Plan, Reform
from zhijian.reform.queries import (
    THING_KIND,
    find_part,
    find_reform,
    is_settled,
    left_of_parts,
    open_filing_of,
    parts_of,
)
from zhijian.reform.suggesting import needs_filing, renamed_values, suggested, target_of, why_not_act
from zhijian.registry.actions import create_filing, submit_filing, why_not_submit
from zhijian.registry.queries import live_accounts_of, spoken

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account


@transaction.atomic
def create_reform(*, actor: User, organisation: Organisation, title: str, basis: str, effective_on: date) -> Reform:
    """Begin to plan a reform. Raises Refused without the right."""
    require(Permission.REFORM_RUN, actor=actor, thing=organisation)
    reform = Reform.objects.create(
        organisation=organisation, title=title, basis=basis, effective_on=effective_on, created_by=actor,
        created_at=clock.now(),
    )  # fmt: skip
    _record(EventName.REFORM_CREATED, reform, actor)
    return reform


@transaction.atomic
def add_part(
    *,
    actor: User,
    reform_id: int,
    kind: str,
    organisation: Organisation,
    successor: Organisation | None = None,
    name: str = "",
    short_name: str = "",
) -> Part:
    """Name one body and what becomes of it; its accounts get a suggestion each. Raises Refused, Missing."""
    reform = _locked(actor, reform_id, ReformState.DRAFT)
    reasons = _part_reasons(actor, kind, organisation, successor, name)
    if reasons:
        raise Refused(reasons)
    if reform.parts.filter(organisation=organisation).exists():
        raise Refused(f"{organisation.name}已经列在里面了。一个单位只列一次；要换一种变法，先去掉它。")
    renames = kind == PartKind.RENAME
    part = Part.objects.create(
        reform=reform, kind=kind, organisation=organisation, successor=None if renames else successor,
        name=name if renames else "", short_name=short_name if renames else "", old_name=organisation.name,
        old_short_name=organisation.short_name,
    )  # fmt: skip
    for account in live_accounts_of(organisation).order_by("-holds_place", "pk"):
        suggested(part, account).save()
    _record(EventName.REFORM_CHANGED, reform, actor, part=part.pk, kind=kind)
    return part


def _part_reasons(
    actor: User, kind: str, organisation: Organisation, successor: Organisation | None, name: str
) -> list[str]:
    reasons = []
    for body in filter(None, (organisation, successor)):
        require(Permission.REFORM_RUN, actor=actor, thing=body)
    if kind == PartKind.RENAME:
        if not name.strip() or name == organisation.name:
            reasons.append("改名请写新的全称，要和现在的不同。")
        elif Organisation.objects.filter(name=name, is_active=True, parent=organisation.parent).exists():
            reasons.append(f"同级已有单位叫“{name}”。合到一起的，请选“并入其他单位”。")
    elif kind in {PartKind.MERGE, PartKind.SPLIT} and successor is None:
        reasons.append("请选接收单位；还没有建立的，先在“单位与人员”里新建。")
    if successor is not None and successor.pk == organisation.pk:
        reasons.append("接收单位不能是它自己。")
    if kind in ENDING and successor is not None and successor.is_within(organisation):
        reasons.append("接收单位是它的下级单位，请先调整下级单位。")
    return reasons


@transaction.atomic
def remove_part(*, actor: User, reform_id: int, part_id: int) -> None:
    """Take a body out again before the start. Raises Refused, Missing."""
    reform = _locked(actor, reform_id, ReformState.DRAFT)
    find_part(actor=actor, reform_id=reform_id, part_id=part_id).delete()
    _record(EventName.REFORM_CHANGED, reform, actor, removed=part_id)


@transaction.atomic
def change_plan(*, actor: User, reform_id: int, plan_id: int, act: str) -> Plan:
    """Decide otherwise about one account before the start. Raises Refused when this cannot become of it; Missing."""
    reform = _locked(actor, reform_id, ReformState.DRAFT)
    plan = _plan(reform, plan_id)
    _decide(plan, act)
    _record(EventName.REFORM_CHANGED, reform, actor, plan=plan.pk, act=act)
    return plan


def _decide(plan: Plan, act: str) -> None:
    reasons = why_not_act(plan.part, plan.account, act)
    if reasons:
        raise Refused(reasons)
    plan.act, plan.target = PlanAct(act), target_of(plan.part, plan.account, act)
    plan.save(update_fields=["act", "target"])


@dataclass(slots=True)
class Begun:
    """What the start of a reform did: bodies renamed, filings sent, and what a person still has to do for others."""

    renamed: int = 0
    sent: int = 0
    told: list[str] = field(default_factory=list)


@transaction.atomic
def start_reform(*, actor: User, reform_id: int) -> Begun:
    """Rename what is renamed and open every filing; one account that cannot be filed now stops none of the others.

    Raises Refused without a body in it.
    """
    reform = _locked(actor, reform_id, ReformState.DRAFT)
    parts = parts_of(reform)
    if not parts:
        raise Refused("还没有列出涉改单位。")
    reform.state, reform.started_at = ReformState.RUNNING, clock.now()
    reform.save(update_fields=["state", "started_at"])
    begun = Begun()
    for part in parts:
        if part.kind == PartKind.RENAME:
            _rename(actor, part)
            begun.renamed += 1
    for part in parts:
        for plan in part.plans.select_related("account", "target").order_by("pk"):
            _open_filing(actor, plan, begun)
    _record(EventName.REFORM_STARTED, reform, actor, parts=len(parts))
    return begun


def _rename(actor: User, part: Part) -> None:
    body = part.organisation
    part.old_name, part.old_short_name = body.name, body.short_name
    part.save(update_fields=["old_name", "old_short_name"])
    names = {"name": part.name, "short_name": part.short_name or body.short_name}
    part.organisation = change_organisation(actor=actor, organisation_id=body.pk, changes=names)


@transaction.atomic
def redo_plan(*, actor: User, reform_id: int, plan_id: int, act: str) -> Begun:
    """Decide again about one account of a reform under way and open its filing, after the first was taken back.

    Raises Refused when it is settled, when a filing of the account is open, or when this cannot become of it; Missing.
    """
    reform = _locked(actor, reform_id, ReformState.RUNNING)
    plan = _plan(reform, plan_id)
    if is_settled(plan):
        raise Refused(f"“{plan.account.name}”已经办好，不用再办。")
    opened = open_filing_of(plan.account)
    if opened is not None:
        raise Refused(f"“{plan.account.name}”有一份没办完的“{opened.get_kind_display()}”备案。请先办完或撤回那一份。")
    _decide(plan, act)
    begun = Begun()
    _open_filing(actor, plan, begun)
    filing = plan.filing.pk if plan.filing else None
    _record(EventName.REFORM_CHANGED, reform, actor, plan=plan.pk, act=act, filing=filing)
    return begun


def _plan(reform: Reform, plan_id: int) -> Plan:
    rows = Plan.objects.filter(part__reform=reform, pk=plan_id)
    plan = rows.select_related("part__reform", "part__organisation", "part__successor", "account", "filing").first()
    if plan is None:
        raise Missing
    return plan


def _open_filing(actor: User, plan: Plan, begun: Begun) -> None:
    """Open the filing of one account and send it; one that lacks something stays a draft, and it is told what.

    An account that is on its way out already, or was never registered, needs none.
    """
    if not needs_filing(plan.account, plan.act):
        return
    try:
        with transaction.atomic():
            filing = create_filing(actor=actor, kind=plan.act, form=_form(plan), account_id=plan.account_id)
    except Refused as refused:
        begun.told.append(f"“{plan.account.name}”的备案没有开：{' '.join(refused.reasons)}")
        return
    plan.filing = filing
    plan.save(update_fields=["filing"])
    reasons = why_not_submit(actor=actor, filing=filing)
    if reasons:
        begun.told.append(f"“{plan.account.name}”的备案还要补充：{' '.join(reasons)}")
        return
    submit_filing(actor=actor, filing_id=filing.pk)
    begun.sent += 1


def _form(plan: Plan) -> dict[str, Any]:
    """Fill in the filing of one account from the reform: one entry, many uses."""
    part, account = plan.part, plan.account
    reform, body = part.reform, part.organisation
    shown = spoken(account)
    common = {"grounds": f"依据{reform.basis}，{_sentence(part)}", "happened_on": reform.effective_on.isoformat()}
    if plan.act == PlanAct.CHANGE:
        changes = renamed_values(part, account) if part.kind == PartKind.RENAME else _to(part)
        title, text = f"关于{shown}变更的公告", _change_text(part, account, changes)
        return {**common, **changes, "notice_title": title, "notice_text": text}
    followers = f"粉丝引到{part.successor.name}的账号；" if part.successor else ""
    plan_text = f"内容存档；{followers}个人信息按规定删除。"
    where = f"并入“{plan.target.name}”" if plan.target else "关停"
    text = (
        f"依据{reform.basis}，{_sentence(part)}{body.name}的{shown}{where}，公告期满后注销。"
        f"注销后仍使用这个名称的账号不是官方账号。\n特此公告。\n{body.name}"
    )
    return {
        **common, "followers_plan": plan_text, "target": plan.target_id or "",
        "notice_title": f"关于{shown}{'合并' if plan.target else '关停'}的公告", "notice_text": text,
    }  # fmt: skip


def _to(part: Part) -> dict[str, Any]:
    successor = part.successor
    return {"new_organisation": successor.pk, "new_verified_subject": successor.name} if successor else {}


def _sentence(part: Part) -> str:
    body, successor = part.old_name or part.organisation.name, part.successor
    if part.kind == PartKind.RENAME:
        return f"{body}改名为{part.name}。"
    if part.kind == PartKind.MERGE and successor:
        return f"{body}并入{successor.name}。"
    if part.kind == PartKind.SPLIT and successor:
        return f"{body}的部分职责划入{successor.name}。"
    return f"{body}撤销{f'，职责划入{successor.name}' if successor else ''}。"


def _change_text(part: Part, account: Account, changes: dict[str, Any]) -> str:
    owner = part.successor.name if part.successor else part.name
    name = f"，账号名称改为“{changes['new_name']}”" if changes.get("new_name") else ""
    return f"{_sentence(part)}{spoken(account)}由{owner}主办{name}。\n特此公告。\n{owner}"


@transaction.atomic
def hand_over(*, actor: User, reform_id: int, part_id: int) -> tuple[int, int, list[str]]:
    """Give the unfinished pieces and open cases of an ending body to its successor.

    Return how many pieces and cases went over, and why some cases did not (confidential ones go by their own
    answerers). Raises Refused without a successor, Missing.
    """
    reform = _locked(actor, reform_id, ReformState.RUNNING)
    part = find_part(actor=actor, reform_id=reform_id, part_id=part_id)
    if part.successor is None or part.kind not in ENDING:
        raise Refused("没有接收单位，留言和稿件请逐件处理。")
    pieces = hand_over_articles(actor=actor, organisation=part.organisation, to=part.successor)
    moved, told = _hand_over_cases(actor, part, part.successor)
    _record(EventName.REFORM_HANDED_OVER, reform, actor, part=part.pk, pieces=pieces, cases=moved)
    return pieces, moved, told


def _hand_over_cases(actor: User, part: Part, successor: Organisation) -> tuple[int, list[str]]:
    moved, told = 0, []
    for case in open_cases_at(part.organisation).filter(is_confidential=False):
        try:
            with transaction.atomic():
                assign_case(actor=actor, case_id=case.pk, to=successor, reason=_sentence(part))
            moved += 1
        except (Refused, Missing) as error:
            told.append(f"{case.number}：{'；'.join(getattr(error, 'reasons', [])) or '不在您的管辖范围内'}")
    return moved, told


def why_not_finish(reform: Reform) -> list[str]:
    """Give every reason why a reform is not at its end: what is left, body by body."""
    parts = parts_of(reform)
    left = left_of_parts(parts)
    return [
        f"{part.organisation}：{one.label}（还有 {one.count}）"
        for part in parts
        for one in left[part.pk]
        if not one.is_done
    ]


@transaction.atomic
def finish_reform(*, actor: User, reform_id: int) -> Reform:
    """Close a reform of which nothing is left. Raises Refused with what is left, Missing."""
    reform = _locked(actor, reform_id, ReformState.RUNNING)
    reasons = why_not_finish(reform)
    if reasons:
        raise Refused(reasons)
    return _end(reform, ReformState.DONE, EventName.REFORM_FINISHED, actor)


@transaction.atomic
def discard_reform(*, actor: User, reform_id: int) -> Reform:
    """Give a plan up before its start. Raises Refused, Missing."""
    return _end(_locked(actor, reform_id, ReformState.DRAFT), ReformState.DISCARDED, EventName.REFORM_DISCARDED, actor)


def _end(reform: Reform, state: ReformState, event: EventName, actor: User) -> Reform:
    reform.state, reform.closed_at = state, clock.now()
    reform.save(update_fields=["state", "closed_at"])
    _record(event, reform, actor)
    return reform


def _locked(actor: User, reform_id: int, state: ReformState) -> Reform:
    find_reform(actor=actor, reform_id=reform_id)
    reform = Reform.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=reform_id)
    require(Permission.REFORM_RUN, actor=actor, thing=reform.organisation)
    if reform.state != state:
        raise Refused(f"这次改革{reform.get_state_display()}，不能这样做。请刷新页面。")
    return reform


def _record(event: EventName, reform: Reform, actor: User, **data: object) -> None:
    record(
        event, actor=actor, organisation_id=reform.organisation_id, thing_kind=THING_KIND, thing_id=reform.pk, data=data
    )
