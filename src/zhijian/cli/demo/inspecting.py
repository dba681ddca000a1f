"""Two months of inspection over the county: runs, findings and orders in every state, and a bulletin."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from zhijian.assessment import actions as assessment
from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.pictures import draw
from zhijian.inspection import actions, queries
from zhijian.inspection.actions import Proof
from zhijian.lib import clock
from zhijian.observation.queries import watchable_accounts
from zhijian.review import actions as review
from zhijian.review.queries import current_stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.inspection.models import Finding
    from zhijian.organisations.models import User
    from zhijian.review.models import Review

RUN_DAYS: Final = (56, 49, 42, 35, 28, 21, 14, 10, 7, 5, 3, 0)
"""Days ago on which the night's run is shown; the last one speaks of today."""
CHECK_DAY, ORDER_DAY, ANSWER_DAY, BULLETIN_DAY = 6, 5, 2, 1
BEFORE_WORK: Final = timedelta(hours=4)
TEXTS: Final = (
    "",
    "",
    "",
    "县教育局、县水务局对每个账号都排了更新计划，快到期限时有人提醒。县融媒体中心帮三个乡镇改进了内容。",
    "各单位要管好每个账号，更新跟不上的及时合并或者注销；内容先审后发，链接定期检查。",
)
SIGNERS: Final = ("chushen", "fushen", "zhongshen")
UPDATE: Final = "NM-V2.1"
ORDER_TEXT: Final = "请在期限内改正，并说明今后由谁负责、怎样避免再发生。"
UPDATE_TEXT: Final = "请在期限内发布经过审核的内容，并说明今后由谁更新。"


def inspect_accounts(bodies: Bodies, people: dict[str, User], say: Callable[[str], None]) -> None:
    """Tell two months day by day: the nights' runs, checks by hand, orders, answers, re-checks, and the bulletin."""
    findings: list[Finding] = []
    acts: dict[int, Callable[[], None]] = {
        CHECK_DAY: lambda: _check_by_hand(people),
        ORDER_DAY: lambda: findings.extend(_order(people)),
        ANSWER_DAY: lambda: _answer_all(people, findings),
        BULLETIN_DAY: lambda: _end_the_quarter(bodies, people, findings),
    }
    for ago in sorted({*RUN_DAYS, *acts}, reverse=True):
        if ago in RUN_DAYS:
            with clock.at(moment_on(ago) - (BEFORE_WORK if ago else timedelta())):
                actions.carry_on_run(run_id=actions.start_run().pk)
        if ago in acts:
            acts[ago]()
    found = queries.visible_findings(actor=people["zhuguan"]).count()
    say(f"  巡检：{len(RUN_DAYS)} 次，发现 {found} 个问题，一份通报")


def _proof(number: int) -> Proof:
    return Proof(draw("poster", number), "截图.png")


def _check_by_hand(people: dict[str, User]) -> None:
    """Let the inspector look whether people can write on some accounts."""
    accounts = watchable_accounts(actor=people["xunjian"]).filter(platform="wechat").order_by("number")[:6]
    for serial, account in enumerate(accounts):
        fails = serial in {2, 4}
        with clock.at(moment_on(CHECK_DAY, serial=serial)):
            actions.enter_verdict(
                actor=people["xunjian"], account_id=account.pk, code="NM-V3.1", result="fail" if fails else "pass",
                reason="菜单里的留言入口打不开，也没有留言功能。" if fails else "菜单有留言入口，试填能提交。",
                proof=_proof(serial),
            )  # fmt: skip


def _order(people: dict[str, User]) -> list[Finding]:
    """Order findings to be put right and write the last of them off; the first waits for somebody to act on it."""
    rows = queries.visible_findings(actor=people["zhuguan"]).filter(state="open", is_veto=True)
    findings = list(rows.order_by("-recovered_at", "pk")[:5])
    for serial, finding in enumerate(findings[1:], start=1):
        with clock.at(step(moment_on(ORDER_DAY), serial, day=ORDER_DAY)):
            if serial == len(findings) - 1:
                _write_off(people, finding.pk)
            else:
                text = UPDATE_TEXT if finding.indicator == UPDATE else ORDER_TEXT
                actions.issue_order(actor=people["zhuguan"], finding_id=finding.pk, text=text)
    return findings


def _answer_all(people: dict[str, User], findings: list[Finding]) -> None:
    for serial, finding in enumerate(findings[1:4]):
        with clock.at(step(moment_on(ANSWER_DAY), serial, day=ANSWER_DAY)):
            _answer(people, finding.pk, serial)


def _end_the_quarter(bodies: Bodies, people: dict[str, User], findings: list[Finding]) -> None:
    """Look again at one account, then tell the county."""
    if len(findings) > len(SIGNERS):
        with clock.at(moment_on(BULLETIN_DAY)):
            actions.recheck_by_person(
                actor=people["xunjian"], finding_id=findings[3].pk, result="pass", reason="打开账号看过，已恢复。",
                proof=_proof(9),
            )  # fmt: skip
    _tell_the_county(bodies, people)


def _answer(people: dict[str, User], finding_id: int, serial: int) -> None:
    actions.answer_order(
        actor=people["zhuban"], finding_id=finding_id, text="已改好，内容都经过三审；今后由专人负责，每周看两次。",
        proof=_proof(serial + 6),
    )  # fmt: skip


def _write_off(people: dict[str, User], finding_id: int) -> None:
    claim = actions.appeal(
        actor=people["zhuban"],
        finding_id=finding_id,
        reason="留言入口在公众号的另一个菜单里，检查时没有点到。",
        proof=_proof(8),
    )
    actions.decide_appeal(
        actor=people["shizhuguan"], appeal_id=claim.pk, accept=True, decision="打开账号核对，留言入口能用，认定误报。"
    )


def _tell_the_county(bodies: Bodies, people: dict[str, User]) -> None:
    """Write the bulletin of the quarter that runs, have it signed and published; the office's own people sign."""
    with clock.at(step(moment_on(BULLETIN_DAY), 1, day=BULLETIN_DAY)):
        now = clock.now()
        row = assessment.draft_bulletin(
            actor=people["zhuguan"], organisation=bodies["county"], year=now.year, quarter=(now.month + 2) // 3
        )
        made: Any = row.newest
        texts = [more or section["text"] for more, section in zip(TEXTS, made.sections, strict=True)]
        assessment.save_bulletin(
            actor=people["zhuguan"], bulletin_id=row.pk, base_number=made.number, title=row.title, texts=texts
        )
        opened = assessment.submit_bulletin(actor=people["zhuguan"], bulletin_id=row.pk)
        for name in SIGNERS:
            _sign(opened, people[name])


def _sign(opened: Review, person: User) -> None:
    stage = current_stage(opened)
    if stage is not None:
        review.sign(
            review_id=opened.pk, decision="approve", version_hash=opened.version_hash, comment="", actor=person,
            gates={gate["code"]: True for gate in stage.gates},
        )  # fmt: skip
