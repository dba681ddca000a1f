"""What a body's accounts are known to have shown, every word of it with the body's mark."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from zhijian.lib import clock
from zhijian.observation import actions
from zhijian.observation.actions import HandLook, Sighting, SourceDraft
from zhijian.observation.reading.seen import SeenPost
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.isolation.world import Party


def observe(party: Party) -> None:
    """Add sources, see posts, look by hand with a proof, upload a file of past years."""
    inspector = party.people[Role.INSPECTOR]
    site = next(row for name, row in party.accounts.items() if name.startswith("website"))
    draft = SourceDraft(
        "feed", "open_feed", f"https://{party.mark}.example/feed.xml", sees_all=True, sees_all_basis=party.word("basis")
    )
    source = actions.add_source(actor=inspector, account_id=site.pk, draft=draft)
    now = clock.now()
    proof = actions.keep_evidence(party.word("evidence").encode(), media_type="text/xml", at=now)
    post = SeenPost(
        url=f"https://{party.mark}.example/post", title=party.word("post"), text=party.word("posttext"),
        published_at=now - timedelta(days=1), links=((f"https://{party.mark}.example/link", party.word("link")),),
    )  # fmt: skip
    sighting = Sighting(now, now - timedelta(days=2), now, [post], sees_all=True, proof=proof)
    actions.keep_sighting(source=source, sighting=sighting)
    look = HandLook(
        looked_at=now, last_post_at=now - timedelta(days=1), title=party.word("seen"), note=party.word("note"),
        proof=b"\x89PNG\r\n\x1a\n" + party.mark.encode(), proof_name=f"{party.word('proof')}.png",
    )  # fmt: skip
    actions.record_hand_look(actor=inspector, account_id=site.pk, look=look)
    file = f"账号,标题,发布时间\n{party.word('row')},{party.word('rowtitle')},2024-01-01\n".encode()
    history = actions.upload_history(
        actor=inspector, organisation=party.body, file_name=f"{party.word('history')}.csv", content=file
    )
    actions.choose_columns(actor=inspector, history_id=history.pk, choice=actions.Choice(history.columns))
    actions.run_history(history_id=history.pk)
