from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.content.newsroom import with_words

from zhijian.content import actions, queries
from zhijian.content.document import from_blocks, heading, paragraph
from zhijian.content.document.nodes import node
from zhijian.content.models import Waiver
from zhijian.content.queries import Draft
from zhijian.content.queries.checking import Screened
from zhijian.knowledge import actions as terms
from zhijian.lib.errors import Refused
from zhijian.screening import Category, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.people import County

    from zhijian.content.models import Article
    from zhijian.organisations.models import User

WRONG = "扫黑险恶"


@pytest.fixture
def term(county: County, editor: User, reviewers: list[User]) -> str:
    """A veto term of the county's water office, approved by a second person."""
    draft = terms.TermDraft(
        wrong="清澈河", right="清澈溪", severity="veto", source="县地名办通知", exceptions=("清澈河路",)
    )
    proposed = terms.propose_term(actor=editor, organisation=county.water, draft=draft)
    terms.approve_term(actor=reviewers[0], term_id=proposed.pk)
    return f"term.{proposed.pk}"


def words_at(draft: Draft, found: queries.Found) -> str:
    if found.part in {"title", "digest"}:
        return str(getattr(draft, found.part))[found.start : found.end]
    item = draft.document.at(found.block)
    return (item.inline_text if item.is_textblock else str(item.attribute(found.part)))[found.start : found.end]


def test_a_finding_stands_at_the_very_words_wherever_they_are(article: Article, term: str) -> None:
    table = node(
        "table",
        [node("table_row", [node("table_cell", [paragraph("表里也有清澈河")]), node("table_cell", [paragraph("无")])])],
    )
    picture = node("image", file="a" * 64, alt="清澈河边的取水口", caption="说明里的清澈河")
    blocks = [heading("𠮷祥：清澈河治理"), paragraph("清澈河路不算错，清澈河才算。"), table, picture]
    draft = Draft(title="治理清澈河", digest="看清澈河", document=from_blocks(blocks))
    _, found = queries.screen_draft(organisation=article.organisation, draft=draft)
    mine = [one for one in found if one.rule == term]
    assert [words_at(draft, one) for one in mine] == ["清澈河"] * 7
    assert [(one.part, one.block) for one in mine] == [
        ("title", ()), ("digest", ()), ("text", (0,)), ("text", (1,)), ("text", (2, 0, 0, 0)), ("caption", (3,)),
        ("alt", (3,)),
    ]  # fmt: skip
    assert {one.suggestions for one in mine} == {("清澈溪",)}
    assert len({one.id for one in mine}) == 7


WORDS = st.text(alphabet="清澈河水a1，。\U00020bb7", max_size=12)


@given(title=WORDS, digest=WORDS, lines=st.lists(WORDS, min_size=1, max_size=5), data=st.data())
def test_every_place_of_the_screened_text_leads_back_to_its_words(
    title: str, digest: str, lines: Sequence[str], data: st.DataObject
) -> None:
    body = from_blocks(paragraph(line) for line in lines)
    draft = Draft(title=title, digest=digest, document=body)
    screened = Screened(draft)
    places = [place for place, letter in enumerate(screened.text) if letter != "\n"]
    if not places:
        return
    start = data.draw(st.sampled_from(places))
    end = next(
        (place for place in range(start, len(screened.text)) if screened.text[place] == "\n"), len(screened.text)
    )
    finding = Finding(
        start, end, screened.text[start:end], "r", Category.TYPO, Severity.HINT, "说明", (), "依据", "原因"
    )
    found = screened.located(finding)
    assert found is not None
    assert words_at(draft, found) == screened.text[start:end]


def test_shipped_rules_judge_a_piece_and_a_serious_error_stops_it(article: Article, editor: User) -> None:
    draft = with_words(queries.draft_of(article.newest), f"我县深入开展{WRONG}专项斗争。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=draft)
    article.refresh_from_db()
    report = queries.checked(article, article.newest)
    assert [one.excerpt for one in report.blocking] == [WRONG]
    assert actions.why_not_submit(actor=editor, article=article) == [
        f"检查发现“{WRONG}”必须处理：请改正，确属误报的写明理由后放行。"
    ]
    with pytest.raises(Refused, match=WRONG):
        actions.submit_article(actor=editor, article_id=article.pk)


def save_with_term(article: Article, editor: User) -> queries.Found:
    draft = with_words(queries.draft_of(article.newest), "巡查清澈河两岸，再看清澈河水质。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=article.newest.number, draft=draft)
    article.refresh_from_db()
    return queries.checked(article, article.newest).open[0]


def test_a_serious_finding_is_set_aside_by_a_reviewer_never_by_an_author(
    article: Article, editor: User, colleague: User, reviewers: list[User], term: str, stranger: User
) -> None:
    found = save_with_term(article, editor)
    assert found.rule == term
    for person, why in ((editor, "不能由写稿的人放行"), (colleague, "只能由云岭县水务局的审核人员放行")):
        with pytest.raises(Refused, match=why):
            actions.waive_finding(actor=person, article_id=article.pk, finding_id=found.id, reason="就叫这个名")
    with pytest.raises(Refused, match="写明为什么放行"):
        actions.waive_finding(actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="  ")
    assert not Waiver.objects.exists()
    waiver = actions.waive_finding(
        actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="引用古籍原文"
    )
    report = queries.checked(article, article.newest)
    assert report.open == ()
    assert [(one.excerpt, by.reason) for one, by in report.waived] == [("清澈河", "引用古籍原文")] * 2
    assert waiver.waived_by == reviewers[0]
    assert actions.why_not_submit(actor=editor, article=article) == []


def test_the_reasons_name_each_word_once_and_whole(
    article: Article, editor: User, reviewers: list[User], county: County
) -> None:
    number = "云岭供水检修二〇二六年第〇〇〇〇一二三四五号"
    draft = terms.TermDraft(wrong=number, right="检修通知", severity="error", source="本局通知")
    proposed = terms.propose_term(actor=editor, organisation=county.water, draft=draft)
    terms.approve_term(actor=reviewers[0], term_id=proposed.pk)
    words = with_words(queries.draft_of(article.newest), f"依据{number}。", f"再看{number}。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=words)
    article.refresh_from_db()
    assert actions.why_not_submit(actor=editor, article=article) == [
        f"检查发现“{number}”（2 处）必须处理：请改正，确属误报的写明理由后放行。"
    ]


def test_a_missing_cover_stops_only_a_piece_that_is_meant_for_wechat(article: Article, editor: User) -> None:
    sentence = "要发公众号：缺少封面图片。请选一张封面。"
    assert actions.unfit_for(article=article, platform="wechat") == [sentence]
    assert actions.why_not_submit(actor=editor, article=article) == []
    assert actions.why_not_submit(actor=editor, article=article, targets=["website"]) == []
    with pytest.raises(Refused) as refused:
        actions.submit_article(actor=editor, article_id=article.pk, targets=["website", "wechat"])
    assert refused.value.reasons == [sentence]
    assert actions.submit_article(actor=editor, article_id=article.pk).version_hash == article.newest.content_hash


def test_a_waiver_holds_for_these_words_of_this_piece_only(
    article: Article, editor: User, reviewers: list[User], term: str, county: County
) -> None:
    found = save_with_term(article, editor)
    actions.waive_finding(actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="引用古籍原文")
    other = actions.create_article(actor=editor, organisation=county.water, draft=queries.draft_of(article.newest))
    assert [one.rule for one in queries.checked(other, other.newest).blocking] == [term, term]


def test_an_error_is_set_aside_by_its_author_with_a_name_and_a_reason(
    article: Article, editor: User, county: County, reviewers: list[User]
) -> None:
    draft = terms.TermDraft(wrong="抢修办", right="抢修指挥部", severity="error", source="本局通知")
    terms.approve_term(
        actor=reviewers[0],
        term_id=terms.propose_term(actor=editor, organisation=county.water, draft=draft).pk,
    )
    words = with_words(queries.draft_of(article.newest), "由抢修办负责。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=words)
    article.refresh_from_db()
    found = queries.checked(article, article.newest).open[0]
    actions.waive_finding(actor=editor, article_id=article.pk, finding_id=found.id, reason="机构正式名称")
    assert queries.checked(article, article.newest).blocking == ()
    with pytest.raises(Refused, match="已经不在了"):
        actions.waive_finding(actor=editor, article_id=article.pk, finding_id=found.id, reason="再来一次")


def test_a_waiver_cannot_be_changed_or_taken_away_in_the_database(
    article: Article, editor: User, reviewers: list[User], term: str
) -> None:
    found = save_with_term(article, editor)
    actions.waive_finding(actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="引用古籍原文")
    for act in (lambda: Waiver.objects.update(reason="改口"), lambda: Waiver.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert [row.reason for row in Waiver.objects.all()] == ["引用古籍原文"]


def test_submitting_looks_again_by_the_rules_of_today(
    article: Article, editor: User, reviewers: list[User], county: County
) -> None:
    words = with_words(queries.draft_of(article.newest), "清淤工程进展顺利。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=words)
    draft = terms.TermDraft(wrong="清淤工程", right="清淤整治工程", severity="error", source="新通知")
    proposed = terms.propose_term(actor=editor, organisation=county.water, draft=draft)
    terms.approve_term(actor=reviewers[0], term_id=proposed.pk)
    with pytest.raises(Refused, match="清淤工程"):
        actions.submit_article(actor=editor, article_id=article.pk)


def test_a_piece_nobody_looked_at_is_not_called_clean(article: Article) -> None:
    assert queries.Checked(None, (), ()).sentence == "还没有检查。"
    assert queries.checked(article, article.newest).sentence == "没有发现问题。"


def test_what_is_missing_before_review_is_said_all_at_once(article: Article, editor: User) -> None:
    blocks = [paragraph("导航：首页 > 要闻", marked="navigation"), node("image", file="", alt="", caption="")]
    bare = replace(queries.draft_of(article.newest), title="", document=from_blocks(blocks[:1]), item_class="reprint")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=bare)
    article.refresh_from_db()
    assert actions.why_not_submit(actor=editor, article=article) == [
        "还没有标题，请先写标题。",
        "转载要写明稿源单位（只转载党委、政府网站和主管部门确定的稿源）。",
        "转载要填原文地址，审核人员要核对原文。",
        "类别是转载，来源方式却是原创。请把来源方式改成转载。",
        "导入时标出的内容还没有处理：“导航：首页 > 要闻”（疑似网页导航）。请逐处保留或删除。",
    ]


GAP = "〔此处原有图片：没有说明〕"


@pytest.mark.parametrize("marked", ["missing_image", None])
def test_a_piece_with_the_line_of_a_lost_picture_never_goes_to_review(
    article: Article, editor: User, reviewers: list[User], marked: str | None
) -> None:
    body = from_blocks([paragraph("阅览室今起延长开放。"), paragraph(f"见{GAP}", marked=marked)])
    draft = replace(queries.draft_of(article.newest), document=body)
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=draft)
    article.refresh_from_db()
    (found,) = queries.checked(article, article.newest).open
    assert (words_at(draft, found), found.block, found.blocks, found.category_label) == (GAP, (1,), True, "图片占位")
    reason = f"第 2 段还留着图片占位“{GAP}”，请补上图片或删掉这一行。"
    assert actions.why_not_submit(actor=editor, article=article)[-1] == reason
    for person in (editor, reviewers[0]):
        with pytest.raises(Refused, match="图片占位不能放行"):
            actions.waive_finding(actor=person, article_id=article.pk, finding_id=found.id, reason="留着")
    assert not Waiver.objects.exists()
    with pytest.raises(Refused, match=f"第 2 段还留着图片占位“{GAP}”"):
        actions.submit_article(actor=editor, article_id=article.pk)


def test_an_ordinary_sentence_about_a_picture_is_no_lost_picture(article: Article) -> None:
    words = ("此处原有图片展览，现已撤除。", "〔图片：阅览室〕")
    draft = replace(queries.draft_of(article.newest), title=f"题{GAP}", document=from_blocks(map(paragraph, words)))
    assert [(one.place, one.excerpt) for one in queries.picture_gaps(draft)] == [("标题里", GAP)]


IDENTITY = "110101199003077715"


def save_with_identity(article: Article, editor: User) -> queries.Found:
    draft = with_words(queries.draft_of(article.newest), f"张三，身份证号{IDENTITY}，已办结。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=article.newest.number, draft=draft)
    article.refresh_from_db()
    return next(one for one in queries.checked(article, article.newest).blocking if one.is_private)


def test_personal_data_are_set_aside_by_a_reviewer_never_by_an_author(
    article: Article, editor: User, colleague: User, reviewers: list[User]
) -> None:
    found = save_with_identity(article, editor)
    assert (found.severity, found.excerpt) == ("error", IDENTITY)
    for person, why in (
        (editor, "个人信息不能由写稿的人放行"),
        (colleague, "个人信息只能由云岭县水务局的审核人员放行"),
    ):
        with pytest.raises(Refused, match=why):
            actions.waive_finding(actor=person, article_id=article.pk, finding_id=found.id, reason="本人同意")
    actions.waive_finding(actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="本人书面同意")
    report = queries.checked(article, article.newest)
    assert report.blocking == ()
    assert report.answered_sentence == f"有 1 处个人信息由{reviewers[0]}放行，请核对。"
    assert report.lightly_waived == ()


def test_the_history_names_what_was_set_aside_and_masks_personal_data(
    article: Article, editor: User, reviewers: list[User]
) -> None:
    found = save_with_identity(article, editor)
    actions.waive_finding(actor=reviewers[0], article_id=article.pk, finding_id=found.id, reason="本人书面同意")
    told = [one.text for one in queries.history_of(article) if one.what == "放行检查提示"]
    assert len(told) == 1
    assert told[0].startswith("“11*************715”，错误：")
    assert IDENTITY not in "".join(told)
