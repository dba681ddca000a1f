"""PostgreSQL itself refuses what no reviewer approved, whoever writes the SQL."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.publishing.pressroom import run_until_settled

from zhijian.lib import clock
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, DeliveryItem
from zhijian.publishing.queries import public_pieces

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom

    from zhijian.content.models import Revision


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, *values: Any) -> str:
    with pytest.raises(DatabaseError) as caught:
        sql(statement, *values)
    return str(caught.value)


def bare_delivery(press: Pressroom, **more: Any) -> Delivery:
    moment = clock.now()
    return Delivery.objects.create(
        organisation=press.body, account=press.wechat.account, connection=press.wechat, connector="wechat",
        key=secrets.token_hex(16), title="直接写库", planned_by=press.editor, planned_at=moment, scheduled_at=moment,
        next_attempt_at=moment, **more,
    )  # fmt: skip


INSERT = (
    "INSERT INTO publishing_deliveryitem (delivery_id, position, account_id, article_id, revision_id, version_hash,"
    " title, files, is_live, url) VALUES (%s, 1, %s, %s, %s, %s, 'x', '{}', true, '')"
)


def insert(delivery: Delivery, revision: Revision, *, article: int = 0, account: int = 0, digest: str = "") -> str:
    return refused(
        INSERT, delivery.pk, account or delivery.account_id, article or revision.article_id, revision.pk,
        digest or revision.content_hash,
    )  # fmt: skip


def test_an_item_without_a_standing_approval_of_exactly_its_version_is_refused(press: Pressroom) -> None:
    approved_article = press.piece("城东片区停水通知")
    approved = press.approve(approved_article)
    draft = press.piece("没有送审的稿件").current_revision
    assert draft is not None
    delivery = bare_delivery(press)
    assert "is not approved" in insert(delivery, draft)
    assert "is not approved" in insert(delivery, draft, digest=approved.content_hash)
    assert "is not approved" in insert(delivery, draft, article=approved.article_id, digest=approved.content_hash)
    assert "is not approved" in insert(delivery, draft, article=approved.article_id)
    assert "is not approved" in insert(delivery, approved, article=draft.article_id)
    assert "is not approved" in insert(delivery, approved, digest=draft.content_hash)
    assert "same account only" in insert(delivery, approved, account=press.website.account_id)
    edited = press.edit(approved_article, "城东片区停水通知（更正）")
    assert "is not approved" in insert(delivery, approved)
    assert "is not approved" in insert(delivery, edited)
    assert not DeliveryItem.objects.exists()
    again = press.approve(approved_article)
    sql(INSERT, delivery.pk, delivery.account_id, again.article_id, again.pk, again.content_hash)
    assert DeliveryItem.objects.count() == 1


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.PLANNED])
def test_a_delivery_is_not_born_in_any_other_state_than_planned(press: Pressroom, state: DeliveryState) -> None:
    with pytest.raises(DatabaseError, match="begins planned"), transaction.atomic():
        bare_delivery(press, state=state)
    with pytest.raises(DatabaseError, match="begins planned"), transaction.atomic():
        bare_delivery(press, progress={"publish_id": "1"})
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("state", ["sending", "published", "manual_pending"])
def test_an_empty_delivery_or_one_whose_approval_was_lost_is_not_sent(press: Pressroom, state: str) -> None:
    move = "UPDATE publishing_delivery SET state = %s WHERE id = %s"
    assert "is empty" in refused(move, state, bare_delivery(press).pk)
    article = press.piece("城东片区停水通知")
    revision = press.approve(article)
    delivery = bare_delivery(press)
    sql(INSERT, delivery.pk, delivery.account_id, revision.article_id, revision.pk, revision.content_hash)
    sql("UPDATE review_review SET state = 'voided' WHERE thing_id = %s", article.pk)
    assert "is not approved" in refused(move, state, delivery.pk)
    for detour in ("submitted", "unknown", "removed"):
        assert "does not go from planned" in refused(move, detour, delivery.pk)


def test_no_detour_leads_to_the_website(press: Pressroom) -> None:
    """Every sequence of two moves by hand, with an approval that ended in between, stays away from the readers."""
    article = press.piece("城东片区停水通知")
    delivery = press.plan(press.website, press.approve(article))
    sql("UPDATE publishing_delivery SET state = 'sending' WHERE id = %s", delivery.pk)
    sql("UPDATE review_review SET state = 'voided' WHERE thing_id = %s", article.pk)
    for way in ("submitted", "unknown"):
        sql("UPDATE publishing_delivery SET state = %s WHERE id = %s", way, delivery.pk)
        assert "is not approved" in refused(
            "UPDATE publishing_delivery SET state = 'published' WHERE id = %s", delivery.pk
        )
    sql("UPDATE publishing_delivery SET state = 'failed' WHERE id = %s", delivery.pk)
    assert "is not approved" in refused("UPDATE publishing_delivery SET state = 'sending' WHERE id = %s", delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, public_pieces()) == (DeliveryState.FAILED, [])


def test_an_intent_to_change_the_platform_needs_the_approval_at_that_moment(press: Pressroom) -> None:
    article = press.piece("城东片区停水通知")
    delivery = press.plan(press.wechat, press.approve(article))
    sql("UPDATE publishing_delivery SET state = 'sending' WHERE id = %s", delivery.pk)
    intend = (
        "UPDATE publishing_delivery SET progress = jsonb_build_object("
        "'doing', jsonb_build_object('name', %s::text, 'at', %s::text)) WHERE id = %s"
    )
    sql(intend, "upload_cover", "1", delivery.pk)
    sql("UPDATE review_review SET state = 'voided' WHERE thing_id = %s", article.pk)
    for step in ("upload_image", "upload_cover", "add_draft", "submit"):
        assert "is not approved" in refused(intend, step, "2", delivery.pk)
    sql("UPDATE publishing_delivery SET progress = '{}' WHERE id = %s", delivery.pk)


def test_items_and_deliveries_keep_what_they_said_and_are_never_deleted(press: Pressroom) -> None:
    article = press.piece("城东片区停水通知")
    revision = press.approve(article)
    delivery = press.plan(press.wechat, revision)
    other = press.approved("水费缴纳提醒")
    item = delivery.items.get()
    for column, value in (("revision_id", other.pk), ("version_hash", other.content_hash), ("position", 2),
                          ("account_id", press.website.account_id), ("title", "别的标题")):  # fmt: skip
        assert "does not change" in refused(
            f"UPDATE publishing_deliveryitem SET {column} = %s WHERE id = %s", value, item.pk  # noqa: S608 -- names of this test
        )  # fmt: skip
    assert "keeps its account and key" in refused("UPDATE publishing_delivery SET key = 'x' WHERE id = %s", delivery.pk)
    assert "keeps its account and key" in refused(
        "UPDATE publishing_delivery SET connector = 'website' WHERE id = %s", delivery.pk
    )
    assert "keeps its items" in refused("DELETE FROM publishing_deliveryitem WHERE id = %s", item.pk)
    assert "never deleted" in refused("DELETE FROM publishing_delivery WHERE id = %s", bare_delivery(press).pk)


def test_one_version_is_live_once_on_an_account_whoever_writes(press: Pressroom) -> None:
    revision = press.approved("城东片区停水通知")
    press.plan(press.wechat, revision)
    second = bare_delivery(press)
    assert "publishing_revision_once_per_account" in refused(
        INSERT, second.pk, second.account_id, revision.article_id, revision.pk, revision.content_hash
    )


def test_what_ended_does_not_come_back(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    for state in ("planned", "sending", "submitted", "unknown", "failed", "cancelled", "manual_pending"):
        assert "does not go from published" in refused(
            "UPDATE publishing_delivery SET state = %s WHERE id = %s", state, delivery.pk
        )
    assert len(bench.titles()) == 1
