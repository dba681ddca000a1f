"""What the public was told of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope
from zhijian.registry.enums import NoticeKind
from zhijian.registry.models import Notice

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

ENDING = (NoticeKind.CLOSING, NoticeKind.MERGING)


def notices() -> QuerySet[Notice]:
    """Return every published notice, newest first, with body and account. They are public."""
    return Notice.objects.select_related("organisation", "account__organisation").order_by("-published_at", "-pk")


def visible_notices(*, actor: User) -> QuerySet[Notice]:
    """Return the notices of the bodies in the actor's scope, newest first."""
    rows = Notice.objects.filter(in_scope(actor=actor)).select_related("organisation", "account__organisation")
    return rows.order_by("-published_at", "-pk")


def find_notice(notice_id: int) -> Notice:
    """Return one notice. Raises Missing."""
    notice = notices().filter(pk=notice_id).first()
    if notice is None:
        raise Missing
    return notice


def standing_notice(account: Account) -> Notice | None:
    """Return the newest notice that an account is closed or merged, None where it was told to resume since."""
    last = notices().filter(account=account, kind__in=[*ENDING, NoticeKind.RESUME]).first()
    return last if last is not None and last.kind in ENDING else None
