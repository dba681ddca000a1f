"""Two impostors of the county's accounts: one that is gone by now, one that a citizen has just told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.pictures import draw
from zhijian.impostors import actions, queries
from zhijian.impostors.actions import AllowDraft, Proof, Suspect
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.organisations.models import User

GONE: Final = Suspect(
    "墨溪发布\u200b官方",
    "douyin",
    "https://www.douyin.com/user/moxi-official-88",
    text="直播间说领补贴要先交押金，还要身份证照片。",
)
FRESH: Final = Suspect("墨兮公安", "weibo", "https://weibo.com/u/7770012345", text="私信说我有案子，让我加好友转账。")
TOLD_DAY, ASKED_DAY, GONE_DAY = 16, 15, 12


def tell_of_impostors(bodies: Bodies, people: dict[str, User], say: Callable[[str], None]) -> None:
    """Tell of both; the first goes through every step, a name that sounds alike is allowed."""
    officer = people["zhuguan"]
    told, asked = moment_on(TOLD_DAY), moment_on(ASKED_DAY)
    with clock.at(told):
        case = actions.report_by_citizen(suspect=GONE)
    with clock.at(step(told, 1, day=TOLD_DAY)):
        actions.verify_case(actor=officer, case_id=case.pk)
        proof = Proof(draw("poster", 77))
        actions.add_evidence(actor=officer, case_id=case.pk, proof=proof, note="账号主页")
    with clock.at(asked):
        actions.confirm_case(
            actor=officer, case_id=case.pk, text="头像盗用县政府徽标，直播收取押金；县政府办没有开过这个账号。"
        )
        text = queries.letter_text(queries.find_case(actor=officer, case_id=case.pk))
        actions.request_removal(
            actor=officer, case_id=case.pk, recipient="抖音运营单位", way="应用内投诉，并附函件扫描件", text=text
        )
    with clock.at(moment_on(GONE_DAY)):
        actions.record_removal(actor=officer, case_id=case.pk, remedy="taken_down", text="主页显示账号已封禁。")
        draft = AllowDraft("墨溪法布", "本地布艺店的字号，开店在前")
        actions.allow_name(actor=officer, organisation=bodies["office"], draft=draft)
    with clock.at(moment_on(0)):
        actions.report_by_citizen(suspect=FRESH)
    say("  仿冒账号：2 个案件，1 个已处置")
