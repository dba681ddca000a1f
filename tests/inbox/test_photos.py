"""Pictures without a message go after a day, no other; reports from the same spot are shown beside each other."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from zhijian.files.actions import store_picture
from zhijian.files.models import StoredFile
from zhijian.files.queries import path_of, read_bytes
from zhijian.inbox import actions, queries
from zhijian.inbox.models import Case
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
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
