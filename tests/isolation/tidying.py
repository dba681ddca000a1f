"""A drive of a body's own supervising office, sent and answered, and one that is still being written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.drives import actions
from zhijian.drives.actions import DriveDraft
from zhijian.drives.models import Drive, Target
from zhijian.lib import clock

if TYPE_CHECKING:
    from tests.isolation.world import Party


def tidy_up(party: Party) -> None:
    """Send a drive over two accounts, one of them asked for; draft another."""
    actor = party.people["all"]
    accounts = [account.pk for account in party.accounts.values()]
    for what in ("sent", "draft"):
        draft = DriveDraft(
            party.word("drive"), "《通知》", clock.today() + timedelta(days=30), party.word("driveguide")
        )
        row = actions.create_drive(actor=actor, organisation=party.body, draft=draft)
        actions.add_targets(actor=actor, drive_id=row.pk, account_ids=accounts)
        if what == "sent":
            actions.send_drive(actor=actor, drive_id=row.pk)
            asked = row.targets.exclude(act="keep").order_by("pk")[0]
            actions.ask_to_keep(actor=actor, target_id=asked.pk, reason=party.word("keepwhy"), seen=0)


def drive_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""
    drives = Drive.objects.filter(organisation=party.body).order_by("pk")
    targets = Target.objects.filter(organisation=party.body).order_by("pk")
    return {
        "drive_id": list(drives.values_list("pk", flat=True)),
        "target_id": list(targets.values_list("pk", flat=True))[:2],
    }
