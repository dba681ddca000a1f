from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.content.newsroom import sign_all, with_words
from tests.content.test_importing_a_piece import picture, word_file

from zhijian.content import actions, queries
from zhijian.content.document import canonical_json, from_blocks, heading, paragraph
from zhijian.content.document.nodes import node
from zhijian.content.models import Article, Revision, WorkingCopy
from zhijian.files.actions import store_picture

if TYPE_CHECKING:
    from tests.content.newsroom import Newsroom

    from zhijian.content.queries import Draft
    from zhijian.organisations.models import User


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk(editor: User) -> Client:
    return client_of(editor)


def form_of(draft: Draft, base: int, **more: Any) -> dict[str, Any]:
    fields = {name: value for name, value in queries.fields_of(draft).items() if name != "document"}
    return {**fields, "document": canonical_json(draft.document), "base_number": base, "note": "", **more}


PAGES = ("article", "edit", "discard")


def test_another_bodys_piece_is_not_there_on_any_address(
    article: Article, stranger: User, draft: Draft, newsroom: Newsroom
) -> None:
    row = store_picture(actor=newsroom.editor, organisation=newsroom.county.water, name="图", data=picture())
    actions.save_revision(
        actor=newsroom.editor, article_id=article.pk, base_number=1, draft=replace(draft, cover=row.sha256)
    )
    outside = client_of(stranger)
    gets = [reverse(f"content:{name}", args=[article.pk]) for name in PAGES]
    gets += [
        reverse("content:version", args=[article.pk, 1]),
        reverse("content:compare", args=[article.pk, 1, 2]),
        reverse("content:picture", args=[article.pk, row.sha256]),
        reverse("content:imported", args=[article.pk]),
    ]
    posts = (
        "edit",
        "autosave",
        "screen",
        "presence",
        "drop_copy",
        "submit",
        "discard",
        "waive",
        "restore",
        "settle",
        "widen",
    )
    answers = {address: outside.get(address).status_code for address in gets}
    answers |= {
        name: outside.post(reverse(f"content:{name}", args=[article.pk]), form_of(draft, 2)).status_code
        for name in posts
    }
    assert set(answers.values()) == {404}, answers
    listed = outside.get(reverse("content:list"))
    assert article.title not in listed.content.decode()
    assert client_of(newsroom.editor).get(gets[0]).status_code == 200
    assert (Revision.objects.count(), WorkingCopy.objects.count()) == (2, 0)


def test_the_list_costs_the_same_for_one_piece_and_for_thirty(desk: Client, newsroom: Newsroom, draft: Draft) -> None:
    desk.get(reverse("content:list"))
    with CaptureQueriesContext(connection) as one:
        assert desk.get(reverse("content:list")).status_code == 200
    for number in range(29):
        actions.create_article(
            actor=newsroom.editor, organisation=newsroom.county.water, draft=replace(draft, title=f"通知 {number}")
        )
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get(reverse("content:list")).content.decode()
    assert "通知 28" in page
    assert len(thirty) == len(one)


def test_the_page_of_a_piece_shows_text_report_versions_and_history(desk: Client, article: Article) -> None:
    page = desk.get(reverse("content:article", args=[article.pk])).content.decode()
    for words in ("停水安排", "没有发现问题。", "第 1 版", "送审", "作废"):
        assert words in page


def test_why_a_piece_cannot_go_to_review_stands_under_the_grey_button(
    desk: Client, article: Article, editor: User, draft: Draft
) -> None:
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=replace(draft, title=""))
    page = desk.get(reverse("content:article", args=[article.pk])).content.decode()
    assert "还没有标题，请先写标题。" in page
    answer = desk.post(reverse("content:submit", args=[article.pk]), follow=True)
    assert "还没有标题，请先写标题。" in answer.content.decode()
    assert Article.objects.get(pk=article.pk).state == "draft"


def test_a_piece_is_begun_in_three_ways(desk: Client, newsroom: Newsroom) -> None:
    body = newsroom.county.water.pk
    written = desk.post(reverse("content:write"), {"organisation": body, "title": "节水倡议", "item_class": "ordinary"})
    pasted = desk.post(
        reverse("content:paste"), {"organisation": body, "text": "节水通知\n请大家节约用水。", "html": ""}
    )
    file = SimpleUploadedFile("停水.docx", word_file())
    uploaded = desk.post(reverse("content:upload"), {"organisation": body, "file": file})
    first, second, third = Article.objects.exclude(pk=newsroom.article.pk).order_by("pk")
    assert written["Location"] == reverse("content:edit", args=[first.pk])
    assert pasted["Location"] == reverse("content:imported", args=[second.pk])
    assert uploaded["Location"] == reverse("content:imported", args=[third.pk])
    shown = desk.get(uploaded["Location"])
    assert shown.status_code == 200
    assert "备好生活用水" in shown.content.decode()


def test_a_refused_file_keeps_the_person_on_the_form_with_the_reason(desk: Client, newsroom: Newsroom) -> None:
    file = SimpleUploadedFile("扫描.pdf", b"%PDF-1.7 x")
    answer = desk.post(reverse("content:upload"), {"organisation": newsroom.county.water.pk, "file": file})
    assert answer.status_code == 409
    assert "这是 PDF 文件" in answer.content.decode()


def test_a_save_from_the_script_is_a_version(desk: Client, article: Article, draft: Draft) -> None:
    changed = with_words(draft, "脚本里写的。")
    answer = desk.post(reverse("content:edit", args=[article.pk]), form_of(changed, 1, note="改了正文"))
    assert answer["Location"] == reverse("content:article", args=[article.pk])
    saved = Revision.objects.get(article=article, number=2)
    assert (queries.draft_of(saved), saved.note) == (changed, "改了正文")


def test_without_script_only_the_touched_lines_change(desk: Client, article: Article, editor: User) -> None:
    table = node("table", [node("table_row", [node("table_cell", [paragraph("城东")])])])
    rich = queries.Draft(title="题", document=from_blocks([heading("小标题", level=3), paragraph("旧的一段。"), table]))
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=rich)
    page = desk.get(reverse("content:edit", args=[article.pk])).content.decode()
    assert "〔表格 1，请勿改动这一行〕" in page
    text = "小标题\n\n新的一段。\n\n〔表格 1，请勿改动这一行〕"
    desk.post(reverse("content:edit", args=[article.pk]), form_of(rich, 2, body_text=text))
    saved = queries.draft_of(Revision.objects.get(article=article, number=3))
    assert saved.document == from_blocks([heading("小标题", level=3), paragraph("新的一段。"), table])


def test_a_conflict_shows_both_texts_and_saves_on_top_when_asked(
    desk: Client, article: Article, colleague: User, draft: Draft
) -> None:
    actions.save_revision(
        actor=colleague, article_id=article.pk, base_number=1, draft=with_words(draft, "同事写的句子。")
    )
    mine = with_words(draft, "我写的句子。")
    answer = desk.post(reverse("content:edit", args=[article.pk]), form_of(mine, 1))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事写的句子。" in page
    assert "我写的句子。" in page
    assert "colleague保存了第 2 版" in page
    kept = WorkingCopy.objects.get(article=article)
    assert queries.draft_from_fields(kept.fields) == mine
    again = desk.post(reverse("content:edit", args=[article.pk]), form_of(mine, 2))
    assert again.status_code == 302
    assert queries.draft_of(Revision.objects.get(article=article, number=3)) == mine


def test_a_conflict_with_ones_own_second_window_names_nobody_else(
    desk: Client, article: Article, editor: User, draft: Draft
) -> None:
    actions.save_revision(
        actor=editor, article_id=article.pk, base_number=1, draft=with_words(draft, "另一个窗口的句子。")
    )
    page = desk.post(reverse("content:edit", args=[article.pk]), form_of(with_words(draft, "这一页的句子。"), 1))
    said = page.content.decode().split("<main", 1)[1]
    assert page.status_code == 409
    assert "您在另一个窗口保存了第 2 版" in said
    assert str(editor) not in said.split("</main>")[0]
    sent = {"document": queries.fields_of(draft)["document"], "title": "再改", "digest": "", "version": 1}
    assert post_json(desk, "autosave", article, sent).json()["message"].startswith("您在另一个窗口保存了第 2 版")


def test_what_only_wechat_minds_stands_apart_from_what_stops_the_review(
    desk: Client, article: Article, editor: User
) -> None:
    address = reverse("content:article", args=[article.pk])
    page = desk.get(address).content.decode()
    assert "提醒，不挡送审" in page
    assert 'id="submit-form"' in page
    refused = desk.post(reverse("content:submit", args=[article.pk]), {"target": "wechat"}, follow=True)
    assert "要发公众号：缺少封面图片。请选一张封面。" in [str(one) for one in refused.context["messages"]]
    assert Article.objects.get(pk=article.pk).state == "draft"
    desk.post(reverse("content:submit", args=[article.pk]))
    assert Article.objects.get(pk=article.pk).state == "in_review"


def test_an_edit_of_an_approved_piece_asks_for_consent_first(
    desk: Client, article: Article, editor: User, reviewers: list[User], draft: Draft
) -> None:
    sign_all(actions.submit_article(actor=editor, article_id=article.pk), reviewers)
    address = reverse("content:edit", args=[article.pk])
    assert "保存修改会使审核作废" in desk.get(address).content.decode()
    changed = form_of(with_words(draft, "通过以后又改。"), 1)
    refused = desk.post(address, changed)
    assert refused.status_code == 409
    assert "通过以后又改。" in refused.content.decode()
    assert Article.objects.get(pk=article.pk).state == "approved"
    assert desk.post(address, {**changed, "gives_up_review": "1"}).status_code == 302
    assert Article.objects.get(pk=article.pk).state == "draft"


def post_json(desk: Client, name: str, article: Article, data: object) -> Any:
    return desk.post(reverse(f"content:{name}", args=[article.pk]), json.dumps(data), content_type="application/json")


def test_the_script_saves_as_it_goes_and_hears_of_a_conflict_without_losing_words(
    desk: Client, article: Article, colleague: User, editor: User, draft: Draft
) -> None:
    typed = {
        "document": json.loads(canonical_json(from_blocks([paragraph("打到一半")]))),
        "title": "新题",
        "digest": "",
    }
    answer = post_json(desk, "autosave", article, {**typed, "version": 1})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert "已恢复您自动保存" in desk.get(reverse("content:edit", args=[article.pk])).content.decode()
    actions.save_revision(actor=colleague, article_id=article.pk, base_number=1, draft=with_words(draft, "抢先存了。"))
    late = post_json(desk, "autosave", article, {**typed, "title": "更新的题", "version": 1})
    assert late.status_code == 409
    assert "colleague保存了第 2 版" in late.json()["message"]
    kept = queries.working_copy(actor=editor, article=article)
    assert kept is not None
    assert (kept.fields["title"], kept.base_number) == ("更新的题", 1)


def test_bad_json_is_a_sentence_for_the_script(desk: Client, article: Article) -> None:
    address = reverse("content:autosave", args=[article.pk])
    for body in (b"", b"[1]", b'{"document": {"type": "script"}}', b"\xff"):
        answer = desk.post(address, body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["message"]
    assert not WorkingCopy.objects.exists()


def test_live_findings_come_at_block_and_words(desk: Client, article: Article) -> None:
    document = json.loads(canonical_json(from_blocks([paragraph("一"), paragraph("深入扫黑险恶专项斗争")])))
    answer = post_json(desk, "screen", article, {"document": document, "title": "扫黑险恶", "digest": ""}).json()
    shown = [
        (one["field"], one["block"], one["from"], one["to"], one["severity"], one["suggestions"])
        for one in answer["findings"]
        if one["excerpt"] == "扫黑险恶"
    ]
    assert shown == [("title", None, 0, 4, "error", ["扫黑除恶"]), (None, [1], 2, 6, "error", ["扫黑除恶"])]


def test_two_editors_see_each_other(desk: Client, article: Article, colleague: User) -> None:
    assert post_json(client_of(colleague), "presence", article, {}).json() == {"others": []}
    assert post_json(desk, "presence", article, {}).json() == {"others": ["colleague"]}


def test_a_cover_is_stored_and_served_to_those_who_see_the_piece(desk: Client, article: Article, draft: Draft) -> None:
    form = {**form_of(draft, 1), "cover_file": SimpleUploadedFile("封面.png", picture(), "image/png")}
    desk.post(reverse("content:edit", args=[article.pk]), form)
    cover = Revision.objects.get(article=article, number=2).cover
    answer = desk.get(reverse("content:picture", args=[article.pk, cover]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert desk.get(reverse("content:picture", args=[article.pk, "d" * 64])).status_code == 404


def test_versions_are_compared_in_words(desk: Client, article: Article, editor: User, draft: Draft) -> None:
    changed = replace(with_words(draft, "停水安排", "改在周日检修。"), title="城东片区停水时间调整")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=changed)
    page = desk.get(reverse("content:compare", args=[article.pk, 1, 2])).content.decode()
    assert "城东片区停水时间调整" in page
    assert "改在周日检修。" in page
    chosen = desk.get(reverse("content:choose_comparison", args=[article.pk]), {"old": "1", "new": "2"})
    assert chosen["Location"] == reverse("content:compare", args=[article.pk, 1, 2])
    assert (
        desk.get(reverse("content:choose_comparison", args=[article.pk]), {"old": "1", "new": "9"}).status_code == 404
    )


def test_the_review_page_shows_the_piece_and_its_report(article: Article, editor: User, reviewers: list[User]) -> None:
    opened = actions.submit_article(actor=editor, article_id=article.pk)
    page = client_of(reviewers[0]).get(reverse("review:page", args=[opened.pk])).content.decode()
    for words in ("停水安排", "检查报告", "没有发现问题。", article.newest.content_hash[:12]):
        assert words in page


def test_the_reviewer_sees_errors_and_personal_data_that_were_set_aside_open_and_in_the_text(
    article: Article, editor: User, reviewers: list[User], draft: Draft
) -> None:
    number = "110101199003077715"
    typed = replace(with_words(draft, f"公示：身份证号{number}，已办结。"), digest=f"身份证号{number}")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=typed)
    article.refresh_from_db()
    found = next(one for one in queries.checked(article, article.newest).blocking if one.is_private)
    actions.waive_finding(actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="本人书面同意公开")
    opened = actions.submit_article(actor=editor, article_id=article.pk)
    page = client_of(reviewers[1]).get(reverse("review:page", args=[opened.pk])).content.decode()
    mark = f'<mark class="found found-error waived">{number}</mark>'
    assert f"<p>公示：身份证号{mark}，已办结。</p>" in page
    assert f"<strong>摘要</strong> 身份证号{mark}</p>" in page
    assert f"处个人信息由{reviewers[0]}放行，请核对。" in page
    standing = page.split('aria-label="已放行，请核对">')[1].split("</ul>")[0]
    assert "本人书面同意公开" in standing
    report = page.split('id="subject-report"')[1].split("</section>")[0]
    assert "检查过" not in report
    assert "<details><summary>已放行" not in report
    history = page.split('id="happened"')[1].split("</section>")[0]
    assert "11*************715" in history
    assert number not in history


def test_an_author_reads_who_sets_personal_data_aside_and_finds_no_empty_heading(
    desk: Client, article: Article, editor: User, draft: Draft
) -> None:
    typed = with_words(draft, "公示：身份证号110101199003077715，已办结。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=typed)
    page = desk.get(reverse("content:article", args=[article.pk])).content.decode()
    assert "只能由没有参与写稿的审核人员在稿件页写明理由放行" in page
    report = page.split('id="report-head"')[1].split("</section>")[0]
    assert "个人信息不能由写稿的人放行" in report
    assert "<summary>放行</summary>" not in report
