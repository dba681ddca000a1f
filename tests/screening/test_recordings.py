"""Videos and sound: what stands on their frames is found with its time, and what nobody heard is never called clean."""

from __future__ import annotations

import io
import struct
import sys
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from zhijian.lib.typesetting import FONT_FOLDER
from zhijian.screening.looking import PATIENT, look_at
from zhijian.screening.pictures import Machine
from zhijian.screening.recordings import BadRecording, RecordingKind, judge_recording, read_recording, recording_kind
from zhijian.screening.recordings.reading import NOT_HEARD, TAGS_UNREAD, WATCHER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zhijian.screening import RuleSet

RATE = 5
SIZE = (640, 360)
PHONE = "13800138000"
ADVERT = "https://item.taobao.com/item.htm?id=12"


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    WATCHER.close()


def slide(text: str, *, code: bool = False) -> Image.Image:
    picture = Image.new("RGB", SIZE, "#fff8e8")
    font = ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), 44)
    ImageDraw.Draw(picture).text((40, 40), text, fill="#b00", font=font)
    if code:
        drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(ADVERT, zxingcpp.BarcodeFormat.QRCode), scale=4)
        picture.paste(Image.fromarray(drawn), (420, 140))
    return picture


def film(path: Path, slides: list[tuple[Image.Image, float]], *, codec: str = "mp4v") -> bytes:
    """Return a film that shows each slide for some seconds."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), RATE, SIZE)
    assert writer.isOpened()
    for picture, seconds in slides:
        for _ in range(round(seconds * RATE)):
            writer.write(np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]))
    writer.release()
    return path.read_bytes()


def test_a_wrong_slogan_a_number_and_a_code_are_found_with_their_time_and_told_once(
    tmp_path: Path, packaged: RuleSet
) -> None:
    slogan, number, last = slide("深入推进扫黑险恶斗争"), slide(f"联系电话{PHONE}"), slide("请扫码", code=True)
    film(tmp_path / "a.mp4", [(slide("开场"), 4), (slogan, 6), (number, 4), (slogan, 4), (last, 4)])
    looked = look_at(tmp_path / "a.mp4", packaged, name="a.mp4", limits=PATIENT)
    told = [(one.place, one.finding.rule_id, one.finding.excerpt) for one in looked.seen]
    assert told == [
        ("00:00:04 的画面，共在 2 个画面里", "political-term.sao-hei-chu-e", "扫黑险恶"),
        ("00:00:10 的画面", "privacy.mobile", PHONE),
        ("00:00:18 的画面", "link.shop", ADVERT),
    ]
    corners = looked.seen[0].boxes[0]
    assert (200 < corners[0][0] < 230, 380 < corners[1][0] < 410) == (True, True)
    assert (looked.sentence_of_looks, looked.not_looked) == ("看了 5 个画面。", (NOT_HEARD, TAGS_UNREAD))
    assert looked.sentence.endswith("另有 2 处没有检查。")
    assert looked.recording
    assert (looked.recording.kind, looked.recording.seconds) == (RecordingKind.MP4, 22.0)
    still = look_at(film(tmp_path / "b.avi", [(slogan, 2)], codec="MJPG"), packaged, name="改了名.txt")
    assert [(one.place, one.finding.excerpt) for one in still.seen] == [("00:00:00 的画面", "扫黑险恶")]
    spent = read_recording(tmp_path / "a.mp4", frames=2)
    assert [frame.at for frame in spent.frames] == [0.0, 18.0]
    assert spent.not_looked[0] == "画面变化多，看了其中 2 个，另有 3 个没有看。请人工核对。"


def box(name: str, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name.encode() + body


def sound_film(brand: str, handler: str = "soun") -> bytes:
    """Return an MP4 of one second of silence (16 bits, 8,000 samples) whose one track is of the kind `handler`."""
    samples, matrix = bytes(16_000), struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    start = box("ftyp", brand.encode(), bytes(4), brand.encode(), b"isom")
    entry = box("sowt", bytes(6), struct.pack(">HIIHHHHI", 1, 0, 0, 1, 16, 0, 0, 8_000 << 16))
    table = box(
        "stbl", box("stsd", struct.pack(">II", 0, 1), entry), box("stts", struct.pack(">IIII", 0, 1, 8_000, 1)),
        box("stsc", struct.pack(">IIIII", 0, 1, 1, 8_000, 1)), box("stsz", struct.pack(">III", 0, 2, 8_000)),
        box("stco", struct.pack(">III", 0, 1, len(start) + 8)),
    )  # fmt: skip
    place = box("dinf", box("dref", struct.pack(">II", 0, 1), box("url ", struct.pack(">I", 1))))
    media = box(
        "mdia", box("mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 8_000, 8_000, 0x55C4, 0)),
        box("hdlr", bytes(8), handler.encode(), bytes(13)), box("minf", box("smhd", bytes(8)), place, table),
    )  # fmt: skip
    head = box("tkhd", struct.pack(">IIIIII", 7, 0, 0, 1, 0, 1_000), bytes(8), bytes(8), matrix, bytes(8))
    length = box("mvhd", struct.pack(">IIIIIIH", 0, 0, 0, 1_000, 1_000, 0x10000, 0x100), bytes(10), matrix, bytes(28))
    return start + box("mdat", samples) + box("moov", length, box("trak", head, media))


def test_sound_alone_in_a_file_that_calls_itself_a_video_is_taken_for_sound(tmp_path: Path, packaged: RuleSet) -> None:
    for brand in ("mp42", "isom", "M4A "):
        looked = look_at(sound_film(brand), packaged, name="讲话.mp4")
        assert (looked.unreadable, looked.not_looked) == (False, (NOT_HEARD, TAGS_UNREAD)), brand
        assert looked.recording
        assert (looked.recording.kind, looked.recording.frames) == (RecordingKind.M4A, ())
    whole = sound_film("mp42")
    damaged_film = (
        film(tmp_path / "a.mp4", [(slide("开场"), 2)]).replace(b"mp4v", b"zzzz").replace(b"\0\0\1\xb6", bytes(4))
    )
    for data in (sound_film("mp42", "vide"), whole[:-40], whole + b"\0\0\0\2soun", damaged_film):
        looked = look_at(data, packaged, name="a.mp4")
        assert (looked.seen, looked.not_looked[0].startswith("这个视频打不开")) == ((), True)


def test_damaged_renamed_and_boastful_files_are_told_and_never_clean(tmp_path: Path, packaged: RuleSet) -> None:
    sound = film(tmp_path / "a.avi", [(slide("开场"), 4), (slide("扫黑险恶"), 20)], codec="MJPG")
    half = look_at(sound[: len(sound) // 3], packaged, name="a.avi")
    assert half.not_looked[-1] == TAGS_UNREAD
    assert len(half.not_looked) + half.unreadable > 1
    whole = film(tmp_path / "b.mp4", [(slide("开场"), 2)])
    wide = whole.replace(struct.pack(">HH", *SIZE), struct.pack(">HH", 65_000, 65_000))
    wider = wide.replace(
        struct.pack(">II", SIZE[0] << 16, SIZE[1] << 16), struct.pack(">II", 65_000 << 16, 65_000 << 16)
    )
    for data in (whole[:200], whole[: len(whole) // 2], wider, b"\x00\x00\x00\x18ftypisom" + bytes(4000)):
        looked = look_at(data, packaged, name="a.mp4")
        assert (looked.seen, bool(looked.not_looked)) == ((), True), looked
    playlist = b"\x00\x00\x01\xba#EXTM3U\n#EXTINF:10,\n" + str(tmp_path / "b.mp4").encode()
    assert look_at(playlist, packaged, name="a.mpg").unreadable
    with pytest.raises(BadRecording, match="不是能检查的音频或视频"):
        read_recording(b"hello")
    for program, reason in [("import time; time.sleep(60)", "识别用时过长"), ("raise SystemExit(3)", "识别程序中断")]:
        machine, since = Machine(seconds=1.0, command=(sys.executable, "-c", program)), time.monotonic()
        reading = read_recording(whole, machine=machine)
        assert reading.not_looked[0].startswith(reason)
        assert judge_recording(reading, packaged) == []
        assert time.monotonic() - since < 8
        machine.close()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=450), st.sampled_from([b"", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\xff\xfb", b"G"]))
def test_any_first_bytes_are_told_apart(data: bytes, start: bytes) -> None:
    assert recording_kind(start + data) in {None, *RecordingKind}


def test_other_kinds_are_not_taken_for_recordings() -> None:
    picture = io.BytesIO()
    slide("图").save(picture, "WEBP")
    others = [
        picture.getvalue(),
        b"\xff\xd8\xff\xe0" + bytes(400),
        "\ufeff文字".encode("utf-16"),
        b"PK\x03\x04",
        b"G" * 90,
    ]
    texts = ["ID3 标签说明", "1234free 免费", "OggS 格式", "#!AMR", "G" * 500, "RIFFabcdWAV", '{"a": 1}']
    told = [recording_kind(data[:400]) for data in (*others, *(text.encode() for text in texts))]
    assert told == [None] * (len(others) + len(texts))
