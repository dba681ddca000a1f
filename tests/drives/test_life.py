"""A drive from its draft to its frozen report: nothing is ticked, nothing is lost, nobody answers for another."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from openpyxl import load_workbook
from tests.drives.office import day, draft
from tests.registry.filing_desk import approved, filed, proof, sign_all
from tests.registry.world import make_person

from zhijian.drives import actions, queries
from zhijian.drives.enums import Standing
from zhijian.drives.models import Answer, Drive, Target
from zhijian.drives.workbook import as_xlsx
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice
from zhijian.organisations.enums import Role
from zhijian.registry.actions import submit_filing, withdraw_filing
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from tests.drives.office import Office


def standing(target: Target) -> Standing:
    return queries.standing_of(target)


def test_a_drive_goes_from_proposals_over_answers_and_filings_to_its_frozen_report(office: Office) -> None:
    world = office.world
    spare, twin = office.account("东溪教育在线"), office.account("东溪 教育")
    small, town = office.account("=东溪卫健", "weibo"), office.account("石桥发布")
    row = office.drive(spare, twin, small, town)
    health = office.target(row, small)
    assert (health.act, health.facts[0]["reason"]) == ("keep", "low_use")
    actions.change_target(actor=world.supervisor, target_id=health.pk, act="closing")
    with pytest.raises(Refused, match="请选并入哪个账号"):
        actions.change_target(actor=world.supervisor, target_id=health.pk, act="merging", into_id=small.pk)
    assert queries.visible_targets(actor=world.officer).count() == 0
    assert actions.send_drive(actor=world.supervisor, drive_id=row.pk) == 2, "the section and the town have nobody"
    until = f"{day(30):%-m月%-d日}"
    told = Notice.objects.filter(title=f"请在{until}前答复并办理 1 个账号：2026年清理整合")
    assert {one.person.username for one in told} == {"officer", "colleague", "health_officer"}

    # One click opens the filing, filled in from the drive.
    merging = office.target(row, spare)
    assert standing(merging) == Standing.WAITING
    agreed = actions.agree(actor=world.officer, target_id=merging.pk, seen=0)
    filing = agreed.filing
    assert filing is not None
    main = office.account("东溪教育")
    assert (filing.kind, filing.account, filing.form["target"]) == ("merging", spare, main.pk)
    assert filing.form["grounds"] == "按照《清理整合通知》（东政办函〔2026〕8号），列入“2026年清理整合”。"
    assert standing(merging) == Standing.UNDER_WAY
    # A filing that was taken back is not done; the next click opens another.
    withdraw_filing(actor=world.officer, filing_id=filing.pk)
    assert standing(merging) == Standing.AGREED
    again = actions.agree(actor=world.officer, target_id=merging.pk, seen=1).filing
    assert again is not None
    submit_filing(actor=world.officer, filing_id=again.pk)
    sign_all(again)
    assert standing(merging) == Standing.UNDER_WAY
    approved(
        world.officer, "deregister", account=Account.objects.get(pk=spare.pk),
        attachments=[proof(world.education, world.officer)],
    )  # fmt: skip
    assert standing(merging) == Standing.DONE

    # To keep an account is asked with a reason, refused with a reason, asked again, granted.
    with pytest.raises(Refused, match="请写明要保留的理由"):
        actions.ask_to_keep(actor=office.health_officer, target_id=health.pk, reason=" ", seen=0)
    actions.ask_to_keep(actor=office.health_officer, target_id=health.pk, reason="疫苗预约用它。", seen=0)
    assert Notice.objects.filter(person=world.supervisor, title="县卫健局申请保留“=东溪卫健”").exists()
    with pytest.raises(Refused, match="不同意保留，请写明理由"):
        actions.decide(actor=world.supervisor, target_id=health.pk, accepted=False, reason="", seen=1)
    actions.decide(actor=world.supervisor, target_id=health.pk, accepted=False, reason="可以用公众号。", seen=1)
    assert standing(health) == Standing.REFUSED
    actions.ask_to_keep(actor=office.health_officer, target_id=health.pk, reason="公众号没有预约。", seen=2)
    actions.decide(actor=office.second, target_id=health.pk, accepted=True, reason="", seen=3)
    assert standing(health) == Standing.KEPT
    assert [(one.kind, one.by.username) for one in Answer.objects.filter(target=health)] == [
        ("asked", "health_officer"), ("refused", "supervisor"), ("asked", "health_officer"), ("accepted", "second"),
    ]  # fmt: skip

    progress = queries.progress_of(drive=row, actor=world.supervisor)
    assert {line.label: (line.total, line.finished) for line in (progress.whole, *progress.branches)} == {
        "合计": (4, 2), "东溪县教育局": (2, 1), "东溪县卫生健康局": (1, 1), "石桥镇人民政府": (1, 0),
    }  # fmt: skip
    own = queries.progress_of(drive=row, actor=office.health_officer)
    assert (own.whole.total, own.whole.finished) == (1, 1)
    the_report_is_frozen_and_has_no_formula(office, row)


def the_report_is_frozen_and_has_no_formula(office: Office, row: Drive) -> None:
    world = office.world
    done = office.target(row, office.account("东溪教育在线"))
    with clock.at(clock.now() + timedelta(days=31)):
        assert queries.progress_of(drive=row, actor=world.supervisor).overdue == 2
        items = queries.work_items(actor=world.supervisor)
        assert [(item.title, item.state) for item in items] == [("2026年清理整合：2 个账号没有办结", "已过期限")]
        closed = actions.close_drive(actor=world.supervisor, drive_id=row.pk)
        with pytest.raises(Refused, match="已结束，不能再答复"):
            actions.ask_to_keep(actor=world.officer, target_id=done.pk, reason="留着。", seen=done.version)
    assert queries.work_items(actor=world.supervisor) == []
    Account.objects.filter(name="石桥发布").update(name="后来改的名")
    book = load_workbook(io.BytesIO(as_xlsx(closed.title, actions.take_report(
        actor=world.supervisor, drive_id=row.pk)[1])))  # fmt: skip
    totals = {line[0]: line[1] for line in book["汇总"].iter_rows(min_row=4, values_only=True)}
    assert totals == {
        "账号": 4, "已办结": 1, "保留": 1, "备案办理中": 0, "同意，没有在办的备案": 0, "申请保留，待定": 0,
        "不同意保留，待办理": 0, "没有答复": 2, "过期没有办结": 2,
    }  # fmt: skip
    lines = list(book["明细"].iter_rows(min_row=2, values_only=True))
    assert [line[2] for line in lines] == ["东溪教育在线", "东溪 教育", "'=东溪卫健", "石桥发布"]
    assert lines[0][4:6] == ("并入其他账号→东溪教育", "已办结")
    sums = [line[-1] for line in book["按单位"].iter_rows(min_row=2, values_only=True)]
    assert (sums[:-1], sums[-1]) == ([1, 1, 0], 2)
    with pytest.raises(Missing):
        actions.take_report(actor=world.stranger, drive_id=row.pk)
    with pytest.raises(Refused, match="由管辖下级单位的主管人员办理"):
        actions.take_report(actor=world.officer, drive_id=row.pk)


def test_who_answers_is_the_host_and_the_second_of_two_learns_of_the_first(office: Office) -> None:
    world = office.world
    spare, small = office.account("东溪教育在线"), office.account("=东溪卫健", "weibo")
    row = office.sent(spare, small, title="清理{整合}{}")
    told = Notice.objects.filter(person=world.officer, title__endswith="答复并办理 1 个账号：清理{整合}{}")
    assert told.count() == 1, "a title is text, whatever is in it"
    education, health = office.target(row, spare), office.target(row, small)
    with pytest.raises(Missing):
        actions.agree(actor=office.health_officer, target_id=education.pk, seen=0)
    with pytest.raises(Missing):
        actions.ask_to_keep(actor=world.stranger, target_id=education.pk, reason="留着。", seen=0)
    with pytest.raises(Refused, match="由县教育局的主办人员答复"):
        actions.agree(actor=world.supervisor, target_id=education.pk, seen=0)
    with pytest.raises(Refused, match="列为保留，不用答复"):
        actions.agree(actor=office.health_officer, target_id=health.pk, seen=0)
    # Both officers of the bureau have the page open.
    actions.ask_to_keep(actor=office.colleague, target_id=education.pk, reason="有专人维护。", seen=0)
    with pytest.raises(Refused, match=r"colleague在 .* 已经答复“申请保留”。请看过再办。"):
        actions.agree(actor=world.officer, target_id=education.pk, seen=0)
    assert not education.answers.filter(kind="agreed").exists()
    with pytest.raises(Refused, match="由下发行动的主管人员决定"):
        actions.decide(actor=world.officer, target_id=education.pk, accepted=True, reason="", seen=1)
    actions.decide(actor=world.supervisor, target_id=education.pk, accepted=True, reason="", seen=1)
    with pytest.raises(Refused, match=r"supervisor在 .* 已经答复“准予保留”"):
        actions.decide(actor=office.second, target_id=education.pk, accepted=False, reason="不必要。", seen=1)
    assert standing(education) == Standing.KEPT


def test_several_are_agreed_at_once_where_the_act_is_the_same_and_one_refused_stops_none(office: Office) -> None:
    world = office.world
    spare, douyin, main = (
        office.account("东溪教育在线"),
        office.account("东溪教育", "douyin"),
        office.account("东溪教育"),
    )
    row = office.sent(spare, douyin, main)
    ids = {one.account_id: one.pk for one in Target.objects.filter(drive=row)}
    with pytest.raises(Refused, match="处理方式相同"):
        actions.agree_many(actor=world.officer, target_ids=list(ids.values()))
    approved(world.officer, "freeze", account=main)
    filed(world.officer, "resume", account=Account.objects.get(pk=main.pk))
    done, told = actions.agree_many(actor=world.officer, target_ids=[ids[douyin.pk], ids[main.pk]])
    assert (done, told) == (
        1, ["“东溪教育”：这个账号有一份没办完的“恢复更新”备案。请先办完或撤回那一份。"]
    )  # fmt: skip
    with pytest.raises(Missing):
        actions.agree_many(actor=office.health_officer, target_ids=[ids[spare.pk]])


def test_nobody_is_asked_twice_and_a_sent_drive_loses_nothing(office: Office) -> None:
    world = office.world
    spare, town = office.account("东溪教育在线"), office.account("石桥发布")
    row = office.sent(spare)
    other = actions.create_drive(actor=office.second, organisation=world.county, draft=draft(title="又一次"))
    outside = Account.objects.get(name="西溪教育")
    ids = [spare.pk, town.pk, outside.pk]
    taken = actions.add_targets(actor=office.second, drive_id=other.pk, account_ids=ids)
    assert (taken.added, taken.elsewhere, taken.outside) == (1, ["“东溪教育在线”已在“2026年清理整合”里。"], 1)
    assert actions.add_targets(actor=office.second, drive_id=other.pk, account_ids=[town.pk]).already == 1
    # Put into two drafts while nobody was asked: the one that is sent second names what the first asks about.
    third = office.drive(town, title="第三次")
    actions.change_target(actor=office.second, target_id=office.target(other, town).pk, act="closing")
    actions.send_drive(actor=office.second, drive_id=other.pk)
    with pytest.raises(Refused) as refused:
        actions.send_drive(actor=world.supervisor, drive_id=third.pk)
    assert refused.value.reasons == ["“石桥发布”已在“又一次”里，请先从这个行动去掉。"]
    with pytest.raises(DatabaseError, match="another drive that runs"), transaction.atomic():
        Drive.objects.filter(pk=third.pk).update(state="sent", sent_at=clock.now())
    actions.close_drive(actor=office.second, drive_id=other.pk)
    actions.send_drive(actor=world.supervisor, drive_id=third.pk)
    actions.close_drive(actor=world.supervisor, drive_id=third.pk)
    with pytest.raises(Refused, match="期限只能延长"):
        actions.extend_drive(actor=world.supervisor, drive_id=row.pk, due_on=day(20))
    # Reminded once for each deadline, again for a later one, and only while something is left.
    with clock.at(clock.now() + timedelta(days=26)):
        assert (actions.warn_due(), actions.warn_due()) == ([row.pk], [])
        warned = Notice.objects.filter(person=world.officer, title__startswith="还有 4 天截止")
        assert [one.title for one in warned] == ["还有 4 天截止，还有 1 个账号没有办结：2026年清理整合"]
        actions.extend_drive(actor=world.supervisor, drive_id=row.pk, due_on=day(10))
        assert actions.warn_due() == []
        assert len(queries.work_items(actor=world.officer)) == 1
    removed = [one.pk for one in Target.objects.filter(drive=row)]
    with pytest.raises(Refused, match="只能增加"):
        actions.remove_targets(actor=world.supervisor, drive_id=row.pk, target_ids=removed)
    with pytest.raises(Refused, match="不能再改、再删"):
        actions.delete_drive(actor=world.supervisor, drive_id=row.pk)
    actions.agree(actor=world.officer, target_id=removed[0], seen=0)
    for table, act in (
        ("answer", "DELETE FROM drives_answer WHERE organisation_id > %s"),
        ("answer", "UPDATE drives_answer SET text = 'x' WHERE organisation_id > %s"),
        (row, "DELETE FROM drives_target WHERE drive_id = %s"),
        (row, "UPDATE drives_target SET act = 'closing', into_id = NULL WHERE drive_id = %s"),
        (row, "UPDATE drives_target SET state = 'kept' WHERE drive_id = %s"),
        (draft_of_another(office), "UPDATE drives_target SET state = 'agreed' WHERE drive_id = %s"),
        (row, "DELETE FROM drives_drive WHERE id = %s"),
        (row, "UPDATE drives_drive SET state = 'draft' WHERE id = %s"),
        (row, "UPDATE drives_drive SET due_on = due_on - 1 WHERE id = %s"),
        (row, "UPDATE drives_drive SET title = 'x' WHERE id = %s"),
        (row, "UPDATE drives_drive SET state = 'closed', closed_at = now() WHERE id = %s"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act, [table.pk if isinstance(table, Drive) else 0])
    last = Drive.objects.latest("pk")
    actions.delete_drive(actor=office.second, drive_id=last.pk)
    assert list(Drive.objects.order_by("pk")) == [row, other, third]


def draft_of_another(office: Office) -> Drive:
    return office.drive(office.account("=东溪卫健", "weibo"), title="草稿")


def test_an_account_that_changes_hands_is_answered_for_by_its_new_body(office: Office) -> None:
    world = office.world
    douyin = office.account("东溪教育", "douyin")
    make_person("health_head", world.health, Role.HEAD)
    over = office.sent(douyin, title="上一次")
    actions.close_drive(actor=world.supervisor, drive_id=over.pk)
    planned = office.drive(douyin, title="下一次")
    row = office.sent(douyin)
    target = office.target(row, douyin)
    approved(world.officer, "change", account=douyin, new_organisation=world.health.pk, new_name="东溪卫健科普")
    bodies = {one.drive.title: one.organisation for one in Target.objects.filter(account=douyin)}
    assert bodies == {"上一次": world.education, "下一次": world.health, "2026年清理整合": world.health}
    told = Notice.objects.filter(person=office.health_officer).values_list("title", flat=True)
    assert list(told) == [f"请在{day(30):%-m月%-d日}前答复并办理 1 个账号：2026年清理整合"], "a draft asks nobody"
    with pytest.raises(Missing):
        actions.agree(actor=world.officer, target_id=target.pk, seen=0)
    filing = actions.agree(actor=office.health_officer, target_id=target.pk, seen=0).filing
    assert filing is not None
    # Where the followers go is the body's to say: the notice goes nowhere without it.
    assert filing.form["followers_plan"] == "内容存档；粉丝引到公告里写的去处；私信和留言里的个人信息按规定删除。"
    with pytest.raises(Refused, match="公告里还有没填的“（账号名称）”"):
        submit_filing(actor=office.health_officer, filing_id=filing.pk)
    for statement, of in (
        ("UPDATE drives_target SET organisation_id = %s WHERE drive_id = %s", (world.education.pk, row.pk)),
        ("UPDATE drives_target SET organisation_id = %s WHERE drive_id = %s", (world.health.pk, over.pk)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, of)
    assert planned.targets.count() == 1
