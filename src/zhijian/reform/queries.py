"""Reforms, and what is left to do of one: counted from the rooms as they are, never ticked off by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from zhijian.content.queries import unfinished_articles
from zhijian.inbox.queries import open_case_counts
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation, RoleAssignment, User
from zhijian.organisations.queries import in_scope
from zhijian.reform.enums import ENDING, PartKind, PlanAct, ReformState
from zhijian.reform.models import Part, Plan, Reform
from zhijian.reform.suggesting import acts_for, needs_filing, renamed_values
from zhijian.registry.enums import LIVE_STATES, OPEN_FILING_STATES, AccountState, FilingKind, FilingState
from zhijian.registry.queries import all_accounts, platform_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from zhijian.registry.models import Account, Filing

THING_KIND = "reform.reform"
MOST_WORK = 50


@dataclass(frozen=True, slots=True)
class Left:
    """One thing of a reform. `count` things are left (0: done); `url` leads to where it is done, `who` does it.

    `plan` is that of an account whose filing has to be opened anew, by one of `acts` (code, label).
    """

    label: str
    count: int
    url: str
    who: str = ""
    hint: str = ""
    plan: Plan | None = None
    acts: Sequence[tuple[str, str]] = ()

    @property
    def is_done(self) -> bool:
        return self.count == 0


def visible_reforms(*, actor: User) -> QuerySet[Reform]:
    """Return the reforms of the bodies this person supervises."""
    rows = Reform.objects.filter(in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER]))
    return rows.select_related("organisation", "created_by")


def find_reform(*, actor: User, reform_id: int) -> Reform:
    """Return one reform of the actor's scope. Raises Missing."""
    reform = visible_reforms(actor=actor).filter(pk=reform_id).first()
    if reform is None:
        raise Missing
    return reform


def find_part(*, actor: User, reform_id: int, part_id: int) -> Part:
    """Return one body of a reform of the actor's scope. Raises Missing."""
    scope = in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER], field="reform__organisation")
    rows = Part.objects.filter(scope, reform_id=reform_id, pk=part_id)
    part = rows.select_related("reform", "organisation", "successor").first()
    if part is None:
        raise Missing
    return part


def parts_of(reform: Reform) -> list[Part]:
    """Return the bodies of a reform in the order they were named."""
    return list(reform.parts.select_related("reform", "organisation", "successor").order_by("pk"))


def plans_of(reform: Reform) -> list[Plan]:
    """Return what becomes of every account, body by body."""
    rows = Plan.objects.filter(part__reform=reform)
    related = ("part__reform", "part__organisation", "part__successor", "account", "target", "filing")
    return list(rows.select_related(*related).order_by("part_id", "account__platform", "pk"))


def accounts_left_at(organisation_id: int) -> list[str]:
    """Return the names of the accounts of a body that are not deregistered, for the question whether it may end."""
    rows = all_accounts().filter(organisation=organisation_id, state__in=LIVE_STATES)
    return list(rows.order_by("pk").values_list("name", flat=True))


def left_of(part: Part) -> list[Left]:
    """Return everything that has to follow one body, with how much of it is left."""
    return left_of_parts([part])[part.pk]


def left_of_parts(parts: Sequence[Part]) -> dict[int, list[Left]]:
    """Return everything that has to follow each of these bodies, by part. The same number of queries for one or many.

    What is left of an account is read from the account, whoever filed: a filing that was taken back is none.
    """
    related = ("part__reform", "part__organisation", "part__successor", "account", "filing")
    rows = Plan.objects.filter(part__in=parts).select_related(*related).prefetch_related("account__filings")
    plans = list(rows.order_by("pk"))
    counts = _counted([part.organisation_id for part in parts if part.kind in ENDING], plans)
    left: dict[int, list[Left]] = {part.pk: [] for part in parts}
    for plan in plans:
        left[plan.part_id] += _of_plan(plan)
    for part in parts:
        left[part.pk] += _renaming(part) if part.kind == PartKind.RENAME else _ending(part, counts)
    return left


def is_settled(plan: Plan) -> bool:
    """Tell whether what was planned for an account has become true in the register."""
    part, account = plan.part, plan.account
    if account.state not in LIVE_STATES or account.organisation_id != part.organisation_id:
        return True
    if plan.act == PlanAct.KEEP:
        return part.kind not in ENDING
    if plan.act == PlanAct.CHANGE:
        return part.kind == PartKind.RENAME and _renamed(plan)
    return account.state == AccountState.CLOSING


def _renamed(plan: Plan) -> bool:
    """Its own filing is approved, or another one since the start left nothing of the old name."""
    if plan.filing is not None and plan.filing.state == FilingState.APPROVED:
        return True
    begun = plan.part.reform.started_at
    changed = any(
        filing.kind == FilingKind.CHANGE and filing.state == FilingState.APPROVED and filing.closed_at >= begun
        for filing in plan.account.filings.all()
        if begun and filing.closed_at
    )
    return changed and not renamed_values(plan.part, plan.account)


def open_filing_of(account: Account) -> Filing | None:
    """Return the open filing of an account, whatever it is for; an account has one at most."""
    return next((filing for filing in account.filings.all() if filing.state in OPEN_FILING_STATES), None)


def may_redo(plan: Plan) -> bool:
    """Tell whether the filing of an account may be opened anew: it is not settled and none is open."""
    if plan.part.reform.state != ReformState.RUNNING or is_settled(plan) or open_filing_of(plan.account) is not None:
        return False
    return any(act == PlanAct.KEEP or needs_filing(plan.account, act) for act in acts_for(plan.part, plan.account))


def _of_plan(plan: Plan) -> Iterator[Left]:
    account, settled = plan.account, is_settled(plan)
    if plan.act == PlanAct.KEEP and settled:
        return
    label = f"{platform_label(account.platform, account.kind)}“{account.name}”：{plan.get_act_display()}"
    shown = open_filing_of(account) or plan.filing
    page = f"/desk/accounts/{account.pk}/"
    url = f"/desk/accounts/filings/{shown.pk}/" if shown else page
    redo = may_redo(plan)
    acts = [(str(act), str(act.label)) for act in acts_for(plan.part, account)] if redo else []
    yield Left(
        label, 0 if settled else 1, url, who=_who(plan), hint="" if settled else _hint(plan), acts=acts,
        plan=plan if redo else None,
    )  # fmt: skip
    if plan.act in {PlanAct.MERGE, PlanAct.CLOSE} and account.state != AccountState.APPROVED:
        ended = account.state not in LIVE_STATES or account.organisation_id != plan.part.organisation_id
        yield Left(f"“{account.name}”注销", 0 if ended else 1, page, hint="" if ended else "公告期满后凭平台证明注销")


def _who(plan: Plan) -> str:
    return "主办人员" if plan.account.state == AccountState.APPROVED else "账号备案"


def _hint(plan: Plan) -> str:
    opened = open_filing_of(plan.account)
    if opened is not None and opened.kind != plan.act:
        return f"有一份没办完的“{opened.get_kind_display()}”备案，先办完或撤回"
    if opened is not None:
        return str(opened.get_state_display())
    if plan.act == PlanAct.KEEP:
        return "单位要停用，不能保留不变"
    if not needs_filing(plan.account, plan.act):
        state = plan.account.get_state_display()
        return "批准后还没有注册，请放弃开设" if plan.account.state == AccountState.APPROVED else f"账号{state}"
    if plan.filing is not None and plan.filing.state == FilingState.WITHDRAWN:
        return "备案已撤回"
    return "还没有备案" if plan.filing is None else "账号没有变，要重新备案"


@dataclass(frozen=True, slots=True)
class _Counts:
    """What is left at bodies that end, by body."""

    cases: dict[int, tuple[int, int]]
    pieces: dict[int, int]
    people: dict[int, int]
    roles: dict[int, int]
    below: dict[int, int]
    accounts: dict[int, int]


def _counted(bodies: list[int], plans: Sequence[Plan]) -> _Counts:
    live = all_accounts().filter(organisation__in=bodies, state__in=LIVE_STATES)
    return _Counts(
        cases=open_case_counts(bodies), pieces=unfinished_articles(bodies),
        people=_by_body(User.objects.filter(organisation__in=bodies, is_active=True)),
        roles=_by_body(RoleAssignment.objects.filter(organisation__in=bodies, revoked_at=None)),
        below=_by_body(Organisation.objects.filter(parent__in=bodies, is_active=True), "parent"),
        accounts=_by_body(live.exclude(pk__in=[plan.account_id for plan in plans])),
    )  # fmt: skip


def _by_body(rows: QuerySet[Any], field: str = "organisation") -> dict[int, int]:
    return dict(rows.order_by().values_list(field).annotate(number=Count("pk")))


def _ending(part: Part, counts: _Counts) -> Iterator[Left]:
    if part.kind not in ENDING:
        return
    body = part.organisation
    cases, secret = counts.cases.get(body.pk, (0, 0))
    hint = f"其中 {secret} 件保密，由原单位答复人员转办" if secret else ""
    yield Left("没有办完的留言", cases, f"/desk/inbox/?organisation={body.pk}", who="移交", hint=hint)
    yield Left("没有写完的稿件", counts.pieces.get(body.pk, 0), "/desk/articles/", who="移交")
    yield Left("人员调整所在单位或停用", counts.people.get(body.pk, 0), "/desk/organisations/people/", who="系统管理员")
    page = f"/desk/organisations/{body.pk}/"
    yield Left("收回原单位的角色", counts.roles.get(body.pk, 0), page, who="安全管理员")
    if counts.below.get(body.pk):
        yield Left("下级单位调整", counts.below[body.pk], page, who="系统管理员")
    if counts.accounts.get(body.pk):
        yield Left("没有列入的账号", counts.accounts[body.pk], "/desk/accounts/", who="账号备案")
    yield Left("停用原单位", int(body.is_active), page, who="主管人员")


def _renaming(part: Part) -> Iterator[Left]:
    renamed = part.organisation.name != part.old_name
    yield Left(f"单位改名为“{part.name}”", 0 if renamed else 1, f"/desk/organisations/{part.organisation_id}/")


def progress_of(reform: Reform) -> tuple[int, int]:
    """Return how many things are done, and how many there are."""
    things = [left for of_part in left_of_parts(parts_of(reform)).values() for left in of_part]
    return sum(left.is_done for left in things), len(things)


def bodies_to_reform(*, actor: User) -> QuerySet[Organisation]:
    """Return the bodies in use that this person supervises."""
    return Organisation.objects.filter(
        in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER], field=""), is_active=True
    ).order_by("path")


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the reforms that are under way where this person supervises."""
    rows = visible_reforms(actor=actor).filter(
        Q(state=ReformState.RUNNING) | Q(state=ReformState.DRAFT, created_by=actor)
    )
    return [
        WorkItem(
            title=row.title, url=f"/desk/reforms/{row.pk}/", kind="机构改革", organisation=str(row.organisation),
            state=row.get_state_display(), since=row.started_at or row.created_at,
        )
        for row in rows.order_by("pk")[:MOST_WORK]
    ]  # fmt: skip
