from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from tests.content.newsroom import with_words

from zhijian.audit.models import Event
from zhijian.content import actions, queries
from zhijian.content.actions import EditConflict
from zhijian.content.document import from_blocks
from zhijian.content.document.nodes import node
from zhijian.content.enums import ArticleState
from zhijian.content.models import Article, Revision, WorkingCopy
from zhijian.content.queries.articles import PRESENT
from zhijian.files.models import StoredFile
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.content.queries import Draft
    from zhijian.organisations.models import User


def events(article: Article) -> list[str]:
    return list(
        Event.objects.filter(thing_kind="content.article", thing_id=str(article.pk)).order_by("id").values_list(
            "name", flat=True
        )
    )  # fmt: skip


def test_a_new_piece_has_one_version_a_report_and_an_audit_row(article: Article, editor: User, draft: Draft) -> None:
    revision = article.newest
    assert (article.state, article.title, revision.number) == (ArticleState.DRAFT, draft.title, 1)
    assert revision.content_hash == draft.content_hash
    assert queries.draft_of(revision) == draft
    assert revision.plain_text.splitlines()[0] == "停水安排"
    assert queries.checked(article, revision).report is not None
    assert events(article) == ["content.article.created"]
    assert queries.author_ids(article.pk) == {editor.pk}


def test_every_field_a_reader_gets_changes_the_fingerprint(draft: Draft) -> None:
    others = [
        replace(draft, title="别的标题"), replace(draft, author="别人"), replace(draft, digest="摘要"),
        replace(draft, cover="a" * 64), replace(draft, item_class="important"), replace(draft, origin="reprint"),
        replace(draft, source_name="新华社"), replace(draft, source_url="https://www.gov.cn/"),
        with_words(draft, "别的正文。"),
    ]  # fmt: skip
    hashes = {draft.content_hash, *(other.content_hash for other in others)}
    assert len(hashes) == len(others) + 1


def test_a_person_of_another_body_finds_no_piece_and_writes_none(
    article: Article, stranger: User, county: County, draft: Draft
) -> None:
    assert list(queries.visible_articles(actor=stranger)) == []
    for act in (
        lambda: queries.find_article(actor=stranger, article_id=article.pk),
        lambda: actions.save_revision(actor=stranger, article_id=article.pk, base_number=1, draft=draft),
        lambda: actions.autosave(actor=stranger, article_id=article.pk, base_number=1, fields={"title": "偷改"}),
        lambda: actions.submit_article(actor=stranger, article_id=article.pk),
        lambda: actions.discard_article(actor=stranger, article_id=article.pk),
    ):
        with pytest.raises(Missing):
            act()
    with pytest.raises(Refused, match="不是云岭县水务局的采编"):
        actions.create_article(actor=stranger, organisation=county.water, draft=draft)
    assert Revision.objects.count() == 1
    assert not WorkingCopy.objects.exists()


def test_a_reviewer_of_the_body_sees_but_does_not_edit(article: Article, reviewers: list[User], draft: Draft) -> None:
    assert queries.find_article(actor=reviewers[0], article_id=article.pk) == article
    with pytest.raises(Refused, match="采编或主办人员修改"):
        actions.save_revision(
            actor=reviewers[0], article_id=article.pk, base_number=1, draft=with_words(draft, "改一下。")
        )
    assert Revision.objects.count() == 1


def test_the_second_of_two_editors_gets_both_texts_and_nothing_is_lost(
    article: Article, editor: User, colleague: User, draft: Draft
) -> None:
    theirs = with_words(draft, "同事先存的文字。")
    mine = with_words(draft, "我后存的文字。")
    actions.save_revision(actor=colleague, article_id=article.pk, base_number=1, draft=theirs)
    with pytest.raises(EditConflict) as caught:
        actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=mine)
    assert (caught.value.current.number, caught.value.mine) == (2, mine)
    assert queries.draft_of(caught.value.current) == theirs
    actions.save_revision(actor=editor, article_id=article.pk, base_number=2, draft=mine)
    assert [row.content_hash for row in article.revisions.order_by("number")] == [
        draft.content_hash,
        theirs.content_hash,
        mine.content_hash,
    ]


def test_saving_what_is_there_already_makes_no_version(article: Article, editor: User, draft: Draft) -> None:
    saved = actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=draft)
    assert saved.number == 1
    assert events(article) == ["content.article.created"]


def test_the_database_itself_keeps_a_version_as_it_was_written(article: Article) -> None:
    for act in (
        lambda: Revision.objects.filter(article=article).update(title="改了"),
        lambda: Revision.objects.filter(article=article).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Revision.objects.get(article=article).title == "城东片区停水通知"


def test_what_is_typed_is_kept_for_the_person_and_forgotten_with_the_save(
    article: Article, editor: User, colleague: User, draft: Draft
) -> None:
    typed = queries.fields_of(replace(draft, title="打了一半的标"))
    actions.autosave(actor=editor, article_id=article.pk, base_number=1, fields=typed)
    kept = queries.working_copy(actor=editor, article=article)
    assert kept is not None
    assert queries.draft_from_fields(kept.fields).title == "打了一半的标"
    assert queries.working_copy(actor=colleague, article=article) is None
    assert queries.others_editing(actor=colleague, article=article) == [editor]
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=replace(draft, title="写完的标题"))
    assert queries.working_copy(actor=editor, article=article) is None


def test_who_closed_the_editor_is_no_longer_shown_as_editing(article: Article, editor: User, colleague: User) -> None:
    moment = clock.now()
    with clock.at(moment):
        actions.keep_presence(actor=editor, article_id=article.pk)
        assert queries.others_editing(actor=colleague, article=article) == [editor]
        assert queries.others_editing(actor=editor, article=article) == []
    with clock.at(moment + 2 * PRESENT):
        assert queries.others_editing(actor=colleague, article=article) == []


def test_a_picture_of_another_body_cannot_be_named_into_a_piece(
    article: Article, editor: User, county: County, draft: Draft, stranger: User
) -> None:
    theirs = "b" * 64
    StoredFile.objects.create(
        organisation=county.school, sha256=theirs, original_sha256=theirs, size=1, media_type="image/png",
        name="内部.png",
        uploaded_by=stranger, uploaded_at=clock.now(),
    )  # fmt: skip
    taken = replace(draft, document=from_blocks([node("image", file=theirs, alt="别人的图")]))
    for stolen in (taken, replace(draft, cover=theirs)):
        with pytest.raises(Refused, match="有图片没有上传到本单位"):
            actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=stolen)
    assert not queries.holds_file(article, theirs)


def test_a_hash_typed_as_words_does_not_open_the_file(article: Article, editor: User, draft: Draft) -> None:
    words = "c" * 64
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=with_words(draft, words))
    assert not queries.holds_file(article, words)


def test_fields_that_are_too_long_are_named_together(article: Article, editor: User, draft: Draft) -> None:
    bad = replace(draft, title="长" * 121, author="长" * 33, source_url="javascript:alert(1)")
    with pytest.raises(Refused) as caught:
        actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=bad)
    assert caught.value.reasons == [
        "标题最长 120 个字，现在有 121 个。",
        "作者最长 32 个字，现在有 33 个。",
        "原文地址要以 http:// 或 https:// 开头。",
    ]


def test_a_writer_above_with_the_subtree_works_on_the_piece_below(
    article: Article, county: County, draft: Draft
) -> None:
    above = county.person("above", county.county, Role.HOST_OFFICER, subtree=True)
    saved = actions.save_revision(
        actor=above, article_id=article.pk, base_number=1, draft=with_words(draft, "县里补一句。")
    )
    assert saved.number == 2
    assert queries.author_ids(article.pk) == {article.created_by_id, above.pk}
