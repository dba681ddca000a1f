"""The same account is found again on both sides, whatever either side leaves out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.census.matching import Side, differing, match

WORDS = st.sampled_from(["", "甲", "乙", "丙"])


def side(name: str, *, body: str = "水务局", platform: str = "wechat", **values: str) -> Side:
    return Side(platform, "", name, body, {"name": name, **values})


@st.composite
def sides(draw: st.DrawFn) -> list[Side]:
    drawn = draw(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8))
    return [side(name, body=body, platform_uid=uid) for name, body, uid in drawn]


@settings(max_examples=60)
@given(sides(), sides())
def test_every_account_is_paired_once_or_left_over_once(here: list[Side], there: list[Side]) -> None:
    found = match(here, there)
    assert sorted(map(id, [*(left for left, _ in found.pairs), *found.only_here])) == sorted(map(id, here))
    assert sorted(map(id, [*(right for _, right in found.pairs), *found.only_there])) == sorted(map(id, there))
    again = match(found.only_here, found.only_there)
    assert again.pairs == []


def test_the_platforms_id_wins_over_the_address_and_the_address_over_the_name() -> None:
    here = [side("水务发布", platform_uid="gh_1"), side("水务", url="https://weibo.com/u/1"), side("水务局")]
    there = [side("水务局"), side("水务局", url="http://www.weibo.com/u/1/"), side("水务局", platform_uid="gh_1")]
    found = match(here, there)
    assert [(left.name, there.index(right)) for left, right in found.pairs] == [
        ("水务发布", 2),
        ("水务", 1),
        ("水务局", 0),
    ]


def test_what_one_side_does_not_tell_is_no_difference() -> None:
    here = side("水务发布", leader="周明", url="https://weibo.com/u/1", phone="")
    there = side("水务 发布", leader="", url="http://www.weibo.com/u/1", phone="0599-1", contact="李")
    assert differing(here, there, ["name", "leader", "url", "phone", "contact"]) == {"phone": ["", "0599-1"]}
