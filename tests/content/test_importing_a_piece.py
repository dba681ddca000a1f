from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from docx import Document as WordDocument
from PIL import Image

from zhijian.content import actions, queries
from zhijian.content.document import from_blocks, image_files, marked_blocks, paragraph
from zhijian.content.models import Article, ImportRecord
from zhijian.content.queries import Draft
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from tests.content.newsroom import Newsroom

    from zhijian.organisations.models import User


def picture(colour: str = "navy") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def word_file() -> bytes:
    """A .docx with a title, a heading, a list, a table and a picture."""
    word = WordDocument()
    word.add_heading("城东片区停水通知", 0)
    word.add_heading("停水时间", 1)
    word.add_paragraph("本周六上午八时至十二时。")
    for words in ("备好生活用水", "关好水龙头"):
        word.add_paragraph(words, style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("片区", "时间"), ("城东", "八时")), strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    word.add_picture(io.BytesIO(picture()))
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def test_a_word_file_keeps_its_structure_and_its_picture_is_stored(newsroom: Newsroom) -> None:
    article = actions.import_article(
        actor=newsroom.editor, organisation=newsroom.county.water, name="停水.docx", data=word_file()
    )
    draft = queries.draft_of(article.newest)
    assert draft.title == "城东片区停水通知"
    assert [block.kind for block in draft.document.blocks] == ["heading", "paragraph", "bullet_list", "table", "image"]
    files = image_files(draft.document)
    assert [len(file) for file in files] == [64]
    assert queries.holds_file(article, files[0])
    assert article.import_record.kind == "docx"


def test_pasted_words_lose_the_noise_and_every_line_of_it_can_be_put_back(newsroom: Newsroom) -> None:
    text = "当前位置：首页 > 新闻\n城东片区停水通知\n本周六上午停水，请居民提前备水。\n扫一扫在手机打开当前页\n"
    article = actions.import_pasted(actor=newsroom.editor, organisation=newsroom.county.water, text=text)
    record = ImportRecord.objects.get(article=article)
    index, removed = next((i, one["removed"]) for i, one in enumerate(record.notices) if one["removed"])
    assert record.original.strip().startswith("当前位置")
    assert removed[0] not in article.newest.plain_text
    saved = actions.restore_removed(actor=newsroom.editor, article_id=article.pk, notice=index, base_number=1)
    assert saved.number == 2
    assert saved.plain_text.splitlines()[-len(removed) :] == [line.strip() for line in removed]
    with pytest.raises(Refused, match="没有可以放回的内容"):
        actions.restore_removed(actor=newsroom.editor, article_id=article.pk, notice=99, base_number=2)


def test_a_named_source_makes_it_a_reprint_that_still_needs_its_address(newsroom: Newsroom) -> None:
    text = "全县供水保障工作会召开\n来源：云岭日报\n11月20日，全县供水保障工作会召开，会议部署冬季供水。\n"
    article = actions.import_pasted(actor=newsroom.editor, organisation=newsroom.county.water, text=text)
    draft = queries.draft_of(article.newest)
    assert (draft.origin, draft.item_class, draft.source_name) == ("reprint", "reprint", "云岭日报")
    assert "转载要填原文地址，审核人员要核对原文。" in actions.why_not_submit(actor=newsroom.editor, article=article)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("空.txt", b" \n", "这个文件是空的"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .docx"),
        ("表.pdf", b"%PDF-1.7", "PDF"),
        ("坏.docx", b"PK\x03\x04xxxx", "docx"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do_and_leaves_nothing(
    newsroom: Newsroom, name: str, data: bytes, why: str
) -> None:
    before = Article.objects.count()
    with pytest.raises(Refused, match=why):
        actions.import_article(actor=newsroom.editor, organisation=newsroom.county.water, name=name, data=data)
    assert Article.objects.count() == before
    assert not ImportRecord.objects.exists()


def test_a_person_of_another_body_imports_nothing_here(newsroom: Newsroom, stranger: User) -> None:
    with pytest.raises(Refused, match="不是云岭县水务局的采编"):
        actions.import_pasted(actor=stranger, organisation=newsroom.county.water, text="偷偷写进来的一段话。")
    assert not ImportRecord.objects.exists()


def test_marked_blocks_are_kept_or_deleted_one_by_one(newsroom: Newsroom) -> None:
    blocks = [
        paragraph("首页 新闻 服务", marked="navigation"),
        paragraph("正文留下。"),
        paragraph("疑似重复但要留。", marked="duplicate"),
    ]
    article = actions.create_article(
        actor=newsroom.editor, organisation=newsroom.county.water, draft=Draft(title="题", document=from_blocks(blocks))
    )
    # The path of an unmarked block is no licence to delete it.
    saved = actions.settle_marked(actor=newsroom.editor, article_id=article.pk, drop=[(0,), (1,)], base_number=1)
    draft = queries.draft_of(saved)
    assert saved.plain_text == "正文留下。\n疑似重复但要留。"
    assert marked_blocks(draft.document) == ()


def test_a_picture_that_cannot_be_stored_leaves_a_marked_line_where_it_stood(newsroom: Newsroom) -> None:
    html = '<h1>停水</h1><p>见图。</p><p><img alt="管网图" src="data:image/png;base64,AAAA"></p><p>完。</p>'
    article = actions.import_pasted(actor=newsroom.editor, organisation=newsroom.county.water, text="", html=html)
    document = queries.draft_of(article.newest).document
    assert [file for file in image_files(document) if file.startswith("import:")] == []
    assert "完。" in article.newest.plain_text


def test_half_width_signs_become_full_width_in_a_version_of_their_own(newsroom: Newsroom) -> None:
    draft = Draft(title="题", document=from_blocks([paragraph("请注意,周六停水;有事拨打010-1234。")]))
    article = actions.create_article(actor=newsroom.editor, organisation=newsroom.county.water, draft=draft)
    saved = actions.widen_punctuation(actor=newsroom.editor, article_id=article.pk, base_number=1)
    assert (saved.number, saved.plain_text) == (2, "请注意，周六停水；有事拨打010-1234。")
