"""Look-backs over 青禾县 in every state, with findings in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.lookback import actions
from zhijian.lookback.models import Finding, LookBack
from zhijian.observation.actions import Sighting, keep_sighting
from zhijian.observation.reading.seen import SeenPost

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.organisations.models import Organisation, User

WRONG = "中华人民共合国"


def look_back(officer: User, county: Organisation, feed: Any, approve: Callable[[str, str], None]) -> dict[str, Any]:
    """Make the look-backs and return them by state; `approve` makes a term by two people."""
    now = clock.now()

    def see(minutes: int, **texts: str) -> None:
        posts = [
            SeenPost(
                url=f"https://water.example/{name}", title=name, text=text, whole=True,
                published_at=now - timedelta(minutes=3),
            )
            for name, text in texts.items()
        ]  # fmt: skip
        at = now - timedelta(minutes=minutes)
        keep_sighting(source=feed, sighting=Sighting(at, at, at, posts, sees_all=False))

    see(
        2,
        国庆通知=f"{WRONG}成立纪念日放假，放假期间照常供水。",
        检修通知="六号以前按装完毕，按装期间停水。",
        旧通知="阀门按装完毕。",
    )
    made: dict[str, Any] = {"done": actions.start_look_back(actor=officer, organisation=county)}
    actions.carry_on(look_back_id=made["done"].pk)
    made["serious"] = Finding.objects.get(excerpt=WRONG)
    for title, excerpt, name in (("检修通知", "按装", "plain"), ("旧通知", "按装", "aside")):
        made[name] = Finding.objects.get(title=title, excerpt=excerpt)
    actions.set_aside(actor=officer, finding_id=made["aside"].pk, reason="引用厂家说明书原文。")
    approve("阀门井", "阀门检查井")
    made["proposed"] = LookBack.objects.filter(state="proposed").order_by("-pk")[0]
    actions.estimate(look_back_id=made["proposed"].pk)
    made["nothing"] = actions.start_look_back(actor=officer, organisation=county, categories=["international"])
    actions.carry_on(look_back_id=made["nothing"].pk)
    actions.fold_days(days=1)
    made["running"] = actions.start_look_back(actor=officer, organisation=county, categories=["typo"])
    return made
