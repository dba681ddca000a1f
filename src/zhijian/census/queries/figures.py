"""Progress and statistics of a census: counted by PostgreSQL, a handful of queries for any number of bodies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, F, Func, Q
from django.db.models.functions import Length, Substr

from zhijian.census.enums import UNSIGNED_STATES, CampaignState, Measure, SheetState, Standing
from zhijian.census.layouts import problem_labels
from zhijian.census.models import Row
from zhijian.census.queries.sheets import visible_rows, visible_sheets
from zhijian.census.rules import READERS
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import Level
from zhijian.organisations.models import Organisation
from zhijian.registry.enums import AccountState
from zhijian.registry.queries import platform_choices, platform_label

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.census.models import Campaign, Sheet
    from zhijian.organisations.models import User

STEP = 9
"""Letters of one body in `Organisation.path`."""
OURS = ~Q(standing=Standing.NOT_OURS)
TROUBLED = ~Q(problems=[])


@dataclass(slots=True)
class Progress:
    """How far one body with everything below it is: tables by state."""

    body: Organisation
    counts: Counter[str] = field(default_factory=Counter)
    leaf_sheet: int | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def signed(self) -> int:
        return self.counts[SheetState.SIGNED]

    @property
    def unsigned(self) -> int:
        return sum(self.counts[state] for state in UNSIGNED_STATES)

    @property
    def by_state(self) -> list[tuple[str, str, int]]:
        """Return (state, label, number) of every state, in the order of the work."""
        return [(str(state), str(state.label), self.counts[state]) for state in SheetState]


@dataclass(frozen=True, slots=True)
class BranchProgress:
    """A branch: all of it, then each body right below it; `overdue` when the deadline is past."""

    whole: Progress
    lines: list[Progress]
    overdue: bool


def find_branch(*, actor: User, campaign: Campaign, organisation_id: int | None) -> Organisation:
    """Return a body of a census whose branch the actor sees something of; None: the top of what they see.

    Raises Missing.
    """
    sheets = visible_sheets(actor=actor).filter(campaign=campaign)
    if organisation_id is None:
        return campaign.scope if _sees_all(actor, campaign) else _top(sheets, campaign)
    body = Organisation.objects.filter(pk=organisation_id, path__startswith=campaign.scope.path).first()
    if body is None or not sheets.filter(organisation__path__startswith=body.path).exists():
        raise Missing
    return body


def _sees_all(actor: User, campaign: Campaign) -> bool:
    """Tell whether the scope of one role holds the whole census."""
    rows = [row for row in actor.assignments if row.role in READERS and row.includes_subtree]
    return any(row.covers(campaign.scope) for row in rows)


def _top(sheets: QuerySet[Sheet], campaign: Campaign) -> Organisation:
    top = sheets.order_by(Length("organisation__path"), "organisation__path").first()
    return top.organisation if top else campaign.scope


def branch_progress(*, actor: User, campaign: Campaign, branch: Organisation) -> BranchProgress:
    """Count the tables of a branch, in all and by the bodies right below it. Two queries and one for names."""
    length = len(branch.path) + STEP
    sheets = visible_sheets(actor=actor).filter(campaign=campaign, organisation__path__startswith=branch.path)
    rows = (
        sheets.order_by()
        .annotate(below=Substr("organisation__path", 1, length))
        .values_list("below", "state")
        .annotate(number=Count("pk"))
    )
    whole = Progress(branch)
    found: dict[str, Counter[str]] = {}
    for below, state, number in rows:
        whole.counts[state] += number
        found.setdefault(below, Counter())[state] += number
    bodies = {body.path: body for body in Organisation.objects.filter(path__in=found)}
    lines = [Progress(bodies[path], counts) for path, counts in sorted(found.items())]
    _name_leaves(lines, sheets)
    overdue = campaign.state == CampaignState.RUNNING and campaign.due_on < clock.today()
    return BranchProgress(whole, lines, overdue)


def _name_leaves(lines: list[Progress], sheets: QuerySet[Sheet]) -> None:
    """A line of a single body leads to its table, the others to the branch below."""
    single = [line.body.pk for line in lines if line.total == 1]
    own = dict(sheets.order_by().filter(organisation__in=single).values_list("organisation_id", "pk"))
    for line in lines:
        line.leaf_sheet = own.get(line.body.pk)


@dataclass(slots=True)
class Line:
    """One line of the statistics: how many accounts, by state, with problems, and by measure."""

    label: str
    total: int = 0
    states: Counter[str] = field(default_factory=Counter)
    troubled: int = 0
    measures: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Statistics:
    """The accounts of a branch of a census as its bodies told them; what is not theirs is left out.

    `by_platform_level` = {(platform, level): Line}.
    """

    whole: Line = field(default_factory=lambda: Line("合计"))
    by_platform: dict[str, Line] = field(default_factory=dict)
    by_level: dict[str, Line] = field(default_factory=dict)
    by_platform_level: dict[tuple[str, str], Line] = field(default_factory=dict)
    by_branch: list[Line] = field(default_factory=list)
    problems: list[tuple[str, int]] = field(default_factory=list)
    added: int = 0
    corrected: int = 0
    not_ours: int = 0


def counted_rows(*, actor: User, campaign: Campaign, branch: Organisation, signed_only: bool) -> QuerySet[Row]:
    """Return the accounts of a branch of a census; those of signed tables only, or of all.

    Who sees the whole census is not asked for the body of each of its accounts.
    """
    everything = _sees_all(actor, campaign)
    rows = (Row.objects if everything else visible_rows(actor=actor)).filter(campaign=campaign)
    if branch.pk != campaign.scope_id:
        rows = rows.filter(organisation__path__startswith=branch.path)
    return rows.filter(sheet__state=SheetState.SIGNED) if signed_only else rows


def statistics(*, actor: User, campaign: Campaign, branch: Organisation, signed_only: bool) -> Statistics:
    """Sum a branch up. Four queries whatever its size."""
    rows = counted_rows(actor=actor, campaign=campaign, branch=branch, signed_only=signed_only).order_by()
    found = Statistics()
    groups = rows.values_list("standing", "platform", "level", "state", "measure")
    for standing, platform, level, state, measure, number, troubled, corrected in groups.annotate(
        number=Count("pk"), troubled=Count("pk", filter=TROUBLED), corrected=Count("pk", filter=Q(is_corrected=True))
    ):
        _count_standing(found, standing, number, corrected)
        if standing == Standing.NOT_OURS:
            continue
        lines = (
            found.whole,
            found.by_platform.setdefault(platform, Line(platform_label(platform))),
            found.by_level.setdefault(level, Line(Level(level).label)),
            found.by_platform_level.setdefault((platform, level), Line(platform_label(platform))),
        )
        for line in lines:
            _add(line, state, measure, number, troubled)
    _order(found)
    _count_problems(found, rows)
    _count_branches(found, rows, branch)
    return found


def _count_standing(found: Statistics, standing: str, number: int, corrected: int) -> None:
    found.added += number if standing == Standing.ADDED else 0
    found.not_ours += number if standing == Standing.NOT_OURS else 0
    found.corrected += corrected if standing == Standing.LISTED else 0


def _add(line: Line, state: str, measure: str, number: int, troubled: int) -> None:
    line.total += number
    line.states[state] += number
    line.measures[measure] += number
    line.troubled += troubled


def _order(found: Statistics) -> None:
    """Put platforms in the order they are offered and levels from the highest down."""
    known = [code for code, _ in platform_choices()]
    platforms = sorted(found.by_platform, key=lambda code: (known.index(code) if code in known else len(known), code))
    found.by_platform = {code: found.by_platform[code] for code in platforms}
    found.by_level = {str(level): found.by_level[level] for level in Level if level in found.by_level}


def _count_problems(found: Statistics, rows: QuerySet[Row]) -> None:
    unnested = rows.filter(OURS & TROUBLED).annotate(problem=Func(F("problems"), function="unnest"))
    counts = dict(unnested.values_list("problem").annotate(number=Count("pk")))
    labels = problem_labels()
    codes = [*labels, *sorted(set(counts) - set(labels))]
    found.problems = [(labels.get(code, code), counts[code]) for code in codes if code in counts]


def _count_branches(found: Statistics, rows: QuerySet[Row], branch: Organisation) -> None:
    below = Substr("organisation__path", 1, len(branch.path) + STEP)
    groups = rows.filter(OURS).annotate(below=below).values_list("below", "state", "measure")
    lines: dict[str, Line] = {}
    for path, state, measure, number, troubled in groups.annotate(
        number=Count("pk"), troubled=Count("pk", filter=TROUBLED)
    ):
        _add(lines.setdefault(path, Line(path)), state, measure, number, troubled)
    names = dict(Organisation.objects.filter(path__in=lines).values_list("path", "name"))
    for path in sorted(lines):
        lines[path].label = f"{names[path]}（本级）" if path == branch.path else names[path]
        found.by_branch.append(lines[path])


def state_columns(found: Statistics) -> list[tuple[str, str]]:
    """Return (state, label) of the states that occur, in the order of an account's life."""
    return [(str(state), str(state.label)) for state in AccountState if found.whole.states[state]]


def measure_columns() -> list[tuple[str, str]]:
    """Return (measure, label) of every measure."""
    return [(str(measure), str(measure.label)) for measure in Measure]
