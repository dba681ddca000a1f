"""Counties under the wrong city: every right pair is left alone, certain faults block, doubtful ones only warn."""

from __future__ import annotations

from importlib.resources import files

import pytest

from zhijian.screening import RuleSet, Severity, compile_ruleset, default_rules, scan

from .conftest import DAY

LINES = files("zhijian.screening").joinpath("divisions.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def divisions() -> RuleSet:
    rules = [rule for rule in default_rules() if rule.detector == "division_mismatch"]
    return compile_ruleset(rules, on=DAY)


def _table() -> list[tuple[str, str, str, str]]:
    """Return (province, prefecture or nothing, county, code of six digits) of every county."""
    rows, province, above = [], "", ""
    for line in LINES:
        name, code, *counties = line.split()
        if not line.startswith((" ", "#", "<", "~")):
            province, above = name, code
        elif line.startswith(" "):
            prefecture = "" if name == "直辖" else name
            rows += [(province, prefecture, one[:-2], above + code + one[-2:]) for one in counties]
    return rows


def test_the_table_is_whole_and_every_county_stands_unblamed_under_its_own(divisions: RuleSet) -> None:
    rows = _table()
    assert len({province for province, *_ in rows}) == 31
    assert 2840 <= len(rows) <= 2860
    assert len({code for *_, code in rows}) == len(rows)
    assert all(len(code) == 6 and code.isdigit() for *_, code in rows)
    short = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
    texts = []
    for province, prefecture, county, _ in rows:
        plain = next(province.removesuffix(ending) for ending in short if province.endswith(ending))
        texts += [f"{province}{prefecture}{county}发布通告。", f"{province}{county}人民政府", f"{prefecture}{county}"]
        texts += [f"在{plain}{county}举行", f"{plain}{prefecture}{county}"]
    assert [one.excerpt for one in scan("\n".join(texts), divisions)] == []


@pytest.mark.parametrize(
    ("text", "severity", "excerpt", "suggestion"),
    [
        ("苏州市江阴市的企业", Severity.ERROR, "苏州市江阴市", "无锡市江阴市"),
        ("江苏省苏州市江阴市的企业", Severity.ERROR, "苏州市江阴市", "无锡市江阴市"),
        ("山东省嘉兴市气象台", Severity.ERROR, "山东省嘉兴市", "浙江省嘉兴市"),
        ("河北省曲阜市文物局", Severity.ERROR, "河北省曲阜市", "济宁市曲阜市"),
        ("四川省綦江区消防", Severity.ERROR, "四川省綦江区", "重庆市綦江区"),
        ("宜昌市仙桃市联合", Severity.ERROR, "宜昌市仙桃市", "湖北省仙桃市"),
        ("六安市寿县古城", Severity.WARNING, "六安市寿县", "淮南市寿县"),
        ("记者从苏州江阴市获悉", Severity.WARNING, "苏州江阴市", "无锡市江阴市"),
        ("保定市清苑县的村民", Severity.WARNING, "保定市清苑县", "保定市清苑区"),
        ("潍坊市昌邑区的村民", Severity.WARNING, "潍坊市昌邑区", "潍坊市昌邑市"),
        ("上海市崇明县的村民", Severity.WARNING, "上海市崇明县", "上海市崇明区"),
    ],
)
def test_what_does_not_belong_together_is_found(
    divisions: RuleSet, text: str, severity: Severity, excerpt: str, suggestion: str
) -> None:
    found = [(one.severity, one.excerpt, one.suggestions) for one in scan(text, divisions)]
    assert found == [(severity, excerpt, (suggestion,))]


@pytest.mark.parametrize(
    "text",
    [
        "南京市鼓楼区、徐州市鼓楼区和福州市鼓楼区同名。",
        "苏州市、江阴市签订协议，苏州市与江阴市互认，苏州市和江阴市共建。",
        "1986年以前，苏州市江阴县的档案由地区保管。",
        "原六安市寿县已经划归淮南市。",
        "上海市江阴市商会成立，广州市清河县籍务工人员参加，北京市神木市驻京机构协助。",
        "南京市上海路、上海市昆山路施工，武汉市江阴大道通车。",
        "深圳市义乌市场开业，厦门市新城区建设提速，石家庄市滨湖区规划公示。",
        "伊犁哈萨克自治州塔城市、伊犁哈萨克自治州阿勒泰地区布尔津县开展互访。",
        "昌吉回族自治州石河子市的班车。",
        "江苏省苏州市昆山市和吉林省吉林市、吉林省长春市公主岭市结对。",
        "重庆市两江新区、雄安新区容城县、东莞市长安镇。",
        "泰山东平县站，沿黄山东至县城班车。",
    ],
)
def test_same_names_lists_natives_roads_markets_and_the_past_are_left_alone(divisions: RuleSet, text: str) -> None:
    assert scan(text, divisions) == []
