"""Reforms, and what is left to do of one: counted from the rooms as they are, never ticked off by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.content.queries import unfinished_articles
from zhijian.inbox.queries import open_cases_at
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation, RoleAssignment, User
from zhijian.organisations.queries import in_scope
from zhijian.reform.enums import ENDING, PartKind, PlanAct, ReformState
from zhijian.reform.models import Part, Plan, Reform
from zhijian.registry.queries import live_accounts_of, platform_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

THING_KIND = "reform.reform"
MOST_WORK = 50


@dataclass(frozen=True, slots=True)
class Left:
    """One thing of a reform. `count` things are left (0: done); `url` leads to where it is done, `who` does it."""

    label: str
    count: int
    url: str
    who: str = ""
    hint: str = ""

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
    return list(reform.parts.select_related("organisation", "successor").order_by("pk"))


def plans_of(reform: Reform) -> list[Plan]:
    """Return what becomes of every account, body by body."""
    rows = Plan.objects.filter(part__reform=reform)
    related = ("part__organisation", "part__successor", "account__organisation", "target__organisation", "filing")
    return list(rows.select_related(*related).order_by("part_id", "account__platform", "pk"))


def left_of(part: Part) -> list[Left]:
    """Return everything that has to follow one body, with how much of it is left."""
    return [*_filings(part), *(_hand_overs(part) if part.kind in ENDING else ()), *_end(part)]


def _filings(part: Part) -> Iterator[Left]:
    for plan in part.plans.select_related("account", "filing").order_by("pk"):
        if plan.act == PlanAct.KEEP:
            continue
        account, filing = plan.account, plan.filing
        label = f"{platform_label(account.platform, account.kind)}“{account.name}”：{plan.get_act_display()}"
        url = f"/desk/accounts/filings/{filing.pk}/" if filing else f"/desk/accounts/{account.pk}/"
        done = filing is not None and filing.state == "approved"
        hint = "" if done else (filing.get_state_display() if filing else "还没有备案")
        yield Left(label, 0 if done else 1, url, who="账号备案", hint=hint)
        if plan.act in {PlanAct.MERGE, PlanAct.CLOSE}:
            ended = account.state == "deregistered"
            wait = "" if ended else "公告期满后凭平台证明注销"
            yield Left(f"“{account.name}”注销", 0 if ended else 1, f"/desk/accounts/{account.pk}/", hint=wait)


def _hand_overs(part: Part) -> Iterator[Left]:
    body = part.organisation
    cases, pieces = open_cases_at(body), unfinished_articles(body)
    secret = cases.filter(is_confidential=True).count()
    hint = f"其中 {secret} 件保密，由原单位答复人员转办" if secret else ""
    yield Left("没有办完的留言", cases.count(), f"/desk/inbox/?organisation={body.pk}", who="移交", hint=hint)
    yield Left("没有写完的稿件", pieces, "/desk/articles/", who="移交")
    people = User.objects.filter(organisation=body, is_active=True).count()
    roles = RoleAssignment.objects.filter(organisation=body, revoked_at=None).count()
    yield Left("人员调整所在单位或停用", people, "/desk/organisations/people/", who="系统管理员")
    yield Left("收回原单位的角色", roles, f"/desk/organisations/{body.pk}/", who="安全管理员")


def _end(part: Part) -> Iterator[Left]:
    body = part.organisation
    if part.kind == PartKind.RENAME:
        renamed = part.name in {"", body.name}
        yield Left(f"单位改名为“{part.name}”", 0 if renamed else 1, f"/desk/organisations/{body.pk}/")
    elif part.kind in ENDING:
        below = Organisation.objects.filter(parent=body, is_active=True).count()
        others = live_accounts_of(body).exclude(pk__in=part.plans.values("account")).count()
        if below:
            yield Left("下级单位调整", below, f"/desk/organisations/{body.pk}/", who="系统管理员")
        if others:
            yield Left("没有列入的账号", others, "/desk/accounts/")
        yield Left("停用原单位", int(body.is_active), f"/desk/organisations/{body.pk}/", who="主管人员")


def progress_of(reform: Reform) -> tuple[int, int]:
    """Return how many things are done, and how many there are."""
    things = [left for part in parts_of(reform) for left in left_of(part)]
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
