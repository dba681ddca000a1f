"""Pictures without a message go after a day, no other; reports from the same spot are shown beside each other."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from zhijian.files.actions import store_picture
from zhijian.files.models import StoredFile
from zhijian.files.queries import path_of, read_bytes
from zhijian.inbox import actions, queries
from zhijian.inbox.actions import publishing
from zhijian.inbox.models import Case, PublicationVersion
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.typesetting import FONT_FOLDER
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks
    from tests.inbox.office import Office

SPOT = {"form": "photo", "latitude": Decimal("30.00000"), "longitude": Decimal("120.00000")}


def shot(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 12), (shade, 90, 90)).save(out, "JPEG")
    return out.getvalue()


def keep(office: Office, shade: int) -> str:
    return actions.keep_photo(organisation=office.body, name="照片.jpg", data=shot(shade))


def test_a_picture_no_message_came_of_goes_after_a_day_with_its_bytes(
    office: Office, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    used, stray = keep(office, 10), keep(office, 20)
    office.receive(form="photo", photos=(used,))
    with clock.at(clock.now() + timedelta(hours=23)):
        assert actions.sweep_photos() == 0
        late = keep(office, 30)
    with clock.at(clock.now() + timedelta(hours=25)), django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep_photos() == 1
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == {used, late}
    assert (path_of(stray).exists(), bool(read_bytes(used))) == (False, True)


def test_what_staff_uploaded_stays_even_when_a_citizen_sent_the_same_first(office: Office) -> None:
    editor = office.county.person("drawer", office.body, Role.EDITOR)
    both, mine = keep(office, 40), store_picture(actor=editor, organisation=office.body, name="图", data=shot(50))
    assert store_picture(actor=editor, organisation=office.body, name="图", data=shot(40)).sha256 == both
    with clock.at(clock.now() + timedelta(days=3)):
        assert actions.sweep_photos() == 0
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == {both, mine.sha256}


def test_a_page_that_lay_open_until_its_picture_was_gone_asks_for_it_again(office: Office) -> None:
    stray = keep(office, 60)
    with clock.at(clock.now() + timedelta(hours=25)):
        actions.sweep_photos()
        with pytest.raises(Refused) as refused:
            office.receive(form="photo", photos=(stray,))
    assert refused.value.reasons == ["照片放得太久，已经清掉了。您写的内容都还在，请把照片再选一次。"]
    assert Case.objects.count() == 0


def test_reports_within_200_metres_and_30_days_are_likely_the_same(office: Office) -> None:
    now, places = clock.now(), {"beside": "30.00090", "far": "30.00200", "old": "30.00010", "secret": "30.00020"}
    made = {}
    for number, (name, latitude) in enumerate(places.items()):
        with clock.at(now - timedelta(days=31 if name == "old" else 2)):
            photo = keep(office, 100 + number)
            made[name] = office.receive(
                **{**SPOT, "latitude": Decimal(latitude)}, title=f"井盖{name}", photos=(photo,),
                is_confidential=name == "secret", phone="",
            ).case  # fmt: skip
    case = office.receive(**SPOT, title="积水", photos=(keep(office, 200),)).case
    found = queries.near_cases(actor=office["answerer"], case=case)
    assert [(one.case, one.metres) for one in found] == [(made["beside"], 100)]
    assert queries.near_cases(actor=office["water_answerer"], case=case) == []
    assert queries.near_cases(actor=office["answerer"], case=office.receive().case) == []


def test_the_page_of_a_report_shows_its_neighbours(office: Office, client: object) -> None:
    other = office.receive(**SPOT, title="井盖响", photos=(keep(office, 210),)).case
    case = office.receive(**SPOT, title="夜里有声音", photos=(keep(office, 220),)).case
    client.force_login(office["answerer"])  # type: ignore[attr-defined]  # pytest-django's client
    shown = client.get(f"/desk/inbox/{case.pk}/").content.decode()  # type: ignore[attr-defined]  # as above
    assert "附近 200 米内的" in shown
    assert f"{other.number} · 相距 0 米" in shown


def test_what_is_written_on_a_photo_is_judged_before_it_becomes_public(office: Office) -> None:
    sign = Image.new("RGB", (700, 160), "white")
    font = ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC.ttf"), 48)
    ImageDraw.Draw(sign).text((40, 50), "欢迎来到县人民攻府", fill="black", font=font)
    out = io.BytesIO()
    sign.save(out, "PNG")
    wrong = actions.keep_photo(organisation=office.body, name="牌子.png", data=out.getvalue())
    lost = keep(office, 20)
    made = office.receive(form="photo", photos=(wrong, lost))
    text = actions.masked_text(actor=office["answerer"], case=office.answered(made))

    def submit(*photos: str, note: str = "", **more: str) -> None:
        wanted = replace(text, photos=photos, note=note, **more)
        actions.submit_publication(actor=office["answerer"], case_id=made.case.pk, text=wanted)

    with pytest.raises(Refused, match="第 1 张照片上的“人民攻府”属严重错误") as refused:
        submit(wrong, note="是误报")
    assert "不要公开这张照片" in refused.value.reasons[0]
    path_of(lost).unlink()
    with pytest.raises(Refused, match="第 2 张照片"):
        submit(lost)
    with pytest.raises(Refused, match="文字上的“人民攻府”属严重错误"):
        submit(question="请县人民攻府管一管。")
    assert PublicationVersion.objects.count() == 0
    submit(lost, note="看过原图，只有路面")
    version = PublicationVersion.objects.get()
    assert (version.note, len(version.photos_told), version.photos) == ("看过原图，只有路面", 1, [lost])


def test_photos_nobody_could_read_before_the_lock_do_not_pass_under_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = keep(office, 20)
    made = office.receive(form="photo", photos=(lost,))
    text = actions.masked_text(actor=office["answerer"], case=office.answered(made))
    may, asked = publishing.why_not_publish, list[object]()

    def closed_at_first(**told: Any) -> list[str]:
        asked.append(told)
        return may(**told) if len(asked) > 1 else ["公开稿正在审核，要改请先撤回送审。"]

    monkeypatch.setattr(publishing, "why_not_publish", closed_at_first)
    wanted = replace(text, photos=(lost,))
    with pytest.raises(Refused, match="照片还没有检查。请再送审一次"):
        actions.submit_publication(actor=office["answerer"], case_id=made.case.pk, text=wanted)
    assert PublicationVersion.objects.count() == 0
    actions.submit_publication(actor=office["answerer"], case_id=made.case.pk, text=wanted)
    assert PublicationVersion.objects.count() == 1


def test_the_reason_for_an_older_wording_is_not_filled_in_again(office: Office, client: Client) -> None:
    made = office.receive()
    text = actions.masked_text(actor=office["answerer"], case=office.answered(made))
    wanted = replace(text, question="请把路灯修好。", note="只看过那一稿")
    publication = actions.submit_publication(actor=office["answerer"], case_id=made.case.pk, text=wanted)
    office.sign("inbox.publication", publication.pk)
    actions.hide_publication(actor=office["head"], case_id=made.case.pk, reason="要改。")
    client.force_login(office["answerer"])
    page = client.get(f"/desk/inbox/{made.case.pk}/publish/").content.decode()
    assert ("请把路灯修好。" in page, "只看过那一稿" in page) == (True, False)
