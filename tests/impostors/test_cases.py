"""An account that imitates the county: reported, looked into, confirmed, taken down, back again."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import docx
import pytest
from django.db import DatabaseError, connection, transaction
from tests.impostors.world import SHOT, picture

from zhijian.audit.models import Event
from zhijian.files.queries import read_bytes
from zhijian.impostors import actions, queries
from zhijian.impostors.actions import AllowDraft, Proof, Suspect
from zhijian.impostors.actions.reporting import REPORTS_PER_ADDRESS_HOUR
from zhijian.impostors.enums import MOVES, CaseState
from zhijian.impostors.models import AllowedName, Case, Entry, Evidence, Letter, Report
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.impostors.world import Stage

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=clock.BEIJING)
GONE = {"remedy": "taken_down", "text": "主页打不开了"}


def test_from_a_citizens_report_to_the_end_and_back(  # noqa: PLR0915 - one story
    stage: Stage, django_capture_on_commit_callbacks: Callable
) -> None:
    with clock.at(MONDAY), django_capture_on_commit_callbacks(execute=True):
        case = stage.report()
        again = stage.report(text="也来加我")
    assert again.pk == case.pk
    assert case.organisation == stage.county.county
    assert case.account == stage.real
    assert case.tricks == ["sound"]
    assert case.likeness[0]["reasons"] == ["同音字：“芸”代“云”"]
    assert list(Report.objects.values_list("text", "by")) == [("让我转账", None), ("也来加我", None)]
    kept = Evidence.objects.get()
    assert (kept.by, kept.media_type, kept.sha256 != hashlib.sha256(SHOT.data).hexdigest()) == (None, "image/png", True)
    assert queries.public_impostor("芸岭发布") is None
    assert [item.kind for item in queries.work_items(actor=stage.host)] == ["核实仿冒线索"]

    with clock.at(MONDAY + timedelta(hours=1)):
        actions.verify_case(actor=stage.host, case_id=case.pk)
        proof = Proof(picture("blue"))
        own = actions.add_evidence(actor=stage.host, case_id=case.pk, proof=proof, note="账号主页")
        assert own.sha256 == hashlib.sha256(proof.data).hexdigest()
        assert read_bytes(own.sha256) == proof.data
        actions.confirm_case(actor=stage.host, case_id=case.pk, text="头像用了县政府徽标")
    found = queries.public_impostor("雲・芸岭发布".removeprefix("雲・"))
    assert found is not None
    assert (found.verdict, found.official, found.is_gone) == ("已认定的仿冒账号", "云岭发布", False)
    assert queries.public_impostor("看 https://weibo.com/u/5550001111?from=x") is None
    assert queries.public_impostor("weibo.com/u/5550001111") == found

    with clock.at(MONDAY + timedelta(hours=2)):
        case.refresh_from_db()
        text = queries.letter_text(case)
        assert "“芸岭发布”" in text
        assert own.sha256 in text
        letter = actions.request_removal(
            actor=stage.host, case_id=case.pk, recipient="微博社区管理中心", way="站内投诉", text=text
        )
        lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(queries.word_letter(letter.text))).paragraphs]
        assert lines[1:] == text.splitlines()
    assert letter.due_at.astimezone(clock.BEIJING).date() == (MONDAY + 3 * DAY).date()
    assert queries.work_items(actor=stage.host) == []
    with clock.at(MONDAY + 5 * DAY):
        assert [item.due_text for item in queries.work_items(actor=stage.host)] == ["平台超期没有处置"]
        actions.tell_overdue_cases()
        actions.tell_overdue_cases()
        late = Notice.objects.filter(title__startswith="平台超期").values_list("person__username", flat=True)
        assert sorted(late) == ["host", "officer"]
        actions.record_refusal(actor=stage.host, case_id=case.pk, text="证据不足")
        actions.request_removal(actor=stage.host, case_id=case.pk, recipient="微博", way="信函", text="补充证据")
        actions.record_removal(actor=stage.host, case_id=case.pk, **GONE)
    found = queries.public_impostor("芸岭发布")
    assert found is not None
    assert (found.is_gone, found.sentence) == (
        True,
        "微博上的“芸岭发布”仿冒云岭县人民政府，2026年11月23日认定。平台已于2026年11月28日处置（下架或封禁）。",
    )  # fmt: skip

    back = stage.report(text="又出来了")
    assert (back.pk, back.state, back.returned) == (case.pk, CaseState.NEW, 1)
    kinds = list(Entry.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds == [
        "reported", "reported", "verify", "evidence", "confirm", "request", "refuse", "request", "remove", "reported",
        "return",
    ]  # fmt: skip
    assert Letter.objects.count() == 2
    told = Notice.objects.filter(person=stage.guide).values_list("title", flat=True)
    assert list(told) == ["抄送：云岭县人民政府认定“芸岭发布”为仿冒账号"]
    assert "10.0.0.1" not in str(
        list(Event.objects.filter(name__startswith="impostors").values_list("data", flat=True))
    )


def test_what_is_no_impostor_goes_on_the_list_and_is_left_alone_from_then_on(stage: Stage) -> None:
    case = stage.report("云岭县受务局", platform="", url="", text="")
    assert queries.compare(["云岭县受务局"])[0].alike[0].official == "云岭县水务局"
    actions.dismiss_case(actor=stage.officer, case_id=case.pk, text="是一家老店的字号", allow=True)
    row = AllowedName.objects.get()
    assert (row.name, row.organisation, row.reason) == (
        "云岭县受务局", stage.county.water, f"{case.number}：是一家老店的字号"
    )  # fmt: skip
    assert queries.compare(["云岭县受务局"])[0].is_allowed
    assert queries.compare(["云岭县受务局"])[0].alike == ()
    with pytest.raises(Refused, match="已经在可接受的名单里"):
        actions.allow_name(
            actor=stage.officer, organisation=stage.county.water, draft=AllowDraft("云岭县受务局", "再来")
        )
    with pytest.raises(Missing):
        actions.end_allowance(actor=stage.neighbour, allowed_id=row.pk)
    actions.end_allowance(actor=stage.officer, allowed_id=row.pk)
    assert queries.compare(["云岭县受务局"])[0].alike
    until = AllowDraft("芸岭发布", "短期活动", clock.today())
    actions.allow_name(actor=stage.officer, organisation=stage.county.county, draft=until)
    assert queries.compare(["芸岭发布"])[0].is_allowed
    with clock.at(clock.now() + 2 * DAY):
        assert queries.compare(["芸岭发布"])[0].alike


def test_every_reason_against_is_told_at_once(stage: Stage) -> None:
    with pytest.raises(Refused) as refused:
        actions.report_by_citizen(
            suspect=Suspect("🎉", "没有的平台", "::::", text="长" * 2_001), proof=Proof(b"MZ"), address="10.0.0.2"
        )
    assert refused.value.reasons == [
        "请写可疑账号的名称，照它自己写的样子。", "没有这个平台，请重新选。",
        "链接读不出来，请从账号主页复制整条链接；没有就不填。", "情况最多写 2,000 个字。",
        "截图请用 PNG、JPEG、GIF、WebP 图片或 PDF。",
    ]  # fmt: skip
    case = actions.open_case(actor=stage.inspector, suspect=Suspect("云岭发布官方"))
    assert actions.why_not_confirm(actor=stage.inspector, case=case, text="") == [
        "云岭县人民政府被仿冒的案件由它的主管人员或主办人员办理。", "请写明凭什么认定，最多 1,000 个字。",
        "请先补全它在哪个平台。", "请先加证据：账号主页的截图或 PDF。",
    ]  # fmt: skip
    with pytest.raises(Refused, match="有人办过这个案件"):
        actions.verify_case(actor=stage.officer, case_id=case.pk, seen=99)
    with pytest.raises(Refused, match="登记册里没有"):
        actions.describe_case(actor=stage.officer, case_id=case.pk, suspect=Suspect("云岭发布官方"), real="ZX999999999")
    assert Case.objects.get(pk=case.pk).state == CaseState.NEW
    for _ in range(REPORTS_PER_ADDRESS_HOUR):
        stage.report(text="")
    with pytest.raises(actions.TooOften):
        stage.report(text="")


def test_a_neighbour_sees_nothing_and_a_guide_may_only_look(stage: Stage) -> None:
    case = stage.confirmed()
    with pytest.raises(Missing):
        queries.find_case(actor=stage.neighbour, case_id=case.pk)
    with pytest.raises(Missing):
        actions.record_removal(actor=stage.neighbour, case_id=case.pk, **GONE)
    assert queries.find_case(actor=stage.guide, case_id=case.pk) == case
    with pytest.raises(Refused, match="由它的主管人员或主办人员办理"):
        actions.record_removal(actor=stage.guide, case_id=case.pk, **GONE)
    own = stage.report("云岭县叫育局", url="")
    assert [row.pk for row in queries.visible_cases(actor=stage.neighbour)] == [own.pk]
    counted = queries.figures_of(queries.visible_cases(actor=stage.officer))
    assert (counted.total, counted.confirmed, counted.removed, counted.days) == (2, 1, 0, None)
    assert counted.by_platform == [("微博", 2, 1, 0, None)]
    assert [row[:2] for row in counted.by_trick] == [("同音字", 2)]


def test_the_database_holds_the_same_table_and_changes_nothing_written(stage: Stage) -> None:
    case = stage.confirmed()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a, b FROM unnest(%s::text[]) a, unnest(%s::text[]) b WHERE impostors_may_move(a, b)",
            [CaseState.values, CaseState.values],
        )
        held = set(cursor.fetchall())
    assert held == {(str(was), str(becomes)) for sources, becomes in MOVES.values() for was in sources}
    forbidden = [
        lambda: Report.objects.update(text="别的"),
        lambda: Evidence.objects.all().delete(),
        lambda: Entry.objects.update(text="别的"),
        lambda: Case.objects.filter(pk=case.pk).update(state="unfounded", version=99),
        lambda: Case.objects.filter(pk=case.pk).update(state="requested", version=99),
        lambda: Case.objects.filter(pk=case.pk).update(name="别的"),
        lambda: Case.objects.filter(pk=case.pk).delete(),
    ]
    for act in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Case.objects.get().state == CaseState.CONFIRMED
