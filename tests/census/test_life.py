"""A census from its question to its signatures: nothing typed twice, nothing signed that was not seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from tests.census.world import DUE, NOW, fill_and_sign, row_named, sign, told
from tests.registry.world import make_person

from zhijian.audit.queries import all_events
from zhijian.census import actions, queries
from zhijian.census.actions import RowDraft
from zhijian.census.models import Campaign, Row, Sheet
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice
from zhijian.organisations.enums import Level, Role
from zhijian.registry.models import Finding

if TYPE_CHECKING:
    from tests.census.world import Asked


def test_a_body_finds_its_table_filled_in_and_says_only_what_is_different(asked: Asked) -> None:
    Finding.objects.create(
        account=asked.weibo, organisation=asked.world.education, kind="surplus", detail="多一个", rule_source="规则",
        found_at=NOW,
    )  # fmt: skip
    campaign = asked.open()
    assert (campaign.state, campaign.bodies) == ("running", 4)
    sheet = asked.sheet(campaign, asked.world.education)
    assert [(row.name, row.problems, row.told) for row in queries.rows_of(sheet)] == [
        ("东溪教育", [], {}), ("东溪教育发布", ["surplus"], {})
    ]  # fmt: skip
    assert not Row.objects.filter(account=asked.other).exists()

    officer, wechat = asked.world.officer, row_named(sheet, "东溪教育")
    draft = told(wechat, values={"leader": "李红", "followers": 1300})
    actions.change_row(actor=officer, sheet_id=sheet.pk, row_id=wechat.pk, base_version=0, draft=draft)
    wechat.refresh_from_db()
    assert wechat.told == {"leader": "李红", "followers": 1300}
    shown = queries.shown_row(wechat, campaign.keys)
    assert [(one.label, one.before, one.after) for one in shown.corrections] == [
        ("关注数", 1200, 1300), ("分管负责人", "周明", "李红")
    ]  # fmt: skip
    # Said back to what the register has, nothing is left of the correction.
    actions.change_row(actor=officer, sheet_id=sheet.pk, row_id=wechat.pk, base_version=1, draft=told(
        wechat, values={"leader": "周明", "followers": 1200}))  # fmt: skip
    wechat.refresh_from_db()
    assert wechat.told == {}

    added = actions.add_row(actor=officer, sheet_id=sheet.pk, draft=RowDraft(
        values={"name": "东溪招生", "state": "unfiled"}, platform_kind="douyin:douyin", problems=["abandoned"],
        measure="close", measure_on=date(2026, 12, 20),
    ))  # fmt: skip
    assert (added.standing, added.account, added.level, added.state) == ("added", None, Level.COUNTY, "unfiled")
    with pytest.raises(Refused, match="已经有这个平台上的"):
        actions.add_row(actor=officer, sheet_id=sheet.pk, draft=RowDraft(
            values={"name": "东溪招生"}, platform_kind="douyin:douyin"))  # fmt: skip
    weibo = row_named(sheet, "东溪教育发布")
    with pytest.raises(Refused, match=r"“东溪教育发布”有问题，请选处理措施"):
        actions.submit_sheet(actor=officer, sheet_id=sheet.pk, base_version=3)
    with pytest.raises(Refused, match="登记册里有的账号不能删行"):
        actions.remove_row(actor=officer, sheet_id=sheet.pk, row_id=weibo.pk)
    actions.change_row(
        actor=officer, sheet_id=sheet.pk, row_id=weibo.pk, base_version=0, draft=told(weibo, not_ours=True)
    )
    sheet.refresh_from_db()
    assert (sheet.state, sheet.version, sheet.author_ids) == ("filling", 4, [officer.pk])
    told_people = Notice.objects.filter(dedup_key=f"census.opened {campaign.pk} {sheet.pk}")
    assert {notice.person.username for notice in told_people} == {"officer", "head"}


def test_who_comes_second_is_told_what_the_first_did_and_loses_no_word(asked: Asked) -> None:
    campaign = asked.open()
    sheet = asked.sheet(campaign, asked.world.education)
    row = row_named(sheet, "东溪教育")
    actions.change_row(
        actor=asked.world.officer,
        sheet_id=sheet.pk,
        row_id=row.pk,
        base_version=0,
        draft=told(row, values={"leader": "李红"}),
    )
    with pytest.raises(Refused) as refusal:
        actions.change_row(
            actor=asked.world.supervisor, sheet_id=sheet.pk, row_id=row.pk, base_version=0,
            draft=told(row, values={"leader": "王强"}),
        )  # fmt: skip
    assert refusal.value.reasons == [
        "您填写期间，officer 10:00 改过这个账号：分管负责人：周明 → 李红。您填的内容还在下面，核对后再保存一次。"
    ]
    with pytest.raises(Refused, match="officer改过这张表"):
        actions.submit_sheet(actor=asked.world.supervisor, sheet_id=sheet.pk, base_version=0)
    row.refresh_from_db()
    assert row.told == {"leader": "李红"}


def test_the_head_signs_exactly_what_was_sent_and_it_comes_back_with_reasons(asked: Asked) -> None:
    campaign = asked.open()
    officer, head, sheet = asked.world.officer, asked.world.head, asked.sheet(campaign, asked.world.education)
    actions.submit_sheet(actor=officer, sheet_id=sheet.pk, base_version=0)
    sheet.refresh_from_db()
    row = row_named(sheet, "东溪教育")
    with pytest.raises(Refused, match="统计表待签字，不能修改"):
        actions.change_row(actor=officer, sheet_id=sheet.pk, row_id=row.pk, base_version=0, draft=told(row))
    with pytest.raises(DatabaseError, match="not being filled in"), transaction.atomic():
        Row.objects.filter(pk=row.pk).update(name="偷改")
    with pytest.raises(DatabaseError, match="not signed in this version"), transaction.atomic():
        Sheet.objects.filter(pk=sheet.pk).update(state="signed", signed_by=head, signed_at=NOW)

    sign(sheet, head, comment="少了抖音号。")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.returned_comment) == ("returned", "少了抖音号。")
    first_hash = sheet.version_hash
    actions.add_row(actor=officer, sheet_id=sheet.pk, draft=RowDraft(
        values={"name": "东溪教育抖音"}, platform_kind="douyin:douyin"))  # fmt: skip
    sheet.refresh_from_db()
    assert sheet.state == "returned"
    fill_and_sign(sheet, officer, head)
    assert (sheet.state, sheet.signed_by, sheet.version_hash == first_hash) == ("signed", head, False)

    with pytest.raises(Refused, match="只有上级主管人员可以退回"):
        actions.return_sheet(actor=officer, sheet_id=sheet.pk, comment="我自己退")
    actions.return_sheet(actor=asked.world.supervisor, sheet_id=sheet.pk, comment="微博停更请写措施。")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.signed_by, sheet.returned_comment) == ("returned", None, "微博停更请写措施。")
    notices = Notice.objects.filter(kind="returned", title__startswith="统计表退回")
    assert {notice.person.username for notice in notices} == {"officer", "head"}
    fill_and_sign(sheet, officer, head)
    named = {event.name for event in all_events() if event.thing_kind == "census.sheet"}
    assert {"census.sheet.submitted", "census.sheet.signed", "census.sheet.returned", "census.row.added"} <= named


def test_a_body_without_accounts_signs_that_in_one_act(asked: Asked) -> None:
    campaign = asked.open()
    sheet = asked.sheet(campaign, asked.world.health)
    with pytest.raises(Missing):
        actions.sign_empty(actor=asked.world.head, sheet_id=sheet.pk)
    actions.sign_empty(actor=asked.health_head, sheet_id=sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.signed_by) == ("signed", asked.health_head)
    with pytest.raises(Refused, match="表里有账号"):
        actions.sign_empty(actor=asked.world.head, sheet_id=asked.sheet(campaign, asked.world.education).pk)


def test_a_table_without_a_head_to_sign_says_who_must_be_named(asked: Asked) -> None:
    campaign = asked.open()
    sheet = asked.sheet(campaign, asked.world.health)
    reasons = actions.why_not_submit(actor=asked.health_head, sheet=sheet)
    assert reasons == [
        "只有该单位的主办人员或上级主管人员可以填报。",
        "县卫健局还没有能签字的单位负责人（填表的人不能自己签）。请安全管理员授予“单位负责人”角色。",
    ]


def test_after_it_was_sent_out_only_the_deadline_moves_and_only_later(asked: Asked) -> None:
    campaign = asked.open()
    boss = asked.world.supervisor
    with pytest.raises(Refused, match="只能延长"):
        actions.extend_campaign(actor=boss, campaign_id=campaign.pk, due_on=DUE - timedelta(days=1))
    actions.extend_campaign(actor=boss, campaign_id=campaign.pk, due_on=DUE + timedelta(days=7))
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(title="另一个问题")
    with pytest.raises(Refused, match="不用再下发"):
        actions.open_campaign(actor=boss, campaign_id=campaign.pk)
    sheet = asked.sheet(campaign, asked.world.education)
    actions.submit_sheet(actor=asked.world.officer, sheet_id=sheet.pk, base_version=0)
    actions.close_campaign(actor=boss, campaign_id=campaign.pk)
    sheet.refresh_from_db()
    assert sheet.state == "filling"
    assert queries.work_items(actor=asked.world.officer) == []
    with pytest.raises(Refused, match="已结束，不能再填报"):
        actions.submit_sheet(actor=asked.world.officer, sheet_id=sheet.pk, base_version=sheet.version)
    with pytest.raises(Refused, match="只有管辖下级单位的主管人员"):
        actions.draft_campaign(
            actor=asked.world.officer, organisation=asked.world.education, draft=actions.CampaignDraft(
                title="自查", basis="自定", scope=asked.world.education, layout="general", due_on=DUE
            ),
        )  # fmt: skip
    with pytest.raises(Missing):
        queries.find_campaign(actor=asked.world.stranger, campaign_id=campaign.pk)


def test_filters_choose_who_is_asked_and_empty_questions_are_refused(asked: Asked) -> None:
    campaign = asked.draft(levels=("township",), kinds=("government",))
    assert [body.name for body in queries.asked_bodies(campaign)] == ["石桥镇人民政府"]
    assert queries.bodies_by_level(campaign) == [("township", "乡级", 1)]
    nobody = asked.draft(levels=("province",))
    assert actions.why_not_open(actor=asked.world.supervisor, row=nobody) == [
        "按现在的层级和类别，没有单位要填。请放宽条件。"
    ]
    with pytest.raises(Refused) as refusal:
        asked.draft(scope=asked.world.neighbour, due_on=date(2026, 11, 1), layout="没有这个", remind_days=99)
    assert refusal.value.reasons == [
        "只有管辖下级单位的主管人员可以下发和管理排查。", "范围要在东溪县政府及其下级里选。", "截止日期要在今天以后。",
        "提前提醒的天数写 0 到 30。",
    ]  # fmt: skip


def test_reminders_reach_who_has_not_signed_once_a_day_and_once_before_the_deadline(asked: Asked) -> None:
    campaign = asked.open()
    boss = asked.world.supervisor
    actions.sign_empty(actor=asked.health_head, sheet_id=asked.sheet(campaign, asked.world.health).pk)
    chased = actions.chase(actor=boss, campaign_id=campaign.pk)
    assert (chased.told, chased.silent) == (3, 0)
    with pytest.raises(Refused, match="今天已经催过一次"):
        actions.chase(actor=boss, campaign_id=campaign.pk)
    urged = Notice.objects.filter(title="还有 14 天截止，请填报并签字：2026年第四季度政务新媒体排查")
    assert {notice.person.username for notice in urged} == {
        "officer", "head", "town_officer", "town_head", "county_head", "supervisor"
    }  # fmt: skip
    assert actions.warn_due() == []
    with clock.at(NOW.replace(month=12, day=2)):
        assert actions.warn_due() == [campaign.pk]
        assert actions.warn_due() == []
        assert actions.chase(actor=boss, campaign_id=campaign.pk).told == 3
    with clock.at(NOW.replace(month=12, day=8)):
        actions.chase(actor=boss, campaign_id=campaign.pk)
        assert Notice.objects.filter(title__startswith="已过期限", person=asked.world.officer).count() == 1


def test_the_workbench_tells_each_person_what_waits_for_them(asked: Asked) -> None:
    campaign = asked.open()
    keeper = make_person("keeper", asked.world.county, Role.HOST_OFFICER, subtree=True)
    title = campaign.title
    assert [(item.title, item.kind) for item in queries.work_items(actor=asked.world.officer)] == [(title, "填报")]
    assert [item.title for item in queries.work_items(actor=keeper)] == [title, f"{title}：3 个单位要填"]
    assert [item.title for item in queries.work_items(actor=asked.health_head)] == [title]
    assert [item.title for item in queries.work_items(actor=asked.world.supervisor)] == [title]
    with clock.at(NOW.replace(month=12, day=8)):
        items = queries.work_items(actor=asked.world.supervisor)
    assert [(item.title, item.kind) for item in items] == [(title, "填报"), (f"{title}：4 个单位没有签字", "催报")]
    assert queries.work_items(actor=asked.world.stranger) == []
