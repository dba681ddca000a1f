"""Posters, screenshots and photographs: what is written on them, what their codes say, what their files tell."""

from __future__ import annotations

import io
import struct
import sys
import time
import zlib
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageFont

from zhijian.lib.typesetting import FONT_FOLDER
from zhijian.screening import RuleSet, Severity, compile_ruleset, rule_from_term
from zhijian.screening.pictures import (
    BadPicture,
    Code,
    Line,
    Machine,
    Metadata,
    PictureReading,
    draw_boxes,
    judge_picture,
    read_picture,
    strip_metadata,
)
from zhijian.screening.pictures.child import FAULT, answer
from zhijian.screening.pictures.judging import joined_text
from zhijian.screening.pictures.opening import EngineFault
from zhijian.screening.pictures.seeing import see

if TYPE_CHECKING:
    from collections.abc import Iterator

ADVERT = "https://item.taobao.com/item.htm?id=12"
IDENTITY = "110101199003074514"
HUNG = "import sys,time; time.sleep(60)"
DEAD = "import sys; sys.exit(3)"
BLANK = Metadata()


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), size)


def _poster() -> Image.Image:
    poster = Image.new("RGB", (900, 760), "#fff8e8")
    canvas = ImageDraw.Draw(poster)
    canvas.text((80, 60), "深入推进扫黑险恶斗争", fill="#b00", font=_font(60))
    canvas.text((80, 200), f"联系人身份证{IDENTITY}", fill="#222", font=_font(36))
    canvas.text((80, 300), "请广大群众积极参与", fill="#222", font=_font(36))
    code = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(ADVERT, zxingcpp.BarcodeFormat.QRCode), scale=6)
    poster.paste(Image.fromarray(code), (600, 400))
    return poster


def _jpeg(picture: Image.Image, *, orientation: int = 1, profile: bytes = b"") -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Acme", "X1"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (30.0, 15.0, 0.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (120.0, 30.0, 0.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif, icc_profile=profile, comment=b"secret note")
    return out.getvalue() + b"hidden film after the picture"


def test_a_poster_with_a_wrong_slogan_an_identity_number_and_an_advert_code_is_caught(packaged: RuleSet) -> None:
    data = _jpeg(_poster())
    machine = Machine(seconds=120)
    try:
        reading = read_picture(data, machine=machine)
    finally:
        machine.close()
    found = judge_picture(reading, packaged)
    assert (reading.format, reading.width, reading.height, reading.not_looked) == ("JPEG", 900, 760, "")
    assert reading.metadata == Metadata(has_location=True, location=(30.25, 120.5), camera="Acme X1")
    told = [(one.finding.rule_id, one.finding.excerpt, one.finding.severity.blocks) for one in found]
    assert told == [
        ("political-term.sao-hei-chu-e", "扫黑险恶", True),
        ("privacy.resident-id", IDENTITY, True),
        ("link.shop", ADVERT, False),
        ("picture.location", "30.2500，120.5000", True),
    ]
    slogan, identity, code, _ = [one.boxes[0] if one.boxes else None for one in found]
    assert slogan
    assert identity
    assert code
    assert _within(slogan, (300, 50, 580, 150))
    assert _within(identity, (285, 190, 690, 255))
    assert _within(code, (595, 395, 830, 640))
    drawn = Image.open(io.BytesIO(draw_boxes(data, found)))
    assert (drawn.format, drawn.size) == ("PNG", (900, 760))
    changed = (
        ImageChops.difference(drawn.convert("RGB"), _poster()).convert("L").point(lambda value: 255 * (value > 90))
    )
    parts = [(300, 40, 580, 160), (590, 390, 850, 660), (0, 500, 500, 760)]
    assert [bool(changed.crop(part).getbbox()) for part in parts] == [True, True, False]


@pytest.mark.parametrize("turned", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_poster_that_lies_on_its_side_or_stands_on_its_head_is_read(
    packaged: RuleSet, turned: Image.Transpose
) -> None:
    out = io.BytesIO()
    _poster().transpose(turned).save(out, "PNG")
    machine = Machine(seconds=120)
    try:
        found = judge_picture(read_picture(out.getvalue(), machine=machine), packaged)
    finally:
        machine.close()
    told = {(one.finding.rule_id, one.finding.excerpt) for one in found}
    assert told >= {("political-term.sao-hei-chu-e", "扫黑险恶"), ("privacy.resident-id", IDENTITY)}
    assert all(one.boxes for one in found)


def _within(box: tuple[tuple[float, float], ...], room: tuple[int, int, int, int]) -> bool:
    inside = all(room[0] <= x <= room[2] and room[1] <= y <= room[3] for x, y in box)
    wide = max(x for x, _ in box) - min(x for x, _ in box)
    return inside and wide > 0.6 * (room[2] - room[0])


def _reading(*lines: tuple[str, float, tuple[int, int]], codes: tuple[Code, ...] = ()) -> PictureReading:
    rows = []
    for text, confidence, (left, top) in lines:
        right = left + 20 * len(text)
        rows.append(Line(text, ((left, top), (right, top), (right, top + 20), (left, top + 20)), confidence))
    return PictureReading("PNG", 800, 600, 1, tuple(rows), codes, BLANK)


def test_findings_are_as_serious_as_the_line_was_clear() -> None:
    rules = [
        rule_from_term(rule_id="slogan", wrong="扫黑险恶", right="扫黑除恶", severity="veto"),
        rule_from_term(rule_id="shape", wrong="警报己解除", right="警报已解除", severity="error"),
    ]
    ruleset = compile_ruleset(rules, on=date(2026, 6, 1))

    def judged(*lines: tuple[str, float, tuple[int, int]]) -> list[tuple[str, Severity, str, int | None]]:
        found = judge_picture(_reading(*lines), ruleset)
        return [(one.finding.rule_id, one.finding.severity, one.finding.message[:9], one.line) for one in found]

    assert judged(("扫黑险恶", 0.99, (0, 0))) == [("slogan", Severity.VETO, "“扫黑险恶”应写作", 0)]
    assert judged(("扫黑险恶", 0.85, (0, 0))) == [("slogan", Severity.WARNING, "看不清，请人工核对", 0)]
    assert judged(("扫黑险恶", 0.60, (0, 0))) == [("slogan", Severity.HINT, "看不清，请人工核对", 0)]
    assert judged(("警报己解除", 0.99, (0, 0))) == [("shape", Severity.HINT, "可能是识别误差，请", 0)]
    below, far, other = ("险恶斗争", 0.99, (0, 26)), ("险恶斗争", 0.99, (0, 300)), ("险恶斗争", 0.99, (400, 26))
    assert judged(("深入扫黑", 0.99, (0, 0)), below) == [("slogan", Severity.VETO, "“扫黑险恶”应写作", 0)]
    assert judged(("深入扫黑", 0.99, (0, 0)), far) == judged(("深入扫黑", 0.99, (0, 0)), other) == []


def test_a_term_broken_over_two_lines_has_a_box_on_both_and_the_offsets_of_the_joined_text() -> None:
    rule = rule_from_term(rule_id="slogan", wrong="扫黑险恶", right="扫黑除恶", severity="veto")
    reading = _reading(
        ("通知", 0.99, (0, 0)), ("各村", 0.99, (0, 26)), ("深入扫黑", 0.99, (0, 52)), ("险恶斗争", 0.98, (0, 78)),
        ("扫黑险恶", 0.99, (0, 300)),
    )  # fmt: skip
    broken, whole = judge_picture(reading, compile_ruleset([rule], on=date(2026, 6, 1)))
    text = joined_text(reading.lines)
    assert text == "通知\n各村\n深入扫黑\n险恶斗争\n扫黑险恶"
    assert (broken.finding.excerpt, broken.line, broken.finding.why[-5:]) == ("扫黑\n险恶", 2, "分写在2行")
    assert text[broken.finding.start : broken.finding.end] == broken.finding.excerpt
    assert broken.boxes == (((40, 52), (80, 52), (80, 72), (40, 72)), ((0, 78), (40, 78), (40, 98), (0, 98)))
    assert text[whole.finding.start : whole.finding.end] == whole.finding.excerpt == "扫黑险恶"
    assert (whole.line, len(whole.boxes)) == (4, 1)


def test_a_fault_of_the_reader_is_not_called_a_bad_picture() -> None:
    def broken(_piece: Image.Image) -> Iterator[tuple[str, float, list[list[float]]]]:
        raise ValueError("the model has no such layer")

    out = io.BytesIO()
    _poster().save(out, "PNG")
    with pytest.raises(EngineFault):
        see(out.getvalue(), read=broken)
    assert answer(out.getvalue(), partial(see, read=broken)) == {"not_looked": FAULT}
    assert answer(out.getvalue()[:2_000], partial(see, read=broken)).keys() == {"bad"}


def test_a_hanging_or_dying_machine_is_survived_and_says_that_nothing_was_looked_at(packaged: RuleSet) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    for program, reason in [(HUNG, "识别用时过长"), (DEAD, "识别程序中断")]:
        machine, since = Machine(seconds=1.0, command=(sys.executable, "-c", program)), time.monotonic()
        for _ in range(2):
            reading = read_picture(out.getvalue(), machine=machine)
            assert reading.not_looked.startswith(reason)
            assert judge_picture(reading, packaged) == []
        assert time.monotonic() - since < 8
        machine.close()


def _bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (_bomb(60_000, 60_000), "图片像素过多（超过四千万）。请缩小后再试。"),
        (b"GIF89a", "这个文件不是 JPG、PNG、GIF、WebP 或 BMP 图片。请换一个文件。"),
        (b"%PDF-1.7", "这个文件不是 JPG、PNG、GIF、WebP 或 BMP 图片。请换一个文件。"),
        (bytes(20 * 1024 * 1024 + 1), "图片超过 20 MB。请压缩后再试。"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    for look in (read_picture, strip_metadata, lambda given: draw_boxes(given, [])):
        with pytest.raises(BadPicture) as refused:
            look(data)
        assert str(refused.value) == sentence


def test_stripping_takes_place_comment_and_tail_and_leaves_the_picture() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = _jpeg(_poster(), profile=profile)
    clean = strip_metadata(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(clean)) as after:
        assert (dict(after.getexif()), after.info.get("comment"), after.info["icc_profile"]) == ({}, None, profile)
        assert before.tobytes() == after.tobytes()
    assert b"hidden film" not in clean
    with Image.open(io.BytesIO(strip_metadata(_jpeg(_poster(), orientation=6)))) as turned:
        assert (turned.size, dict(turned.getexif())) == ((760, 900), {})
        straight = turned.convert("RGB").rotate(90, expand=True)
        assert ImageChops.difference(straight, _poster()).resize((90, 76)).convert("L").getextrema()[1] < 60
    for kind in ("PNG", "WEBP", "GIF"):
        out, exif = io.BytesIO(), Image.Exif()
        exif[ExifTags.Base.Software] = "某软件"
        _poster().save(out, kind, exif=exif, **({"comment": b"secret note"} if kind == "GIF" else {"lossless": True}))
        with Image.open(io.BytesIO(strip_metadata(out.getvalue()))) as after, Image.open(out) as before:
            assert (after.format, dict(after.getexif()), "comment" in after.info) == (kind, {}, False)
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


def test_moving_pictures_are_stripped_without_unpacking_or_refused() -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=70, loop=0, comment=b"secret note")
    clean = strip_metadata(out.getvalue() + b"hidden film")
    assert (b"secret" in clean, b"hidden" in clean) == (False, False)
    with Image.open(io.BytesIO(clean)) as after, Image.open(out) as before:
        assert (after.n_frames, after.info["loop"], after.info["duration"]) == (3, 0, 70)
        for number in range(3):
            after.seek(number)
            before.seek(number)
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    exif, large = Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Orientation] = 6
    still = Image.new("L", (3_000, 3_000))
    still.save(
        large, "WEBP", save_all=True, append_images=[Image.new("L", (3_000, 3_000), at) for at in (9, 99)], exif=exif
    )
    with pytest.raises(BadPicture, match="请截短或缩小后再试"):
        strip_metadata(large.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=40), st.integers(0, 40))
def test_damaged_files_are_refused_or_stripped_and_never_crash(place: int, noise: bytes, cut: int) -> None:
    small = _jpeg(Image.new("RGB", (30, 20), "red"))
    png = io.BytesIO()
    Image.new("P", (30, 20)).save(png, "PNG")
    for whole in (small, png.getvalue()):
        at = place % len(whole)
        data = whole[:at] + noise + whole[at + cut :]
        with suppress(BadPicture):
            assert strip_metadata(data)
