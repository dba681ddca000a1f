from zhijian.content.document import Document, Mark, Node, Span, from_blocks, heading, paragraph, to_html, with_spans
from zhijian.content.document.nodes import node, text


def shown(document: Document, *spans: Span) -> str:
    return to_html(with_spans(document, spans), str)


def test_marked_words_keep_their_formats_and_cross_their_edges() -> None:
    words = Node("paragraph", content=(text("甲乙"), text("丙丁", [Mark("strong")]), node("hard_break"), text("戊")))
    assert shown(from_blocks([heading("题"), words]), Span((1,), 1, 3, "found")) == (
        '<h2>题</h2>\n<p>甲<mark class="found">乙</mark><mark class="found"><strong>丙</strong></mark>'
        "<strong>丁</strong><br>戊</p>"
    )


def test_a_span_after_a_line_break_or_at_no_place_is_where_it_says_or_left_out() -> None:
    words = Node("paragraph", content=(text("甲"), node("hard_break"), text("<乙>")))
    assert shown(from_blocks([words]), Span((0,), 2, 3, 'x"'), Span((5,), 0, 1, "lost")) == (
        '<p>甲<br><mark class="x&quot;">&lt;</mark>乙&gt;</p>'
    )


def test_a_whole_image_is_framed_and_the_document_itself_stays() -> None:
    document = from_blocks([paragraph("甲"), node("image", file="a", alt="图")])
    assert shown(document, Span((1,), 0, 1, "found")) == (
        '<p>甲</p>\n<figure data-marked="found"><img src="a" alt="图"></figure>'
    )
    assert to_html(document, str) == '<p>甲</p>\n<figure><img src="a" alt="图"></figure>'
