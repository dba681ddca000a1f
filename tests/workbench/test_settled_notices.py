"""A notice that a review waits for a signature is read for everybody as soon as nothing waits for them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.inbox.office import REPLY, make_office, open_review, sign_stage

from zhijian.inbox import actions
from zhijian.lib.errors import Refused
from zhijian.notify.models import Notice
from zhijian.review import actions as review

if TYPE_CHECKING:
    from tests.inbox.office import Office

pytestmark = pytest.mark.django_db
KIND = "inbox.answer"


@pytest.fixture
def office() -> Office:
    return make_office()


def submitted(office: Office) -> int:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    draft = actions.AnswerDraft(text=REPLY, note="已核对。")
    actions.submit_answer(actor=office["answerer"], case_id=made.case.pk, draft=draft)
    return made.case.pk


def waiting() -> list[tuple[str, str]]:
    """Return who has an unread notice of a review, and of which."""
    rows = Notice.objects.filter(kind="review", read_at=None).select_related("person")
    return sorted((row.person.username, row.url) for row in rows)


def page(case_id: int) -> str:
    return f"/desk/review/{open_review(KIND, case_id).pk}/"


def test_a_signature_leaves_only_those_of_the_next_stage_waiting_and_the_last_nobody(office: Office) -> None:
    case_id, other_id = submitted(office), submitted(office)
    other = [row for row in waiting() if row[1] == page(other_id)]
    here = page(case_id)
    assert ("first", here) in waiting()
    sign_stage(open_review(KIND, case_id), office["first"])
    mine = [row for row in waiting() if row[1] == here]
    assert mine
    assert ("first", here) not in mine
    office.sign(KIND, case_id)
    assert waiting() == other
    assert not Notice.objects.filter(kind="review", waits_for_digest=True, url=here).exists()


@pytest.mark.parametrize("way", ["return", "withdraw", "void"])
def test_a_review_that_ends_without_approval_waits_for_nobody(office: Office, way: str) -> None:
    case_id, other_id = submitted(office), submitted(office)
    opened = open_review(KIND, case_id)
    if way == "return":
        sign_stage(opened, office["first"], "return", "请写清哪天修好。")
    elif way == "withdraw":
        review.withdraw(review_id=opened.pk, actor=office["answerer"])
    else:
        review.void(thing_kind=KIND, thing_id=case_id, actor=None, reason="改过了。")
    left = waiting()
    assert left
    assert {url for _, url in left} == {page(other_id)}


def test_a_signature_that_is_refused_settles_nothing(office: Office) -> None:
    case_id = submitted(office)
    before = waiting()
    with pytest.raises(Refused):
        sign_stage(open_review(KIND, case_id), office["first"], "return", "")
    assert waiting() == before != []
