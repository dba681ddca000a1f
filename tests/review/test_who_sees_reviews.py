from __future__ import annotations

import pytest
from tests.people import County, make_county

from zhijian.content import actions as content
from zhijian.content.queries import visible_articles
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import ADMIN_ROLES, Role
from zhijian.organisations.models import RoleAssignment, User
from zhijian.review import actions
from zhijian.review.models import Review
from zhijian.review.queries import find_review, sees_thing, under_review, visible_reviews

READERS = {
    Role.SUPERVISING_OFFICER, Role.HOST_OFFICER, Role.EDITOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER,
    Role.FINAL_REVIEWER, Role.HEAD,
}  # fmt: skip


@pytest.fixture
def county(db: None) -> County:
    return make_county()


def test_only_who_works_on_pieces_sees_a_draft_under_review(county: County) -> None:
    writer = county.person("writer", county.water, Role.EDITOR)
    article = content.import_pasted(actor=writer, organisation=county.water, text="停水通知\n\n本周六停水，请备水。")
    content.submit_article(actor=writer, article_id=article.pk)
    review = Review.objects.get()
    seeing = set()
    for role in Role:
        person = county.person(f"one-{role}", county.water, role)
        if visible_reviews(actor=person).exists():
            assert visible_articles(actor=person).get() == article
            seeing.add(role)
            continue
        assert not visible_articles(actor=person).exists(), role
        with pytest.raises(Missing):
            find_review(actor=person, review_id=review.pk)
    assert seeing == READERS
    assert not seeing & set(ADMIN_ROLES)


def test_a_reader_of_another_body_sees_none_of_it(county: County) -> None:
    writer = county.person("writer", county.water, Role.EDITOR)
    article = content.import_pasted(actor=writer, organisation=county.water, text="停水通知\n\n本周六停水，请备水。")
    content.submit_article(actor=writer, article_id=article.pk)
    assert visible_reviews(actor=county.person("above", county.county, Role.HEAD, subtree=True)).exists()
    assert not visible_reviews(actor=county.person("beside", county.school, Role.HEAD)).exists()


def test_who_sent_a_piece_and_changed_the_job_sees_it_only_while_it_is_open_and_never_as_an_administrator(
    county: County,
) -> None:
    for role in set(Role) - READERS:
        writer = county.person(f"once-{role}", county.water, Role.EDITOR)
        article = content.import_pasted(actor=writer, organisation=county.water, text=f"停水通知{role}\n\n请备水。")
        review = content.submit_article(actor=writer, article_id=article.pk)
        RoleAssignment.objects.filter(user=writer).update(role=role)
        later = User.objects.get(pk=writer.pk)
        may_take_back = role not in ADMIN_ROLES
        assert list(visible_reviews(actor=later)) == ([review] if may_take_back else []), role
        assert (
            under_review(actor=later, thing_kind=review.thing_kind, thing_id=article.pk) is not None
        ) == may_take_back
        assert not visible_articles(actor=later).exists(), role
        assert not sees_thing(actor=later, thing_kind=review.thing_kind, thing_id=article.pk), role
        actions.void(thing_kind=review.thing_kind, thing_id=article.pk, actor=None, reason="试一试")
        assert not visible_reviews(actor=later).exists(), role
        RoleAssignment.objects.filter(user=writer).update(revoked_at=clock.now())


def test_who_wrote_or_sent_it_and_holds_no_role_any_more_sees_nothing(county: County) -> None:
    writer = county.person("writer", county.water, Role.EDITOR)
    article = content.import_pasted(actor=writer, organisation=county.water, text="停水通知\n\n本周六停水，请备水。")
    review = content.submit_article(actor=writer, article_id=article.pk)
    RoleAssignment.objects.filter(user=writer).update(revoked_at=clock.now())
    gone = User.objects.get(pk=writer.pk)
    assert not visible_reviews(actor=gone).exists()
    with pytest.raises(Missing):
        find_review(actor=gone, review_id=review.pk)
