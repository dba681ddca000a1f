"""An account that imitates the county: reported, looked into, confirmed, taken down, back again."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import docx
import pytest
from django.db import DatabaseError, connection, transaction
from tests.impostors.world import SHOT, make_account, picture

from zhijian.audit.models import Event
from zhijian.files.queries import read_bytes
from zhijian.impostors import actions, queries
from zhijian.impostors.actions import AllowDraft, Proof, Suspect
from zhijian.impostors.actions.evidence import MOST_EVIDENCE, MOST_OF_CITIZENS
from zhijian.impostors.actions.reporting import REPORTS_PER_ADDRESS_HOUR
from zhijian.impostors.enums import MOVES, CaseState
from zhijian.impostors.models import AllowedName, Case, Entry, Evidence, Letter, Report
from zhijian.impostors.queries.comparing import Comparison
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice
from zhijian.organisations.models import Organisation
from zhijian.registry.models import Account

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


def test_whom_a_confirmed_case_accuses_stays_until_the_finding_is_taken_back(stage: Stage) -> None:
    case = stage.confirmed()
    other = {"suspect": Suspect("老张说房", "weibo", "https://weibo.com/u/777"), "real": "云岭县水务局"}
    with pytest.raises(Refused, match="现在“已认定”，信息不能改"):
        actions.describe_case(actor=stage.officer, case_id=case.pk, **other)
    actions.request_removal(actor=stage.host, case_id=case.pk, recipient="微博", way="站内投诉", text="请处置")
    assert queries.public_impostor("芸岭发布") is not None
    assert queries.public_impostor("老张说房") is None
    with pytest.raises(Refused, match="请写明为什么重新办理"):
        actions.reopen_case(actor=stage.host, case_id=case.pk, text=" ")
    back = actions.reopen_case(actor=stage.host, case_id=case.pk, text="是本地老店，认错了。")
    assert (back.state, back.confirmed_at, back.requested_at, back.due_at, back.returned) == (
        CaseState.VERIFYING, None, None, None, 0,
    )  # fmt: skip
    for asked in ("芸岭发布", "https://weibo.com/u/5550001111"):
        assert queries.public_impostor(asked) is None
    assert Entry.objects.filter(case=case).latest("pk").text == "撤回认定：是本地老店，认错了。"
    told = Notice.objects.filter(person=stage.guide).order_by("pk").values_list("title", flat=True)
    assert list(told) == [
        "抄送：云岭县人民政府认定“芸岭发布”为仿冒账号", "抄送：云岭县人民政府撤回了对“芸岭发布”的仿冒认定",
    ]  # fmt: skip
    actions.dismiss_case(actor=stage.host, case_id=case.pk, text="是本地老店。")
    assert Case.objects.get().state == CaseState.UNFOUNDED


def test_a_registered_account_is_no_impostor(stage: Stage) -> None:
    real = stage.real
    case = stage.report("云岭发布吧", platform="wechat", url="")
    Account.objects.filter(pk=real.pk).update(platform_uid="gh_0a1b2c3d4e01", url="https://a.example.cn/yunling")
    Account.objects.filter(pk=real.pk).update(url_key="a.example.cn/yunling")
    reason = f"官方账号“云岭发布”（登记号 {real.number}），不是仿冒"
    for told in ({"url": "https://www.a.example.cn/yunling/"}, {"url": "", "platform_uid": "gh_0a1b2c3d4e01"}):
        suspect = Suspect("云岭发布吧", "wechat", **told)
        with pytest.raises(Refused, match=reason):
            actions.describe_case(actor=stage.officer, case_id=case.pk, suspect=suspect)
        with pytest.raises(Refused, match=reason):
            stage.report("云岭发布吧", platform="wechat", **told)
    assert Report.objects.count() == 1
    Case.objects.update(version=2, platform_uid="gh_0a1b2c3d4e01")
    with pytest.raises(Refused, match=reason):
        actions.confirm_case(actor=stage.officer, case_id=case.pk, text="自称县政府")
    with pytest.raises(DatabaseError, match="no impostor"), transaction.atomic():
        Case.objects.update(version=3, state=CaseState.CONFIRMED)
    Case.objects.update(version=3, platform_uid="", name="云岭发布")
    with pytest.raises(Refused, match="请先补全它的链接或账号标识"):
        actions.confirm_case(actor=stage.officer, case_id=case.pk, text="自称县政府")
    actions.describe_case(
        actor=stage.officer, case_id=case.pk, suspect=Suspect("云岭发布", "wechat", "https://b.example.cn/1")
    )
    assert actions.confirm_case(actor=stage.officer, case_id=case.pk, text="自称县政府").state == CaseState.CONFIRMED


def test_the_letter_tells_how_the_name_is_like_the_very_account_it_imitates(stage: Stage) -> None:
    case = actions.open_case(actor=stage.officer, suspect=Suspect("云岭县叫育局", "weibo"))
    assert (case.account.name, case.likeness[0]["official"], case.tricks) == ("云岭县教育局", "云岭县教育局", ["sound"])
    assert "名称比对：与“云岭县教育局”同音字：“叫”代“教”。" in queries.letter_text(case)
    renamed = actions.describe_case(actor=stage.officer, case_id=case.pk, suspect=Suspect("芸岭发布", "weibo"))
    assert [one["official"] for one in renamed.likeness] == ["云岭发布"]
    assert renamed.tricks == []
    assert "名称比对" not in queries.letter_text(renamed)
    aimed = actions.describe_case(
        actor=stage.officer, case_id=case.pk, suspect=Suspect("芸岭发布", "weibo"), real="云岭发布"
    )
    assert (aimed.account, aimed.tricks) == (stage.real, ["sound"])
    assert "名称比对：与“云岭发布”同音字：“芸”代“云”。" in queries.letter_text(aimed)


def test_citizens_pictures_leave_room_for_those_who_handle_the_case(stage: Stage) -> None:
    case = stage.report()
    for place in range(MOST_OF_CITIZENS + 1):
        told = Suspect("芸岭发布", "weibo", "https://weibo.com/u/5550001111", text=f"第{place}次")
        actions.report_by_citizen(suspect=told, proof=Proof(picture(f"#0000{place:02x}")), address=f"10.0.1.{place}")
    assert (case.evidence.count(), case.reports.count()) == (MOST_OF_CITIZENS, MOST_OF_CITIZENS + 2)
    assert case.entries.filter(text__startswith="截图没有留").count() == 2
    now = clock.now()
    Evidence.objects.bulk_create(
        Evidence(case=case, sha256=f"{place:064}", media_type="image/png", size=1, at=now, by=stage.officer)
        for place in range(MOST_EVIDENCE - MOST_OF_CITIZENS)
    )
    again = Suspect("芸岭发布", "weibo", "https://weibo.com/u/5550001111")
    with pytest.raises(Refused, match="一个案件最多 50 份证据"):
        actions.open_case(actor=stage.officer, suspect=again, proof=Proof(picture("black")))


def test_a_large_comparison_is_made_anew_behind_the_back_of_who_asks(stage: Stage) -> None:
    waiting: list[Callable[[], None]] = []
    slow = Comparison(quick=-1, rest=0, later=waiting.append)
    resting = Comparison(quick=-1, rest=3_600, later=waiting.append)
    first = slow.current()
    resting.current()
    Account.objects.update(changed_at=clock.now() + DAY)
    assert (slow.current(), resting.current(), waiting) == (first, resting.current(), [])
    make_account(stage.county.water, "云岭水务发布")
    assert not slow.current().is_official("云岭水务发布")
    assert not resting.current().is_official("云岭水务发布")
    slow.current()
    assert len(waiting) == 1
    waiting.pop()()
    assert slow.current().is_official("云岭水务发布")
    draft = AllowDraft("芸岭发布", "本地多年的企业字号")
    actions.allow_name(actor=stage.officer, organisation=stage.county.county, draft=draft)
    assert (slow.current().is_allowed("芸岭发布"), slow.current().alike("芸岭发布"), waiting) == (True, (), [])
    Organisation.objects.filter(pk=stage.county.city.pk).update(name="澄湖市人民政府")
    slow.current()
    assert len(waiting) == 1


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
        lambda: Case.objects.filter(pk=case.pk).update(version=99, name="别的"),
        lambda: Case.objects.filter(pk=case.pk).update(version=99, account=None),
        lambda: Case.objects.filter(pk=case.pk).update(version=99, state="verifying", url_key="weibo.com/u/2"),
        lambda: Case.objects.filter(pk=case.pk).delete(),
    ]
    for act in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Case.objects.get().state == CaseState.CONFIRMED
