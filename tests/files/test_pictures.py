from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.people import County, make_county

from zhijian.files import actions, queries
from zhijian.files.models import StoredFile
from zhijian.files.pictures import redraw
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from collections.abc import Collection


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (180, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
    exif[0x010E] = "secret-words"
    return picture(exif=exif)


def test_metadata_and_place_do_not_survive_and_the_picture_stands_upright() -> None:
    data = with_place()
    assert b"secret-words" in data
    kept = redraw(data)
    with Image.open(io.BytesIO(kept.data)) as image:
        assert not image.getexif()
        assert image.size == (kept.width, kept.height) == (20, 40)
    assert b"secret-words" not in kept.data
    assert kept.media_type == "image/jpeg"


def test_formats_the_platforms_do_not_take_become_png() -> None:
    assert redraw(picture("WEBP")).media_type == "image/png"
    assert redraw(picture("BMP")).media_type == "image/png"


def test_a_moving_picture_keeps_its_frames() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (10, 10), (shade, 0, 0)) for shade in (0, 120, 250)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=b"secret-words")
    kept = redraw(out.getvalue())
    with Image.open(io.BytesIO(kept.data)) as image:
        assert image.n_frames == 3
    assert b"secret-words" not in kept.data


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", picture()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7"],
)
def test_what_is_no_picture_is_refused_with_a_way_out(data: bytes) -> None:
    with pytest.raises(Refused, match="另存为"):
        redraw(data)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Refused, match="像素"):
        redraw(out.getvalue())


@pytest.fixture
def county(db: None) -> County:
    return make_county()


def test_the_same_picture_is_kept_once_per_body_and_found_only_within_it(county: County) -> None:
    editor = county.person("editor", county.water, Role.EDITOR)
    neighbour = county.person("neighbour", county.school, Role.EDITOR)
    data = picture()
    first = actions.store_picture(actor=editor, organisation=county.water, name="../../海报.jpg", data=data)
    again = actions.store_picture(actor=editor, organisation=county.water, name="b.jpg", data=data)
    assert (first.pk, first.name) == (again.pk, "海报.jpg")
    assert queries.read_bytes(first.sha256) == redraw(data).data
    with pytest.raises(Missing):
        queries.find_file(actor=neighbour, sha256=first.sha256)
    other = actions.store_picture(actor=neighbour, organisation=county.school, name="c.jpg", data=data)
    assert (other.sha256, StoredFile.objects.count()) == (first.sha256, 2)


def test_who_does_not_work_with_a_body_uploads_nothing_for_it(county: County) -> None:
    neighbour = county.person("neighbour", county.school, Role.EDITOR)
    with pytest.raises(Refused):
        actions.store_picture(actor=neighbour, organisation=county.water, name="a.jpg", data=picture())
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "", "0" * 64])
def test_a_name_that_is_no_hash_of_ours_is_missing(name: str) -> None:
    with pytest.raises(Missing):
        queries.read_bytes(name)


def test_what_is_held_is_asked_of_some_hundreds_at_a_time_however_many_lie_there(county: County) -> None:
    now, asked = clock.now(), []
    StoredFile.objects.bulk_create(
        StoredFile(
            organisation=county.water, sha256=f"{number:064}", original_sha256=f"{number:064}", size=1,
            media_type="image/png", name="照片", uploaded_at=now - timedelta(days=2),
        )
        for number in range(1_201)
    )  # fmt: skip

    def held(sha256s: Collection[str]) -> set[str]:
        asked.append(len(sha256s))
        return set(sha256s) - {f"{1_200:064}"}

    assert actions.discard_strays(before=now, held=held) == 1
    assert asked == [500, 500, 201, 1]
    assert StoredFile.objects.count() == 1_200
