"""A body's own archive, looked back at: one finding stands, one was set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.lookback import actions
from zhijian.lookback.models import Finding, LookBack
from zhijian.observation.actions import Sighting, keep_sighting
from zhijian.observation.models import Source
from zhijian.observation.reading.seen import SeenPost

if TYPE_CHECKING:
    from tests.isolation.world import Party


def look_back(party: Party) -> None:
    """See two posts with a wrong word of the body's own table, look back by it, and set one finding aside."""
    actor, now = party.people["all"], clock.now()
    source = Source.objects.filter(account__organisation=party.body, method="feed").order_by("pk")[0]
    posts = [
        SeenPost(
            url=f"https://{party.mark}.example/{name}", title=party.word(name), text=f"{party.word('wrongapproved')}。",
            published_at=now - timedelta(minutes=5), whole=True,
        )
        for name in ("lookedone", "lookedtwo")
    ]  # fmt: skip
    keep_sighting(source=source, sighting=Sighting(now, now - timedelta(minutes=9), now, posts, sees_all=False))
    row = actions.start_look_back(actor=actor, organisation=party.body, words=[party.word("wrongapproved")])
    actions.carry_on(look_back_id=row.pk)
    found = Finding.objects.get(organisation=party.body, title=party.word("lookedtwo"))
    actions.set_aside(actor=actor, finding_id=found.pk, reason=party.word("asidewhy"))
    actions.fold_days(days=1)


def look_back_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""
    rows = LookBack.objects.filter(organisation=party.body).order_by("-pk")
    findings = Finding.objects.filter(organisation=party.body).order_by("pk")
    return {
        "look_back_id": list(rows.values_list("pk", flat=True))[:2],
        "found_id": list(findings.values_list("pk", flat=True)),
    }
