from __future__ import annotations

import pytest
from tests.people import County, make_county

from zhijian.content import actions as content
from zhijian.content.queries import visible_articles
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import ADMIN_ROLES, Role
from zhijian.review.models import Review
from zhijian.review.queries import find_review, visible_reviews

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
