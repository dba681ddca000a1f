"""Two censuses: a small one of last quarter that is over, and the county's own, in the middle of its answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from zhijian.census import actions, queries
from zhijian.census.actions import CampaignDraft, RowDraft
from zhijian.cli.demo.moments import moment_on, step
from zhijian.cli.demo.signing import sign_next
from zhijian.lib import clock
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.census.models import Campaign, Row, Sheet
    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People

FIRST_ASKED: Final = 64
FIRST_OVER: Final = 50
ASKED: Final = 6
ANSWERED: Final = 4
LOOKED_AT: Final = 2
FIRST_ANSWERS: Final = ("waterworks", "data", "hospital", "school", "bus")
"""Of the first census everybody signed but the library, the gas company and the disease control."""
SIGNED: Final = ("police", "transport", "farming", "culture", "insurance", "market", "weather", "health")
WATER: Final = "water"
GUIDANCE: Final = "没有备案的、由个人代管的、停用了还没有注销的账号都要报。信息与登记册一致的不用改，直接送签。"


def ask_bodies(bodies: Bodies, people: People, say: Callable[[str], None]) -> None:
    """Ask, let them answer, send one answer back; the county's census is left running."""
    with clock.at(moment_on(FIRST_ASKED)):
        first = _ask(
            bodies, people, "公共服务单位新媒体排查", "墨政办字〔2026〕21号", kinds=("institution", "enterprise")
        )
    for serial, key in enumerate(FIRST_ANSWERS):
        _answer(first, bodies, people, key, day=FIRST_OVER + 4, serial=serial)
    with clock.at(moment_on(FIRST_OVER)):
        actions.close_campaign(actor=people["zhuguan"], campaign_id=first.pk)
    with clock.at(moment_on(ASKED)):
        second = _ask(bodies, people, "县直部门政务新媒体全面排查", "墨政办字〔2026〕33号", kinds=("department",))
    _answer_all(second, bodies, people)
    signed = queries.visible_sheets(actor=people["zhuguan"]).filter(campaign=second, state="signed").count()
    say(f"  排查：上季度一次，正在进行一次（{second.bodies} 个单位，{signed} 个已签字）")


def _ask(bodies: Bodies, people: People, title: str, basis: str, *, kinds: tuple[str, ...]) -> Campaign:
    draft = CampaignDraft(
        title=title, basis=basis, scope=bodies["county"], layout="general", kinds=kinds, levels=("county",),
        due_on=clock.today() + timedelta(days=12), guidance=GUIDANCE,
        problem_kinds=("surplus", "no_platform_id", "subject_differs", "stale", "abandoned", "unlike_duties", "other"),
    )  # fmt: skip
    made = actions.draft_campaign(actor=people["zhuguan"], organisation=bodies["county"], draft=draft)
    return actions.open_campaign(actor=people["zhuguan"], campaign_id=made.pk)


def _sheet(campaign: Campaign, bodies: Bodies, people: People, key: str) -> Sheet:
    return queries.visible_sheets(actor=people["zhuguan"]).get(campaign=campaign, organisation=bodies[key])


def _answer(
    campaign: Campaign, bodies: Bodies, people: People, key: str, *, day: int, serial: int, by: str = "zhuban"
) -> None:
    """Settle what the register found, send the table, have it signed."""
    moment = moment_on(day, serial=serial)
    with clock.at(moment):
        _send(campaign, bodies, people, key, by)
    with clock.at(step(moment, 1, day=day)):
        review = current_review(thing_kind=queries.SHEET_KIND, thing_id=_sheet(campaign, bodies, people, key).pk)
        if review is None:
            raise LookupError("A table that was sent is under review.")
        sign_next(review, people)


def _send(campaign: Campaign, bodies: Bodies, people: People, key: str, by: str = "zhuban") -> None:
    sheet = _sheet(campaign, bodies, people, key)
    for row in queries.rows_of(sheet):
        if row.problems and row.measure == "keep":
            _say(row, people, by, measure="rectify", measure_on=campaign.due_on + timedelta(days=20))
    sheet.refresh_from_db()
    actions.submit_sheet(actor=people[by], sheet_id=sheet.pk, base_version=sheet.version)


def _say(row: Row, people: People, by: str = "zhuban", *, values: dict[str, Any] | None = None, **more: Any) -> None:
    """Say something of one account, the rest as it stands."""
    draft = RowDraft(
        values={**row.values, "name": row.name, **(values or {})}, problems=row.problems,
        problem_note=row.problem_note, measure=row.measure, measure_on=row.measure_on,
    )  # fmt: skip
    actions.change_row(
        actor=people[by], sheet_id=row.sheet_id, row_id=row.pk, base_version=row.version, draft=replace(draft, **more)
    )


def _answer_all(campaign: Campaign, bodies: Bodies, people: People) -> None:
    """Let nine bodies sign, one get its table back, one wait for its head, two be at it; the others have not begun."""
    with clock.at(moment_on(ANSWERED + 1)):
        _tell_news(campaign, bodies, people)
    for serial, key in enumerate(SIGNED):
        _answer(campaign, bodies, people, key, day=ANSWERED, serial=serial)
    _answer(campaign, bodies, people, WATER, day=ANSWERED, serial=len(SIGNED), by="shuiwu-zhuban")
    with clock.at(moment_on(LOOKED_AT)):
        actions.return_sheet(
            actor=people["zhuguan"], sheet_id=_sheet(campaign, bodies, people, "health").pk,
            comment="县人民医院代管的视频号没有报，请补上；微博的联系电话打不通，请核对。",
        )  # fmt: skip
        actions.chase(actor=people["zhuguan"], campaign_id=campaign.pk)
        _send(campaign, bodies, people, "labour")


def _tell_news(campaign: Campaign, bodies: Bodies, people: People) -> None:
    """Let some bodies correct, add and disown accounts."""
    rows = {key: queries.rows_of(_sheet(campaign, bodies, people, key)) for key in ("culture", "police", "education")}
    _say(rows["culture"][0], people, values={"leader": "骆鸣", "update_frequency": "每周两次"})
    until = campaign.due_on + timedelta(days=30)
    _say(rows["culture"][-1], people, problems=["stale", "unlike_duties"], measure="close", measure_on=until)
    _say(rows["police"][-1], people, not_ours=True, problem_note="去年机构调整后划给交警大队使用。")
    forgotten = {"name": "墨溪教育招生", "state": "unfiled", "remark": "原招生办主任个人注册，已退休。"}
    draft = RowDraft(
        values=forgotten, platform_kind="douyin:douyin", problems=["abandoned"], measure="close", measure_on=until
    )
    sheet = _sheet(campaign, bodies, people, "education")
    actions.add_row(actor=people["zhuban"], sheet_id=sheet.pk, draft=draft)
    lent = {"name": "墨溪警方在线", "state": "unfiled"}
    draft = RowDraft(values=lent, platform_kind="kuaishou:kuaishou", problem_note="原由企业代管，已收回。")
    actions.add_row(actor=people["zhuban"], sheet_id=_sheet(campaign, bodies, people, "police").pk, draft=draft)
