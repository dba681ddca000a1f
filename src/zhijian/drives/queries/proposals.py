"""Proposals (建议): computed from the register and what inspection found, never stored, never ranked.

An account nobody could look at has no finding, so it is never proposed as stale. Low use is a hint for a person: the
reason to end an account is the burden of feeding it, not its figure (防治“指尖上的形式主义”).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    TextField,
    Value,
)
from django.db.models.expressions import Exists, Subquery
from django.db.models.functions import Concat, JSONObject

from zhijian.drives.enums import COMPUTED, Act, DriveState, Reason
from zhijian.drives.models import Target
from zhijian.drives.queries.local_rules import LocalRules
from zhijian.inspection.enums import FindingState
from zhijian.inspection.queries import visible_findings
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.registry.enums import LIVE_STATES, AccountState, FindingKind
from zhijian.registry.queries import exemptions_in_force, open_findings, visible_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

STALE_INDICATORS: Final = ("NM-V2.1",)
YEAR: Final = timedelta(days=365)
MOST_EVIDENCE: Final = 6
RUNNERS: Final = (Role.SUPERVISING_OFFICER,)
SURPLUS_KINDS: Final = (FindingKind.SURPLUS, FindingKind.EXEMPTION_EXPIRED)
OPINION: Final = "《国务院办公厅关于推进政务新媒体健康有序发展的意见》（国办发〔2018〕123号）四（一）"
# Accounts that may still be merged into: being deregistered is too late.
LASTING: Final = tuple(state for state in LIVE_STATES if state != AccountState.CLOSING)


@dataclass(frozen=True, slots=True)
class Fact:
    """One reason for a proposal: what is known, with its day, the document of the rule, and where to look."""

    reason: Reason
    text: str
    source: str
    links: list[tuple[str, str]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return the fact as JSON values."""
        links = [list(link) for link in self.links]
        return {"reason": str(self.reason), "text": self.text, "source": self.source, "links": links}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one account; `into` = (id, name) of the account it would be merged into."""

    facts: list[Fact]
    act: Act
    into: tuple[int, str] | None = None


class Proposals:
    """The proposals of one person's branch. One query for the packs of the tree, then one for each page of rows."""

    def __init__(self, *, actor: User) -> None:
        self.actor = actor
        self.rules = LocalRules()
        self._scope = visible_accounts(actor=actor, roles=RUNNERS).filter(state__in=LIVE_STATES)

    def ids(self, reason: str) -> QuerySet[Any, Any]:
        """Return the accounts proposed for one reason, as a query of ids to put into another."""
        return _IDS[Reason(reason)](self)

    def matching(self, reason: str) -> Q:
        """Return the filter that keeps the accounts proposed for one reason."""
        return Q(pk__in=self.ids(reason))

    def rows(self, *, only: str = "") -> QuerySet[Account]:
        """Return the accounts proposed for any reason, or for one, with everything `describe` reads.

        Each reason is a set of ids that PostgreSQL makes once (a hashed sub-plan), not a question for each account; the
        evidence is asked for the rows of a page only.
        """
        condition = Q()
        for reason in [Reason(only)] if only else COMPUTED:
            condition |= self.matching(reason)
        stale = ExpressionWrapper(self.matching(Reason.STALE), output_field=BooleanField())
        return self._scope.filter(condition).annotate(is_stale=stale, **self._evidence())

    def _evidence(self) -> dict[str, Any]:
        own = visible_accounts(actor=self.actor, roles=RUNNERS).filter(state__in=LASTING)
        sent = Target.objects.filter(account=OuterRef("pk"), drive__state=DriveState.SENT)
        return {
            "found": ArraySubquery(
                open_findings(actor=self.actor)
                .filter(account=OuterRef("pk"), kind__in=[*SURPLUS_KINDS, FindingKind.CLOSING_STUCK])
                .order_by("pk")
                .values(one=JSONObject(kind="kind", detail="detail", source="rule_source", at="found_at"))
            ),
            "stale": ArraySubquery(
                self._stale_findings()
                .filter(account=OuterRef("pk"))
                .order_by("-found_at", "-pk")
                .values(one=JSONObject(id="pk", at="found_at"))[:MOST_EVIDENCE]
            ),
            "holder": _one(
                own.filter(
                    organisation=OuterRef("organisation"), platform_group=OuterRef("platform_group"), holds_place=True
                )
            ),
            "namesake": _one(own.filter(_at_home() | _above(), _SameName(plain_name(), _outer_plain()))),
            "is_exempt": Exists(exemptions_in_force().filter(account=OuterRef("pk"))),
            "main": _one(own.filter(organisation=OuterRef("organisation"), is_main=True)),
            "asked_in": Subquery(sent.order_by("pk").values(one=JSONObject(id="drive_id", title="drive__title"))[:1]),
        }

    def _stale_findings(self) -> QuerySet[Any, Any]:
        """Return the findings of the last twelve months that an account was not updated; false alarms do not count."""
        rows = visible_findings(actor=self.actor).filter(
            indicator__in=STALE_INDICATORS, found_at__gte=clock.now() - YEAR
        )
        return rows.exclude(state=FindingState.WRITTEN_OFF).select_related(None)

    def _surplus(self) -> QuerySet[Any, Any]:
        """Leave out what is being closed already: its filing was approved, its notice runs."""
        rows = open_findings(actor=self.actor).filter(kind__in=SURPLUS_KINDS, account__state__in=LASTING)
        return rows.values("account")

    def _stuck(self) -> QuerySet[Any, Any]:
        return open_findings(actor=self.actor).filter(kind=FindingKind.CLOSING_STUCK).values("account")

    def _duplicates(self) -> QuerySet[Any, Any]:
        """Ask for the same body and for the body above apart: each is a plain join, and few names are compared."""
        elder = visible_accounts(actor=self.actor, roles=RUNNERS).filter(state__in=LASTING).select_related(None)
        elder = elder.filter(_SameName(plain_name(), _outer_plain()))
        twins = [
            self._scope.filter(state__in=LASTING).select_related(None).filter(Exists(elder.filter(condition)))
            for condition in (_at_home(), _above())
        ]
        exempt = exemptions_in_force().filter(account__isnull=False).values("account")
        return (
            twins[0].exclude(pk__in=exempt).values("pk").union(twins[1].exclude(pk__in=exempt).values("pk"), all=True)
        )

    def _stale(self) -> QuerySet[Any, Any]:
        path = "account__organisation__path"
        main = self.rules.case("drive.main_platforms", path=path, output_field=TextField(), say=_listed)
        least = self.rules.case("drive.repeated_stale", path=path, output_field=IntegerField(), say=int)
        rows = self._stale_findings().filter(account__is_main=False, account__state__in=LASTING)
        secondary = rows.annotate(main=main, least=least).exclude(
            main__contains=Concat(Value(","), F("account__platform"), Value(","), output_field=TextField())
        )
        counted = secondary.order_by().values("account", "least").annotate(times=Count("pk"))
        ids: QuerySet[Any, Any] = counted.filter(times__gte=F("least")).values("account")
        return ids

    def _low(self) -> QuerySet[Any, Any]:
        line = self.rules.case("drive.low_followers", path="organisation__path", output_field=IntegerField(), say=int)
        rows = self._scope.filter(state__in=LASTING, followers__isnull=False, is_main=False)
        return rows.annotate(line=line).filter(followers__lt=F("line")).values("pk")

    def describe(self, row: Account) -> Proposal:
        """Say why an account of `rows` is proposed, and suggest what becomes of it; a person decides."""
        facts = [*_found(row), *self._of_namesake(row), *self._of_stale(row), *self._of_low_use(row)]
        act, into = _suggested(row, {fact.reason for fact in facts})
        return Proposal(facts, act, into)

    def _of_namesake(self, row: Any) -> Iterator[Fact]:
        if row.namesake and not row.is_exempt and row.state in LASTING:
            other = row.namesake
            text = f"与{other['body']}的“{other['name']}”（{other['number']}）在同一平台，名称相同。"
            yield Fact(Reason.DUPLICATE, text, OPINION, [(other["name"], f"/desk/accounts/{other['id']}/")])

    def _of_stale(self, row: Any) -> Iterator[Fact]:
        if not row.is_stale:
            return
        rule = self.rules.find(row.organisation, "drive.repeated_stale")
        days = [(_day(one["at"]), f"/desk/inspection/findings/{one['id']}/") for one in row.stale]
        more = "以上" if len(days) == MOST_EVIDENCE else ""
        text = f"近一年巡检发现 {len(days)} 次{more}内容不更新。不是主要平台，维护不过来的应当关停。"
        yield Fact(Reason.STALE, text, rule.document.citation if rule else OPINION, days)

    def _of_low_use(self, row: Any) -> Iterator[Fact]:
        rule = self.rules.find(row.organisation, "drive.low_followers")
        told = row.followers is not None and not row.is_main and row.state in LASTING
        if rule is None or not told or row.followers >= rule.value:
            return
        changed = row.changed_at.astimezone(clock.BEIJING).date().isoformat()
        text = (
            f"登记册记的关注数是 {row.followers:,}（登记信息更新于 {changed}），"
            f"低于提示线 {rule.value:,}。这只是提示，要不要保留由主管人员判断。"
        )
        yield Fact(Reason.LOW_USE, text, rule.document.citation)


_IDS: Final[dict[Reason, Callable[[Proposals], QuerySet[Any, Any]]]] = {
    Reason.SURPLUS: Proposals._surplus,  # noqa: SLF001 - the table of the class's own questions
    Reason.DUPLICATE: Proposals._duplicates,  # noqa: SLF001 - as above
    Reason.STALE: Proposals._stale,  # noqa: SLF001 - as above
    Reason.STUCK: Proposals._stuck,  # noqa: SLF001 - as above
    Reason.LOW_USE: Proposals._low,  # noqa: SLF001 - as above
}


def plain_name() -> Func:
    """Return the name as it is compared: one width, lower case, without spaces, dots, dashes and brackets."""
    template = "lower(translate(normalize(%(expressions)s, NFKC), ' ·•・-—_()[]【】“”\"', ''))"
    return Func(F("name"), template=template, output_field=TextField())


class _SameName(Func):
    """Compare two names after PostgreSQL joined by body and platform: an equation it would join by, on every account.

    A comparison it cannot join by is asked of the few pairs that are left.
    """

    template = "(%(expressions)s)"
    arg_joiner = " IS NOT DISTINCT FROM "
    output_field = BooleanField()


def _at_home() -> Q:
    """Keep what comes before the outer account at its own body: what holds the place, else what came first."""
    first = Q(holds_place__gt=OuterRef("holds_place")) | Q(holds_place=OuterRef("holds_place"), pk__lt=OuterRef("pk"))
    return Q(organisation=OuterRef("organisation"), platform_group=OuterRef("platform_group")) & first


def _above() -> Q:
    """Keep the accounts of the body above the outer account's, on the same platform."""
    return Q(organisation=OuterRef("organisation__parent"), platform_group=OuterRef("platform_group"))


def _outer_plain() -> Func:
    plain = plain_name()
    plain.set_source_expressions([OuterRef("name")])
    return plain


def _one(rows: QuerySet[Account]) -> Subquery:
    told = JSONObject(id="pk", name="name", number="number", body="organisation__short_name")
    return Subquery(rows.order_by("pk").values(one=told)[:1])


def _listed(codes: list[str] | tuple[str, ...]) -> str:
    return f",{','.join(codes)},"


def _day(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(clock.BEIJING).date().isoformat()


def _found(row: Any) -> Iterator[Fact]:
    """Turn the register's own findings into facts."""
    for one in row.found:
        reason = Reason.STUCK if one["kind"] == FindingKind.CLOSING_STUCK else Reason.SURPLUS
        yield Fact(reason, f"{one['detail']}（{_day(one['at'])} 发现）", one["source"])


def _suggested(row: Any, reasons: set[Reason]) -> tuple[Act, tuple[int, str] | None]:
    """Suggest an act: the surest reason first; for low use alone nothing is suggested but to look."""
    expired = any(one["kind"] == FindingKind.EXEMPTION_EXPIRED for one in row.found)
    if Reason.STUCK in reasons or row.state == AccountState.CLOSING:
        return Act.CLOSE, None
    if expired:
        return Act.EXEMPT, None
    for reason, other in ((Reason.SURPLUS, row.holder), (Reason.DUPLICATE, row.namesake), (Reason.STALE, row.main)):
        if reason in reasons and other and other["id"] != row.pk:
            return Act.MERGE, (other["id"], other["name"])
    return (Act.KEEP, None) if reasons <= {Reason.LOW_USE} else (Act.CLOSE, None)
