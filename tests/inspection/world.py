"""A county in which accounts speak and fall silent, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.observation.world import NOW, PNG, Watch, make_source, make_watch

from zhijian.inspection import actions
from zhijian.inspection.actions import Proof
from zhijian.lib import clock
from zhijian.observation.actions import Sighting, keep_failure, keep_sighting
from zhijian.observation.reading.seen import SeenPost
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from zhijian.inspection.models import Run
    from zhijian.observation.models import Look, Source
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

DAY = timedelta(days=1)
SHOT = Proof(PNG, "看到的.png")
WRONG = "中华人民共合国"
"""A misspelling the shipped rules call a serious fault."""


def day(number: float) -> datetime:
    """Return the moment so many days after the start of the story."""
    return NOW + number * DAY


@dataclass
class Scene:
    """The watch with its sources, a second officer and the bureau's own host."""

    watch: Watch
    source: Source
    wechat_source: Source
    officer: User
    second: User
    host: User
    stranger: User

    def look(self, start: float, end: float, *posts: SeenPost, source: Source | None = None) -> Look:
        """Look from one day to another; what is named was there and nothing else."""
        sighting = Sighting(day(end), day(start), day(end), posts, sees_all=True)
        return keep_sighting(source=source or self.source, sighting=sighting)

    def fail(self, start: float, at: float, reason: str = "订阅源打不开。") -> Look:
        """Look and see nothing."""
        return keep_failure(source=self.source, start=day(start), at=day(at), reason=reason)

    def run(self, at: float) -> Run:
        """Make the night's run on a day."""
        with clock.at(day(at)):
            run = actions.start_run()
            return actions.carry_on_run(run_id=run.pk)


def post(number: float, title: str = "通知", text: str = "", **more: object) -> SeenPost:
    """Make a post as a feed would show it."""
    url = f"https://water.example/{title}/{number}"
    facts: dict[str, object] = {"whole": True, "published_at": day(number), "url": url, **more}
    return SeenPost(title=title, text=text or f"{title}正文", **facts)  # type: ignore[arg-type]  # fields by name


def make_scene() -> Scene:
    watch = make_watch()
    return Scene(
        watch=watch, source=make_source(watch.site), wechat_source=make_source(watch.wechat, "platform_read_back"),
        officer=watch.officer,
        second=watch.county.person("second", watch.county.county, Role.SUPERVISING_OFFICER, subtree=True),
        host=watch.host, stranger=watch.stranger,
    )  # fmt: skip


def account_of(scene: Scene) -> Account:
    return scene.watch.site
