"""Finding by words: few candidates are looked at, and the one that was meant is among them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zhijian.lib.wording import meant_grams, plain
from zhijian.search.models import Wording
from zhijian.search.queries import WANTED, find_wordings, narrow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KIND = "bench.answer"
THINGS = ("社保卡", "居住证", "健康证", "公积金", "不动产", "驾驶证", "营业执照", "老年证")
ACTS = ("补办", "申请", "注销", "变更", "续期", "领取", "打印", "核验", "寄送", "备案")
PLACES = tuple(f"{first}{second}镇" for first, second in product("苔槐云青石枫杏苇", "溪渡桅砚磬渚畈泊"))

pairs = st.lists(st.text("甲乙丙丁戊己庚辛", min_size=2, max_size=2), min_size=1, max_size=20, unique=True)
counts = st.dictionaries(st.text("甲乙丙丁戊己庚辛", min_size=2, max_size=2), st.floats(1, 60_000))


@given(grams=pairs, times=counts, size=st.floats(60_000, 10_000_000))
def test_candidates_are_few_by_what_is_known_and_never_none(
    grams: Sequence[str], times: Mapping[str, float], size: float
) -> None:
    rare, twos = narrow(grams, times, size)
    assert rare or twos
    promised = [times.get(gram, 0.0) for gram in rare] + [times[one] * times[other] / size for one, other in twos]
    # Where neither one pair nor two are rare enough, the rarest one has to do.
    assert sum(promised) <= WANTED + 1e-6 or (rare, twos) == ([min(grams, key=lambda gram: times.get(gram, 0.0))], [])
    assert {*rare, *(gram for two in twos for gram in two)} <= set(grams)
    assert set(rare) & {gram for two in twos for gram in two} == set()
    assert all(abs(grams.index(one) - grams.index(other)) > 1 for one, other in twos)


@pytest.fixture
def index(db: None) -> dict[str, int]:
    """5,120 wordings of as many things: every word of them is common, no two have all three alike."""
    texts = [place + thing + "怎么" + act for place, thing, act in product(PLACES, THINGS, ACTS)]
    Wording.objects.bulk_create(
        Wording(thing_kind=KIND, thing_id=number, organisation_path="1.", is_public=True, text=text, plain=plain(text),
                grams=list(meant_grams(text)), gram_count=len(meant_grams(text)))
        for number, text in enumerate(texts, 1)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_wording")
    return {text: number for number, text in enumerate(texts, 1)}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("我想补办槐渡镇的社保卡", "槐渡镇社保卡怎么补办"),
        ("杏泊镇营业执照去哪里核验", "杏泊镇营业执照怎么核验"),
        ("不动产变更，石砚镇怎么办理", "石砚镇不动产怎么变更"),
        ("石砚某不动产变更", "石砚镇不动产怎么变更"),
    ],
)
def test_the_one_meant_comes_first_though_all_its_words_are_common(
    index: dict[str, int], asked: str, meant: str
) -> None:
    hit = find_wordings(thing_kind=KIND, text=asked)[0]
    assert (hit.thing_id, hit.text) == (index[meant], meant)


def test_one_common_word_alone_finds_what_has_it(index: dict[str, int]) -> None:
    hits = find_wordings(thing_kind=KIND, text="公积金", limit=20)
    assert (len(hits), {"公积金" in hit.text for hit in hits}) == (20, {True})


def test_words_that_never_come_together_still_find_the_rarer_one(db: None) -> None:
    texts = [f"{place}老年证" for place in PLACES for _ in range(10)] + [f"{place}食品证" for place in PLACES] * 8
    Wording.objects.bulk_create(
        Wording(thing_kind=KIND, thing_id=number, organisation_path="1.", is_public=True, text=text, plain=plain(text),
                grams=list(meant_grams(text)), gram_count=len(meant_grams(text)))
        for number, text in enumerate(texts, 1)
    )  # fmt: skip
    hits = find_wordings(thing_kind=KIND, text="老年和食品", limit=5)
    assert (len(hits), {"食品" in hit.text for hit in hits}) == (5, {True})


def test_other_kinds_lend_no_words_and_take_no_place(index: dict[str, int]) -> None:
    Wording.objects.filter(thing_id__gt=1).update(thing_kind="bench.other")
    hits = find_wordings(thing_kind=KIND, text=f"{PLACES[0]}社保卡怎么补办")
    assert [hit.thing_id for hit in hits] == [1]


def test_no_search_goes_through_rows_that_wait_for_the_index(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reloptions FROM pg_class WHERE reloptions @> '{fastupdate=off}' ORDER BY relname"
        )
        assert cursor.fetchall() == [
            ("search_wording_grams", ["fastupdate=off"]), ("search_wording_plain", ["fastupdate=off"]),
        ]  # fmt: skip
