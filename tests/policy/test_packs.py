"""The shipped packs hold together, and faulty packs are refused with the place and the remedy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from zhijian.policy.enums import Evidence
from zhijian.policy.errors import BadData, UnknownPack
from zhijian.policy.loading import NATIONAL, load_packs, pack_names
from zhijian.policy.resolution import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from zhijian.policy.records import Value

PACKS = load_packs()
TODAY = date(2026, 11, 22)
LOCAL = [
    "gansu",
    "fujian",
    "hubei",
    "zhejiang",
    "guangdong",
    "shaanxi",
    "anhui",
    "liaoning",
    "xunwu",
    "hedong",
    "qingdao",
]


def all_values() -> list[Value]:
    return [value for pack in PACKS.packs.values() for values in pack.values.values() for value in values]


def test_promised_packs_are_shipped() -> None:
    assert {NATIONAL, *LOCAL} <= set(PACKS.packs)


def test_pack_names_are_offered_wide_areas_first() -> None:
    names = pack_names()
    assert set(names) == set(PACKS.packs)
    assert list(names.items())[:2] == [("national", "全国"), ("anhui", "安徽")]
    assert list(names)[-1] == "yongan"


def test_every_value_has_document_evidence_and_dates() -> None:
    values = all_values()
    assert len(values) > 150
    for value in values:
        assert value.document.name, value.place
        assert value.document.number, value.place
        assert value.evidence in Evidence
        assert value.effective_from >= date(2016, 1, 1)


def test_every_document_of_a_pack_is_used() -> None:
    for pack in PACKS.packs.values():
        used = {value.document.code for values in pack.values.values() for value in values}
        assert used == set(pack.documents), pack.code


def test_every_key_is_set_by_some_pack() -> None:
    assert {value.key for value in all_values()} | {"update.warning_days"} == set(PACKS.catalogue.keys)


def test_only_proven_values_stand_in_local_packs() -> None:
    guessed = [value.place for value in all_values() if value.pack != NATIONAL and value.evidence is Evidence.MEMORY]
    assert guessed == []


def test_every_pack_answers_every_key_the_national_pack_answers() -> None:
    national = {answer.key for answer in resolve([], on=TODAY).all_values()}
    assert national
    for code in PACKS.packs:
        assert national <= {answer.key for answer in resolve([code], on=TODAY).all_values()}, code


def test_platform_groups_name_known_platforms_and_kinds() -> None:
    for value in all_values():
        if value.key != "account.platform_groups":
            continue
        for member in (member for row in value.value for member in row["members"]):
            platform, _, kind = member.partition(":")
            assert PACKS.platforms.platform_kind(platform, kind)


def test_unknown_pack_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownPack, match=r"没有安装规则包“atlantis”。请在机构设置里改选：.*gansu"):
        resolve(["atlantis"], on=TODAY)


GOOD = """
[pack]
code = "yanlian"
name = "演练县"
level = "county"
within = "gansu"

[[document]]
code = "rule"
name = "演练县政务新媒体管理办法"
number = "演政办〔2026〕1号"

[[value]]
key = "update.window_days"
value = 5
document = "rule"
effective_from = 2026-01-01
evidence = "C"
"""


def test_operator_adds_a_pack_without_code(tmp_path: Path) -> None:
    (tmp_path / "yanlian.toml").write_text(GOOD, encoding="utf-8")
    policy = resolve(["yanlian", "gansu"], on=TODAY, packs=load_packs(tmp_path))
    answer = policy.value("update.window_days")
    assert (answer.value, answer.pack_name, answer.document.citation) == (
        5,
        "演练县",
        "《演练县政务新媒体管理办法》（演政办〔2026〕1号）",
    )


def test_operator_adds_a_key_and_a_platform_without_code(tmp_path: Path) -> None:
    key = '[[key]]\nkey = "drill.per_year"\ntitle = "每年演练"\ntype = "integer"\nunit = "times"\nmeaning = "次数"\n'
    (tmp_path / "keys.toml").write_text(key, encoding="utf-8")
    (tmp_path / "platforms.toml").write_text(
        '[[platform]]\ncode = "xinpingtai"\nname = "新平台"\nconnector = "handoff"\nthird_party = true\n'
        'editable_after_sending = true\n[[platform.kind]]\ncode = "hao"\nname = "新平台号"\n',
        encoding="utf-8",
    )
    value = 'value = 5\ndocument = "rule"\nscope = { platform = ["xinpingtai"] }'
    pack = GOOD.replace('value = 5\ndocument = "rule"', value)
    pack += (
        '[[value]]\nkey = "drill.per_year"\nvalue = 2\ndocument = "rule"\neffective_from = 2026-01-01\nevidence = "C"\n'
    )
    (tmp_path / "yanlian.toml").write_text(pack, encoding="utf-8")
    policy = resolve(["yanlian"], on=TODAY, packs=load_packs(tmp_path))
    assert policy.integer("drill.per_year") == 2
    assert policy.integer("update.window_days", platform="xinpingtai") == 5
    assert policy.integer("update.window_days", platform="weibo") == 14
    found = policy.packs.platforms.identify("新平台号")
    assert found is not None
    assert (found.platform.code, found.kind.code) == ("xinpingtai", "hao")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('key = "update.window_days"', 'key = "update.windw_days"'), "键 update.windw_days 没有登记"),
        (("value = 5\n", ""), "缺少 value"),
        (("value = 5", 'value = "五"'), "值不对：不是整数"),
        (("value = 5", "value = 0"), "值不对：小于1"),
        (("value = 5", "value = true"), "值不对：不是整数"),
        (('document = "rule"', 'document = "other"'), "找不到文件 other"),
        (("effective_from = 2026-01-01\n", ""), "缺少 effective_from"),
        (("effective_from", "effective_to = 2025-01-01\neffective_from"), "effective_to 早于 effective_from"),
        (('evidence = "C"', 'evidence = "X"'), "evidence “X”不认识"),
        (('evidence = "C"', ""), "缺少 evidence"),
        (('number = "演政办〔2026〕1号"', ""), "缺少 number"),
        (('code = "yanlian"', 'code = "other"'), "code 是 other，与文件名不同"),
        (('level = "county"', 'level = "village"'), "level 的“village”不认识"),
        (('within = "gansu"', 'within = "nowhere"'), "上级规则包 nowhere 不存在"),
        (("value = 5", "value = 5\nscope = { colour = ['red'] }"), "update.window_days 不能按 colour 区分"),
        (("value = 5", "value = 5\nscope = { level = ['x'] }"), "level 的“x”不认识"),
        (("value = 5", "value = 5\nscope = { level = [] }"), "level 是空的"),
        (("value = 5", "value = 5\nnotes = 'x'"), "有不认识的字段 notes"),
    ],
)
def test_faulty_pack_is_refused_naming_file_place_and_remedy(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (tmp_path / "yanlian.toml").write_text(GOOD.replace(*change, 1), encoding="utf-8")
    with pytest.raises(BadData) as refusal:
        load_packs(tmp_path)
    assert refusal.value.file == "yanlian.toml"
    assert message in refusal.value.problem
    assert refusal.value.remedy
    assert str(refusal.value).startswith("yanlian.toml 的 ")


def test_two_values_for_the_same_case_and_time_are_refused(tmp_path: Path) -> None:
    value = GOOD[GOOD.index("[[value]]") :]
    (tmp_path / "yanlian.toml").write_text(GOOD + value, encoding="utf-8")
    with pytest.raises(BadData, match=r"与第2个 value（update\.window_days）在同一情形、同一时期重复"):
        load_packs(tmp_path)


def test_review_route_with_an_unknown_role_is_refused(tmp_path: Path) -> None:
    route = (
        '[[value]]\nkey = "review.routes"\ndocument = "rule"\neffective_from = 2026-01-01\nevidence = "C"\n'
        '[[value.value.stages]]\ncode = "first"\nname = "初审"\nroles = ["wizard"]\n'
    )
    (tmp_path / "yanlian.toml").write_text(GOOD + route, encoding="utf-8")
    with pytest.raises(BadData, match="初审里有不认识的 wizard"):
        load_packs(tmp_path)
