"""Reading an account's own publications back: each page is one of the day's calls."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.publishing.pressroom import make_picture

from zhijian.channels import actions
from zhijian.channels.models import QuotaUse
from zhijian.connectors.contract import MediaRef
from zhijian.connectors.wechat import client as wechat

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom

EVER = datetime(2026, 1, 1, tzinfo=UTC)


def publish(press: Pressroom, number: int) -> None:
    """Put so many pieces out, as somebody would in the platform's own pages."""
    account, picture = actions.open_account(press.wechat), make_picture()
    digest = hashlib.sha256(picture).hexdigest()
    cover = wechat.upload_cover(account, MediaRef("cover", "image/jpeg", len(picture), digest, lambda: picture))
    for one in range(number):
        article = {"title": f"通知{one}", "content": "<p>正文</p>", "thumb_media_id": cover}
        draft = wechat.add_draft(account, [article])
        wechat.call(account, "freepublish/submit", {"media_id": draft}, mutates=True)


def allow(press: Pressroom, calls: int) -> None:
    row = press.wechat
    row.capabilities = {**row.capabilities, "quotas": [{"name": "freepublish/batchget", "limit": calls, "used": 0}]}
    row.save()


def calls_made(press: Pressroom) -> int:
    return QuotaUse.objects.get(connection=press.wechat, name="freepublish/batchget").used


def test_every_page_takes_one_call_of_the_day(press: Pressroom, bench: Bench) -> None:
    publish(press, 12)
    assert len(bench.titles()) == 12
    assert calls_made(press) == 1  # the check of the connection asked for a page
    allow(press, 4)
    whole = actions.read_published(account_id=press.wechat.account_id, since=EVER)
    assert (len(whole.pieces), whole.reaches, calls_made(press)) == (12, True, 3)

    cut = actions.read_published(account_id=press.wechat.account_id, since=EVER)
    assert (len(cut.pieces), cut.reaches, calls_made(press)) == (10, False, 4)

    with pytest.raises(actions.QuotaSpent):
        actions.read_published(account_id=press.wechat.account_id, since=EVER)
    assert calls_made(press) == 4
