"""How far a drive is: counted by PostgreSQL in one question, added up by platform and by branch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import Substr

from zhijian.drives.enums import FINISHED, LATE_STANDINGS, Standing
from zhijian.drives.queries.drives import targets_of, visible_targets, with_standing
from zhijian.lib import clock
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.drives.models import Drive, Target
    from zhijian.organisations.models import User

STEP = 9
"""Letters of one body in `Organisation.path`."""


@dataclass(slots=True)
class Line:
    """How far some accounts are, by standing."""

    label: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def finished(self) -> int:
        return sum(self.counts[standing] for standing in FINISHED)

    @property
    def late(self) -> int:
        """Return how many wait for the body; they are overdue once the day is past."""
        return sum(self.counts[standing] for standing in LATE_STANDINGS)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Return (label, number) of every standing, in the order of the work done."""
        return [(str(standing.label), self.counts[standing]) for standing in Standing]


@dataclass(slots=True)
class Progress:
    """A drive: all of it, by platform, and by the bodies right below the one that asks. `overdue`: past its day."""

    whole: Line
    platforms: list[Line]
    branches: list[Line]
    overdue: int


def progress_of(*, drive: Drive, actor: User) -> Progress:
    """Count what the actor may see of a drive. Two queries whatever its size."""
    return _counted(drive, visible_targets(actor=actor).filter(drive=drive))


def _counted(drive: Drive, rows: QuerySet[Target]) -> Progress:
    length = len(drive.organisation.path) + STEP
    groups = (
        with_standing(rows)
        .order_by()
        .annotate(below=Substr("organisation__path", 1, length))
        .values_list("below", "account__platform", "standing")
        .annotate(number=Count("pk"))
    )
    whole = Line("合计")
    platforms: dict[str, Line] = {}
    branches: dict[str, Line] = {}
    for below, platform, standing, number in groups:
        lines = (
            whole,
            platforms.setdefault(platform, Line(platform_label(platform))),
            branches.setdefault(below, Line(below)),
        )
        for line in lines:
            line.counts[standing] += number
    _name(branches, drive)
    late = whole.late if drive.due_on < clock.today() else 0
    ordered = sorted(platforms.values(), key=lambda line: (-line.total, line.label))
    return Progress(whole, ordered, [branches[path] for path in sorted(branches)], late)


def _name(branches: dict[str, Line], drive: Drive) -> None:
    names = dict(Organisation.objects.filter(path__in=branches).values_list("path", "name"))
    for path, line in branches.items():
        line.label = f"{names[path]}（本级）" if path == drive.organisation.path else names[path]


def unfinished_targets(drive: Drive) -> int:
    """Count the accounts of a drive that are neither dealt with nor kept. One query."""
    return with_standing(targets_of(drive)).exclude(standing__in=FINISHED).count()


def report_of(drive: Drive) -> dict[str, Any]:
    """Return the report of a drive as JSON values: as it was at the end, or as it is now while it runs.

    `{"at", "totals": [[label, number]], "platforms", "branches": [[label, total, numbers…, finished]], "rows"}`.
    """
    if drive.report:
        return dict(drive.report)
    progress = _counted(drive, targets_of(drive))
    rows = with_standing(targets_of(drive)).order_by("organisation__path", "account__platform", "pk")
    return {
        "at": clock.now().astimezone(clock.BEIJING).isoformat(),
        "totals": [
            ["账号", progress.whole.total],
            *map(list, progress.whole.cells),
            ["过期没有办结", progress.overdue],
        ],
        "platforms": _table(progress.platforms, progress.whole),
        "branches": _table(progress.branches, progress.whole),
        "rows": [_row(row) for row in rows],
    }


def _table(lines: Iterable[Line], whole: Line) -> list[list[Any]]:
    return [[line.label, line.total, *(number for _, number in line.cells), line.finished] for line in (*lines, whole)]


def _row(row: Any) -> list[Any]:
    account = row.account
    into = f"→{row.into.name}" if row.into else ""
    answered = row.answered_at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M") if row.answered_at else ""
    return [
        row.organisation.name, platform_label(account.platform, account.kind), account.name, account.number,
        f"{row.get_act_display()}{into}", str(Standing(row.standing).label), row.get_state_display(), answered,
        str(account.closed_on or ""), "；".join(fact["text"] for fact in row.facts),
    ]  # fmt: skip
