"""The desk: a list that costs the same for one row and thirty, acts that keep what was typed, doors that are shut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.inbox.office import REPLY, fresh, make_office, open_review
from tests.knowledge.library import make_library

from zhijian.audit.models import Event
from zhijian.inbox import actions
from zhijian.inbox.models import Entry
from zhijian.knowledge.models import Question

if TYPE_CHECKING:
    from tests.inbox.office import Office

    from zhijian.organisations.models import User


def desk(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_one_row_and_for_thirty(office: Office) -> None:
    office.receive()
    client = desk(office["answerer"])
    one = queries_of(client, "/desk/inbox/")
    public_one = queries_of(Client(), "/messages/")
    for _ in range(29):
        office.receive(network="")
    assert queries_of(client, "/desk/inbox/") == one
    assert queries_of(Client(), "/messages/") == public_one


def test_the_list_begins_with_what_is_due_next_and_ends_with_what_is_closed(office: Office) -> None:
    closed, later, soon = (office.receive(title=title) for title in ("已经答复的", "慢慢来的", "快到期的"))
    office.answered(closed)
    actions.extend_case(actor=office["head"], case_id=later.case.pk, days=5, reason="要现场核实。")
    shown = desk(office["answerer"]).get("/desk/inbox/").content.decode()
    places = [shown.index(made.case.title) for made in (soon, later, closed)]
    assert places == sorted(places)


def test_a_refused_act_keeps_what_was_typed(office: Office) -> None:
    made = office.receive()
    client = desk(office["answerer"])
    answer = client.post(
        f"/desk/inbox/{made.case.pk}/do/assign/", {"reason": "供水管道由水务局管。", "seen": made.case.version}
    )
    assert answer.status_code == 409
    assert "请选择承办单位" in answer.content.decode()
    assert "供水管道由水务局管。" in answer.content.decode()
    assert fresh(made.case).state == "received"


def test_an_answer_is_checked_before_it_is_sent_to_review(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    client = desk(office["answerer"])
    address = f"/desk/inbox/{made.case.pk}/answer/"
    checked = client.post(address, {"text": "请各村扫黑险恶，按步就班办理。", "kind": "reply", "check": "1"})
    assert "按部就班" in checked.content.decode()
    assert fresh(made.case).state == "working"
    looked = client.post(address, {"text": "不归我县管理，请找水务局。", "right_body": office.water.pk, "lookup": "1"})
    assert "云岭县水务局；" in looked.content.decode() or "云岭县水务局。" in looked.content.decode()
    assert client.post(address, {"text": REPLY, "kind": "reply"}).status_code == 302
    assert fresh(made.case).state == "in_review"


def test_the_page_of_a_case_leads_to_its_review_and_lets_only_the_sender_take_it_back(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    client = desk(office["answerer"])
    assert client.post(f"/desk/inbox/{made.case.pk}/answer/", {"text": REPLY, "kind": "reply"}).status_code == 302
    take_back = f"/desk/review/{open_review('inbox.answer', made.case.pk).pk}/withdraw/"
    page = f"/desk/inbox/{made.case.pk}/"
    assert take_back in client.get(page).content.decode()
    head = desk(office["head"]).get(page).content.decode()
    assert ("正在审核" in head, take_back in head) == (True, False)
    assert client.post(take_back)["Location"] == page
    assert fresh(made.case).state == "working"
    last = Entry.objects.order_by("pk").last()
    assert last is not None
    assert (last.actor, last.text) == (office["answerer"], "撤回送审，继续修改。")
    assert "正在审核" not in client.get(page).content.decode()


def test_a_public_answer_of_the_library_is_put_after_what_is_written_and_counted(db: None) -> None:
    library = make_library()
    office = make_office(library.county)
    public = library.in_force(question="水卡丢了怎么补办？")
    made = office.receive(title="水卡丢了怎么补办", organisation=office.water)
    actions.accept_case(actor=office["water_answerer"], case_id=made.case.pk)
    client, address = desk(office["water_answerer"]), f"/desk/inbox/{made.case.pk}/answer/"
    assert f'name="insert" value="{public.pk}"' in client.get(address).content.decode()
    page = client.post(address, {"text": "您好。", "kind": "reply", "insert": public.pk})
    assert page.context["form"]["text"].value() == "您好。\n\n带身份证到水务局服务大厅补办，当场领取。"
    other = library.in_force(question="停水前多久通知？", answer="提前一天通知。", similar=("停水通知",))
    page = client.post(address, {"text": "您好。", "kind": "reply", "insert": other.pk})
    assert page.context["form"]["text"].value() == "您好。"
    assert [Question.objects.get(pk=one.pk).uses for one in (public, other)] == [1, 0]
    assert fresh(made.case).state == "working"


def test_contact_is_shown_once_asked_for_and_written_down(office: Office) -> None:
    made = office.receive(phone="13900001234")
    client = desk(office["answerer"])
    assert "13900001234" not in client.get(f"/desk/inbox/{made.case.pk}/").content.decode()
    answer = client.post(f"/desk/inbox/{made.case.pk}/contact/")
    assert ("13900001234" in answer.content.decode(), answer["Cache-Control"]) == (True, "no-store")
    assert Event.objects.filter(name="inbox.contact.revealed", actor_label="answerer").count() == 1


@pytest.mark.parametrize("who", ["school_answerer", "school_head", "first"])
def test_another_bodys_case_is_nowhere(office: Office, who: str) -> None:
    made = office.receive(organisation=None, title="别人看不到的")
    client = desk(office[who])
    pages = ["", "answer/", "publish/", "destroy/", f"photos/{'0' * 64}"]
    assert [client.get(f"/desk/inbox/{made.case.pk}/{page}").status_code for page in pages] == [404] * len(pages)
    acts = ["do/accept/", "do/assign/", "contact/", "hide/", "destroy/"]
    assert [client.post(f"/desk/inbox/{made.case.pk}/{page}").status_code for page in acts] == [404] * len(acts)
    assert "别人看不到的" not in client.get("/desk/inbox/").content.decode()
    assert "别人看不到的" not in client.get("/desk/").content.decode()


def told_on(client: Client, address: str) -> list[str]:
    return [str(message) for message in client.get(address).context["messages"]]


def test_a_second_click_on_accept_is_harmless(office: Office) -> None:
    made = office.receive()
    client, address = desk(office["answerer"]), f"/desk/inbox/{made.case.pk}/"
    for _ in range(2):
        answer = client.post(f"{address}do/accept/", {"seen": made.case.version})
        assert (answer.status_code, answer["Location"]) == (302, address)
    assert told_on(client, address) == ["已受理，群众看得到期限。", "这一步您刚才已经办好了，没有重复办理。"]
    assert Event.objects.filter(name="inbox.case.accepted").count() == 1


def test_a_second_click_on_an_act_or_an_answer_does_it_once(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    client, address = desk(office["head"]), f"/desk/inbox/{made.case.pk}/"
    acts: list[tuple[str, dict[str, object]]] = [
        ("do/extend/", {"days": 2, "reason": "要现场核实。"}),
        ("do/note/", {"text": "已电话问过。"}),
        ("do/ask/", {"text": "是哪一盏灯？"}),
        ("do/resume/", {"reason": "已电话问清。"}),
        ("answer/", {"text": REPLY, "kind": "reply", "note": "已核对。"}),
    ]
    for page, fields in acts:
        seen = fresh(made.case).version
        answers = [client.post(f"{address}{page}", {**fields, "seen": seen}) for _ in range(2)]
        assert [(one.status_code, one["Location"]) for one in answers] == [(302, address)] * 2, page
    kinds = list(Entry.objects.filter(case=made.case).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["received", "accepted", "extended", "note", "asked", "resumed", "submitted"]


def test_a_second_click_on_a_return_leads_to_the_list_although_the_case_is_gone(office: Office) -> None:
    made = office.receive()
    actions.assign_case(actor=office["answerer"], case_id=made.case.pk, to=office.water, reason="供水。")
    client, fields = desk(office["water_head"]), {"reason": "不归水务局管。", "seen": fresh(made.case).version}
    answers = [client.post(f"/desk/inbox/{made.case.pk}/do/return/", fields) for _ in range(2)]
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, "/desk/inbox/")] * 2
    assert client.post(f"/desk/inbox/{made.case.pk}/do/return/", {**fields, "reason": "别的话"}).status_code == 404
    assert Entry.objects.filter(case=made.case, kind="returned").count() == 1


def test_an_overtaken_page_leads_to_the_case_with_the_message_and_what_was_typed_once(office: Office) -> None:
    made = office.receive()
    client, address = desk(office["head"]), f"/desk/inbox/{made.case.pk}/"
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    stale = {"seen": made.case.version}
    typed = {**stale, "to": office.water.pk, "reason": "供水管道归水务局管。"}
    answer = client.post(f"{address}do/assign/", typed)
    assert (answer.status_code, answer["Location"]) == (302, address)
    shown = client.get(address).content.decode()
    assert "您打开这页以后，有人办过这件留言。" in shown
    assert "供水管道归水务局管。" in shown
    assert f'value="{office.water.pk}" selected' in shown
    assert "供水管道归水务局管。" not in client.get(address).content.decode()
    assert client.post(f"{address}do/accept/", stale)["Location"] == address
    assert told_on(client, address) == ["您打开这页以后，有人办过这件留言。请看过现在的情况再办。"]
    assert not Entry.objects.filter(case=made.case, kind="assigned").exists()
    assert fresh(made.case).handler == office["answerer"]


def acts_on(client: Client, made: actions.Received) -> list[str]:
    return [act["name"] for act in client.get(f"/desk/inbox/{made.case.pk}/").context["acts"]]


def test_a_case_offers_only_the_acts_its_state_allows(office: Office) -> None:
    made = office.receive()
    client = desk(office["answerer"])
    assert acts_on(client, made) == ["assign", "extend", "chase", "note"]
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    assert acts_on(client, made) == ["assign", "ask", "extend", "chase", "note"]
    actions.ask_citizen(actor=office["answerer"], case_id=made.case.pk, text="是哪一盏灯？")
    assert acts_on(client, made) == ["resume", "extend", "chase", "note"]


def test_an_answered_case_offers_no_act_and_says_why(office: Office) -> None:
    made = office.receive()
    office.answered(made)
    for who in ("answerer", "head", "officer"):
        page = desk(office[who]).get(f"/desk/inbox/{made.case.pk}/")
        assert page.context["acts"] == []
        assert "已经办结，没有要办的了。" in page.content.decode()


def test_an_act_another_role_does_is_grey_and_says_who_does_it(office: Office) -> None:
    made = office.receive()
    shown = desk(office["answerer"]).get(f"/desk/inbox/{made.case.pk}/").content.decode()
    grey = shown[shown.index("延期</button>") :]
    assert "延期由云岭县人民政府的负责人或主管人员批准。" in grey
    assert 'name="days"' not in shown
