"""What is written on a picture of a piece is found, shown with boxes, and stops the piece like its words do."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw, ImageFont

from zhijian.content import actions, queries
from zhijian.content.document import from_blocks, paragraph
from zhijian.content.document.nodes import node
from zhijian.content.enums import ArticleState
from zhijian.content.models import PictureLook, Waiver
from zhijian.content.tasks import sweep_pictures
from zhijian.files.actions import store_picture
from zhijian.files.queries import path_of
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.typesetting import FONT_FOLDER
from zhijian.policy.queries import use_folder
from zhijian.review import actions as review
from zhijian.review.queries import current_stage
from zhijian.screening.pictures import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client
    from tests.content.newsroom import Newsroom

    from zhijian.organisations.models import User
    from zhijian.review.models import Review


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine(seconds=120)
    yield made
    made.close()


def poster() -> bytes:
    picture = Image.new("RGB", (700, 200), "white")
    font = ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), 48)
    ImageDraw.Draw(picture).text((40, 60), "深入推进扫黑险恶斗争", fill="black", font=font)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_wrong_slogan_on_a_picture_stops_the_piece_until_it_is_waived(
    newsroom: Newsroom, machine: Machine, client: Client
) -> None:
    actor, body = newsroom.editor, newsroom.article.organisation
    kept = store_picture(actor=actor, organisation=body, name="海报.png", data=poster())
    blocks = [paragraph("请看海报。"), node("image", file=kept.sha256, alt="宣传海报")]
    draft = replace(newsroom.draft, document=from_blocks(blocks))
    revision = actions.save_revision(actor=actor, article_id=newsroom.article.pk, draft=draft, base_number=1)
    article = queries.find_article(actor=actor, article_id=newsroom.article.pk)
    assert [state.reason for state in queries.unlooked_pictures(draft)] == ["还没有轮到。"]
    assert queries.due_pictures() == [kept.sha256]
    assert queries.checked(article, article.newest).sentence == "文字没有发现问题。"

    actions.look_at_picture(sha256=kept.sha256, machine=machine)
    assert (queries.due_pictures(), queries.unlooked_pictures(draft)) == ([], [])
    [found] = queries.checked(article, article.newest).open
    assert (found.excerpt, found.part, found.block, found.place, found.file, found.blocks) == (
        "扫黑险恶", "picture", (1,), "第 2 段", kept.sha256, True,
    )  # fmt: skip
    assert found.for_editor()["block"] == [1]
    with pytest.raises(Refused, match="扫黑险恶"):
        actions.submit_article(actor=actor, article_id=article.pk)

    client.force_login(actor)
    page = client.get(f"/desk/articles/{article.pk}/").content.decode()
    address = f"/desk/articles/{article.pk}/files/{kept.sha256}/boxes"
    assert ("图片上：" in page, address in page) == (True, True)
    with Image.open(io.BytesIO(client.get(address).content)) as boxed, Image.open(io.BytesIO(poster())) as plain:
        assert (boxed.format, boxed.size, boxed.tobytes() != plain.convert("RGB").tobytes()) == (
            "PNG",
            (700, 200),
            True,
        )
    client.force_login(newsroom.stranger)
    assert client.get(address).status_code == 404

    assert revision is not None
    sweep_pictures(0)
    assert PictureLook.objects.count() == 1


def kept_cover(newsroom: Newsroom, data: bytes) -> str:
    """Give the piece a cover, and return its hash."""
    actor, body = newsroom.editor, newsroom.article.organisation
    kept = store_picture(actor=actor, organisation=body, name="海报.png", data=data)
    draft = replace(newsroom.draft, cover=kept.sha256)
    actions.save_revision(actor=actor, article_id=newsroom.article.pk, draft=draft, base_number=1)
    return kept.sha256


def fresh(newsroom: Newsroom) -> queries.Checked:
    article = queries.find_article(actor=newsroom.editor, article_id=newsroom.article.pk)
    return queries.checked(article, article.newest)


def test_a_picture_that_could_not_be_read_is_tried_at_growing_distance_and_then_when_asked(
    newsroom: Newsroom, machine: Machine, client: Client
) -> None:
    dead = Machine(seconds=2, command=("/bin/false",))
    sha256, moment = kept_cover(newsroom, poster()), clock.now() + timedelta(seconds=1)
    for attempt, minutes in enumerate((0, 1, 5, 30, 120), 1):
        if minutes:
            moment += timedelta(minutes=minutes)
            with clock.at(moment - timedelta(seconds=1)):
                assert queries.due_pictures() == []
        with clock.at(moment):
            assert queries.due_pictures() == [sha256]
            actions.look_at_picture(sha256=sha256, machine=dead)
        assert PictureLook.objects.get().attempts == attempt
        [state] = fresh(newsroom).unlooked
        assert (state.reason[:6], state.asks) == ("识别程序中断", attempt == 5)
    with clock.at(moment + timedelta(days=1)):
        assert queries.due_pictures() == []
    again = f"/desk/articles/{newsroom.article.pk}/pictures/again/"
    client.force_login(newsroom.editor)
    told = client.get(f"/desk/articles/{newsroom.article.pk}/").content.decode()
    assert ("试了 5 次都没有读成。" in told, again in told) == (True, True)
    client.force_login(newsroom.stranger)
    assert client.post(again).status_code == 404
    assert queries.due_pictures() == []
    client.force_login(newsroom.editor)
    assert client.post(again).status_code == 302
    assert queries.due_pictures() == [sha256]
    with clock.at(moment):
        actions.look_at_picture(sha256=sha256, machine=machine)
    assert [one.excerpt for one in fresh(newsroom).open] == ["扫黑险恶"]
    with pytest.raises(Refused, match="没有要再读的图片"):
        actions.ask_for_look(actor=newsroom.editor, article_id=newsroom.article.pk)


def test_a_bad_picture_is_for_its_editor_and_a_partly_read_one_is_told(newsroom: Newsroom) -> None:
    sha256 = kept_cover(newsroom, poster())
    path_of(sha256).write_bytes(b"GIF89a")
    actions.look_at_picture(sha256=sha256)
    [state] = fresh(newsroom).unlooked
    assert (state.reason[-7:], state.asks, queries.due_pictures()) == ("请换一张图片。", False, [])
    part = {"lines": [], "codes": [], "partly": "图片太长，只看了前面一部分，其余请人工核对。"}
    PictureLook.objects.update(reading=part, not_looked="", bad=False)
    [state] = fresh(newsroom).unlooked
    assert (state.reason, state.asks) == (part["partly"], False)


def test_the_last_signature_waits_until_pictures_are_read_or_a_reviewer_signs_for_them(
    newsroom: Newsroom, client: Client
) -> None:
    sha256 = kept_cover(newsroom, poster())
    opened = actions.submit_article(actor=newsroom.editor, article_id=newsroom.article.pk)
    first, second, final = newsroom.reviewers
    sign(opened, first)
    sign(opened, second)
    with pytest.raises(Refused, match="图片还没有读完：封面图上。"):
        sign(opened, final)

    [unread] = fresh(newsroom).unread
    with pytest.raises(Refused, match="不能由写稿的人放行"):
        waive(newsroom.editor, newsroom, unread.id)
    client.force_login(final)
    page = client.get(f"/desk/review/{opened.pk}/").content.decode()
    assert ("图片没有读完" in page or "图片上的字没有读完" in page, f'value="{unread.id}"' in page) == (True, True)
    waive(final, newsroom, unread.id)
    assert Waiver.objects.get().excerpt == f"图片 {sha256}"
    assert (fresh(newsroom).unread, [one.rule for one, _ in fresh(newsroom).waived]) == ((), [unread.rule])

    # Read after all, between the report and the signature: what stands on the picture counts all the same.
    line = {"text": "扫黑险恶", "box": [[0, 0], [80, 0], [80, 20], [0, 20]], "confidence": 0.99, "frame": 0}
    reading = {"lines": [line], "codes": []}
    PictureLook.objects.create(sha256=sha256, reading=reading, looked_at=clock.now())
    assert fresh(newsroom).open == ()
    with pytest.raises(Refused, match="扫黑险恶"):
        sign(opened, final)
    PictureLook.objects.update(reading={"lines": [], "codes": []})
    sign(opened, final)
    assert queries.find_article(actor=newsroom.editor, article_id=newsroom.article.pk).state == ArticleState.APPROVED


def sign(opened: Review, person: User) -> None:
    stage = current_stage(opened)
    assert stage is not None
    review.sign(
        review_id=opened.pk, decision="approve", version_hash=opened.version_hash,
        gates={gate["code"]: True for gate in stage.gates}, comment="", actor=person,
    )  # fmt: skip


def waive(person: User, newsroom: Newsroom, finding_id: str) -> None:
    actions.waive_finding(
        actor=person, article_id=newsroom.article.pk, finding_id=finding_id, reason="看过原图，没有问题"
    )  # fmt: skip


PACK = """
[pack]
code = "trial"
name = "试点"
level = "county"
within = ""

[[document]]
code = "notice"
name = "试点通知"
number = "试点〔2020〕1号"

[[value]]
key = "review.unread_pictures_block"
value = {value}
document = "notice"
effective_from = 2020-01-01
evidence = "C"
"""


@pytest.mark.parametrize("blocks", [True, False])
def test_the_last_signature_waits_for_a_picture_only_where_the_rules_of_the_place_ask_it(
    newsroom: Newsroom, tmp_path: Path, *, blocks: bool
) -> None:
    (tmp_path / "trial.toml").write_text(PACK.format(value=str(blocks).lower()), encoding="utf-8")
    body = newsroom.article.organisation
    body.policy_pack = "trial"
    body.save()
    use_folder(tmp_path)
    try:
        kept_cover(newsroom, poster())
        opened = actions.submit_article(actor=newsroom.editor, article_id=newsroom.article.pk)
        first, second, final = newsroom.reviewers
        sign(opened, first)
        sign(opened, second)
        if blocks:
            with pytest.raises(Refused, match="图片还没有读完：封面图上。"):
                sign(opened, final)
        else:
            sign(opened, final)
    finally:
        use_folder(None)
    assert len(fresh(newsroom).unread) == 1
    state = queries.find_article(actor=newsroom.editor, article_id=newsroom.article.pk).state
    assert (state == ArticleState.APPROVED) is not blocks
