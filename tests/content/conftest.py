from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.content.newsroom import Newsroom
    from tests.people import County

    from zhijian.content.models import Article
    from zhijian.content.queries import Draft
    from zhijian.organisations.models import User


@pytest.fixture
def newsroom(db: None) -> Newsroom:
    from tests.content.newsroom import make_newsroom  # noqa: PLC0415 - this file is read before Django's settings

    return make_newsroom()


@pytest.fixture
def county(newsroom: Newsroom) -> County:
    return newsroom.county


@pytest.fixture
def editor(newsroom: Newsroom) -> User:
    return newsroom.editor


@pytest.fixture
def colleague(newsroom: Newsroom) -> User:
    return newsroom.colleague


@pytest.fixture
def stranger(newsroom: Newsroom) -> User:
    return newsroom.stranger


@pytest.fixture
def reviewers(newsroom: Newsroom) -> list[User]:
    return newsroom.reviewers


@pytest.fixture
def draft(newsroom: Newsroom) -> Draft:
    return newsroom.draft


@pytest.fixture
def article(newsroom: Newsroom) -> Article:
    return newsroom.article
