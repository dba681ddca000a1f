"""A bulletin: right figures, approved words, the same on page and paper."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import docx
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.inspection.world import DAY, SHOT, WRONG, day, post
from tests.observation.world import make_account

from zhijian.assessment import actions, queries
from zhijian.assessment.enums import BulletinState
from zhijian.assessment.models import Bulletin, BulletinVersion
from zhijian.inspection import actions as inspection
from zhijian.inspection.enums import Result
from zhijian.inspection.models import Finding, Standing
from zhijian.inspection.queries import figures_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.review import actions as review
from zhijian.review.queries import current_stage

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.inspection.world import Scene

    from zhijian.organisations.models import User

LATER = 16


@pytest.fixture
def quarter(scene: Scene) -> Scene:
    """One account failed and was put right too late, a false alarm was written off, one could not be seen."""
    scene.look(-20, 0, post(0))
    for number in range(15):
        scene.look(number, number + 1)
    scene.look(14, 15, post(14.5, "公告", f"{WRONG}成立"), source=scene.wechat_source)
    scene.run(15.01)
    silent, wording = Finding.objects.get(indicator="NM-V2.1"), Finding.objects.get(indicator="NM-V1.1")
    with clock.at(day(15.1)):
        inspection.issue_order(actor=scene.officer, finding_id=silent.pk, text="请更新。")
        claim = inspection.appeal(actor=scene.host, finding_id=wording.pk, reason="引用原文。", proof=SHOT)
        inspection.decide_appeal(actor=scene.second, appeal_id=claim.pk, accept=True, decision="属于引用。")
    scene.look(15, LATER, post(15.5))
    scene.run(LATER + 0.01)
    return scene


def signers(scene: Scene) -> list[User]:
    county = scene.watch.county
    roles = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER, Role.HEAD)
    return [county.person(f"sign-{role}", county.county, role) for role in roles]


def draft(scene: Scene) -> Bulletin:
    return actions.draft_bulletin(actor=scene.officer, organisation=scene.watch.county.county, year=2026, quarter=4)


def approve(scene: Scene, row: Bulletin) -> None:
    people = signers(scene)
    opened = actions.submit_bulletin(actor=scene.officer, bulletin_id=row.pk)
    while (stage := current_stage(opened)) is not None:
        signer = next(person for person in people if set(stage.roles) & {r.role for r in person.assignments})
        review.sign(
            review_id=opened.pk, decision="approve", version_hash=opened.version_hash, comment="", actor=signer,
            gates={gate["code"]: True for gate in stage.gates},
        )  # fmt: skip
        opened.refresh_from_db()


def test_the_figures_count_every_account_once_and_a_false_alarm_not_at_all(quarter: Scene) -> None:
    with clock.at(day(LATER + 1)):
        version = draft(quarter).newest
    assert version is not None
    figures = version.figures

    assert figures["total"] == {
        "name": "合计", "accounts": 3, "looked_at": 2, "passed": 1, "failed": 1, "could_not_look": 1, "orders": 1,
        "closed": 1, "overdue": 0, "written_off": 1, "repeated": 0,
    }  # fmt: skip
    assert figures["indicators"] == {"NM-V2.1": 1}
    assert [(line["name"], line["accounts"], line["failed"]) for line in figures["branches"]] == [
        ("云岭县水务局", 2, 1), ("云岭县教育局", 1, 0),
    ]  # fmt: skip
    assert len(figures["inputs"]["runs"]) == 2
    assert figures["inputs"]["findings"] == sorted(Finding.objects.values_list("pk", flat=True))
    assert version.sections[0]["text"] == (
        "截至2026年12月9日，本季度共有政务新媒体账号 3 个，看全 2 个。其中合格 1 个，不合格 1 个。"
        "另有 1 个没能看全，不作结论。"
    )


def test_what_failed_was_seen_though_nobody_can_see_it_by_now(quarter: Scene) -> None:
    quarter.run(LATER + 21)
    with clock.at(day(LATER + 22)):
        version = draft(quarter).newest
    assert version is not None
    total = version.figures["total"]

    told = [total[name] for name in ("accounts", "looked_at", "passed", "failed", "could_not_look")]
    assert told == [3, 1, 0, 1, 2]


def test_what_happens_after_a_quarter_does_not_change_its_figures(quarter: Scene) -> None:
    start, end = queries.quarter_period(2026, 4)
    county = quarter.watch.county.county
    with clock.at(end):
        before = figures_of(organisation=county, start=start, end=end)
    after = (end - day(0)) / DAY
    for number in range(20):
        quarter.look(after + number, after + number + 1)
        quarter.look(after + number, after + number + 1, source=quarter.wechat_source)
    quarter.run(after + 20.01)
    assert Standing.objects.get(account=quarter.watch.wechat).result == Result.FAIL

    with clock.at(day(after + 21)):
        again = figures_of(organisation=county, start=start, end=end)
    assert queries.first_sections(again.as_data())[0]["text"].startswith("本季度共有")
    assert (again.total, again.branches, again.indicators) == (before.total, before.branches, before.indicators)


def test_an_order_closed_after_the_quarter_was_open_in_it(scene: Scene) -> None:
    scene.look(-20, 0, post(0))
    scene.look(0, 30)
    scene.run(30.01)
    start, end = queries.quarter_period(2026, 4)
    with clock.at(day(30.1)):
        inspection.issue_order(actor=scene.officer, finding_id=Finding.objects.get().pk, text="请更新。")
    scene.look(30, 60, post(59))
    scene.run(60.01)
    assert Finding.objects.get().state == "closed"

    with clock.at(day(61)):
        total = figures_of(organisation=scene.watch.county.county, start=start, end=end).total
    assert (total.orders, total.closed, total.failed) == (1, 0, 1)


def test_the_figures_cost_the_same_for_few_and_many_accounts(quarter: Scene) -> None:
    def cost() -> int:
        start, end = queries.quarter_period(2026, 4)
        with CaptureQueriesContext(connection) as caught:
            figures_of(organisation=quarter.watch.county.county, start=start, end=end)
        return len(caught)

    few = cost()
    for number in range(30):
        make_account(quarter.watch.county.water, "website", f"网站{number}")
    assert cost() == few


def test_citizens_read_exactly_what_was_approved(quarter: Scene, client: Client) -> None:
    with clock.at(day(LATER + 1)):
        row = draft(quarter)
        texts = ["总体", "问题", "整改", "水务局每天都有人值守。", "请各单位抓好更新。"]
        actions.save_bulletin(
            actor=quarter.officer, bulletin_id=row.pk, base_number=1, title="第四季度通报", texts=texts
        )
        assert client.get(f"/bulletins/{row.pk}/").status_code == 404
        approve(quarter, row)
        page = client.get(f"/bulletins/{row.pk}/").content.decode()
        assert "水务局每天都有人值守。" in page
        assert "第四季度通报" in client.get("/bulletins/").content.decode()
        actions.withdraw_bulletin(actor=quarter.officer, bulletin_id=row.pk)
        assert client.get(f"/bulletins/{row.pk}/").status_code == 404
        assert client.get(f"/bulletins/{row.pk}/word/").status_code == 404


def words_of(data: bytes) -> tuple[str, list[list[str]]]:
    paper = docx.Document(io.BytesIO(data))
    table = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    return "\n".join(paragraph.text for paragraph in paper.paragraphs), table


TABLE = [
    ["单位", "账号", "看全", "合格", "不合格", "没能看全", "整改通知", "已销号", "超期"],
    ["云岭县水务局", "2", "2", "1", "1", "0", "1", "1", "0"],
    ["云岭县教育局", "1", "0", "0", "0", "1", "0", "0", "0"],
    ["合计", "3", "2", "1", "1", "1", "1", "1", "0"],
]


def test_the_paper_shows_the_figures_of_the_page(quarter: Scene, client: Client) -> None:
    with clock.at(day(LATER + 1)):
        row = draft(quarter)
        client.force_login(quarter.officer)
        response = client.get(f"/desk/bulletins/{row.pk}/word/")
    words, table = words_of(response.content)

    assert table == TABLE
    assert "内容不更新：1 个账号。" in words
    assert "云岭县人民政府" in words
    assert "好的做法" not in words


@pytest.mark.slow
def test_the_paper_opens_in_libreoffice(quarter: Scene, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        sentence = "LibreOffice is missing: install it (Debian: apt-get install libreoffice-writer-nogui)."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    with clock.at(day(LATER + 1)):
        version = draft(quarter).newest
    assert version is not None
    paper = tmp_path / "通报.docx"
    paper.write_bytes(queries.word_document(version))
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "txt:Text (encoded):UTF8",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(paper)], check=True, timeout=300)  # noqa: S603 -- a fixed command
    words = (tmp_path / "通报.txt").read_text(encoding="utf-8-sig")
    assert version.title in words
    assert all(cell in words for row in TABLE for cell in row)


def test_one_bulletin_for_a_quarter_and_none_for_one_to_come(quarter: Scene) -> None:
    county = quarter.watch.county.county
    draft(quarter)
    with pytest.raises(Refused, match="已经有一份通报"):
        draft(quarter)
    with pytest.raises(Refused, match="还没有开始"):
        actions.draft_bulletin(actor=quarter.officer, organisation=county, year=2027, quarter=1)
    with pytest.raises(Refused, match="由它的主管人员或巡检人员起草"):
        actions.draft_bulletin(actor=quarter.host, organisation=county, year=2026, quarter=3)


def test_two_who_edit_at_once_are_told_and_nothing_is_lost(quarter: Scene) -> None:
    row = draft(quarter)
    texts = ["一", "二", "三", "四", "五"]
    actions.save_bulletin(actor=quarter.officer, bulletin_id=row.pk, base_number=1, title="甲", texts=texts)
    with pytest.raises(Refused, match="有人保存过"):
        actions.save_bulletin(actor=quarter.second, bulletin_id=row.pk, base_number=1, title="乙", texts=texts)
    assert list(BulletinVersion.objects.order_by("number").values_list("title", flat=True))[1:] == ["甲"]


def test_what_comes_back_says_what_to_mend(quarter: Scene, client: Client) -> None:
    row = draft(quarter)
    people = signers(quarter)
    opened = actions.submit_bulletin(actor=quarter.officer, bulletin_id=row.pk)
    with pytest.raises(Refused, match="不能修改"):
        actions.submit_bulletin(actor=quarter.officer, bulletin_id=row.pk)
    review.sign(
        review_id=opened.pk, decision="return", version_hash=opened.version_hash, comment="补上好的做法", gates={},
        actor=people[0],
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.state, row.returned_comment) == (BulletinState.RETURNED, "补上好的做法")
    client.force_login(quarter.officer)
    assert "退回意见：补上好的做法" in client.get(f"/desk/bulletins/{row.pk}/").content.decode()
    assert [item.kind for item in queries.work_items(actor=quarter.officer)] == ["改通报"]


def test_a_reviewer_sees_the_exact_words_and_figures(quarter: Scene, client: Client) -> None:
    row = draft(quarter)
    people = signers(quarter)
    opened = actions.submit_bulletin(actor=quarter.officer, bulletin_id=row.pk)
    client.force_login(people[0])
    page = client.get(f"/desk/review/{opened.pk}/").content.decode()
    assert "另有 1 个没能看全，不作结论。" in page
    assert '<td data-label="不合格">1</td>' in page


def test_another_body_neither_sees_nor_changes_a_bulletin(quarter: Scene, client: Client) -> None:
    row = draft(quarter)
    client.force_login(quarter.stranger)
    for path in ("", "edit/", "word/"):
        assert client.get(f"/desk/bulletins/{row.pk}/{path}").status_code == 404
    for path in ("submit/", "withdraw/"):
        assert client.post(f"/desk/bulletins/{row.pk}/{path}").status_code == 404
    with pytest.raises(Missing):
        actions.submit_bulletin(actor=quarter.stranger, bulletin_id=row.pk)
    assert row.title not in client.get("/desk/bulletins/").content.decode()


def test_the_database_publishes_only_what_was_approved(quarter: Scene) -> None:
    row = draft(quarter)
    with pytest.raises(DatabaseError, match="only an approved version"), transaction.atomic():
        Bulletin.objects.filter(pk=row.pk).update(
            state="published", published_id=row.newest_id, published_at=clock.now()
        )


def test_a_bulletin_is_written_through_its_pages(quarter: Scene, client: Client) -> None:
    county = quarter.watch.county.county
    client.force_login(quarter.officer)
    with clock.at(day(LATER + 1)):
        made = client.post("/desk/bulletins/new/", {"organisation": county.pk, "year": 2026, "quarter": 4})
        row = Bulletin.objects.get()
        assert made.status_code == 302
        form = {"base_number": 1, "title": "改过的标题", "section_3": "好做法", "count_again": "on"}
        assert client.post(f"/desk/bulletins/{row.pk}/edit/", form).status_code == 302
        assert client.post(f"/desk/bulletins/{row.pk}/edit/", form | {"title": ""}).status_code == 409
    assert "改过的标题" in client.get("/desk/bulletins/").content.decode()
