"""What is known of accounts over a period: posts, stretches seen, gaps with their reasons."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.observation.world import NOW, make_account, make_source

from zhijian.observation.actions import Sighting, keep_failure, keep_sighting
from zhijian.observation.enums import Health
from zhijian.observation.queries import activity, merged, missing_of, posts_between, undated_between
from zhijian.observation.queries.activity import ALL_STOPPED, NO_SOURCE, NOT_LOOKED
from zhijian.observation.reading.seen import SeenPost

if TYPE_CHECKING:
    from tests.observation.world import Watch

    from zhijian.observation.models import Look, Source
    from zhijian.observation.queries import Activity

DAY = timedelta(days=1)


def days(number: float) -> datetime:
    """Return the moment so many days before now."""
    return NOW - timedelta(days=number)


def post(number: float, title: str = "通知", **more: object) -> SeenPost:
    url = f"https://water.example/{title}/{number}"
    return SeenPost(url=url, title=title, text=f"{title}正文", **{"published_at": days(number), **more})  # type: ignore[arg-type]  # fields by name


def saw(source: Source, start: float, end: float, *posts: SeenPost, sees_all: bool = True) -> Look:
    return keep_sighting(source=source, sighting=Sighting(days(end), days(start), days(end), posts, sees_all=sees_all))


def known(watch: Watch, start: float = 14, end: float = 0) -> Activity:
    return activity(account_ids=[watch.site.pk], start=days(start), end=days(end))[watch.site.pk]


def test_looks_that_overlap_or_touch_make_one_stretch(watch: Watch) -> None:
    source = make_source(watch.site)
    looks = [saw(source, 20, 10, post(12)), saw(source, 10, 6), saw(source, 8, 0, post(3))]

    found = known(watch)

    assert found.seen == ((days(14), NOW),)
    assert found.gaps == ()
    assert found.covered
    assert found.seen_until == NOW
    assert (found.posts, found.undated, found.last_post_at) == (2, 0, days(3))
    assert set(found.looks) == {look.pk for look in looks}


def test_an_outage_is_a_gap_with_its_reason_and_never_silence(watch: Watch) -> None:
    source = make_source(watch.site)
    saw(source, 30, 9, post(12))
    keep_failure(source=source, start=days(9), at=days(5), reason="对方网站太久没有回应，这次没看成。")
    saw(source, 2, 0)

    found = known(watch)

    assert found.seen == ((days(14), days(9)), (days(2), NOW))
    assert found.gaps == ((days(9), days(2), "订阅源：对方网站太久没有回应，这次没看成。"),)
    assert not found.covered


def test_a_source_that_shows_only_a_part_covers_nothing_but_its_posts_count(watch: Watch) -> None:
    source = make_source(watch.site, "own_delivery", url="", sees_all=False, sees_all_basis="")
    saw(source, 4, 0, post(3), sees_all=False)

    found = known(watch)

    assert (found.seen, found.posts, found.last_post_at) == ((), 1, days(3))
    assert found.gaps == ((days(14), NOW, NO_SOURCE),)


def test_the_reason_tells_a_stopped_source_from_one_that_did_not_look(watch: Watch) -> None:
    source = make_source(watch.site)
    assert known(watch).gaps == ((days(14), NOW, NOT_LOOKED),)
    source.health, source.sees_all_basis = Health.STOPPED, "是全站订阅源"
    source.save()
    assert known(watch).gaps == ((days(14), NOW, ALL_STOPPED),)


def test_the_last_post_is_told_also_from_before_the_period(watch: Watch) -> None:
    saw(make_source(watch.site), 60, 0, post(40), post(35))

    found = known(watch)

    assert (found.posts, found.last_post_at) == (0, days(35))
    assert found.covered


def test_posts_after_the_end_and_posts_gone_before_it_do_not_count(watch: Watch) -> None:
    source = make_source(watch.site)
    saw(source, 30, 10, post(12, "撤下的"), post(11))
    saw(source, 30, 8, post(11))
    saw(source, 30, 0, post(11), post(1))

    assert (known(watch).posts, known(watch).last_post_at) == (2, days(1))
    assert (known(watch, end=5).posts, known(watch, end=5).last_post_at) == (1, days(11))
    # At nine days before, the one that was taken down eight days before was still there.
    assert known(watch, end=9).posts == 2


def test_a_post_without_a_date_is_told_apart_and_is_no_update(watch: Watch) -> None:
    saw(make_source(watch.site), 3, 2, post(0, "没有日期", published_at=None))

    found = known(watch)

    assert (found.posts, found.undated, found.last_post_at) == (0, 1, None)
    assert list(posts_between(account_ids=[watch.site.pk], start=days(14), end=NOW)) == []
    assert [row.title for row in undated_between(account_ids=[watch.site.pk], start=days(14), end=NOW)] == ["没有日期"]


def test_accounts_do_not_mix_and_every_id_gets_an_answer(watch: Watch) -> None:
    saw(make_source(watch.site), 30, 0, post(2))
    saw(make_source(watch.school, url="https://school.example/feed.xml"), 30, 15, post(20))

    found = activity(account_ids=[watch.site.pk, watch.school.pk, watch.wechat.pk], start=days(14), end=NOW)

    assert {pk: (one.posts, one.covered) for pk, one in found.items()} == {
        watch.site.pk: (1, True), watch.school.pk: (0, False), watch.wechat.pk: (0, False),
    }  # fmt: skip
    assert [one.method for one in found[watch.school.pk].sources] == ["feed"]
    assert found[watch.wechat.pk].sources == ()


def test_thirty_accounts_cost_as_many_queries_as_one(watch: Watch) -> None:
    accounts = [make_account(watch.county.water, "other", f"账号{number}") for number in range(30)]
    for account in accounts:
        saw(make_source(account), 20, 0, post(3), post(1))
    for ids in ([accounts[0].pk], [account.pk for account in accounts]):
        with CaptureQueriesContext(connection) as asked:
            found = activity(account_ids=ids, start=days(14), end=NOW)
        assert len(asked) == 4
        assert [one.posts for one in found.values()] == [2] * len(ids)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        activity(account_ids=[1], start=NOW, end=NOW - DAY)


def test_an_empty_list_of_accounts_gives_nothing(db: None) -> None:
    assert activity(account_ids=[], start=NOW - DAY, end=NOW) == {}


moments = st.integers(0, 100).map(lambda hours: NOW + timedelta(hours=hours))
periods = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))), max_size=12)


@given(periods, moments, moments)
def test_stretches_and_gaps_together_are_the_whole_and_do_not_overlap(
    given_periods: list[tuple[datetime, datetime]], one: datetime, other: datetime
) -> None:
    whole = (min(one, other), max(one, other))
    inside = [(max(a, whole[0]), min(b, whole[1])) for a, b in given_periods if a <= whole[1] and b >= whole[0]]
    seen = merged(inside)
    gaps = missing_of(seen, whole)
    pieces = sorted([*seen, *gaps])
    assert pieces[0][0] == whole[0]
    assert pieces[-1][1] == whole[1]
    assert all(before[1] == after[0] for before, after in pairwise(pieces))
    hours = [whole[0] + timedelta(minutes=30 + 60 * number) for number in range(100)]
    for moment in (hour for hour in hours if hour < whole[1]):
        covered = any(a <= moment <= b for a, b in given_periods)
        assert covered == any(a <= moment <= b for a, b in seen)
        assert covered != any(a < moment < b for a, b in gaps)
