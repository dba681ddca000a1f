"""Judging what was seen: plain facts in, a verdict out. No database, no clock of its own, no reading.

A verdict about silence rests on two things: the newest dated post, and the stretches of time in which a source that
shows everything was looked at. Without the second there is no verdict, only 没能看全.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from zhijian.inspection.enums import WORST_FIRST, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Period = tuple[datetime, datetime]
DAY: Final = timedelta(days=1)
FRESH: Final = timedelta(hours=36)
"""The last look may be this old for the check to count as of that look (as `observation.queries.FRESH`)."""
SHOWN_HITS: Final = 5
BAD_LANDINGS: Final = frozenset({"hijacked", "gambling", "parked"})


@dataclass(frozen=True, slots=True)
class Window:
    """The update window of an account in days, and the days without update on which it is warned."""

    days: int
    warnings: tuple[int, ...]
    undated_counts: bool = False

    @property
    def length(self) -> timedelta:
        return self.days * DAY


@dataclass(frozen=True, slots=True)
class Silence:
    """What is known of an account's updates at `now`.

    `last` is the newest dated post up to now with its id. `seen` are merged stretches somebody who sees all looked,
    `gaps` the rest with why, `looks` the looks behind them, `undated` posts without a believable date in the window.
    """

    now: datetime
    last: tuple[datetime, int] | None
    seen: tuple[Period, ...] = ()
    gaps: tuple[tuple[datetime, datetime, str], ...] = ()
    looks: tuple[int, ...] = ()
    undated: int = 0

    @property
    def moment(self) -> datetime:
        """Return the moment the check speaks of: the end of the last look when it is fresh, else now."""
        if self.seen and self.now - self.seen[-1][1] <= FRESH:
            return self.seen[-1][1]
        return self.now

    def covers(self, period: Period) -> bool:
        """Tell whether the whole period was seen in one stretch."""
        return any(begin <= period[0] and period[1] <= end for begin, end in self.seen)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict before it is kept. `silent_days` None: how long the account was silent cannot be told."""

    result: Result
    reason: str
    evidence: dict[str, Any]
    window_from: datetime | None = None
    window_to: datetime | None = None
    silent_days: int | None = None
    left_days: int | None = None
    warned_day: int | None = None


def judge_update(facts: Silence, window: Window) -> Judged:
    """Judge NM-V2.1: an update within the window before the check passes; a window seen whole without one fails.

    Between the two lie the warnings, given only for a silence that was seen whole (国办秘函〔2019〕19号, 内容不更新).
    """
    moment = facts.moment
    start = moment - window.length
    if facts.last is not None and facts.last[0] >= start:
        return _updated(facts, window, moment, facts.last)
    if window.undated_counts and facts.undated:
        reason = f"期限内有 {facts.undated} 条没有日期的内容，按本地规定算更新。"
        return Judged(Result.PASS, reason, {"undated": facts.undated, "looks": list(facts.looks)}, start, moment)
    if facts.covers((start, moment)):
        return _silent(facts, window, start, moment)
    return _unseen(facts, start, moment)


def _updated(facts: Silence, window: Window, moment: datetime, last: tuple[datetime, int]) -> Judged:
    days = max(0, (moment - last[0]) // DAY)
    evidence: dict[str, Any] = {"post": last[1], "published_at": last[0].isoformat(), "looks": list(facts.looks)}
    seen = last[0] >= moment or facts.covers((last[0], moment))
    reached = max((day for day in window.warnings if day <= days), default=None)
    period = (moment - window.length, moment)
    if not seen and reached is not None:
        reason = f"最近看到的更新在 {days} 天前，还在 {window.days} 天期限内；之后没有看全，到期前请补看。"
        return Judged(Result.PASS, reason, evidence | _told(facts), *period)
    left = window.days - days
    if reached is not None:
        reason = f"已 {days} 天没有更新，期限 {window.days} 天，还剩 {left} 天。"
        return Judged(Result.WARNING, reason, evidence, *period, days, left, reached)
    # The sentence is kept while the verdict stands, so it names no day: the last update stands beside it.
    return Judged(Result.PASS, f"{window.days} 天期限内有更新。", evidence, *period, days, left)


def _silent(facts: Silence, window: Window, start: datetime, moment: datetime) -> Judged:
    days = (moment - facts.last[0]) // DAY if facts.last else None
    evidence: dict[str, Any] = {"looks": list(facts.looks), "posts": 0, "undated": facts.undated}
    if facts.last:
        evidence |= {"post": facts.last[1], "published_at": facts.last[0].isoformat()}
    undated = f"另有 {facts.undated} 条没有日期，不算更新。" if facts.undated else ""
    reason = f"检查时点往前 {window.days} 天全部看过，没有一条更新。{undated}"
    left = None if days is None else window.days - days
    return Judged(Result.FAIL, reason, evidence, start, moment, days, left, window.days)


def _unseen(facts: Silence, start: datetime, moment: datetime) -> Judged:
    gaps = [gap for gap in facts.gaps if gap[1] > start] or list(facts.gaps)
    why = "".join(dict.fromkeys(gap[2] for gap in gaps)) or "没有来源看过。"
    evidence = {"looks": list(facts.looks), **_told(facts)}
    return Judged(Result.COULD_NOT_LOOK, f"期限内没有看全，不下结论。{why}"[:500], evidence, start, moment)


def _told(facts: Silence) -> dict[str, Any]:
    return {"gaps": [[begin.isoformat(), end.isoformat(), why] for begin, end, why in facts.gaps]}


@dataclass(frozen=True, slots=True)
class Weekly:
    """A local rule: how often an account must update in a calendar week, and from which day it is warned (0: 周一)."""

    least: int
    warned_from: int | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """What is known of one calendar week of an account.

    `updates` are the moments at which something dated came out: several pieces sent at once are one update. `seen`
    tells whether the whole week was looked at by a source that shows everything, `why` what was in the way if not.
    """

    start: datetime
    end: datetime
    updates: frozenset[datetime]
    seen: bool
    why: str = ""
    looks: tuple[int, ...] = ()
    undated: int = 0

    @property
    def text(self) -> str:
        """Tell the week in words; its end is the last day of it."""
        return f"{self.start:%-m月%-d日}至{self.end - DAY:%-m月%-d日}"


def judge_week(last: Week, now: Week, rule: Weekly, at: datetime) -> Judged:
    """Judge the last whole week by a local rule: enough updates pass, too few in a week seen whole fail.

    A week that was not seen whole gives no verdict unless enough was seen anyway. From the day of warning on, an
    account that is still short in the week that runs, as far as it was seen whole, is warned.
    """
    counted = len(last.updates)
    evidence: dict[str, Any] = {"week": last.start.date().isoformat(), "updates": counted, "looks": list(last.looks)}
    period = (last.start, last.end)
    told = f"上周（{last.text}）更新 {counted} 次，本地规定至少 {rule.least} 次。"
    if counted < rule.least and not last.seen:
        return Judged(Result.COULD_NOT_LOOK, f"{told}上周没有看全，不下结论。{last.why}"[:500], evidence, *period)
    if counted < rule.least:
        undated = f"另有 {last.undated} 条没有日期，不算更新。" if last.undated else ""
        return Judged(Result.FAIL, f"{told}上周全部看过。{undated}", evidence, *period)
    short = short_this_week(now, rule, at)
    if short:
        more = f"本周到现在更新 {len(now.updates)} 次，还差 {short} 次。"
        return Judged(Result.WARNING, f"{told}{more}", evidence | {"short": short}, *period)
    return Judged(Result.PASS, told, evidence, *period)


def short_this_week(now: Week, rule: Weekly, at: datetime) -> int:
    """Return how many updates the running week lacks: 0 before the day of warning, or when it was not seen whole."""
    if rule.warned_from is None or (at - now.start) // DAY < rule.warned_from or not now.seen:
        return 0
    return max(0, rule.least - len(now.updates))


@dataclass(frozen=True, slots=True)
class Hit:
    """One serious wording in one version of a post."""

    rule_id: str
    excerpt: str
    message: str
    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """One version of a post as it was judged. `whole` False: a summary, in which finding nothing says little."""

    version_id: int
    post_id: int
    whole: bool
    snapshot: str
    text_sha256: str
    hits: tuple[Hit, ...] = field(default=())

    @property
    def evidence(self) -> dict[str, Any]:
        """Return what a verdict keeps of it."""
        return {
            "version": self.version_id, "post": self.post_id, "snapshot": self.snapshot, "text": self.text_sha256,
            "whole": self.whole,
            "hits": [{"rule": hit.rule_id, "excerpt": hit.excerpt, "at": [hit.start, hit.end]} for hit in self.hits],
        }  # fmt: skip


def judge_wording(texts: Sequence[Text]) -> Judged:
    """Judge NM-V1.1 over some texts (at least one): one serious wording fails; summaries alone give no pass."""
    if not texts:
        raise ValueError("There is nothing to judge.")
    evidence: dict[str, Any] = {"texts": [text.evidence for text in texts]}
    hits = [hit for text in texts for hit in text.hits]
    if hits:
        shown = "、".join(dict.fromkeys(f"“{hit.excerpt}”" for hit in hits[:SHOWN_HITS]))
        return Judged(Result.FAIL, f"有 {len(hits)} 处严重表述错误：{shown}。", evidence)
    parts = sum(not text.whole for text in texts)
    if parts:
        return Judged(
            Result.COULD_NOT_LOOK, f"{parts} 条只看到摘要，正文没有看到；看到的部分没有严重表述错误。", evidence
        )
    return Judged(Result.PASS, f"查了 {len(texts)} 条新内容，没有严重表述错误。", evidence)


@dataclass(frozen=True, slots=True)
class Link:
    """The newest check of one address of one post. `result`: reached, gone, could_not_look.

    `landing` is what the page turned out to be (clean, hijacked, gambling, parked; "" not read), `signs` why.
    `vouched` tells that the account's body vouches for the host it ended on.
    """

    url: str
    check_id: int
    result: str
    host: str
    final_host: str
    reason: str
    landing: str = ""
    signs: tuple[str, ...] = ()
    vouched: bool = False


def judge_link(link: Link) -> Judged:
    """Judge one link: gone, in strange hands, or ending on another host, is worth a look.

    One that could not be tried is no fault, nor is ending on a host the body vouches for.
    """
    evidence = {"check": link.check_id, "url": link.url, "final_host": link.final_host}
    if link.result == "gone":
        return Judged(Result.WARNING, f"链接打不开：{link.reason}"[:500], evidence)
    if link.result != "reached":
        return Judged(Result.COULD_NOT_LOOK, f"链接没看成：{link.reason}"[:500], evidence)
    if link.landing in BAD_LANDINGS:
        told = evidence | {"landing": link.landing, "signs": list(link.signs)}
        return Judged(Result.WARNING, f"链接通向有问题的页面：{link.reason}"[:500], told)
    if link.final_host and not link.vouched and _site(link.final_host) != _site(link.host):
        return Judged(Result.WARNING, f"链接打开后到了另一个网站（{link.final_host}），请人工核对。", evidence)
    return Judged(Result.PASS, "链接能打开。", evidence)


def _site(host: str) -> str:
    return host.lower().removeprefix("www.")


def worst(results: Iterable[str]) -> Result:
    """Return the worst of some results; none at all is 没能看全, because nothing was looked at."""
    given = set(results)
    return next((one for one in WORST_FIRST if one in given), Result.COULD_NOT_LOOK)
