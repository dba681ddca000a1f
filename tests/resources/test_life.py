"""What a body has, from the first line to the history: what is missing is told, what is over stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from tests.resources.office import PDF, RULES, Office, day, licence_draft, means, rule_draft, talk

from zhijian.audit.models import Event
from zhijian.files.queries import find_file
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice
from zhijian.resources import actions, queries
from zhijian.resources.enums import Lack, LicenceState, RuleState
from zhijian.resources.models import LiaisonEntry, Licence, RuleDocument, Statement


def licence_state(row: Licence) -> LicenceState:
    return queries.Calendar().licence(queries.all_licences().get(pk=row.pk))


def rule_state(row: RuleDocument) -> RuleState:
    return queries.Calendar().rule(queries.all_rules().get(pk=row.pk))


def told(office: Office, person: str) -> list[str]:
    rows = Notice.objects.filter(person=office[person], dedup_key__startswith="resources.")
    return sorted(rows.values_list("title", flat=True))


def refused_by_postgres(sql: str, row: Statement | Licence | RuleDocument | LiaisonEntry) -> bool:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [row.pk])
    return True


def test_a_statement_fills_in_the_next_year_and_a_year_that_is_over_wants_a_reason(office: Office) -> None:
    water, year = office.county.water, office.year
    assert office.lacks(water)[Lack.NO_STATEMENT] == ()
    row = office.state(budget=None, staff_count=2, leader_phone="")
    found = office.lacks(water)
    assert list(found) == [Lack.NO_LEADER, Lack.NO_BUDGET, Lack.FEW_STAFF, Lack.RULE_MISSING]
    assert found[Lack.FEW_STAFF] == ("要 3 人，有 2 人",)
    with pytest.raises(Refused, match="刚刚被别人改过"):
        office.state()
    office.state(seen=1)
    assert list(office.lacks(water)) == [Lack.RULE_MISSING]
    for wrong in ({"budget": Decimal(-1)}, {"budget": Decimal("0.001")}, {"budget": Decimal("1e10")},
                  {"staff_count": -1}, {"staff_count": 10_000}):  # fmt: skip
        with pytest.raises(Refused, match="之间"):
            office.state(seen=2, **wrong)
    with pytest.raises(Refused, match="只能填"):
        office.state(year=year + 1)
    row.refresh_from_db()
    assert (row.version, row.budget, row.late_reason) == (2, Decimal("86000.50"), "")
    with clock.at(datetime(year + 1, 1, 1, 0, 0, 1, tzinfo=clock.BEIJING)):
        assert office.lacks(water)[Lack.NO_STATEMENT] == ()
        with pytest.raises(Refused, match=f"{year} 年已经过去"):
            office.state(year=year, seen=2, budget=Decimal(1))
        office.state(year=year, seen=2, budget=Decimal(1), reason="决算后更正。")
    row.refresh_from_db()
    assert (row.version, row.budget, row.late_reason) == (3, Decimal(1), "决算后更正。")
    amended = Event.objects.get(name="resources.statement.amended")
    assert amended.data == {
        "year": year, "fields": ["budget"], "was": {"budget": "86000.50"}, "reason": "决算后更正。"
    }  # fmt: skip
    assert Event.objects.filter(name="resources.means.stated").count() == 2
    late = "UPDATE resources_statement SET version = 9, late_reason = '', changed_at = '2199-01-01' WHERE id = %s"
    assert refused_by_postgres(late, row)
    assert refused_by_postgres("UPDATE resources_statement SET budget = 5 WHERE id = %s", row)
    assert refused_by_postgres("DELETE FROM resources_statement WHERE id = %s", row)


def test_a_licence_is_warned_of_once_renewed_and_kept_in_history(office: Office) -> None:
    media = office.media
    assert office.lacks(media)[Lack.LICENCE_MISSING] == ("互联网新闻信息服务许可证", "信息网络传播视听节目许可证")
    row = office.licence(paper=PDF, ends_on=day(90))
    endless = office.licence("audiovisual", number="甲", begins_on=None, ends_on=None)
    far = office.licence("publishing", number="乙", ends_on=day(91))
    states = [licence_state(one) for one in (row, endless, far)]
    assert states == [LicenceState.ENDS_SOON, LicenceState.NO_END, LicenceState.IN_FORCE]
    assert Lack.LICENCE_MISSING not in office.lacks(media)
    assert office.lacks(media)[Lack.LICENCE_ENDS] == ("互联网新闻信息服务许可证",)
    assert (actions.warn(), actions.warn()) == (2, 0)
    for person in ("media_host", "officer"):
        assert told(office, person) == ["许可证快到期：云岭县融媒体中心，互联网新闻信息服务许可证"]
    items = [(item.title, item.due) for item in queries.work_items(actor=office["media_host"]) if item.due]
    assert items == [
        (
            "许可证快到期：99920260001",
            datetime.combine(day(90), datetime.min.time(), clock.BEIJING).replace(hour=23, minute=59),
        )
    ]
    assert "1 份许可证到期、快到期" in [item.title for item in queries.work_items(actor=office["officer"])]
    for again in (
        licence_draft(number="99920270001", ends_on=None),
        licence_draft(number="99920270001", ends_on=day(90)),
    ):
        with pytest.raises(Refused, match="要晚于旧证"):
            actions.renew_licence(actor=office["media_host"], licence_id=row.pk, draft=again)
    following = licence_draft(number="99920270001", begins_on=day(30), ends_on=day(800))
    new = actions.renew_licence(actor=office["media_host"], licence_id=row.pk, draft=following)
    assert (licence_state(row), licence_state(new)) == (LicenceState.IN_FORCE, LicenceState.NOT_BEGUN)
    assert Lack.LICENCE_ENDS not in office.lacks(media)
    with clock.at(clock.now() + (day(30) - day(0))):
        assert (licence_state(row), licence_state(new)) == (LicenceState.RENEWED, LicenceState.IN_FORCE)
    for refused in (
        lambda: actions.correct_licence(actor=office["media_host"], licence_id=row.pk, draft=following, seen=1),
        lambda: actions.renew_licence(actor=office["media_host"], licence_id=row.pk, draft=following),
    ):
        with pytest.raises(Refused, match="已经换了新证"):
            refused()
    with clock.at(clock.now() + (day(92) - day(0))):
        assert licence_state(far) == LicenceState.OVER
        assert office.lacks(media)[Lack.LICENCE_OVER] == ("网络出版服务许可证",)
        assert actions.warn() == 2
    actions.give_up_licence(actor=office["officer"], licence_id=far.pk, reason="不再出版。")
    assert licence_state(far) == LicenceState.WITHDRAWN
    with pytest.raises(Refused, match="不再持有"):
        actions.give_up_licence(actor=office["officer"], licence_id=far.pk, reason="再一次。")
    assert refused_by_postgres("UPDATE resources_licence SET version = version + 1 WHERE id = %s", far)
    assert refused_by_postgres("DELETE FROM resources_licence WHERE id = %s", row)
    assert refused_by_postgres("UPDATE resources_licence SET number = '假' WHERE id = %s", row)
    assert row.paper is not None
    assert find_file(actor=office["officer"], sha256=row.paper.sha256).pk == row.paper_id
    with pytest.raises(Missing):
        find_file(actor=office["host"], sha256=row.paper.sha256)


def test_rule_documents_are_replaced_reviewed_and_abolished_in_a_chain(office: Office) -> None:
    water = office.county.water
    office.state()
    rows = [office.rule(kind, title=f"制度{place}") for place, kind in enumerate(RULES[:-1])]
    assert office.lacks(water) == {Lack.RULE_MISSING: ("评论管理制度",)}
    last = office.rule("comments", title="评论管理办法", review_by=day(1), paper=PDF)
    assert office.lacks(water) == {}
    with clock.at(clock.now() + (day(2) - day(0))):
        assert (rule_state(last), office.lacks(water)) == (RuleState.REVIEW_DUE, {Lack.REVIEW_DUE: ("评论管理办法",)})
        assert (actions.warn(), actions.warn()) == (2, 0)
        assert told(office, "host") == ["制度该复核了：云岭县水务局，《评论管理办法》"]
        assert [item.title for item in queries.work_items(actor=office["host"])] == ["制度该复核了：评论管理办法"]
        with pytest.raises(Refused, match="晚于今天"):
            actions.review_rule(actor=office["host"], rule_id=last.pk, review_by=clock.today())
        actions.review_rule(actor=office["host"], rule_id=last.pk, review_by=day(400))
        assert (rule_state(last), queries.work_items(actor=office["host"])) == (RuleState.IN_FORCE, [])
    later = rule_draft(title="评论管理办法（修订）", issued_on=day(0), in_force_from=day(10), review_by=None)
    new = actions.replace_rule(actor=office["host"], rule_id=last.pk, draft=later)
    assert (rule_state(last), rule_state(new), office.lacks(water)) == (RuleState.IN_FORCE, RuleState.NOT_BEGUN, {})
    with clock.at(clock.now() + (day(10) - day(0))):
        assert (rule_state(last), rule_state(new)) == (RuleState.REPLACED, RuleState.IN_FORCE)
    with pytest.raises(Refused, match="留作历史"):
        actions.abolish_rule(actor=office["host"], rule_id=last.pk, reason="旧了。")
    actions.abolish_rule(actor=office["host"], rule_id=rows[0].pk, reason="并入总办法。")
    assert office.lacks(water) == {Lack.RULE_MISSING: ("信息发布审核制度",)}
    with pytest.raises(Refused) as both:
        office.rule(issued_on=day(0), in_force_from=day(-1), review_by=day(-2))
    assert both.value.reasons == ["施行日期早于印发日期，请核对。", "复核期限早于施行日期，请核对。"]
    with pytest.raises(Refused, match="类别"):
        office.rule("没有的类别")
    assert refused_by_postgres("UPDATE resources_ruledocument SET title = '假' WHERE id = %s", new)
    assert refused_by_postgres("DELETE FROM resources_ruledocument WHERE id = %s", new)
    assert refused_by_postgres("UPDATE resources_ruledocument SET version = 99 WHERE id = %s", rows[0])


def test_the_liaison_log_is_only_added_to_and_knows_whom_to_call(office: Office) -> None:
    host = office["host"]
    first = office.talk()
    with clock.at(clock.now() + (day(5) - day(0))):
        assert "跟进平台对接：账号名称与一家公司重名，请平台核实。" in [
            one.title for one in queries.work_items(actor=host)
        ]
        wrong = talk(asked="催问重名一事。", contact_name="卢小西", follow_up_on=day(4))
        second = actions.follow_up(actor=host, entry_id=first.pk, draft=wrong)
        right = replace(wrong, contact_name="卢晓溪", contact_phone="0755-0002")
        third = actions.correct_entry(actor=host, entry_id=second.pk, draft=right)
        with pytest.raises(Refused, match="后来又有记录"):
            actions.follow_up(actor=host, entry_id=second.pk, draft=right)
        done = replace(right, came_of="平台已改正。", state="closed", follow_up_on=None)
        last = actions.follow_up(actor=host, entry_id=third.pk, draft=done)
    assert [one.pk for one in queries.entries_of(first)] == [last.pk, third.pk, second.pk, first.pk]
    assert list(queries.newest(queries.visible_entries(actor=host))) == [last]
    assert not queries.open_matters(queries.visible_entries(actor=office["officer"])).exists()
    known = {(row.contact_name, row.contact_phone) for row in queries.contacts(actor=office["officer"])}
    assert known == {("卢小溪", "0755-0001"), ("卢晓溪", "0755-0002")}
    with pytest.raises(Refused) as reasons:
        office.talk(platform="没有", asked=" ", day=day(1), follow_up_on=day(0), state="closed")
    assert len(reasons.value.reasons) == 5
    assert refused_by_postgres("UPDATE resources_liaisonentry SET asked = '假' WHERE id = %s", first)
    assert refused_by_postgres("DELETE FROM resources_liaisonentry WHERE id = %s", last)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE resources_liaisonentry")
    stray = LiaisonEntry(
        organisation=office.county.school, matter=first.matter, kind="first", platform="wechat", day=day(0),
        way="phone", asked="借用别家的事项", state="open", created_by=host, created_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        stray.save()


def test_only_officers_of_the_body_and_above_it_read_and_write(office: Office) -> None:
    water = office.county.water
    licence, rule, entry = office.licence(), office.rule(), office.talk()
    year = office.year
    for stranger in ("editor", "head", "school_host", "media_host"):
        actor = office[stranger]
        with pytest.raises(Refused, match="只有该单位的主办人员"):
            actions.state_means(actor=actor, organisation=water, year=year, draft=means(), seen=0)
        with pytest.raises(Refused, match="只有该单位的主办人员"):
            actions.record_licence(actor=actor, organisation=water, kind="icp", draft=licence_draft())
        with pytest.raises(Refused, match="只有该单位的主办人员"):
            actions.record_rule(actor=actor, organisation=water, kind="duty", draft=rule_draft())
        with pytest.raises(Refused, match="只有该单位的主办人员"):
            actions.record_talk(actor=actor, organisation=water, draft=talk())
        with pytest.raises(Missing):
            actions.abolish_rule(actor=actor, rule_id=rule.pk, reason="不该")
        with pytest.raises(Missing):
            actions.follow_up(actor=actor, entry_id=entry.pk, draft=talk())
    with pytest.raises(Missing):
        actions.give_up_licence(actor=office["host"], licence_id=licence.pk, reason="不该")
    assert (Statement.objects.count(), Licence.objects.count(), RuleDocument.objects.count()) == (0, 1, 1)
    assert queries.work_items(actor=office["editor"]) == []
    officer = office["officer"]
    actions.state_means(actor=officer, organisation=water, year=year, draft=means(), seen=0)
    actions.follow_up(actor=officer, entry_id=entry.pk, draft=talk())
