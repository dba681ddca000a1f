"""Look-alike names: every trick is found and told, neighbours and allowed names are left alone."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from zhijian.screening.lookalikes import Alike, Lookalikes, Reason, Trick, plain
from zhijian.screening.lookalikes.shapes import shapes

OFFICIAL = (
    "云岭发布", "云岭县教育局", "云岭县公安局", "平安云岭", "云岭12345", "澄江发布", "澄江市教育局", "清河县教育局",
    "云岭县政务服务中心",
)  # fmt: skip


@pytest.fixture(scope="module")
def index() -> Lookalikes:
    regions = ("云岭县", "澄江市", "清河县")
    return Lookalikes(OFFICIAL, regions=regions, allowed=("云领发布",))


TRICKS = [
    ("芸岭发布", "云岭发布", {Trick.SOUND: "“芸”代“云”"}),
    ("云林发布", "云岭发布", {Trick.NEAR_SOUND: "“林”代“岭”"}),
    ("云岭县公安屈", "云岭县公安局", {Trick.OTHER: "“屈”代“局”"}),
    ("云岭县公按局", "云岭县公安局", {Trick.SOUND: "“按”代“安”"}),
    ("乎安云岭", "平安云岭", {Trick.SHAPE: "“乎”代“平”"}),
    ("雲嶺發佈", "云岭发布", {Trick.TRADITIONAL: "“雲”代“云”、“嶺”代“岭”、“發”代“发”、“佈”代“布”"}),
    ("云岭发布官方", "云岭发布", {Trick.INSERTED: "“官方”"}),
    ("云岭县小熊公安局", "云岭县公安局", {Trick.INSERTED: "“小熊”"}),
    ("岭云发布", "云岭发布", {Trick.SWAPPED: "“岭云”"}),
    ("云\u200b岭发布", "云岭发布", {Trick.HIDDEN: "U+200B"}),
    ("云岭1\uff12345", "云岭12345", {Trick.WIDTH: "“\uff12”代“2”"}),
    ("云岭🔥发布", "云岭发布", {Trick.EMOJI: "“🔥”"}),
    ("云岭·发布", "云岭发布", {Trick.MARKS: "“·”"}),
    ("清河县公安局", "云岭县公安局", {Trick.REGION: "“清河县”没有登记这个账号，“云岭县”有"}),
    ("云岭市公安局", "云岭县公安局", {Trick.REGION: "“市”代“县”"}),
    ("芸岭发布服务", "云岭发布", {Trick.SOUND: "“芸”代“云”", Trick.INSERTED: "“服务”"}),
    ("乎安云玲", "平安云岭", {Trick.SHAPE: "“乎”代“平”", Trick.SOUND: "“玲”代“岭”"}),
    ("便民云岭县政务服务巾心", "云岭县政务服务中心", {Trick.SHAPE: "“巾”代“中”", Trick.INSERTED: "“便民”"}),
    (
        "官方清河县公安局",
        "云岭县公安局",
        {Trick.REGION: "“清河县”没有登记这个账号，“云岭县”有", Trick.INSERTED: "“官方”"},
    ),
]


@pytest.mark.parametrize(("name", "official", "reasons"), TRICKS)
def test_a_trick_is_found_and_told(index: Lookalikes, name: str, official: str, reasons: dict[Trick, str]) -> None:
    found = index.alike(name)[0]

    assert found.official == official
    assert {reason.trick: reason.detail for reason in found.reasons} == reasons
    assert 0.5 <= found.score <= 1


@pytest.mark.parametrize(
    "name",
    [
        *OFFICIAL, "云领发布", "老张说房", "云岭美食", "云岭县招聘网", "清河钓鱼",
        "", "云", "😀", "云岭县体育馆里的教育", "教育局",
    ],
)  # fmt: skip
def test_official_allowed_and_ordinary_names_are_like_none(index: Lookalikes, name: str) -> None:
    assert index.alike(name) == ()


def test_the_most_alike_stands_first_and_every_reason_reads_as_a_sentence(index: Lookalikes) -> None:
    exact, closer = index.alike("云岭 发布")[0], index.alike("芸领发布")[0]

    assert exact == Alike("云岭发布", 1.0, (Reason(Trick.MARKS, "“ ”"),))
    assert closer.official == "云岭发布"
    assert closer.score < exact.score
    assert [str(reason) for reason in closer.reasons] == ["同音字：“芸”代“云”、“领”代“岭”"]
    assert index.is_official("云岭发布")
    assert index.is_allowed("云領發布")
    assert len(index) == len(OFFICIAL)


@given(some.text(max_size=60))
@hypothesis_settings(max_examples=60)
def test_any_text_is_answered_and_never_by_itself(text: str) -> None:
    index = Lookalikes([*OFFICIAL, text], regions=[text], allowed=[])

    assert index.alike(text) == ()
    for found in index.alike(f"官方{text}发布"):
        assert 0.5 <= found.score <= 1
        assert found.reasons or plain(found.official) == plain(f"官方{text}发布")


def test_likeness_of_characters_goes_both_ways() -> None:
    table = shapes()

    assert all(one in table[other] for one in "未己大官税" for other in table[one])
    assert "末" in table["未"]
