from zhijian.content.document import (
    Link,
    MarkedBlock,
    OutlineEntry,
    PlainText,
    Segment,
    TextRange,
    image_files,
    links,
    marked_blocks,
    outline,
    parse_document,
    plain_text,
    replace_image_files,
    to_copy_text,
    to_html,
    word_count,
)

FILE = "ab" * 32


def text(words: str, *marks: dict[str, object]) -> dict[str, object]:
    return {"type": "text", "text": words, "marks": list(marks)}


def cell(words: str, kind: str = "table_cell", **attrs: int) -> dict[str, object]:
    return {"type": kind, "attrs": attrs, "content": [{"type": "paragraph", "content": [text(words)]}]}


LINK = {"type": "link", "attrs": {"href": "https://example.org/?a=1&b=2"}}
SAMPLE = parse_document(
    {
        "type": "doc",
        "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [text("一、谁能办 <甲>")]},
            {
                "type": "paragraph",
                "attrs": {"align": "center"},
                "content": [
                    text("𠮷林", {"type": "strong"}),
                    {"type": "hard_break"},
                    text("见", LINK),
                    text("全文", LINK, {"type": "em"}),
                ],
            },
            {"type": "image", "attrs": {"file": FILE, "alt": '大"厅', "caption": "办事大厅"}},
            {
                "type": "ordered_list",
                "attrs": {"order": 3},
                "content": [
                    {"type": "list_item", "content": [{"type": "paragraph", "content": [text("交表")]}]},
                    {"type": "list_item", "content": [{"type": "paragraph", "content": [text("领证")]}]},
                ],
            },
            {
                "type": "table",
                "content": [
                    {"type": "table_row", "content": [cell("事项", "table_header", colspan=2)]},
                    {"type": "table_row", "content": [cell("A 证"), cell("3天")]},
                ],
            },
            {"type": "paragraph", "attrs": {"marked": "navigation"}, "content": [text("返回首页")]},
        ],
    }
)


def test_plain_text_has_one_line_for_each_block_and_knows_where_each_came_from() -> None:
    assert plain_text(SAMPLE) == PlainText(
        '一、谁能办 <甲>\n𠮷林\n见全文\n办事大厅\n大"厅\n交表\n领证\n事项\nA 证\n3天\n返回首页',
        (
            Segment(0, 9, (0,)),
            Segment(10, 16, (1,)),
            Segment(17, 21, (2,), "caption"),
            Segment(22, 25, (2,), "alt"),
            Segment(26, 28, (3, 0, 0)),
            Segment(29, 31, (3, 1, 0)),
            Segment(32, 34, (4, 0, 0, 0)),
            Segment(35, 38, (4, 1, 0, 0)),
            Segment(39, 41, (4, 1, 1, 0)),
            Segment(42, 46, (5,)),
        ),
    )


def test_a_finding_is_located_in_its_block_and_one_across_blocks_is_cut() -> None:
    words = plain_text(SAMPLE)
    start = words.text.index("见全文")
    assert words.locate(start, start + 3) == (TextRange((1,), "text", 3, 6),)
    assert words.offset((1,), 3) == start
    assert words.locate(26, 31) == (TextRange((3, 0, 0), "text", 0, 2), TextRange((3, 1, 0), "text", 0, 2))


def test_html_is_clean_and_escaped() -> None:
    assert to_html(SAMPLE, lambda file: f"/f/{file[:4]}?a&b") == (
        "<h2>一、谁能办 &lt;甲&gt;</h2>\n"
        '<p class="align-center"><strong>𠮷林</strong><br>'
        '<a href="https://example.org/?a=1&amp;b=2" rel="noopener">见<em>全文</em></a></p>\n'
        '<figure><img src="/f/abab?a&amp;b" alt="大&quot;厅"><figcaption>办事大厅</figcaption></figure>\n'
        '<ol start="3"><li><p>交表</p></li><li><p>领证</p></li></ol>\n'
        '<table><thead><tr><th colspan="2"><p>事项</p></th></tr></thead>'
        "<tbody><tr><td><p>A 证</p></td><td><p>3天</p></td></tr></tbody></table>\n"
        '<p data-marked="navigation">返回首页</p>'
    )


def test_copy_text_reads_without_any_markup() -> None:
    assert to_copy_text(SAMPLE) == (
        "一、谁能办 <甲>\n\n𠮷林\n见全文（https://example.org/?a=1&b=2）\n\n〔图片：办事大厅〕\n\n"
        "3. 交表\n4. 领证\n\n事项\nA 证\t3天\n\n返回首页"
    )


def test_outline_links_images_and_marked_blocks_are_listed() -> None:
    assert outline(SAMPLE) == (OutlineEntry(2, "一、谁能办 <甲>", (0,)),)
    assert links(SAMPLE) == (Link("https://example.org/?a=1&b=2", "见全文", (1,)),)
    assert image_files(SAMPLE) == (FILE,)
    assert marked_blocks(SAMPLE) == (MarkedBlock("navigation", "疑似网页导航", "返回首页", (5,)),)


def test_words_are_counted_as_word_does() -> None:
    count = word_count(
        parse_document(
            {
                "type": "doc",
                "content": [{"type": "paragraph", "content": [text("已开设17.87万个APP，“指尖”！hello world")]}],
            }
        )
    )
    assert count == len("已开设") + 1 + len("万个") + 1 + len("，“指尖”！") + 2


def test_imported_images_get_their_stored_name() -> None:
    document = parse_document({"type": "doc", "content": [{"type": "image", "attrs": {"file": "import:0"}}]})
    assert image_files(replace_image_files(document, {"import:0": FILE})) == (FILE,)
