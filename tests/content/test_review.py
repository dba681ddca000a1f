from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.content.newsroom import sign_all, with_words

from zhijian.content import actions, queries
from zhijian.content.enums import ArticleState
from zhijian.content.models import Article
from zhijian.content.queries.subject import ArticleSubject
from zhijian.content.signals import approval_lost, revision_approved
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.review import actions as review
from zhijian.review.queries import current_review, is_approved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.people import County

    from zhijian.content.queries import Draft
    from zhijian.organisations.models import User
    from zhijian.review.models import Review


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int, str]]]:
    """What the rooms above hear of a piece."""
    rows: list[tuple[str, int, str]] = []

    def approved(*, article_id: int, content_hash: str, **_: Any) -> None:
        rows.append(("approved", article_id, content_hash))

    def lost(*, article_id: int, content_hash: str, **_: Any) -> None:
        rows.append(("lost", article_id, content_hash))

    revision_approved.connect(approved)
    approval_lost.connect(lost)
    yield rows
    revision_approved.disconnect(approved)
    approval_lost.disconnect(lost)


def fresh(article: Article) -> Article:
    return Article.objects.select_related("organisation", "current_revision").get(pk=article.pk)


def submitted(article: Article, editor: User) -> Review:
    return actions.submit_article(actor=editor, article_id=article.pk)


def approved(article: Article, editor: User, reviewers: list[User]) -> Review:
    opened = submitted(article, editor)
    sign_all(opened, reviewers)
    return opened


def test_a_piece_goes_through_its_route_and_the_rooms_above_hear_of_it(
    article: Article, editor: User, reviewers: list[User], heard: list[tuple[str, int, str]]
) -> None:
    opened = submitted(article, editor)
    assert fresh(article).state == ArticleState.IN_REVIEW
    assert (opened.version_hash, opened.author_ids) == (article.newest.content_hash, [editor.pk])
    assert heard == []
    sign_all(opened, reviewers)
    assert fresh(article).state == ArticleState.APPROVED
    assert heard == [("approved", article.pk, article.newest.content_hash)]
    piece = queries.piece_for_delivery(article.newest.pk)
    assert (piece.title, piece.content_hash) == (article.title, article.newest.content_hash)
    assert piece.html(str).startswith("<h2>停水安排</h2>\n<p>县水务局定于")
    assert [row.pk for row in queries.approved_articles(actor=editor)] == [article.pk]


def test_everybody_who_wrote_a_version_is_an_author_and_may_not_sign(
    article: Article, editor: User, county: County, draft: Draft
) -> None:
    both = county.person("both", county.water, Role.HOST_OFFICER, Role.FIRST_REVIEWER)
    actions.save_revision(actor=both, article_id=article.pk, base_number=1, draft=with_words(draft, "补一句。"))
    opened = submitted(article, editor)
    assert opened.author_ids == sorted([editor.pk, both.pk])
    with pytest.raises(Refused, match="不能审核自己的稿件"):
        sign_all(opened, [both])
    assert fresh(article).state == ArticleState.IN_REVIEW


def test_an_edit_under_review_or_after_approval_asks_first_and_then_ends_it(
    article: Article, editor: User, reviewers: list[User], draft: Draft, heard: list[tuple[str, int, str]]
) -> None:
    submitted(article, editor)
    edited = with_words(draft, "审核中改的。")
    with pytest.raises(Refused, match="会使这次审核作废"):
        actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=edited)
    assert fresh(article).newest.number == 1
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=edited, gives_up_review=True)
    assert fresh(article).state == ArticleState.DRAFT
    assert heard == []
    approved(article, editor, reviewers)
    second = fresh(article).newest
    with pytest.raises(Refused, match="没发出的发布任务会停下"):
        actions.save_revision(actor=editor, article_id=article.pk, base_number=2, draft=draft)
    actions.save_revision(actor=editor, article_id=article.pk, base_number=2, draft=draft, gives_up_review=True)
    assert fresh(article).state == ArticleState.DRAFT
    assert heard == [("approved", article.pk, second.content_hash), ("lost", article.pk, second.content_hash)]
    with pytest.raises(Missing):
        queries.piece_for_delivery(second.pk)
    assert queries.public_piece(second.pk).title == article.title


def test_going_back_to_words_that_were_approved_once_does_not_bring_the_approval_back(
    article: Article, editor: User, reviewers: list[User], draft: Draft
) -> None:
    approved(article, editor, reviewers)
    other = with_words(draft, "改成别的。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=other, gives_up_review=True)
    actions.save_revision(actor=editor, article_id=article.pk, base_number=2, draft=draft)
    again = fresh(article)
    assert again.newest.content_hash == draft.content_hash
    assert again.state == ArticleState.DRAFT
    assert not is_approved(thing_kind="content.article", thing_id=article.pk, version_hash=draft.content_hash)
    with pytest.raises(Missing):
        queries.piece_for_delivery(again.newest.pk)


def test_a_returned_piece_shows_why_until_it_is_submitted_again(
    article: Article, editor: User, reviewers: list[User], draft: Draft
) -> None:
    opened = submitted(article, editor)
    review.sign(
        review_id=opened.pk, decision="return", version_hash=opened.version_hash, gates={}, comment="时间写错了",
        actor=reviewers[0],
    )  # fmt: skip
    returned = fresh(article)
    assert (returned.state, returned.returned_comment) == (ArticleState.RETURNED, "时间写错了")
    assert [(item.kind, item.state) for item in queries.work_items(actor=editor)] == [("改稿", "退回：时间写错了")]
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=with_words(draft, "时间改好了。"))
    assert fresh(article).state == ArticleState.RETURNED
    submitted(article, editor)
    assert (fresh(article).state, fresh(article).returned_comment) == (ArticleState.IN_REVIEW, "")


def test_a_withdrawn_piece_is_a_draft_again(article: Article, editor: User) -> None:
    opened = submitted(article, editor)
    review.withdraw(review_id=opened.pk, actor=editor)
    assert fresh(article).state == ArticleState.DRAFT


def test_a_piece_under_review_is_neither_submitted_twice_nor_thrown_away(article: Article, editor: User) -> None:
    submitted(article, editor)
    with pytest.raises(Refused, match="稿件审核中，不用再送审"):
        actions.submit_article(actor=editor, article_id=article.pk)
    with pytest.raises(Refused, match="请先撤回再作废"):
        actions.discard_article(actor=editor, article_id=article.pk)


def test_a_discarded_piece_takes_no_more_versions(article: Article, editor: User, draft: Draft) -> None:
    assert actions.discard_article(actor=editor, article_id=article.pk).state == ArticleState.DISCARDED
    with pytest.raises(Refused, match="已作废，不能再改"):
        actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=with_words(draft, "改。"))


def test_the_reviewer_sees_the_exact_version_and_what_changed_since_they_signed(
    article: Article, editor: User, reviewers: list[User], draft: Draft
) -> None:
    first = submitted(article, editor)
    review.sign(
        review_id=first.pk, decision="return", version_hash=first.version_hash, gates={}, comment="补一句原因",
        actor=reviewers[0],
    )  # fmt: skip
    changed = with_words(draft, "停水安排", "因管道老化，周六检修。")
    actions.save_revision(actor=editor, article_id=article.pk, base_number=1, draft=changed)
    second = submitted(article, editor)
    shown = ArticleSubject().context(review=second, actor=reviewers[0])
    assert (shown["revision"].number, shown["earlier"].number, shown["earlier_why"]) == (2, 1, "您上次看过的")
    assert "因管道老化" in "".join(run.text for change in shown["difference"].changes for run in change.runs)
    other = ArticleSubject().context(review=second, actor=reviewers[1])
    assert other["earlier_why"] == "上次送审的"
    assert ArticleSubject().context(review=first, actor=reviewers[0])["earlier"] is None


def test_an_important_piece_takes_the_longer_route(article: Article, editor: User, draft: Draft) -> None:
    ordinary = queries.route_for(organisation=article.organisation, item_class="ordinary")
    important = queries.route_for(organisation=article.organisation, item_class="important")
    assert ordinary.stages
    assert len(important.stages) >= len(ordinary.stages)
    assert {role for stage in important.stages for role in stage.roles} > {
        role for stage in ordinary.stages for role in stage.roles
    }
    assert important.source


def test_the_review_in_progress_is_of_the_present_version(article: Article, editor: User) -> None:
    opened = submitted(article, editor)
    found = current_review(thing_kind="content.article", thing_id=article.pk)
    assert found == opened
    assert found is not None
    assert found.version_hash == fresh(article).newest.content_hash
