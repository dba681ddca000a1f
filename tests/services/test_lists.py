from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.lib.errors import Refused
from zhijian.services.forms.reading import ListedService, Sheet, read_services, sheet_again, sheet_of

CELLS = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=30)


def short(rows: list[ListedService]) -> list[tuple[object, ...]]:
    return [(row.number, row.draft.name, row.draft.audience, row.draft.source, row.problems) for row in rows]


def test_columns_are_known_by_many_heads_and_faults_named_at_their_row() -> None:
    data = (
        "事项名称,服务对象,在线办理地址,申请材料,实施依据\n水卡补领,自然人,https://a.example/1,身份证,清单\n"
        ",自然人,,,\n水卡补领,法人,ftp://a.example,,\n开户,外星人,,,\n\n过户,,,,\n"
    )
    sheet = sheet_of("事项.csv", data.encode("gb18030"))
    assert sheet.columns == {0: "name", 1: "audience", 2: "entrance_url", 3: "materials", 4: "source"}
    rows = read_services(sheet, sheet.columns, source="水务局提供", taken={"过户"})
    assert short(rows) == [
        (2, "水卡补领", "person", "清单", ()),
        (3, "", "person", "水务局提供", ("请写服务名称。",)),
        (4, "水卡补领", "company", "水务局提供", ("网上入口要以 http:// 或 https:// 开头。", "和第 2 行重复。")),
        (
            5,
            "开户",
            "person",
            "水务局提供",
            ("谁能办“外星人”不认识，可以写个人、企业和单位、个人和企业、自然人、群众、法人等。",),
        ),
        (7, "过户", "person", "水务局提供", ("本单位已有这项服务，不重复导入。",)),
    ]


def test_a_file_without_a_name_column_asks_for_one() -> None:
    sheet = sheet_of("a.csv", b"x,y\n1,2\n")
    with pytest.raises(Refused, match="还没有指定哪一列是名称"):
        read_services(sheet, sheet.columns, source="")


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"", b"\xff\xfe\x00\x81\x82"])
def test_a_file_that_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        sheet_of("服务.xlsx", data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    try:
        sheet = sheet_of("a.csv", data)
    except Refused as refused:
        reasons = refused.reasons
    else:
        reasons = []
        rows = read_services(sheet, {0: "name", 1: "how"}, source="清单")
        assert [row.number for row in rows] == [number for number, _ in sheet.rows]
    assert [reason for reason in reasons if not reason.endswith("。")] == []


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_what_the_page_sends_back_is_what_was_read(cells: list[list[str]]) -> None:
    clean = [[one.replace("\x00", "").replace("\t", " ").replace("\r", "").strip() for one in row] for row in cells]
    sheet = Sheet(["甲", "乙", "丙"], [(number * 2, row) for number, row in enumerate(clean, 1)], {})
    again = sheet_again(sheet.text)
    assert (again.heads, again.rows) == (sheet.heads, sheet.rows)
