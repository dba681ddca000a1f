"""What a person keeps for themselves on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import Resolver404, resolve

from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from zhijian.organisations.models import User

MOST_VIEWS = 100
LONGEST_QUERY = 2_000


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
