"""How accounts stand today, in numbers that lead to lists, and the strip of one account's days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Exists, OuterRef, Q

from zhijian.inspection.enums import UNFINISHED, AppealState, FindingState, Result
from zhijian.inspection.models import Current, Finding, Run, Standing
from zhijian.inspection.queries.findings import visible_appeals, visible_findings, visible_orders
from zhijian.inspection.queries.indicators import indicator, indicators
from zhijian.inspection.rules import VIEWERS
from zhijian.lib import clock
from zhijian.lib.clock import BEIJING
from zhijian.lib.errors import Missing
from zhijian.observation.queries import activity, posts_between, watchable_accounts
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.inspection.queries.indicators import Indicator
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

STRIP_DAYS: Final = 60
MANY: Final = 3
ONE_DAY: Final = timedelta(days=1)


def visible_standings(*, actor: User) -> QuerySet[Standing]:
    """Return how the watched accounts in the actor's scope stand, with account and body."""
    rows = Standing.objects.filter(in_scope(actor=actor, roles=VIEWERS, field="account__organisation"))
    rows = rows.filter(account__in=watchable_accounts(actor=actor).values("pk"))
    return rows.select_related("account", "account__organisation")


def with_open_findings(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """Add `open_findings`, whether anything of the account has not ended."""
    found = Finding.objects.filter(account=OuterRef("account"), state__in=UNFINISHED)
    return rows.annotate(open_findings=Exists(found))


@dataclass(frozen=True, slots=True)
class Today:
    """Today's picture for one person: accounts by result, those never inspected, and what waits."""

    results: dict[str, int]
    never: int
    total: int
    findings: dict[str, int]
    overdue: int
    appeals: int
    nearest: list[Standing]
    run: Run | None


def today(*, actor: User) -> Today:
    """Return today's picture. Seven queries for any number of accounts; nobody is ranked by it."""
    standings = visible_standings(actor=actor)
    results = dict(standings.order_by().values_list("result").annotate(number=Count("pk")))
    total = watchable_accounts(actor=actor).count()
    findings = visible_findings(actor=actor).order_by()
    states = dict(findings.values_list("state").annotate(number=Count("pk")))
    late = visible_orders(actor=actor).filter(finding__state=FindingState.ORDERED, due_at__lt=clock.now()).count()
    return Today(
        results={str(one): results.get(str(one), 0) for one in Result},
        never=total - sum(results.values()), total=total,
        findings={str(one): states.get(str(one), 0) for one in FindingState}, overdue=late,
        appeals=visible_appeals(actor=actor).filter(state=AppealState.OPEN).count(),
        nearest=list(standings.filter(result=Result.WARNING).order_by("left_days", "pk")[:8]),
        run=Run.objects.filter(organisation=None).order_by("-pk").first(),
    )  # fmt: skip


def find_standing(*, actor: User, account_id: int) -> tuple[Account, Standing | None]:
    """Return a watched account of the actor's scope and how it stands, None before the first run. Raises Missing."""
    account = watchable_accounts(actor=actor).filter(pk=account_id).first()
    if account is None:
        raise Missing
    return account, Standing.objects.filter(account=account).select_related("run").first()


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of an account's page: what stands, None where nobody judged it yet."""

    indicator: Indicator
    current: Current | None


def lines_of(account: Account) -> list[Line]:
    """Return every indicator with the verdict that stands; a local one only where it was judged."""
    rows = Current.objects.filter(account=account).select_related("verdict__by")
    held = {row.indicator: row for row in rows}
    known = [one for one in indicators().values() if not one.is_local or one.code in held]
    unknown = [indicator(code) for code in held if code not in indicators()]
    return [Line(one, held.get(one.code)) for one in [*known, *unknown]]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the strip: posts, and whether the whole day was seen."""

    date: date
    posts: int
    seen: bool

    @property
    def shade(self) -> str:
        """Return the class of its mark."""
        if self.posts:
            return "many" if self.posts >= MANY else "some"
        return "none" if self.seen else "unseen"

    @property
    def text(self) -> str:
        """Tell the day in words."""
        words = [f"{self.date:%-m月%-d日}"]
        words += [f"{self.posts} 条"] if self.posts else []
        words += ["没有看全"] if not self.seen else ["没有更新"] if not self.posts else []
        return "，".join(words)


def strip_of(account: Account) -> list[Day]:
    """Return the last sixty days of an account, today last. Five queries."""
    now = clock.now()
    first = now.date() - (STRIP_DAYS - 1) * ONE_DAY
    start = datetime.combine(first, time.min, BEIJING)
    posts = posts_between(account_ids=[account.pk], start=start, end=now).filter(vanished_at=None)
    moments = [moment for moment in posts.values_list("published_at", flat=True) if moment is not None]
    counted = Counter(moment.astimezone(BEIJING).date() for moment in moments)
    found = activity(account_ids=[account.pk], start=start, end=now)[account.pk]
    days = (first + number * ONE_DAY for number in range(STRIP_DAYS))
    return [Day(one, counted[one], _is_seen(one, found.gaps, now)) for one in days]


def _is_seen(day: date, gaps: tuple[tuple[datetime, datetime, str], ...], now: datetime) -> bool:
    """Tell whether nobody missed a stretch of a day. The rest of today, after the last look, is not held against it."""
    begin = datetime.combine(day, time.min, BEIJING)
    touching = [since for since, until, _ in gaps if since < begin + ONE_DAY and until > begin]
    return all(day == now.date() and since > begin for since in touching)


def visible_runs(*, actor: User) -> QuerySet[Run]:
    """Return the nightly runs, and those asked for over bodies in the actor's scope."""
    nightly = Q(organisation=None) if actor.holds(*VIEWERS) else Q(pk__in=[])
    return Run.objects.filter(nightly | in_scope(actor=actor, roles=VIEWERS)).select_related("organisation", "by")


def find_run(*, actor: User, run_id: int) -> Run:
    """Return one run the actor may see. Raises Missing."""
    run = visible_runs(actor=actor).filter(pk=run_id).first()
    if run is None:
        raise Missing
    return run
