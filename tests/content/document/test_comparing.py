from hypothesis import given
from hypothesis import strategies as st

from zhijian.content.document import BlockChange, Run, difference, document_from_text, parse_document, text_difference


def test_a_changed_word_is_shown_inside_its_block() -> None:
    old = document_from_text("各区、市人民政府：\n请于3月22日前报送。\n附件")
    new = document_from_text("各区、市人民政府：\n请于4月22日前报送材料。\n特此通知。\n附件")
    result = difference(old, new)
    assert result.changes == (
        BlockChange("same", "段落", (Run("same", "各区、市人民政府："),), False, (0,), (0,)),
        BlockChange(
            "changed",
            "段落",
            (
                Run("same", "请于"),
                Run("delete", "3"),
                Run("insert", "4"),
                Run("same", "月22日前报送"),
                Run("insert", "材料"),
                Run("same", "。"),
            ),
            False,
            (1,),
            (1,),
        ),
        BlockChange("added", "段落", (Run("insert", "特此通知。"),), False, None, (2,)),
        BlockChange("same", "段落", (Run("same", "附件"),), False, (2,), (3,)),
    )
    assert result.summary == "改动 1 段，新增 1 段；增 8 字，删 1 字。"


def test_a_change_of_format_alone_is_told() -> None:
    old = document_from_text("重要提示")
    new = parse_document(
        {
            "type": "doc",
            "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "重要提示", "marks": [{"type": "strong"}]}]}
            ],
        }
    )
    assert difference(old, new).changes == (
        BlockChange("changed", "段落", (Run("same", "重要提示"),), True, (0,), (0,)),
    )
    assert difference(old, old).summary == "内容没有变化。"


def test_a_removed_block_stands_where_it_was() -> None:
    result = difference(document_from_text("甲甲甲甲\n乙乙乙乙\n丙丙丙丙"), document_from_text("甲甲甲甲\n丙丙丙丙"))
    assert [(change.kind, change.old_path, change.new_path) for change in result.changes] == [
        ("same", (0,), (0,)),
        ("removed", (1,), None),
        ("same", (2,), (1,)),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_back_from_the_runs(old: str, new: str) -> None:
    runs = text_difference(old, new)
    assert "".join(run.text for run in runs if run.kind != "insert") == old
    assert "".join(run.text for run in runs if run.kind != "delete") == new


lines = st.lists(st.text("甲乙丙丁 abc12", min_size=1, max_size=12).map(str.strip).filter(bool), min_size=1, max_size=8)


@given(lines, lines)
def test_every_block_of_both_texts_is_in_the_comparison_once_and_in_order(old: list[str], new: list[str]) -> None:
    result = difference(document_from_text("\n".join(old)), document_from_text("\n".join(new)))
    assert [c.old_path for c in result.changes if c.old_path] == [(i,) for i in range(len(old))]
    assert [c.new_path for c in result.changes if c.new_path] == [(i,) for i in range(len(new))]
