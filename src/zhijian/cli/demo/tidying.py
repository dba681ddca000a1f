"""A merge-and-close drive that is half done: one account has ended, one is filed, one may stay, others wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.pictures import draw
from zhijian.cli.demo.signing import sign_next
from zhijian.drives import actions
from zhijian.drives.actions import DriveDraft
from zhijian.drives.queries import visible_targets
from zhijian.files.actions import store_paper
from zhijian.lib import clock
from zhijian.registry import actions as registry
from zhijian.registry.queries import live_accounts_of
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.drives.models import Drive, Target
    from zhijian.registry.models import Account, Filing

SUPERVISOR, HOST = "zhuguan", "zhuban"
BASIS = "《墨溪县政务新媒体清理整合工作方案》（墨政办函〔2026〕19号）"
GUIDANCE = "先看账号还有没有人维护、群众还用不用。确需保留的，写明理由。"
ENDED, FILED, KEPT = ("education", "weibo", "墨溪教育微博"), ("forestry", "wechat", "墨溪森防"), (
    "songlai", "toutiao", "松籁乡",
)  # fmt: skip
WAITING = (("information", "wechat", "墨溪政务信息"), ("justice", "kuaishou", "墨溪普法"))
SENT_DAYS_AGO, DAYS_LEFT = 24, 12


def tidy_up(bodies: Bodies, people: People, say: Callable[[str], None]) -> None:
    """Send the drive, answer for three of its five accounts, and carry one to its end."""
    accounts = {name: _account(bodies, *name) for name in (ENDED, FILED, KEPT, *WAITING)}
    with clock.at(moment_on(SENT_DAYS_AGO)):
        until = clock.today() + timedelta(days=SENT_DAYS_AGO + DAYS_LEFT)
        draft = DriveDraft("2026年政务新媒体清理整合", BASIS, until, GUIDANCE)
        drive = actions.create_drive(actor=people[SUPERVISOR], organisation=bodies["county"], draft=draft)
        ids = [account.pk for account in accounts.values()]
        actions.add_targets(actor=people[SUPERVISOR], drive_id=drive.pk, account_ids=ids)
        for target in visible_targets(actor=people[SUPERVISOR]).filter(drive=drive, act="keep"):
            actions.change_target(actor=people[SUPERVISOR], target_id=target.pk, act="closing")
        actions.send_drive(actor=people[SUPERVISOR], drive_id=drive.pk)
    _end(drive, accounts[ENDED], people)
    with clock.at(moment_on(9)):
        _submit(_agreed(drive, accounts[FILED], people), people)
    _keep(drive, accounts[KEPT], people)
    say(f"  清理整合行动 1 个：{len(accounts)} 个账号，办结和保留 2 个")


def _account(bodies: Bodies, body: str, platform: str, name: str) -> Account:
    return live_accounts_of(bodies[body]).get(platform=platform, name=name)


def _target(drive: Drive, account: Account, people: People) -> Target:
    return visible_targets(actor=people[SUPERVISOR]).get(drive=drive, account=account)


def _agreed(drive: Drive, account: Account, people: People) -> Filing:
    target = _target(drive, account, people)
    filing = actions.agree(actor=people[HOST], target_id=target.pk, seen=target.version).filing
    if filing is None:
        raise LookupError("A yes opens a filing.")
    return filing


def _submit(filing: Filing, people: People) -> None:
    registry.submit_filing(actor=people[HOST], filing_id=filing.pk)


def _sign(filing: Filing, people: People, day: int) -> None:
    for number in range(9):
        review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
        if review is None or review.state != "open":
            return
        with clock.at(step(moment_on(day), number + 1, day=day)):
            sign_next(review, people)


def _end(drive: Drive, account: Account, people: People) -> None:
    """Merge one account, then deregister it with the platform's proof."""
    with clock.at(moment_on(20)):
        merging = _agreed(drive, account, people)
        _submit(merging, people)
    _sign(merging, people, 20)
    with clock.at(moment_on(5)):
        paper = store_paper(
            actor=people[HOST], organisation=account.organisation, name="注销成功.png", data=draw("chart", 11)
        )
        form = {
            "happened_on": (clock.today() - timedelta(days=1)).isoformat(), "grounds": "平台审核快，提前注销。",
            "notice_title": f"关于微博账号“{account.name}”注销的公告",
            "notice_text": f"微博账号“{account.name}”已在平台注销。今后使用这个名称的账号不是官方账号。\n特此公告。",
            "attachments": [{"slot": "proof", "sha256": paper.sha256, "name": paper.name}],
        }  # fmt: skip
        ended = registry.create_filing(actor=people[HOST], kind="deregister", account_id=account.pk, form=form)
        _submit(ended, people)
    _sign(ended, people, 5)


def _keep(drive: Drive, account: Account, people: People) -> None:
    target = _target(drive, account, people)
    reason = "外出务工的乡亲习惯在这里看家乡消息，乡文书已接手，恢复每周更新。"
    with clock.at(moment_on(15)):
        asked = actions.ask_to_keep(actor=people[HOST], target_id=target.pk, reason=reason, seen=target.version)
    with clock.at(moment_on(14)):
        actions.decide(
            actor=people[SUPERVISOR], target_id=target.pk, accepted=True, reason="保留半年，到时再看。",
            seen=asked.version,
        )  # fmt: skip
