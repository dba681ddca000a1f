from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Min, Q

from zhijian.inspection.queries import visible_findings as inspected
from zhijian.knowledge.queries import term_rule_id
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.lookback.enums import Cause, FindingState, Kind, LookBackState
from zhijian.lookback.models import Finding, LookBack
from zhijian.lookback.rules import RUNNERS, VIEWERS
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope
from zhijian.registry.queries import platform_label
from zhijian.screening import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.inspection.models import Finding as Inspected
    from zhijian.organisations.models import Organisation, User

SILENT_FOR: Final = timedelta(minutes=10)
MOST_WORK: Final = 50
MOST_ACCOUNTS: Final = 200


def visible_look_backs(*, actor: User) -> QuerySet[LookBack]:
    """Return the look-backs of the bodies in the actor's scope."""
    rows = LookBack.objects.filter(in_scope(actor=actor, roles=VIEWERS))
    return rows.select_related("organisation", "created_by", "started_by")


def find_look_back(*, actor: User, look_back_id: int) -> LookBack:
    """Return one look-back of the actor's scope. Raises Missing."""
    row = visible_look_backs(actor=actor).filter(pk=look_back_id).first()
    if row is None:
        raise Missing
    return row


def visible_findings(*, actor: User) -> QuerySet[Finding]:
    """Return the findings in the texts of the bodies in the actor's scope, whoever looked back."""
    rows = Finding.objects.filter(in_scope(actor=actor, roles=VIEWERS))
    return rows.select_related("organisation", "account", "set_aside_by")


def find_finding(*, actor: User, finding_id: int) -> Finding:
    """Return one finding of the actor's scope. Raises Missing."""
    row = visible_findings(actor=actor).filter(pk=finding_id).first()
    if row is None:
        raise Missing
    return row


def seen_in(rows: QuerySet[Finding], look_back: LookBack) -> QuerySet[Finding]:
    """Keep the findings a look-back saw: in its branch, by its rules, seen since it began and found before its end."""
    if look_back.started_at is None:
        return rows.none()
    rows = rows.filter(organisation__path__startswith=look_back.organisation.path, seen_at__gte=look_back.started_at)
    rows = rows.filter(_by_rules(look_back))
    return rows.filter(found_at__lte=look_back.finished_at) if look_back.finished_at else rows


def _by_rules(look_back: LookBack) -> Q:
    if look_back.term_ids:
        return Q(rule_id__in=[term_rule_id(pk) for pk in look_back.term_ids])
    return Q(category__in=look_back.categories) if look_back.categories else Q()


@dataclass(frozen=True, slots=True)
class Line:
    """What a look-back found at one account, or in the answers of a body (`account_id` None)."""

    account_id: int | None
    label: str
    organisation: str
    texts: int
    found: int
    open: int


def by_account(look_back: LookBack) -> list[Line]:
    """Return what was found, account by account in the order of their names; at most 200."""
    rows = seen_in(Finding.objects.all(), look_back).order_by()
    counted = rows.values(
        "account_id", "account__name", "account__platform", "account__kind", "organisation__short_name"
    ).annotate(
        texts=Count("thing_id", distinct=True),
        found=Count("pk"),
        open=Count("pk", filter=Q(state=FindingState.OPEN)),
    )
    ordered = counted.order_by("organisation__sort_key", "account__sort_key", "account_id")[:MOST_ACCOUNTS]
    return [
        Line(
            row["account_id"], _label(row), row["organisation__short_name"], row["texts"], row["found"], row["open"],
        )
        for row in ordered
    ]  # fmt: skip


def _label(row: Mapping[str, Any]) -> str:
    """Name an account with its platform: a body's accounts mostly share one name."""
    if row["account_id"] is None:
        return "答问库"
    return f"{row['account__name']}（{platform_label(row['account__platform'], row['account__kind'])}）"


def expected_end(look_back: LookBack) -> datetime | None:
    """Return when a running look-back will be done at its present pace; None while that cannot be told."""
    if not look_back.done or not look_back.total or look_back.started_at is None or look_back.beat_at is None:
        return None
    pace = (look_back.beat_at - look_back.started_at) / look_back.done
    return max(clock.now(), look_back.beat_at + pace * max(0, look_back.total - look_back.done))


def inspection_of(*, actor: User, finding: Finding) -> Inspected | None:
    """Return the finding of inspection about the same words, where there is one: it is mended there, not twice."""
    if finding.kind != Kind.POST or finding.severity != Severity.VETO or finding.account_id is None:
        return None
    key = f"post:{finding.thing_id}:{finding.rule_id}"
    return inspected(actor=actor).filter(account=finding.account_id, key=key).order_by("-pk").first()


def stalled() -> list[int]:
    """Return the running look-backs that have been silent for ten minutes: their worker died, or never began."""
    rows = LookBack.objects.filter(state=LookBackState.RUNNING, beat_at__lt=clock.now() - SILENT_FOR)
    return list(rows.values_list("pk", flat=True))


def running_at(organisation: Organisation) -> LookBack | None:
    """Return the look-back that runs at a body."""
    return LookBack.objects.filter(organisation=organisation, state=LookBackState.RUNNING).first()


def search_findings(rows: QuerySet[Finding], text: str) -> QuerySet[Finding]:
    """Keep the findings whose words, title or account hold the text."""
    return rows.filter(Q(excerpt__icontains=text) | Q(title__icontains=text) | Q(account__name__icontains=text))


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the proposals that wait for this person's decision, and what is to be mended in their bodies' texts."""
    return [*_proposals(actor), *_to_mend(actor)]


def _to_mend(actor: User) -> list[WorkItem]:
    rows = Finding.objects.filter(in_scope(actor=actor, roles=[Role.HOST_OFFICER]), state=FindingState.OPEN)
    counted = rows.order_by().values("organisation_id", "organisation__short_name")
    counted = counted.annotate(number=Count("pk"), since=Min("found_at"))
    return [
        WorkItem(
            title=f"回查发现已发内容有 {row['number']:,} 处要改", kind="存量回查",
            url=f"/desk/lookback/findings/?state=open&body={row['organisation_id']}",
            organisation=row["organisation__short_name"], state="待处理", since=row["since"],
        )
        for row in counted.order_by("since")[:MOST_WORK]
    ]  # fmt: skip


def _proposals(actor: User) -> list[WorkItem]:
    rows = LookBack.objects.filter(in_scope(actor=actor, roles=RUNNERS), state=LookBackState.PROPOSED)
    rows = rows.select_related("organisation").order_by("created_at")
    return [
        WorkItem(
            title=f"{row.title}：{told(row.estimate)}", url=f"/desk/lookback/{row.pk}/", kind="存量回查",
            organisation=row.organisation.short_name, state="是否回查", since=row.created_at,
        )
        for row in rows[:MOST_WORK]
    ]  # fmt: skip


def told(estimate: dict[str, Any]) -> str:
    """Say what a proposal would find, as far as it was looked at."""
    if "texts" not in estimate:
        return "正在估算影响多少篇已发内容"
    if estimate.get("whole"):
        return f"影响 {estimate['hit']:,} 篇已发内容"
    return f"最近 {estimate['texts']:,} 篇已发内容里命中 {estimate['hit']:,} 篇"


def last_whole(organisations: Sequence[Organisation]) -> dict[int, str]:
    """Return the version of the shipped rules in the last whole look-back of each body, by body id."""
    rows = LookBack.objects.filter(
        organisation__in=list(organisations), term_ids=[], categories=[], state=LookBackState.DONE
    )
    return dict(rows.order_by("finished_at").values_list("organisation_id", "shipped_version"))


def standing_proposals(*, cause: Cause) -> QuerySet[LookBack]:
    """Return the proposals nobody has decided on."""
    return LookBack.objects.filter(state=LookBackState.PROPOSED, cause=cause)
