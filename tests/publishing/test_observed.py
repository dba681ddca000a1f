"""What goes out is observed at once, and read back from the platform as the same post; a deletion there is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.publishing.pressroom import run_until_settled

from zhijian.lib import clock
from zhijian.observation import actions as observation
from zhijian.observation.enums import Health, Method, Result
from zhijian.observation.models import Look, Post, PostVersion, Source

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom

HOURS = timedelta(hours=13)


def read_back(press: Pressroom) -> Source:
    """Make the source as an officer would have added it."""
    return Source.objects.create(
        account=press.wechat.account, method=Method.READ_BACK, legality="authorised", health_since=clock.now(),
        created_at=clock.now(), next_look_at=clock.now(), sees_all=True, sees_all_basis="主办单位书面说明只用发布",
    )  # fmt: skip


def test_a_delivery_and_the_platforms_list_are_one_post_seen_in_two_ways(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    post = Post.objects.get()
    assert (post.title, post.dated, post.account_id) == ("城东片区停水通知", True, press.wechat.account_id)
    assert post.url == delivery.items.get().url

    look = observation.look_at(source_id=read_back(press).pk)

    assert look is not None
    assert (look.result, look.sees_all, look.seen, look.new, look.reason) == (Result.SAW, True, 1, 0, "")
    assert Post.objects.get() == post
    versions = PostVersion.objects.order_by("pk").values_list("look__source__method", "whole")
    assert list(versions) == [(Method.OWN_DELIVERY, True), (Method.READ_BACK, True)]
    texts = list(PostVersion.objects.order_by("pk").values_list("text", flat=True))
    assert texts[0].split() == texts[1].split()


def test_the_platforms_refusal_is_a_look_that_could_not(press: Pressroom, bench: Bench) -> None:
    source = read_back(press)
    bench.fault("freepublish/batchget", "errcode", code=48001)
    look = observation.look_at(source_id=source.pk)
    assert look is not None
    assert look.result == Result.COULD_NOT
    assert look.reason.endswith("。")
    source.refresh_from_db()
    assert source.health == Health.FAILING
    bench.calm()
    with clock.at(clock.now() + HOURS):
        assert observation.look_at(source_id=source.pk) is not None
    source.refresh_from_db()
    assert (source.health, Look.objects.count()) == (Health.HEALTHY, 2)
