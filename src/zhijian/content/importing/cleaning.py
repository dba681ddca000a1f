"""The order in which a page becomes an article. Each step lives in its own module."""

from collections.abc import Mapping
from typing import Final

from zhijian.content.document import InvalidDocument, canonical_json, from_blocks, parse_document, plain_text
from zhijian.content.document.nodes import Document, Node, merged_inline
from zhijian.content.importing.forum import take_first_post
from zhijian.content.importing.furniture import published_on, settle_metadata, take_metadata, take_out_navigation
from zhijian.content.importing.punctuation import half_width_count
from zhijian.content.importing.repeats import mark_said_again, take_out_repeats
from zhijian.content.importing.results import Imported, ImportRefused, Notice, Page
from zhijian.content.importing.structure import assemble, find_headings, merge_lone_numbers, without_lone_bullets
from zhijian.content.importing.titles import find_title

REMOVED_SENTENCES: Final[Mapping[str, str]] = {
    "forum": "移除了 {} 行论坛导航、楼层信息和回帖。",
    "sentence": "有 {} 句话紧接着说了两遍，各留一遍。",
    "duplicate": "页面里有两份相同的正文，移除了重复的 {} 行。",
    "navigation": "移除了 {} 行网页导航和页面工具。",
    "footer": "移除了 {} 行页脚。",
    "metadata": "把 {} 行文件信息移到了标题、来源、日期等栏目。",
    "hidden": "移除了 {} 行页面上看不见的文字。",
    "frame": "移除了正文以外的 {} 行网页内容。",
    "missing_image": "有 {} 张图片没有随文字带来，已在原处标出，请下载后上传。",
}


def clean(page: Page) -> Imported:
    """Turn a page into an article; raises ``ImportRefused`` when no words are left or the text is too large."""
    take_first_post(page)
    take_out_repeats(page)
    take_metadata(page)
    take_out_navigation(page)
    settle_metadata(page)
    find_title(page)
    mark_said_again(page)
    lines = find_headings(merge_lone_numbers(without_lone_bullets(page.lines)))
    document = _document(assemble(lines))
    return Imported(
        title=page.title,
        subtitle=page.subtitle,
        author=page.author,
        source=page.source,
        published_on=published_on(page.published),
        document=document,
        images=tuple(page.images),
        notices=(*page.notices, *_notices(page, document)),
        metadata=tuple(page.metadata.items()),
        original=page.original,
    )


def _document(blocks: tuple[Node, ...]) -> Document:
    document = from_blocks(_settled(block) for block in blocks)
    if not plain_text(document).text.strip() and all(block.kind != "image" for block in document.blocks):
        raise ImportRefused("这个文件里没有找到正文。请打开看看内容是否完整，或直接粘贴文字。")
    try:
        return parse_document(canonical_json(document))
    except InvalidDocument as refused:
        raise ImportRefused(refused.problems[0]) from refused


def _settled(block: Node) -> Node:
    if block.is_textblock:
        return Node(block.kind, block.attributes, merged_inline(block.content))
    return Node(
        block.kind, block.attributes, tuple(_settled(child) for child in block.content), block.text, block.marks
    )


def _notices(page: Page, document: Document) -> list[Notice]:
    notices = [
        Notice(kind, sentence.format(len(page.removed[kind])), tuple(page.removed[kind]))
        for kind, sentence in REMOVED_SENTENCES.items()
        if page.removed.get(kind)
    ]
    marked = sum(1 for block in document.blocks if block.marked and block.marked != "missing_image")
    if marked:
        notices.append(Notice("marked", f"有 {marked} 处像是网页杂项，已标出，请逐处决定保留或删除。"))
    half = half_width_count(page.title) + half_width_count(plain_text(document).text)
    if half:
        notices.append(Notice("half_width", f"有 {half} 处半角标点夹在汉字之间，可以一键改为全角。"))
    return notices
