from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from zhijian.knowledge.forms import ListedTerm, read_lines, read_table
from zhijian.lib.errors import Refused


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def short(rows: list[ListedTerm]) -> list[tuple[object, ...]]:
    return [(row.number, row.draft.wrong, row.draft.right, row.draft.source) for row in rows]


def test_lines_are_read_with_any_arrow_and_blank_ones_skipped() -> None:
    rows = read_lines(
        "扫黑险恶→扫黑除恶\n\n警钟常鸣 -> 警钟长鸣 => 通用规范\n齐齐哈市，应为齐齐哈尔市\n", source="县里通知"
    )
    assert short(rows) == [
        (1, "扫黑险恶", "扫黑除恶", "县里通知"),
        (3, "警钟常鸣", "警钟长鸣", "通用规范"),
        (4, "齐齐哈市", "齐齐哈尔市", "县里通知"),
    ]
    assert [row.problems for row in rows] == [(), (), ()]


def test_a_table_is_read_by_its_heads_in_any_order() -> None:
    data = workbook(
        ("依据", "正确表述", "级别", "错误表述", "例外"),
        ("通知", "清澈溪", "严重错误", "清澈河", "清澈河路、清澈河村"),
        (None, None, None, None, None),
        ("", "管理站", "要命", "管理所", ""),
    )
    rows = read_table("用语.xlsx", data, source="统一依据")
    assert short(rows) == [(2, "清澈河", "清澈溪", "通知"), (4, "管理所", "管理站", "统一依据")]
    assert (rows[0].draft.severity, rows[0].draft.exceptions) == ("veto", ("清澈河路", "清澈河村"))
    assert rows[1].problems == ("级别“要命”不认识，可以写严重错误、错误、提醒、建议。",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_without_heads_is_wrong_right_source(encoding: str) -> None:
    rows = read_table("a.csv", "清澈河,清澈溪,通知\n".encode(encoding), source="")
    assert short(rows) == [(1, "清澈河", "清澈溪", "通知")]


def test_doubles_and_faults_are_named_at_their_row() -> None:
    rows = read_lines("清澈河 → 清澈溪\n清澈河 → 清澈溪\n河 → 溪\n", source="")
    assert [row.problems for row in rows] == [
        ("请写明依据：文件名、字号，或上级通知。",),
        ("请写明依据：文件名、字号，或上级通知。", "和第 1 行重复。"),
        ("不规范表述至少写两个字，一个字会误伤太多。", "请写明依据：文件名、字号，或上级通知。"),
    ]


def test_a_right_form_that_holds_the_wrong_one_is_its_own_exception() -> None:
    rows = read_lines("党史教育 → 党史教育基地", source="通知")
    assert rows[0].draft.exceptions == ("党史教育基地",)
    assert rows[0].problems == ()


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"", b"\xff\xfe\x00\x81\x82"])
def test_a_file_that_is_no_table_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Refused):
        read_table("用语.xlsx", data, source="通知")


@given(st.text(max_size=200))
def test_any_pasted_text_is_read_without_failing(text: str) -> None:
    rows = read_lines(text, source="通知")
    assert [row.number for row in rows] == [number for number, line in enumerate(text.splitlines(), 1) if line.strip()]
