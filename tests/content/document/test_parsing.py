import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.content.document import (
    LIMITS,
    Document,
    InvalidDocument,
    canonical_json,
    document_from_text,
    document_hash,
    empty_document,
    parse_document,
)


def doc(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "content": list(blocks)}


def para(*inline: dict[str, Any], **attrs: Any) -> dict[str, Any]:
    return {"type": "paragraph", "attrs": attrs, "content": list(inline)}


def words(text: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": list(marks)}


def problems(data: Any) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        parse_document(data)
    return caught.value.problems


def test_canonical_form_joins_texts_orders_marks_and_drops_defaults() -> None:
    document = parse_document(
        doc(
            para(
                words("通", {"type": "strong"}, {"type": "link", "attrs": {"href": "https://example.org/a"}}),
                words("知", {"type": "link", "attrs": {"href": "https://example.org/a"}}, {"type": "strong"}),
                words("\n全文"),
                align=None,
                marked=None,
            ),
            {"type": "heading", "attrs": {"level": 2}, "content": [words("一、目标")]},
        )
    )
    assert canonical_json(document) == (
        '{"content":[{"content":[{"marks":[{"attrs":{"href":"https://example.org/a"},"type":"link"},'
        '{"type":"strong"}],"text":"通知","type":"text"},{"text":" 全文","type":"text"}],"type":"paragraph"},'
        '{"content":[{"text":"一、目标","type":"text"}],"type":"heading"}],"type":"doc"}'
    )
    assert parse_document(canonical_json(document)) == document


def test_hash_tells_two_texts_apart_and_ignores_spelling_of_the_json() -> None:
    one = document_from_text("甲\n\n乙")
    assert document_hash(one) == document_hash(parse_document(json.dumps(json.loads(canonical_json(one)), indent=3)))
    assert document_hash(one) != document_hash(document_from_text("甲乙"))
    assert len(document_hash(empty_document())) == 64


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("{", "正文没有传完整。请刷新页面再试，没保存的文字会保留在本机。"),
        ("[]", "正文的格式不对，应当是一篇文档。请刷新页面再试。"),
        (doc(), "正文是空的，请删去或补上内容。"),
        (doc({"type": "iframe"}), "第 1 块：不能使用“iframe”这种内容，请删去。"),
        (doc(para(), {"type": "table_row"}), "第 2 块：表格行不能放在正文里。"),
        (doc(para(words("坏\x00字"))), "第 1 块：有看不见的控制字符。请删去这一块重新输入。"),
        (doc({"type": "heading", "attrs": {"level": 1}}), "第 1 块：标题只能是二级、三级或四级。"),
        (doc({"type": "heading", "attrs": {"level": True}}), "第 1 块：标题只能是二级、三级或四级。"),
        (doc({"type": "image"}), "第 1 块：图片没有文件，请删去后重新插入。"),
        (doc({"type": "image", "attrs": {"file": "../a"}}), "第 1 块：图片文件的编号不对，请删去后重新插入。"),
        (doc(para(onclick="x")), "第 1 块：段落带有不认识的属性。"),
        (
            doc(para(words("点", {"type": "link", "attrs": {"href": "javascript:alert(1)"}}))),
            "第 1 块：链接地址“javascript:alert(1)”不能用。请以 http://、https://、mailto: 或 tel: 开头。",
        ),
        (
            doc(para(words("点", {"type": "link", "attrs": {"href": "https:///path"}}))),
            "第 1 块：链接地址“https:///path”缺少网站域名。",
        ),
        (doc(para(words("点", {"type": "font"}))), "第 1 块：有不能使用的文字格式，请清除格式后再试。"),
        (doc({"type": "bullet_list", "content": []}), "第 1 块：项目列表是空的，请删去或补上内容。"),
    ],
)
def test_bad_body_is_refused_with_one_clear_sentence(data: Any, sentence: str) -> None:
    assert problems(data) == [sentence]


def test_too_deep_too_long_and_too_many_pictures_are_refused() -> None:
    nested: dict[str, Any] = para(words("深"))
    for _ in range(LIMITS.depth):
        nested = {"type": "blockquote", "content": [nested]}
    assert problems(doc(nested)) == ["列表、引用或表格套得太深，最多 12 层。请减少层次。"]
    assert problems(doc(para(words("字" * 200_001)))) == ["正文超过 200,000 个字。请分成几篇。"]
    image = {"type": "image", "attrs": {"file": "a" * 64}}
    assert problems(doc(*[image] * 201)) == ["图片超过 200 张。请分成几篇。"]
    assert problems(doc(*[para()] * 20_001)) == ["正文太长：段落和格式超过 20,000 处。请分成几篇。"]


def test_at_most_twenty_problems_are_told() -> None:
    assert len(problems(doc(*[{"type": "video"}] * 100))) == 20


marks = st.lists(
    st.sampled_from([{"type": "strong"}, {"type": "em"}, {"type": "link", "attrs": {"href": "https://example.org"}}])
)
texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1)
inline = st.one_of(st.builds(lambda t, m: words(t, *m), texts, marks), st.just({"type": "hard_break"}))
paragraphs = st.builds(lambda c: para(*c), st.lists(inline))
blocks = st.recursive(
    paragraphs,
    lambda inner: st.one_of(
        st.builds(lambda c: {"type": "blockquote", "content": c}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda first, rest: {"type": "bullet_list", "content": [{"type": "list_item", "content": [first, *rest]}]},
            paragraphs,
            st.lists(inner, max_size=2),
        ),
    ),
    max_leaves=6,
)
documents = st.builds(lambda c: parse_document({"type": "doc", "content": c}), st.lists(blocks, min_size=1, max_size=4))


@given(documents)
def test_every_document_survives_its_own_json(document: Document) -> None:
    assert parse_document(canonical_json(document)) == document


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["type", "content", "attrs", "marks", "text", "level", "file"]), inner)
        ),
    )
)
def test_any_json_is_read_or_refused_but_never_breaks(data: Any) -> None:
    try:
        parse_document({"type": "doc", "content": data})
    except InvalidDocument as refused:
        assert refused.problems  # noqa: PT017  both outcomes are allowed; a refusal must say why
