"""The PDF of a bulletin: the same words as page and Word, the same bytes each time, a draft that says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import docx
import pypdfium2
import pytest
from tests.inspection.world import day
from tests.observation.world import make_account
from tests.registry.world import make_body

from zhijian.assessment import actions, queries
from zhijian.lib import clock
from zhijian.review import actions as review
from zhijian.review.queries import current_stage

if TYPE_CHECKING:
    from django.test import Client
    from tests.inspection.world import Scene

    from zhijian.assessment.models import Bulletin

LATER = 17
TITLE = "云岭县第四季度政务新媒体检查通报"
TEXTS = ["本季度检查三个账号。\n多数按时更新。", "没有发现单项否决的问题。", "", "水务局每天都有人值守。", ""]
WORDS = (
    f"{TITLE}总体情况本季度检查三个账号。多数按时更新。主要问题没有发现单项否决的问题。好的做法水务局每天都有人值守。"
    "检查情况表单位账号看全合格不合格没能看全整改通知已销号超期"
    "云岭县水务局20002000云岭县教育局10001000合计30003000云岭县人民政府"
)


@pytest.fixture
def row(scene: Scene) -> Bulletin:
    """A draft in its second version, nothing looked at yet."""
    with clock.at(day(LATER)):
        made = actions.draft_bulletin(actor=scene.officer, organisation=scene.watch.county.county, year=2026, quarter=4)
        actions.save_bulletin(actor=scene.officer, bulletin_id=made.pk, base_number=1, title=TITLE, texts=TEXTS)
    return made


def publish(scene: Scene, row: Bulletin) -> None:
    county = scene.watch.county
    roles = ("first_reviewer", "second_reviewer", "final_reviewer", "head")
    people = {role: county.person(f"sign-{role}", county.county, role) for role in roles}
    opened = actions.submit_bulletin(actor=scene.officer, bulletin_id=row.pk)
    while (stage := current_stage(opened)) is not None:
        review.sign(
            review_id=opened.pk, decision="approve", version_hash=opened.version_hash, comment="",
            actor=next(people[role] for role in roles if role in stage.roles),
            gates={gate["code"]: True for gate in stage.gates},
        )  # fmt: skip
        opened.refresh_from_db()


def pages(data: bytes) -> list[str]:
    """Return the text of every page without white space."""
    paper = pypdfium2.PdfDocument(data)
    return [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in paper]


def test_citizens_get_the_approved_words_as_pdf(scene: Scene, row: Bulletin, client: Client) -> None:
    with clock.at(day(LATER)):
        publish(scene, row)
    page = client.get(f"/bulletins/{row.pk}/").content.decode()
    answer = client.get(f"/bulletins/{row.pk}/pdf/")

    assert f'<a href="/bulletins/{row.pk}/pdf/">下载 PDF</a>' in page
    assert answer["Content-Type"] == "application/pdf"
    row.refresh_from_db()
    assert row.published_at is not None
    on = row.published_at.astimezone(clock.BEIJING)
    assert pages(answer.content) == [f"{WORDS}{on.year}年{on.month}月{on.day}日第1页共1页"]


def test_the_pdf_says_what_the_word_document_says(scene: Scene, row: Bulletin, client: Client) -> None:
    client.force_login(scene.officer)
    paper = docx.Document(_file(client, row, "word"))
    rows = ["".join(cell.text for cell in line.cells) for line in paper.tables[0].rows]
    *words, body = [paragraph.text for paragraph in paper.paragraphs]
    mark = paper.sections[0].header.paragraphs[0].text
    [text] = pages(_file(client, row, "pdf").getvalue())

    assert text == re.sub(r"\s", "", "".join([mark, *words, *rows, body])) + "第1页共1页"


def _file(client: Client, row: Bulletin, kind: str) -> Any:
    from io import BytesIO  # noqa: PLC0415 - only here

    return BytesIO(client.get(f"/desk/bulletins/{row.pk}/{kind}/").content)


def test_a_draft_says_so_on_every_page_and_citizens_do_not_get_it(
    scene: Scene, row: Bulletin, client: Client
) -> None:  # fmt: skip
    assert client.get(f"/bulletins/{row.pk}/pdf/").status_code == 404
    client.force_login(scene.officer)
    page = client.get(f"/desk/bulletins/{row.pk}/").content.decode()
    answer = client.get(f"/desk/bulletins/{row.pk}/pdf/")

    assert f"/desk/bulletins/{row.pk}/pdf/" in page
    assert pages(answer.content) == [f"草稿（第2版），没有发布{WORDS}第1页共1页"]


def test_another_body_does_not_get_the_pdf(scene: Scene, row: Bulletin, client: Client) -> None:
    client.force_login(scene.stranger)
    assert client.get(f"/desk/bulletins/{row.pk}/pdf/").status_code == 404


def test_the_same_version_is_the_same_file_at_any_time(row: Bulletin) -> None:
    version = queries.find_bulletin(actor=row.created_by, bulletin_id=row.pk).newest
    assert version is not None
    first = queries.pdf_document(version)
    with clock.at(day(LATER + 100)):
        assert queries.pdf_document(version) == first
    older = version.bulletin.versions.get(number=1)
    assert queries.pdf_document(older) != first


def test_a_long_table_goes_on_over_pages_with_its_head(scene: Scene, client: Client) -> None:
    county = scene.watch.county
    for number in range(45):
        make_account(make_body(f"第{number}办事处", county.county, "county", "department"), "website", f"网站{number}")
    with clock.at(day(LATER)):
        made = actions.draft_bulletin(actor=scene.officer, organisation=county.county, year=2026, quarter=4)
    client.force_login(scene.officer)
    found = pages(_file(client, made, "pdf").getvalue())

    assert sum("办事处" in text for text in found) > 1
    for number, text in enumerate(found, start=1):
        assert text.startswith("草稿（第1版），没有发布")
        assert ("单位账号看全合格不合格没能看全整改通知已销号超期" in text) == ("办事处" in text)
        assert text.endswith(f"第{number}页共{len(found)}页")


def test_a_character_without_a_font_is_named_to_the_person(scene: Scene, row: Bulletin, client: Client) -> None:
    private = chr(0xE863)
    actions.save_bulletin(
        actor=scene.officer, bulletin_id=row.pk, base_number=2, title=f"表扬王{private}", texts=TEXTS
    )  # fmt: skip
    client.force_login(scene.officer)
    answer = client.get(f"/desk/bulletins/{row.pk}/pdf/")
    assert answer.status_code == 409
    assert f"没有字体能显示“{private}”，PDF 没有生成。" in answer.content.decode()
