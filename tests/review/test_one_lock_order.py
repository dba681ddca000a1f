"""A signature and an edit of the same thing at the same moment: one waits for the other, and none is killed."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from tests.content.newsroom import Newsroom, make_newsroom, with_words
from tests.registry.world import World, make_body, make_world

from zhijian.content import actions as content
from zhijian.content.enums import ArticleState
from zhijian.lib.errors import Refused
from zhijian.organisations.actions import grant_role
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.registry import actions as registry
from zhijian.registry.enums import FilingState
from zhijian.registry.models import Filing
from zhijian.review import actions as review
from zhijian.review.enums import Decision, ReviewState
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.content.models import Article
    from zhijian.organisations.models import User
    from zhijian.review.models import Review

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12
FORM = {
    "platform": "wechat", "kind": "subscription", "name": "东溪教育", "positioning": "发布教育政策，办理入学报名。",
    "grounds": "家长主要用微信。", "leader": "李一", "contact": "王二", "phone": "0596-1234567",
    "reviewers": "初审王二，终审李一", "undertaking": True,
}  # fmt: skip


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts in threads of their own at the same moment; return what came of each: done, refused, or a fault."""
    start, came = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            came[number] = "done"
        except Refused:
            came[number] = "refused"
        except Exception as fault:  # noqa: BLE001 - the thread's fault is the finding, whatever it is
            came[number] = f"{type(fault).__name__}: {fault}"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def in_last_stage(newsroom: Newsroom) -> tuple[Article, Review]:
    article = content.create_article(actor=newsroom.editor, organisation=newsroom.county.water, draft=newsroom.draft)
    opened = content.submit_article(actor=newsroom.editor, article_id=article.pk)
    for stage, person in zip(list(opened.stages.all())[:-1], newsroom.reviewers, strict=False):
        sign_stage(opened, person, gates=stage.gates)
    return article, opened


def sign_stage(opened: Review, actor: User, *, gates: list[dict[str, str]], decision: str = Decision.APPROVE) -> Review:
    return review.sign(
        review_id=opened.pk, decision=decision, version_hash=opened.version_hash, actor=actor, comment="请核对时间。",
        gates={gate["code"]: True for gate in gates},
    )  # fmt: skip


def end_review(act: str, opened: Review, newsroom: Newsroom) -> object:
    if act == "withdraw":
        return review.withdraw(review_id=opened.pk, actor=newsroom.editor)
    stage = current_stage(opened)
    if stage is None:  # the edit was first: the page a reviewer opens now offers nothing to sign
        raise Refused("已经结束。")
    return sign_stage(opened, newsroom.reviewers[stage.position - 1], gates=stage.gates, decision=act)


@pytest.mark.parametrize("act", [Decision.APPROVE, Decision.RETURN, "withdraw"])
def test_an_edit_meets_the_end_of_a_review_and_has_the_last_word(act: str) -> None:
    newsroom = make_newsroom()
    for number in range(ROUNDS):
        article, opened = in_last_stage(newsroom)
        draft = with_words(newsroom.draft, f"停水改到周日，第 {number} 次通知。")
        came = at_once(
            lambda opened=opened: end_review(act, opened, newsroom),
            lambda article=article, draft=draft: content.save_revision(
                actor=newsroom.editor, article_id=article.pk, base_number=1, draft=draft, gives_up_review=True
            ),
        )
        article.refresh_from_db()
        opened.refresh_from_db()
        assert came in (["done", "done"], ["refused", "done"])
        assert article.newest.number == 2
        first_edited = came[0] == "refused"
        returned = act == Decision.RETURN and not first_edited
        assert article.state == (ArticleState.RETURNED if returned else ArticleState.DRAFT)
        ended = {Decision.APPROVE: ReviewState.VOIDED, Decision.RETURN: ReviewState.RETURNED}
        assert opened.state == (ReviewState.VOIDED if first_edited else ended.get(act, ReviewState.WITHDRAWN))


def test_of_two_who_save_upon_the_same_version_one_is_shown_both_texts() -> None:
    newsroom = make_newsroom()
    for number in range(ROUNDS):
        article = content.create_article(
            actor=newsroom.editor, organisation=newsroom.county.water, draft=newsroom.draft
        )
        drafts = [replace(newsroom.draft, title=f"城东停水通知 {number} {who}") for who in "甲乙"]
        came = at_once(
            *(
                lambda article=article, draft=draft, actor=actor: content.save_revision(
                    actor=actor, article_id=article.pk, base_number=1, draft=draft
                )
                for draft, actor in zip(drafts, (newsroom.editor, newsroom.colleague), strict=True)
            )
        )
        article.refresh_from_db()
        assert sorted(came) == ["done", "refused"]
        assert article.newest.title == drafts[came.index("done")].title


def filing_before_the_last_signature(world: World, number: int) -> tuple[int, Review]:
    """Each round has a body of its own: an approved account takes the place of its body."""
    body = make_body(f"东溪县第{number}教育局", world.county, Level.COUNTY, BodyKind.DEPARTMENT)
    officer, head = world.officer, world.head
    grant_role(actor=None, user=officer, organisation=body, role=Role.HOST_OFFICER)
    grant_role(actor=None, user=head, organisation=body, role=Role.HEAD)
    form = {**FORM, "name": f"东溪第{number}教育"}
    filing = registry.create_filing(kind="opening", actor=officer, organisation_id=body.pk, form=form)
    registry.submit_filing(actor=officer, filing_id=filing.pk)
    opened = current_review(thing_kind="registry.filing", thing_id=filing.pk)
    assert opened is not None
    first = current_stage(opened)
    assert first is not None
    return filing.pk, sign_stage(opened, head, gates=first.gates)


def test_a_filing_is_either_approved_or_taken_back() -> None:
    world = make_world()
    for number in range(ROUNDS):
        filing_id, opened = filing_before_the_last_signature(world, number)
        last = opened.stages.get(position=2)
        came = at_once(
            lambda opened=opened, last=last: sign_stage(opened, world.supervisor, gates=last.gates),
            lambda filing_id=filing_id: registry.withdraw_filing(actor=world.officer, filing_id=filing_id),
        )
        opened.refresh_from_db()
        state = Filing.objects.get(pk=filing_id).state
        ways = {
            ("done", "refused"): (FilingState.APPROVED, ReviewState.APPROVED),
            ("refused", "done"): (FilingState.WITHDRAWN, ReviewState.WITHDRAWN),
        }
        assert (state, opened.state) == ways.get((came[0], came[1]), came)
