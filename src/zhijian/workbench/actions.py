"""What a person keeps for themselves on the desk, and who is called when another room stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import Resolver404, resolve

from zhijian.duty.actions import alarm
from zhijian.duty.enums import AlarmKind
from zhijian.duty.queries import was_raised
from zhijian.inspection.queries import silent_runs
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.observation.queries import blind_sources
from zhijian.organisations.models import Organisation
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from zhijian.organisations.models import User

MOST_VIEWS = 100
LONGEST_QUERY = 2_000
RUN_STALLS: Final = timedelta(hours=1)
SOURCE_BLIND: Final = timedelta(days=1)


@transaction.atomic
def save_view(*, actor: User, path: str, listing: str, name: str, query: str) -> SavedView:
    """Keep the state of a list under a name; the same name on the same list is kept anew.

    Raises Refused without a name, for an address that is not a page of the desk, for a state that is too long, and
    after a hundred views.
    """
    name = name.strip()
    if not name:
        raise Refused("请给这组条件起个名称。")
    if not _is_desk_page(path) or len(query) > LONGEST_QUERY:
        raise Refused("这组条件存不下来，请减少条件再试。")
    if SavedView.objects.filter(user=actor).count() >= MOST_VIEWS:
        raise Refused("常用条件已满 100 组，请先删掉不用的。")
    row, _ = SavedView.objects.update_or_create(
        user=actor,
        listing=listing[:60],
        name=name[:40],
        defaults={"path": path, "query": query, "created_at": clock.now()},
    )
    return row


def _is_desk_page(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return path.startswith("/desk/")


def drop_view(*, actor: User, view_id: int) -> str:
    """Forget a view of one's own; return the page of its list. Raises Missing."""
    row = SavedView.objects.filter(pk=view_id, user=actor).first()
    if row is None:
        raise Missing
    row.delete()
    return row.path


def raise_alarms() -> None:
    """Call who is on duty for a run that has not moved for an hour and a source that has not seen for a day.

    Each is told once: an alarm that was closed is not raised again for the same standstill.
    """
    now = clock.now()
    for run in silent_runs(since=now - RUN_STALLS):
        for body in [run.organisation] if run.organisation else Organisation.objects.filter(parent=None):
            _call(body, AlarmKind.INSPECTION, "巡检停了一小时以上", f"/desk/inspection/runs/{run.pk}/", f"run {run.pk}")
    for source in blind_sources(since=now - SOURCE_BLIND):
        title = f"{source.account.name}的来源一天以上看不到"
        key = f"source {source.pk} {source.health_since.isoformat()}"
        url = f"/desk/observation/sources/{source.pk}/"
        _call(source.account.organisation, AlarmKind.OBSERVATION, title, url, key)


def _call(body: Organisation, kind: AlarmKind, title: str, url: str, key: str) -> None:
    if not was_raised(organisation=body, key=key):
        alarm(organisation=body, kind=kind, title=title, url=url, key=key)
