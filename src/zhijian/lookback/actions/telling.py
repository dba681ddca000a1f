"""Who is told what: who began a look-back that it is done, each body's officers what stands in its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from zhijian.lookback.enums import FindingState
from zhijian.lookback.models import Finding
from zhijian.notify.actions import Telling, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import own_holders

if TYPE_CHECKING:
    from zhijian.lookback.models import LookBack

FINDINGS = "/desk/lookback/findings/?state=open"


def tell_of_end(row: LookBack) -> None:
    """Tell who began it what was found; tell the host officers of each body what is new in its texts. Once."""
    tellings = []
    if row.started_by is not None:
        title = f"存量回查完成：{row.title}，查了 {row.done:,} 篇，发现 {row.found:,} 处"
        tellings.append(Telling([row.started_by], title[:120], f"/desk/lookback/{row.pk}/", f"lookback.done {row.pk}"))
    notify_many(kind=NoticeKind.INSPECTION, tellings=[*tellings, *_bodies(row)])


def _bodies(row: LookBack) -> list[Telling]:
    found = Finding.objects.filter(look_back=row, state=FindingState.OPEN).order_by()
    counts = dict(found.values_list("organisation").annotate(number=Count("pk")))
    bodies = list(Organisation.objects.filter(pk__in=counts).order_by("path"))
    people = own_holders(organisations=bodies, roles=[Role.HOST_OFFICER])
    return [
        Telling(
            people[body.pk], f"回查发现已发内容有 {counts[body.pk]:,} 处要处理", FINDINGS,
            f"lookback.found {row.pk} {body.pk}",
        )
        for body in bodies
        if body.pk in people
    ]  # fmt: skip
