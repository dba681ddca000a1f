"""The citizens' pages over HTTP: nothing typed is ever lost, nothing is taken in twice, nobody reads another's case."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.inbox.office import beijing, fresh
from tests.people import make_body

from zhijian.files.models import StoredFile
from zhijian.files.queries import read_bytes
from zhijian.inbox import actions, queries
from zhijian.inbox.models import Case, Entry, Photo
from zhijian.lib import clock
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role
from zhijian.organisations.models import RoleAssignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from tests.inbox.office import Office

TYPED = {
    "kind": "complaint",
    "title": "夜里施工",
    "text": "工地夜里十二点还在打桩。",
    "place": "学府街",
    "phone": "13900001111",
}
START = beijing("2026-11-23 10:00")


@pytest.fixture
def site(office: Office) -> Iterator[Client]:
    found_installation(government_name="云岭县人民政府", is_demonstration=False)
    with clock.at(START):
        yield Client()


def token_in(page: HttpResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found is not None
    return unescape(found[1])


def send(site: Client, address: str = "/messages/write/", *, wait: int = 10, **fields: Any) -> Any:
    """Open the page, wait as a person does, send the form."""
    token = token_in(site.get(address))
    with clock.at(START + timedelta(seconds=wait)):
        return site.post(address, {**TYPED, "token": token, **fields})


def keeps_everything(page: Any) -> bool:
    shown = unescape(page.content.decode())
    return (
        all(value in shown for name, value in TYPED.items() if name != "kind") and 'value="complaint" selected' in shown
    )


def picture(shade: str = "teal") -> SimpleUploadedFile:
    """A JPEG with the place and the camera in it, as a phone writes it."""
    image, exif = Image.new("RGB", (64, 48), shade), Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_0001.jpg", out.getvalue(), content_type="image/jpeg")


def test_a_citizen_writes_and_sees_number_deadline_and_why(site: Client) -> None:
    answer = send(site)
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/messages/{case.number}/")
    shown = site.get(answer["Location"]).content.decode()
    assert case.number in shown
    assert "为什么是这天" in shown
    assert "2026年12月14日（周一）：第15天（工作日）" in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"website": "https://example.com"}, "最下面那一栏请留空"),
        ({"wait": 1}, "提交得太快了"),
        ({"token": "broken"}, "这一页打开得太久了"),
        ({"longest": True}, "标题"),
    ],
)
def test_nothing_typed_is_lost_when_the_form_comes_back(site: Client, change: dict[str, Any], sentence: str) -> None:
    if change.pop("longest", False):
        answer = send(site, organisation="no-such-body")
        sentence = "写给哪个单位"
    else:
        answer = send(site, **change)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert keeps_everything(answer)
    assert Case.objects.count() == 0


def test_what_is_wrong_stands_once_and_the_forms_own_errors_come_first(site: Client) -> None:
    answer = send(site, title="", text="", website="https://example.com", wait=1)
    shown = answer.content.decode()
    fields = [bound.name for bound in answer.context["form"] if bound.errors]
    said = [error for bound in answer.context["form"] for error in bound.errors]
    assert fields == ["title", "text"]
    assert [shown.count(f"<span>{error}</span>") for error in said] == [1, 1]
    assert [shown.count(str(error)) for error in said] == [1, 1]
    assert shown.index('href="#id_title"') < shown.index("最下面那一栏请留空")
    assert shown.count("最下面那一栏请留空") == 1
    assert "提交得太快了" not in shown


def test_nobody_is_too_fast_on_a_page_that_came_back(site: Client) -> None:
    faulty = send(site, wait=1, title="")
    fast = send(site, wait=1)
    assert [page.content.decode().count("提交得太快了") for page in (faulty, fast)] == [0, 1]
    for page in (faulty, fast):
        with clock.at(START + timedelta(seconds=2)):
            assert site.post("/messages/write/", {**TYPED, "token": token_in(page)}).status_code == 302
    old = send(site, token="broken")
    with clock.at(START + timedelta(seconds=11)):
        assert site.post("/messages/write/", {**TYPED, "token": token_in(old)}).status_code == 302


def bodies_offered(page: Any) -> dict[str, list[str]]:
    groups = list(page.context["form"].fields["organisation"].choices)
    assert groups[0] == ("", "不知道写给谁，请帮我转")
    return {label: [str(name) for _, name in choices] for label, choices in groups[1:]}


def test_a_citizen_can_write_to_every_body_below_who_answers(site: Client, office: Office) -> None:
    county = office.county.county
    civil = make_body("云岭县民政局", "999901-03", "county", county, "department")
    make_body("云岭县民政局办公室", "999901-03-1", "county", civil, "internal")
    make_body("苔溪镇人民政府", "999901101", "township", county, "government")
    make_body("云岭县人民医院", "999901-04", "county", county, "institution")
    elsewhere = make_body("别处县水务局", "999902-01", "county", office.county.city, "department")
    page = site.get("/messages/write/", {"organisation": civil.pk})
    assert bodies_offered(page) == {
        "政府": ["云岭县人民政府"],
        "部门": ["云岭县教育局", "云岭县民政局", "云岭县水务局"],
        "乡镇、街道": ["苔溪镇人民政府"],
        "医院、学校等事业单位": ["云岭县人民医院"],
    }
    assert f'<option value="{civil.pk}" selected>' in page.content.decode()
    assert send(site, organisation=elsewhere.pk).status_code == 409


def test_what_is_written_to_a_body_without_answerers_comes_to_who_answers_for_it(site: Client, office: Office) -> None:
    county = office.county.county
    civil = make_body("云岭县民政局", "999901-03", "county", county, "department")
    waterworks = make_body("云岭县供水公司", "999901-05", "county", office.water, "enterprise")
    for wanted, taken in ((civil, county), (waterworks, office.water), (office.water, office.water)):
        answer = send(site, organisation=wanted.pk)
        case = Case.objects.latest("pk")
        assert (answer.status_code, case.organisation, case.intake) == (302, taken, taken)
        said = Entry.objects.get(case=case).text
        assert (f"写给{wanted}的，由{taken}先收下" in said) is (wanted != taken)


def test_an_office_takes_in_for_its_whole_government(site: Client, office: Office) -> None:
    county = office.county.county
    bureau = make_body("云岭县人民政府办公室", "999901-00", "county", county, "office")
    office.county.person("xiaobangong", bureau, Role.ANSWERER)
    for row in RoleAssignment.objects.filter(organisation=county, role=Role.ANSWERER):
        row.revoked_at = clock.now()
        row.save()
    civil = make_body("云岭县民政局", "999901-03", "county", county, "department")
    assert queries.receiver_for(civil) == bureau
    assert set(queries.addressable_bodies()) == {county, bureau, civil, office.water, office.county.school}
    assert set(queries.addressable_bodies(most=4)) == {county, bureau, office.water, office.county.school}


def test_the_page_of_ones_own_message_stands_under_its_own_heading(site: Client, office: Office) -> None:
    made = office.receive()
    pages = {
        f"/messages/{made.case.number}/{made.key}/": "查进度",
        "/messages/follow/": "查进度",
        "/messages/": "留言公开",
    }
    for place, label in pages.items():
        shown = site.get(place).context["portal_navigation"]
        assert [section["label"] for section in shown if section["active"]] == [label]


def test_too_many_from_one_address_wait_and_lose_nothing(site: Client, settings: Any) -> None:
    settings.ZHIJIAN_INBOX_PER_ADDRESS_HOUR = 1
    assert send(site, phone="").status_code == 302
    answer = send(site)
    assert (answer.status_code, keeps_everything(answer)) == (429, True)
    assert Case.objects.count() == 1


def test_a_second_click_leads_to_the_same_case(site: Client) -> None:
    token = token_in(site.get("/messages/write/"))
    with clock.at(START + timedelta(seconds=9)):
        places = [site.post("/messages/write/", {**TYPED, "token": token})["Location"] for _ in range(3)]
    assert len(set(places)) == 1
    assert Case.objects.count() == 1


def test_a_cookie_less_visitor_can_write(site: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    token = token_in(strict.get("/messages/write/"))
    strict.cookies.clear()
    with clock.at(START + timedelta(seconds=9)):
        assert strict.post("/messages/write/", {**TYPED, "token": token}).status_code == 302


def test_a_photo_report_loses_place_and_camera_and_survives_an_error(site: Client) -> None:
    broken = send(site, "/messages/report/", photos=picture(), text="")
    assert broken.status_code == 409
    kept = re.search(r'name="kept" value="([^"]+)"', broken.content.decode())
    assert kept is not None
    answer = send(site, "/messages/report/", kept=unescape(kept[1]), latitude="39.12345", longitude="116.54321")
    assert answer.status_code == 302
    case, shot = Case.objects.get(), Photo.objects.get()
    assert (case.form, str(case.latitude), str(case.longitude)) == ("photo", "39.12345", "116.54321")
    with Image.open(io.BytesIO(read_bytes(shot.sha256))) as image:
        assert dict(image.getexif()) == {}


def test_a_photo_report_without_a_title_is_called_by_its_first_words(site: Client) -> None:
    text = "\n学府街路口的井盖碎了，晚上看不见，有人差点掉进去，请今天就来围起来。\n谢谢。"
    assert send(site, "/messages/report/", photos=picture(), title="", text=text).status_code == 302
    assert Case.objects.get().title == "学府街路口的井盖碎了，晚上看不见，有人差点掉进去，请今天就来"
    assert send(site, title="").status_code == 409


def test_a_photo_report_without_a_photo_says_so(site: Client) -> None:
    answer = send(site, "/messages/report/")
    assert answer.status_code == 409
    assert "请拍一张照片，或者从相册选一张。" in answer.content.decode()
    assert keeps_everything(answer)


def test_a_photo_report_sent_empty_hears_of_everything_at_once(site: Client) -> None:
    shown = send(site, "/messages/report/", text="", title="").content.decode()
    assert ("请拍一张照片，或者从相册选一张。" in shown, "内容" in shown) == (True, True)
    assert shown.count("请拍一张照片，或者从相册选一张。") == 1


def test_a_photo_sent_too_fast_is_kept(site: Client) -> None:
    fast = send(site, "/messages/report/", wait=1, photos=picture())
    assert "提交得太快了" in fast.content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', fast.content.decode())
    assert kept is not None
    again = {**TYPED, "token": token_in(fast), "kept": unescape(kept[1])}
    assert site.post("/messages/report/", again).status_code == 302
    assert Photo.objects.count() == 1


def test_what_is_no_picture_is_told_by_its_name(site: Client) -> None:
    answer = send(site, "/messages/report/", photos=SimpleUploadedFile("坏.jpg", b"no picture", "image/jpeg"))
    assert "照片“坏.jpg”：这张图片打不开" in answer.content.decode()
    assert keeps_everything(answer)


def test_pictures_of_one_address_have_an_end_even_where_no_message_comes_of_them(
    site: Client,
) -> None:
    same = picture().read()
    for _ in range(39):
        actions.keep_photo(organisation=None, name="照片", data=same, address="127.0.0.1")
    assert "没有收" not in send(site, "/messages/report/", photos=picture(), text="").content.decode()
    answer = send(site, "/messages/report/", photos=picture("navy"))
    said = "照片“IMG_0001.jpg”：这个网络这一小时传的照片已经很多，这张没有收。"
    assert (answer.status_code, said in answer.content.decode(), keeps_everything(answer)) == (409, True, True)
    assert StoredFile.objects.count() == 1
    with clock.at(START + timedelta(hours=1)):
        kept = actions.keep_photo(organisation=None, name="照片", data=picture("red").read(), address="127.0.0.1")
    assert StoredFile.objects.filter(sha256=kept).exists()


def test_number_and_key_lead_to_the_page_and_a_wrong_key_does_not(site: Client, office: Office) -> None:
    made = office.receive()
    key = f"{made.key[:4]}-{made.key[4:8].lower()}-{made.key[8:]}"
    found = site.post("/messages/follow/", {"number": made.case.number.replace("-", ""), "key": key})
    assert found["Location"] == f"/messages/{made.case.number}/{made.key}/"
    wrong = site.post("/messages/follow/", {"number": made.case.number, "key": "AAAABBBBCCCC"})
    assert wrong.status_code == 409
    assert "没有找到这条留言" in wrong.content.decode()
    for page in ("", "code.svg"):
        assert site.get(f"/messages/{made.case.number}/AAAABBBBCCCC/{page}").status_code == 404


def test_private_page_tells_no_reviewer_and_no_staff_note(site: Client, office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    actions.note_on_case(actor=office["answerer"], case_id=made.case.pk, text="此人常来信")
    actions.submit_answer(
        actor=office["answerer"], case_id=made.case.pk, draft=actions.AnswerDraft(text="还没有定稿的答复内容。")
    )  # fmt: skip
    shown = site.get(f"/messages/{made.case.number}/{made.key}/").content.decode()
    assert "此人常来信" not in shown
    assert "还没有定稿" not in shown
    assert "答复审核中" not in shown


def test_add_rate_and_ask_again_over_http(site: Client, office: Office) -> None:
    made = office.receive()
    place = f"/messages/{made.case.number}/{made.key}/"
    token = token_in(site.get(place))
    for _ in range(2):
        assert site.post(f"{place}add/", {"text": "补充：在路北侧。", "token": token}).status_code == 302
    assert Entry.objects.filter(case=made.case, kind="word").count() == 1
    office.answered(made)
    empty = site.post(f"{place}rate/", {"comment": "还没修好"})
    assert empty.status_code == 409
    assert "请选择一项评价。" in empty.content.decode()
    assert "还没修好" in empty.content.decode()
    assert site.post(f"{place}rate/", {"satisfaction": "2"}).status_code == 302
    assert site.post(f"{place}reopen/", {"reason": "又坏了。"}).status_code == 302
    assert fresh(made.case).state == "working"


@pytest.mark.parametrize("act", [{"add": "text"}, {"rate": "comment"}, {"reopen": "reason"}])
def test_a_letter_no_database_keeps_is_told_and_nothing_is_done(
    site: Client, office: Office, act: dict[str, str]
) -> None:
    made = office.receive()
    [(page, name)] = act.items()
    if page != "add":
        office.answered(made)
    before = fresh(made.case).version
    place = f"/messages/{made.case.number}/{made.key}/"
    answer = site.post(f"{place}{page}/", {name: "灯\0又灭了", "satisfaction": "2"})
    said = answer.content.decode().count("里有看不见的乱码，请删掉重新填写。")
    assert (answer.status_code, said) == (409, 1)
    assert fresh(made.case).version == before


def test_a_token_no_database_keeps_adds_the_word_all_the_same(site: Client, office: Office) -> None:
    made = office.receive()
    answer = site.post(f"/messages/{made.case.number}/{made.key}/add/", {"text": "在路北侧。", "token": "a\0b"})
    assert (answer.status_code, Entry.objects.filter(case=made.case, kind="word").count()) == (302, 1)


def test_similar_public_questions_are_shown_before_sending(site: Client, office: Office) -> None:
    made = office.receive(title="柳湾路口路灯不亮", text="柳湾路口的路灯不亮三天了。")
    case = office.answered(made)
    text = actions.masked_text(actor=office["answerer"], case=case)
    publication = actions.submit_publication(actor=office["answerer"], case_id=case.pk, text=text)
    office.sign("inbox.publication", publication.pk)
    asked = send(site, title="柳湾路口的路灯不亮")
    assert asked.status_code == 200
    assert "有人问过差不多的" in asked.content.decode()
    assert f"/messages/public/{publication.pk}/" in asked.content.decode()
    assert send(site, title="柳湾路口的路灯不亮", similar_seen="1").status_code == 302


def test_public_list_search_and_feed_hold_only_what_was_approved(site: Client, office: Office) -> None:
    made = office.receive(title="水压低", text="我是何小满，电话13900001234，六楼水压低。", name="何小满")
    case = office.answered(made)
    text = actions.masked_text(actor=office["answerer"], case=case)
    publication = actions.submit_publication(actor=office["answerer"], case_id=case.pk, text=text)
    pages = ["/messages/", "/messages/?q=水压", "/messages/feed.xml"]
    assert all("水压低" not in site.get(page).content.decode() for page in pages)
    office.sign("inbox.publication", publication.pk)
    shown = [site.get(page).content.decode() for page in [*pages, f"/messages/public/{publication.pk}/"]]
    assert all("水压低" in page for page in shown)
    assert all("13900001234" not in page and "何小满" not in page for page in shown)
    assert queries.public_rows().count() == 1


def test_every_visitor_gets_a_form_of_their_own_that_is_never_stale(site: Client, office: Office) -> None:
    pages = [site.get("/messages/write/") for _ in range(2)]
    assert len({token_in(page) for page in pages}) == 2
    assert len({page.content.replace(token_in(page).encode(), b"") for page in pages}) == 1
    assert "邮政局" not in pages[0].content.decode()
    office.county.county.short_name = "邮政局"
    office.county.county.save()
    assert "邮政局" in site.get("/messages/write/").content.decode()
    site.cookies["zj_elder"] = "1"
    assert 'data-elder="1"' in site.get("/messages/write/").content.decode()
    assert "三月停水" in site.get("/messages/write/", {"title": "三月停水"}).content.decode()
    assert "三月停水" not in site.get("/messages/write/").content.decode()


def test_what_one_visitor_is_told_stands_on_no_other_form(site: Client, office: Office) -> None:
    staff = Client()
    staff.force_login(office["answerer"])
    typed = {"title": "来电", "text": "来电内容", "kind": "consult", "organisation": office.body.pk}
    assert staff.post("/desk/inbox/new/", typed).status_code == 302
    assert "已登记，编号" in staff.get("/messages/write/").content.decode()
    assert "已登记，编号" not in site.get("/messages/write/").content.decode()
