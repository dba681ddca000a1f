"""How a piece will look on each platform, with what the platform will say to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from tests.content.newsroom import CLEAN

from zhijian.content import actions, queries
from zhijian.content.document import from_blocks, heading, paragraph
from zhijian.content.document.nodes import Mark, node, text

if TYPE_CHECKING:
    from tests.content.newsroom import Newsroom

    from zhijian.content.models import Article
    from zhijian.content.queries import Draft, Preview
    from zhijian.organisations.models import User

LONG = "关于城东片区供水管道检修期间分时段停水和临时取水点设置情况的通知（第二号）"


def look(newsroom: Newsroom, platform: str, **changes: object) -> Preview:
    article = actions.create_article(
        actor=newsroom.editor, organisation=newsroom.county.water, draft=replace(newsroom.draft, **changes)
    )
    return queries.preview_of(actor=newsroom.editor, article=article, platform=platform)


def test_wechat_cuts_a_long_title_and_misses_a_cover(newsroom: Newsroom) -> None:
    seen = look(newsroom, "wechat", title=LONG, digest="要" * 129)
    assert (seen.title, seen.over) == (LONG[:32], LONG[32:])
    assert [(issue.field, issue.blocking) for issue in seen.issues] == [
        ("title", True), ("digest", True), ("cover", True),
    ]  # fmt: skip
    assert seen.limits == ("标题最多 32 个字", "摘要最多 128 个字", "每张图片不超过 1 MB", "封面不超过 10 MB")


def test_the_website_takes_the_same_piece_whole(newsroom: Newsroom) -> None:
    seen = look(newsroom, "website", title=LONG)
    assert (seen.title, seen.over, seen.issues, seen.limits) == (LONG, "", (), ())


def test_wechat_turns_a_link_into_a_note_and_the_page_gets_no_inline_style(newsroom: Newsroom) -> None:
    link = text("查询网页", [Mark("link", "https://shui.example.gov.cn/a")])
    said = ' style="color:red" <b>'
    body = from_blocks([heading("停水安排"), node("paragraph", [text("见"), link]), paragraph(said)])
    seen = look(newsroom, "wechat", document=body)
    assert "<h2>停水安排</h2>" in seen.html
    assert "查询网页[1]" in seen.html
    assert "[1] https://shui.example.gov.cn/a</p>" in seen.html
    assert ' style="color:red" &lt;b&gt;' in seen.html
    assert seen.html.count("style=") == 1
    assert [issue.message for issue in seen.issues if not issue.blocking] == [
        "微信正文不能点外部链接。链接会改成文末注释。"
    ]


def test_the_hand_carried_text_has_no_mark_up(newsroom: Newsroom) -> None:
    seen = look(newsroom, "handoff")
    assert seen.html == ""
    assert seen.text.splitlines()[0] == "停水安排"
    assert "<" not in seen.text
    assert seen.words == len("停水安排" + CLEAN)


def test_what_was_typed_and_not_saved_is_shown_to_its_writer_only(
    newsroom: Newsroom, article: Article, draft: Draft, colleague: User
) -> None:
    fields = queries.fields_of(replace(draft, title="停水改到周日"))
    actions.autosave(actor=newsroom.editor, article_id=article.pk, base_number=1, fields=fields)
    mine = queries.preview_of(actor=newsroom.editor, article=article, platform="wechat")
    theirs = queries.preview_of(actor=colleague, article=article, platform="wechat")
    assert (mine.title, mine.saved) == ("停水改到周日", 0)
    assert (theirs.title, theirs.saved) == (draft.title, 1)


@pytest.mark.parametrize("platform", queries.PLATFORMS)
def test_the_part_beside_the_editor_and_the_page_show_the_same(
    newsroom: Newsroom, article: Article, platform: str
) -> None:
    client = Client()
    client.force_login(newsroom.editor)
    address = f"/desk/articles/{article.pk}/preview/?platform={platform}"
    page = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<section id="preview"')
    assert part.strip() in page
    assert "停水安排" in part
    assert 'style="' not in page


def test_nobody_else_and_no_unknown_platform_gets_a_preview(newsroom: Newsroom, article: Article) -> None:
    client, stranger = Client(), Client()
    client.force_login(newsroom.editor)
    stranger.force_login(newsroom.stranger)
    address = f"/desk/articles/{article.pk}/preview/"
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?platform=elsewhere").status_code == 404
    refused = stranger.get(address)
    assert refused.status_code == 404
    assert "城东片区" not in refused.content.decode()
