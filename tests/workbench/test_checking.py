"""A file is checked before it goes out: told by place, masked, forgotten."""

from __future__ import annotations

import base64
import io
import re
from datetime import date
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.text import Truncator
from PIL import Image
from tests.people import make_county
from tests.posters import poster_png

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.files.models import StoredFile
from zhijian.knowledge.queries import ruleset_for
from zhijian.organisations.enums import Role
from zhijian.screening import compile_ruleset, default_rules, scan
from zhijian.screening.findings import report
from zhijian.screening.looking import WAITING, Looked, Seen, look_at
from zhijian.screening.pictures import PictureFinding, PictureReading
from zhijian.screening.pictures.metadata import Metadata
from zhijian.screening.recordings import Frame, RecordingKind, RecordingReading
from zhijian.workbench.checking import checked_recording
from zhijian.workbench.forms import CheckForm

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

ROWS = "低保对象公示名单\r\n姓名,电话,备注\r\n王小明,13800138000,\r\n,,截止目前已核对\r\n"


def sent(client: Client, name: str, data: bytes, **values: object) -> tuple[int, str]:
    answer = client.post("/desk/check/", {"file": SimpleUploadedFile(name, data), **values})
    return answer.status_code, answer.content.decode()


def test_a_list_of_people_is_told_by_place_and_given_back_masked(client: Client) -> None:
    county = make_county()
    person = county.person("bianji", county.water, Role.EDITOR)
    client.force_login(person)
    form = client.get("/desk/check/").content.decode()
    assert f'value="{county.water.pk}"' in form
    status, page = sent(client, "名单.csv", ROWS.encode("gb18030"), organisation=county.water.pk)
    assert status == 200
    assert "有必须处理的问题" in page
    assert "第 3 行 A 列" in page
    assert "第 3 行 B 列" in page
    copy = re.search(r'href="data:application/octet-stream;base64,([^"]+)" download="([^"]+)"', page)
    assert copy is not None
    assert copy[2] == "名单（已遮挡）.csv"
    rows = base64.b64decode(copy[1]).decode("utf-8-sig")
    assert rows == ROWS.replace("王小明", "王某某").replace("13800138000", "138****8000")
    assert StoredFile.objects.count() == 0


def test_what_was_not_looked_at_is_said_and_what_cannot_be_read_is_refused(client: Client) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    page = '<html><body><p>今天晴。</p><iframe src="x"></iframe></body></html>'.encode()
    status, text = sent(client, "页.html", page, organisation=county.water.pk)
    assert status == 200
    assert "看过的部分没有发现问题，但有 1 处没有检查。" in text
    assert "网页里嵌入的 1 个页面或对象" in text
    status, text = sent(client, "旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", organisation=county.water.pk)
    assert (status, "另存为 .docx" in text) == (409, True)


def test_a_page_shows_the_same_as_the_command_and_the_signs_of_tampering(client: Client) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    page = '<html><body><p>人民攻府召开会议。</p><div style="display:none">线上彩票 <a href="http://x.example.cn/">澳门赌场</a></div></body></html>'
    looked = look_at(page.encode(), ruleset_for(county.water), name="页.html", limits=WAITING)
    status, text = sent(client, "页.html", page.encode(), organisation=county.water.pk)
    assert status == 200
    assert {one.finding.rule_id.split(".")[0] for one in looked.seen} >= {"state-name", "page"}
    assert re.findall(r"<q>(.*?)</q>", text) == [
        escape(Truncator(one.finding.excerpt).chars(40)) for one in looked.seen
    ]
    assert "网页源码" in text


def test_a_flood_of_findings_is_cut_and_counted_the_most_serious_first(client: Client) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    flood = "会议作出布署。\n" * 400 + "人民攻府。\n"
    status, text = sent(client, "长.txt", flood.encode(), organisation=county.water.pk)
    assert status == 200
    assert len(re.findall(r"<q>(.*?)</q>", text)) == WAITING.findings
    assert "人民攻府" in text
    assert "还有 101 处没有列出，先列的是最严重的。" in text


def test_only_who_works_at_a_body_checks_by_its_terms(client: Client) -> None:
    county = make_county()
    neighbour = county.person("jiaoyu", county.school, Role.EDITOR)
    assert why_not(Permission.FILE_CHECK, actor=neighbour, thing=county.school) == []
    assert why_not(Permission.FILE_CHECK, actor=neighbour, thing=county.water) != []
    client.force_login(neighbour)
    status, page = sent(client, "a.txt", ROWS.encode(), organisation=county.water.pk)
    assert status == 409
    assert "王小明" not in page


def test_a_video_is_shown_by_its_frames_and_says_that_nobody_listened(client: Client, tmp_path: Path) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    poster = np.asarray(Image.open(io.BytesIO(poster_png())).convert("RGB"))[:, :, ::-1]
    writer = cv2.VideoWriter(str(tmp_path / "a.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 5, poster.shape[1::-1])
    for _ in range(5):
        writer.write(np.ascontiguousarray(poster))
    writer.release()
    status, page = sent(client, "宣讲.mp4", (tmp_path / "a.mp4").read_bytes(), organisation=county.water.pk)
    assert status == 200
    assert "扫黑险恶" in re.findall(r"<q>(.*?)</q>", page)
    assert "看了 1 个画面。" in page
    assert "没有听声音，请自己听一遍。" in page
    drawn = re.search(r'src="data:image/png;base64,([^"]+)" alt="00:00:00 的画面', page)
    assert drawn is not None
    assert Image.open(io.BytesIO(base64.b64decode(drawn[1]))).size == (900, 500)
    assert StoredFile.objects.count() == 0
    status, page = sent(client, "坏的.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(500), organisation=county.water.pk)
    assert (status, "这个视频打不开" in page) == (409, True)


def test_a_video_tells_how_many_frames_with_faults_are_not_drawn(client: Client) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    request = client.get("/desk/check/").wsgi_request
    jpeg = io.BytesIO()
    Image.new("RGB", (64, 36)).save(jpeg, "JPEG")
    fault = scan("扫黑险恶", compile_ruleset(default_rules(), on=date(2026, 6, 1)))[0]
    frame = Frame(0.0, PictureReading("JPEG", 64, 36, 1, (), (), Metadata()), jpeg.getvalue())
    box = ((1, 1), (30, 1), (30, 9), (1, 9))
    for faulty, sentence in ((10, "另有 2 个有问题的画面没有画在这里"), (8, "")):
        looked = Looked(
            counts=report([fault] * faulty, ruleset_version=""),
            seen=(Seen("画面", fault),) * faulty,
            marked=(*(PictureFinding(fault, (box,), frame=at) for at in range(faulty)), PictureFinding(fault, ())),
            recording=RecordingReading(RecordingKind.MP4, 60.0, (frame,) * 12),
        )
        result = checked_recording("宣讲.mp4", looked)
        page = render_to_string(
            "workbench/check.html", {"form": CheckForm(actor=request.user), "result": result}, request
        )
        assert (page.count("data:image/png;base64,"), result.undrawn) == (8, faulty - 8)
        assert (sentence in page, "没有画在这里" in page) == (True, bool(sentence))


def test_a_poster_is_shown_with_numbered_boxes_and_nothing_is_kept(client: Client) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    poster = poster_png()
    status, page = sent(client, "海报.png", poster, organisation=county.water.pk)
    assert status == 200
    assert re.findall(r"<q>(.*?)</q>", page)[:2] == ["扫黑险恶", "11010519491231002X"]
    assert "图片上的二维码或条码：" in page
    assert "有必须处理的问题" in page
    drawn = re.search(r'src="data:image/png;base64,([^"]+)"', page)
    assert drawn is not None
    assert Image.open(io.BytesIO(base64.b64decode(drawn[1]))).size == (900, 500)
    assert base64.b64decode(drawn[1]) != poster
    assert 'download="海报（已清除附带信息）.png"' in page
    assert StoredFile.objects.count() == 0
    status, page = sent(client, "坏的.png", b"\x89PNG\r\n\x1a\n" + bytes(50), organisation=county.water.pk)
    assert status == 409


def test_a_form_sent_without_a_file_asks_for_one_in_a_proper_sentence(client: Client) -> None:
    county = make_county()
    client.force_login(county.person("bianji", county.water, Role.EDITOR))
    answer = client.post("/desk/check/", {"organisation": county.water.pk})
    assert answer.status_code == 409
    assert "请先选择要检查的文件。" in answer.content.decode()
