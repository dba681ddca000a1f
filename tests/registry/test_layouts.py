"""Ledgers as different offices make them; each was drawn by hand before it was tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.registry.world import workbook

from zhijian.lib import clock
from zhijian.registry.importing.headers import guess_layout
from zhijian.registry.importing.reading import Grid, UnfitFile, read_file
from zhijian.registry.importing.tables import Entry, read_entries


def entries(content: bytes) -> list[Entry]:
    found = []
    for grid in read_file(content=content):
        layout = guess_layout(grid)
        if not layout.missing:
            found += list(read_entries(grid, layout))
    return found


def brief(found: list[Entry], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(entry.values.get(name) for name in names) for entry in found]


def faults(found: list[Entry]) -> list[str]:
    return [f"{problem.row}{problem.letter} {problem.sentence}" for entry in found for problem in entry.problems]


def test_title_rows_two_header_rows_and_merged_bodies() -> None:
    rows: list[list[object]] = [
        ["附件1"],
        ["2024年政务新媒体基本情况统计表"],
        ["填报单位（盖章）：", None, None, None, None, None, None, "填报日期：2024年3月"],
        ["序号", "主办单位", "账号情况", None, None, "粉丝数（万）", "管理人员", None],
        [None, None, "类型", "名称", "账号ID", None, "姓名", "手机"],
        [1, "县教育局", "微信", "甲教育", "jiajiaoyu1", 1.25, "李某", 13800000001.0],
        [None, None, "微博", "甲教育", "1234567890", "8千", "李某", "13800000002"],
        [2, "县林业局", "抖音号", "甲林业", "jialinye", "0.3", "王某", "0596-7654321"],
        ["合计", None, None, "3个"],
        ["注：请于3月底前报送。"],
    ]
    merge = [("表", area) for area in ("A2:H2", "C4:E4", "G4:H4", "A4:A5", "B4:B5", "F4:F5", "B6:B7", "A6:A7")]
    found = entries(workbook(("表", rows), merge=merge))
    assert faults(found) == []
    assert brief(found, "body", "platform", "name", "platform_uid", "followers", "contact", "phone") == [
        ("县教育局", "wechat", "甲教育", "jiajiaoyu1", 12_500, "李某", "13800000001"),
        ("县教育局", "weibo", "甲教育", "1234567890", 8_000, "李某", "13800000002"),
        ("县林业局", "douyin", "甲林业", "jialinye", 3_000, "王某", "0596-7654321"),
    ]
    assert [entry.row for entry in found] == [6, 7, 8]


def test_wide_layout_with_a_column_for_each_platform() -> None:
    rows: list[list[object]] = [
        ["单位名称", "微信公众号", "新浪微博", "抖音", "其他平台", "联系人", "联系电话"],
        ["县公安局", "平安某县", "@平安某县", "无", "", "赵某", "13900000000"],
        ["县水务局", "某县水务、某县河长", "/", "√", "", "钱某", "１３９００００００００"],
    ]
    found = entries(workbook(("矩阵", rows)))
    assert brief(found, "body", "platform", "name", "phone") == [
        ("县公安局", "wechat", "平安某县", "13900000000"),
        ("县公安局", "weibo", "平安某县", "13900000000"),
        ("县水务局", "wechat", "某县水务", "13900000000"),
        ("县水务局", "wechat", "某县河长", "13900000000"),
        ("县水务局", "douyin", "√", "13900000000"),
    ]
    assert faults(found) == ["3D 只写了“√”，没有账号名称。请填这个平台上的账号名称。"]


def test_wide_layout_with_name_and_followers_under_each_platform() -> None:
    rows: list[list[object]] = [
        ["序号", "责任单位", "微信公众号", None, None, "微博", None],
        [None, None, "名称", "微信号", "粉丝数", "名称", "粉丝数"],
        [1, "县司法局", "某县司法", "mxsf2018", "1.2w", "某县司法", 300],
        [2, "县档案馆", "某县档案", "", 55, "无", None],
    ]
    found = entries(workbook(("矩阵", rows), merge=[("矩阵", "C1:E1"), ("矩阵", "F1:G1")]))
    assert faults(found) == []
    assert brief(found, "body", "platform", "name", "platform_uid", "followers") == [
        ("县司法局", "wechat", "某县司法", "mxsf2018", 12_000),
        ("县司法局", "weibo", "某县司法", None, 300),
        ("县档案馆", "wechat", "某县档案", None, 55),
    ]


def test_several_platforms_in_one_cell_share_the_name_but_not_the_id() -> None:
    rows: list[list[object]] = [
        ["运维单位", "新媒体名称", "平台类型", "主页", "uid"],
        ["县文旅局", "诗画某县", "微信、微博/抖音", "https://weibo.com/u/12345", "12345"],
    ]
    found = entries(workbook(("表", rows)))
    assert brief(found, "platform", "name", "url", "platform_uid") == [
        ("wechat", "诗画某县", None, None),
        ("weibo", "诗画某县", "https://weibo.com/u/12345", None),
        ("douyin", "诗画某县", None, None),
    ]
    assert found[0].notices == ["一行写了几个平台，账号标识和关注数分不清属于哪个平台，没有采用。"]


def test_a_platform_may_be_told_by_the_link_alone() -> None:
    rows: list[list[object]] = [["单位", "名称", "链接"], ["县气象局", "某县气象", "weibo.com/u/1234567"]]
    found = entries(workbook(("表", rows)))
    assert brief(found, "platform", "url") == [("weibo", "https://weibo.com/u/1234567")]
    assert found[0].notices == ["没有写平台，按链接认作微博。"]


def test_a_body_written_once_above_its_accounts_is_carried_down_and_said() -> None:
    rows: list[list[object]] = [
        ["部门", "账号类型", "账号名称"],
        ["一、县直部门"],
        ["县统计局", "微信", "某县统计"],
        [None, "微博", "某县统计"],
    ]
    found = entries(workbook(("表", rows)))
    assert brief(found, "body", "platform") == [("县统计局", "wechat"), ("县统计局", "weibo")]
    assert found[1].notices == ["主办单位空着，按上面的“县统计局”处理。"]


def test_headers_repeated_on_every_printed_page_are_left_out() -> None:
    head: list[object] = ["主办单位", "平台", "账号名称"]
    rows = [head, ["县民政局", "微信", "某县民政"], head, ["县信访局", "微信", "某县信访"]]
    assert brief(entries(workbook(("表", rows))), "name") == [("某县民政",), ("某县信访",)]


def test_several_sheets_are_read_and_a_hidden_one_is_named_as_hidden() -> None:
    head: list[object] = ["主办单位", "平台", "账号名称"]
    content = workbook(("说明", [["填表说明"], ["每个账号一行"]]), ("县直", [head, ["县民政局", "微信", "某县民政"]]))
    grids = read_file(content=content)
    assert [(grid.name, grid.hidden, guess_layout(grid).missing) for grid in grids] == [
        ("说明", False, ["主办单位", "账号名称", "平台"]), ("县直", False, []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(",", "utf-8"), ("\t", "utf-8-sig"), (";", "gb18030"), (",", "gb18030"), ("，", "utf-16")],
)
def test_csv_in_every_usual_encoding_and_separator(separator: str, encoding: str) -> None:
    lines = [["主办单位", "平台", "账号名称"], ["县民政局", "微信公众号", "某县民政"], ["县信访局", "抖音", "某县信访"]]
    content = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    assert brief(entries(content), "body", "platform", "name") == [
        ("县民政局", "wechat", "某县民政"), ("县信访局", "douyin", "某县信访"),
    ]  # fmt: skip


def test_quoted_csv_cells_keep_their_commas_and_line_ends() -> None:
    content = '主办单位,平台,账号名称,备注\n县民政局,"微信,微博",某县民政,"一行\n两行, 三行"\n'.encode()
    assert brief(entries(content), "platform", "remark") == [
        ("wechat", "一行 两行, 三行"), ("weibo", "一行 两行, 三行"),
    ]  # fmt: skip


def test_words_of_other_offices_in_any_order() -> None:
    rows: list[list[object]] = [
        [
            *("备注", "认证名称", "运营者", "开通时间", "是否正常运行", "公众号名称", "主管部门", "开办单位"),
            *("关注用户数", "类别", "分管领导", "主页链接"),
        ],
        [
            *("", "某县审计局", "孙某", "２０１９．３", "是", "某县审计", "某县政府", "某县审计局"),
            *("约2万", "政务微信", "周某", "mp.weixin.qq.com/x"),
        ],
    ]  # fmt: skip
    found = entries(workbook(("表", rows)))
    assert faults(found) == []
    assert found[0].values == {
        "verified_subject": "某县审计局", "contact": "孙某", "opened_on": "2019-03-01", "state": "active",
        "name": "某县审计", "supervising": "某县政府", "body": "某县审计局", "followers": 20_000, "leader": "周某",
        "url": "https://mp.weixin.qq.com/x", "platform": "wechat", "kind": "subscription",
    }  # fmt: skip


def test_a_day_that_has_not_come_is_no_day_of_opening() -> None:
    rows: list[list[object]] = [["主办单位", "平台", "账号名称", "开设日期"]]
    rows += [["某县审计局", "微信", "某县审计", day] for day in ("2026-11-22", "2026-11-23", "2099年1月")]
    with clock.at(datetime(2026, 11, 22, 9, tzinfo=clock.BEIJING)):
        found = entries(workbook(("表", rows)))
    assert [entry.values.get("opened_on") for entry in found] == ["2026-11-22", None, None]
    assert [fault[:2] for fault in faults(found)] == ["3D", "4D"]


def test_more_than_two_hundred_thousand_rows_are_refused() -> None:
    content = ("主办单位,平台,账号名称\n" + "a,微信,b\n" * 201_500).encode()
    with pytest.raises(UnfitFile, match="超过 200,000 行"):
        read_file(content=content)


def test_a_file_that_unpacks_to_too_much_is_refused_unread() -> None:
    content = workbook(("表", [["主办单位", "平台", "账号名称"], ["x" * 100, "微信", "y"]]))
    swollen = _with_part(content, "xl/media/image1.png", b"\0" * (60 * 1024 * 1024))
    with pytest.raises(UnfitFile, match="解开后大得不正常"):
        read_file(content=swollen)


def _with_part(content: bytes, name: str, data: bytes) -> bytes:
    import io  # noqa: PLC0415 - only here
    import zipfile  # noqa: PLC0415 - only here

    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return out.getvalue()


def test_an_empty_grid_has_no_header() -> None:
    assert guess_layout(Grid("空", [])).columns == ()
