"""What the county's accounts are seen to have put out in sixty days, and in which ways: the same at every load."""

from __future__ import annotations

import csv
import io
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from zhijian.cli.demo.data import table
from zhijian.cli.demo.moments import moment_on
from zhijian.cli.demo.pictures import draw
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.observation import actions
from zhijian.observation.actions import Choice, HandLook, SourceDraft
from zhijian.observation.queries import visible_posts, watchable_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

DAYS: Final = 60
REPORTED_UNTIL: Final = 3
"""The bodies' own report ends so many days ago; what came out since is seen by other ways or not yet."""
PACE: Final = {"每个工作日": 1, "每周三次": 2, "每周一次": 7}
SILENT_SHARE: Final = 29
HEAD: Final = ("登记号", "标题", "发布时间", "链接", "正文")
WORKING_DAYS: Final = 5
RARE: Final = 97


def observe_accounts(bodies: Bodies, people: dict[str, User], say: Callable[[str], None]) -> None:
    """Bring in the report of sixty days, look by hand at every third account, add feeds and read-backs."""
    officer, inspector = people["zhuguan"], people["xunjian"]
    accounts = list(watchable_accounts(actor=officer).order_by("number"))
    _bring_report(bodies, officer, accounts)
    _add_sources(officer, accounts)
    _look_by_hand(inspector, [account for account in accounts if _chance(account, "hand") % 3 == 0])
    posts = visible_posts(actor=officer).count()
    say(f"  看见账号：{len(accounts)} 个账号近两个月的 {posts:,} 条内容")


def _chance(account: Account, what: str) -> int:
    return int(sha256_hex(f"{account.number} {what}".encode())[:8], 16)


def _days_of(account: Account) -> Iterator[date]:
    """Yield the days on which an account put something out; a few fell silent two to five weeks ago."""
    pace = PACE.get(account.update_frequency, 2)
    silent = _chance(account, "silent") % SILENT_SHARE == 0
    until = 12 + _chance(account, "since") % 24 if silent else 0
    for ago in range(DAYS, max(until, 0), -1):
        day = clock.today() - timedelta(days=ago)
        if (ago + _chance(account, "phase")) % pace == 0 and (pace > 1 or day.isoweekday() <= WORKING_DAYS):
            yield day


def _post(account: Account, day: date) -> dict[str, Any]:
    """Return what an account put out on a day: everything follows from its number and the date."""
    chance = _chance(account, day.isoformat())
    texts = table("posts")["rare" if chance % RARE == 0 else "usual"]
    words = texts[chance // RARE % len(texts)]
    filled = {"brand": account.name, "day": f"{day.month}月{day.day}日"}
    moment = datetime.combine(day, time(8 + chance % 11, chance % 60), clock.BEIJING)
    return {
        "moment": moment, "title": words["title"].format(**filled), "text": words["text"].format(**filled),
        "url": f"https://posts.moxi.example/{account.number}/{day:%Y%m%d}",
    }  # fmt: skip


def _bring_report(bodies: Bodies, officer: User, accounts: list[Account]) -> None:
    """Import what the bodies handed over, sorted by account, said to be all of the period."""
    first, last = (datetime.combine(clock.today() - timedelta(days=ago), time(), clock.BEIJING)
                   for ago in (DAYS, REPORTED_UNTIL))  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for account in accounts:
        for post in (_post(account, day) for day in _days_of(account)):
            if post["moment"] < last:
                writer.writerow([account.number, post["title"], post["moment"].isoformat(), post["url"], post["text"]])
    with clock.at(moment_on(2)):
        history = actions.upload_history(
            actor=officer, organisation=bodies["county"], file_name="墨溪县近两个月发布内容.csv",
            content=out.getvalue().encode(),
        )  # fmt: skip
        choice = Choice(history.columns, complete=True, covers_from=first, covers_to=last)
        actions.choose_columns(actor=officer, history_id=history.pk, choice=choice)
        actions.run_history(history_id=history.pk)
        actions.confirm_history(actor=officer, history_id=history.pk)
        actions.run_history(history_id=history.pk)


def _add_sources(officer: User, accounts: list[Account]) -> None:
    """Add read-backs for the two connected accounts, our own feed for the county's site, and a feed that is gone."""
    sites = [account for account in accounts if account.platform == "website"]
    office = next(account for account in sites if account.organisation.code.endswith("-01"))
    own = SourceDraft(
        "feed", "open_feed", f"{settings.ZHIJIAN_BASE_URL}/feeds/rss.xml", sees_all=True,
        sees_all_basis="网站说明这是全站订阅源", every_hours=1,
    )  # fmt: skip
    gone = SourceDraft("feed", "open_feed", "https://www.moxi.example/old-feed.xml", every_hours=24)
    with clock.at(moment_on(1)):
        actions.add_source(actor=officer, account_id=office.pk, draft=own)
        failing = actions.add_source(actor=officer, account_id=sites[-1].pk, draft=gone)
        actions.keep_failure(source=failing, start=clock.now(), at=clock.now(), reason="域名不存在。")
        for account in accounts:
            if account.platform == "wechat" and account.name in {"墨溪发布", "墨溪水务"}:
                draft = SourceDraft("platform_read_back", "authorised", every_hours=12)
                actions.add_source(actor=officer, account_id=account.pk, draft=draft)


def _look_by_hand(inspector: User, accounts: list[Account]) -> None:
    """Look at accounts yesterday and today, with a picture of what the telephone showed."""
    for serial, account in enumerate(accounts):
        days = list(_days_of(account))
        if not days:
            continue
        last = _post(account, days[-1])
        with clock.at(moment_on(serial % 2, serial=serial)):
            if last["moment"] > clock.now():
                continue
            look = HandLook(
                looked_at=clock.now(), last_post_at=last["moment"], title=last["title"], url=last["url"],
                note="用手机打开账号主页查看。", proof=draw("poster", serial), proof_name="主页截图.png",
            )  # fmt: skip
            actions.record_hand_look(actor=inspector, account_id=account.pk, look=look)
