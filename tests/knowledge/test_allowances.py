from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from tests.people import make_county

from zhijian.audit.models import Event
from zhijian.knowledge import actions, queries
from zhijian.knowledge.actions import AllowanceDraft
from zhijian.knowledge.models import Allowance
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.screening import default_rules, scan
from zhijian.screening.attachments import judge_attachment, read_attachment
from zhijian.screening.pictures import Code, Metadata, PictureReading, judge_picture

if TYPE_CHECKING:
    from django.test import Client
    from tests.people import County

    from zhijian.organisations.models import Organisation

TEXT = "截止目前，已办结三百件。咨询电话13800138000。"


@pytest.fixture
def county(db: None) -> County:
    return make_county()


def draft(rule_id: str, **more: Any) -> AllowanceDraft:
    facts = {"kind": "words", "reason": "本单位一向这样写。", "valid_to": clock.today() + timedelta(days=90), **more}
    return AllowanceDraft(rule_id=rule_id, **facts)


def found(body: Organisation, text: str = TEXT) -> dict[str, tuple[str, str]]:
    """Return rule and severity by excerpt."""
    return {one.excerpt: (one.rule_id, str(one.severity)) for one in scan(text, queries.ruleset_for(body))}


def test_words_are_right_for_a_body_and_below_once_a_second_person_agreed_and_until_the_day(county: County) -> None:
    editor = county.person("editor", county.water, Role.EDITOR)
    reviewer = county.person("reviewer", county.water, Role.FINAL_REVIEWER)
    stranger = county.person("stranger", county.school, Role.FINAL_REVIEWER)
    before = found(county.water)
    rule, phone = before["截止目前"][0], before["13800138000"][0]
    version = queries.ruleset_for(county.water).version
    with pytest.raises(Refused, match="放行了也不起作用"):
        actions.propose_allowance(actor=editor, organisation=county.water, draft=draft(rule, words="目前"))
    with pytest.raises(Refused, match="由采编、审核或主管人员提出"):
        actions.propose_allowance(actor=stranger, organisation=county.water, draft=draft(rule, words="截止目前，已"))
    late = draft(rule, words="截止目前，已", valid_to=clock.today() + timedelta(days=800))
    with pytest.raises(Refused, match="最长两年"):
        actions.propose_allowance(actor=editor, organisation=county.water, draft=late)
    with pytest.raises(Refused, match="这条规则，请在"):
        actions.propose_allowance(actor=editor, organisation=county.water, draft=draft("no.such", words="截止目前"))
    row = actions.propose_allowance(actor=editor, organisation=county.water, draft=draft(rule, words="截止目前，已"))
    number = actions.propose_allowance(actor=editor, organisation=county.water, draft=draft(phone, words="13800138000"))
    with pytest.raises(Refused, match="同样的放行已经有了"):
        actions.propose_allowance(actor=editor, organisation=county.water, draft=draft(rule, words="截止目前，已"))
    assert found(county.water) == before
    with pytest.raises(Refused, match="放行的说法由"):
        actions.approve_allowance(actor=editor, allowance_id=row.pk)
    with pytest.raises(Missing):
        actions.approve_allowance(actor=stranger, allowance_id=row.pk)
    assert [item.kind for item in queries.work_items(actor=reviewer)] == ["审放行", "审放行"]
    for one in (row, number):
        actions.approve_allowance(actor=reviewer, allowance_id=one.pk)
    assert found(county.water) == {}
    assert "截止目前" in found(county.water, "截止目前还没有办结。")
    assert "13900139000" in found(county.water, "咨询电话13900139000。")
    assert found(county.school) == before
    assert queries.rulesets_for([county.water, county.school])[county.water.pk].version != version
    narrow = queries.narrowed(queries.ruleset_for(county.water), frozenset({phone}))
    assert scan(TEXT, narrow) == []
    with clock.at(clock.now() + timedelta(days=91)):
        assert found(county.water) == before
    with pytest.raises(DatabaseError), transaction.atomic():
        Allowance.objects.filter(pk=row.pk).update(words="截止")
    with pytest.raises(DatabaseError), transaction.atomic():
        Allowance.objects.filter(pk=row.pk).delete()
    actions.end_allowance(actor=reviewer, allowance_id=row.pk, reason="改了写法。")
    assert set(found(county.water)) == {"截止目前"}
    names = Event.objects.filter(thing_kind="knowledge.allowance", thing_id=str(row.pk)).order_by("id")
    assert [name.rsplit(".", 1)[1] for name in names.values_list("name", flat=True)] == [
        "proposed",
        "approved",
        "ended",
    ]


def test_a_rule_is_switched_off_or_made_milder_by_two_who_supervise_and_never_a_name_of_the_state(
    county: County,
) -> None:
    one, two = (
        county.person(name, county.county, Role.SUPERVISING_OFFICER, subtree=True) for name in ("one", "two")
    )  # fmt: skip
    head = county.person("head", county.county, Role.HEAD)
    rule = found(county.water)["截止目前"][0]
    with pytest.raises(Refused, match="由管辖下级单位的主管人员提出"):
        actions.propose_allowance(actor=head, organisation=county.county, draft=draft(rule, kind="off"))
    sealed = next(row for row in default_rules() if row.category == "state_name" and row.severity == "veto")
    for kind, more in (("off", {}), ("lower", {"severity": "hint"}), ("words", {"words": "".join(sealed.wrong[:1])})):
        wanted = draft(sealed.id, kind=kind, **more)
        with pytest.raises(Refused, match="严重错误不能放行"):
            actions.propose_allowance(actor=one, organisation=county.county, draft=wanted)
    harder = draft(rule, kind="lower", severity="veto")
    with pytest.raises(Refused, match="请选更低的级别"):
        actions.propose_allowance(actor=one, organisation=county.county, draft=harder)
    milder = actions.propose_allowance(
        actor=one, organisation=county.county, draft=draft(rule, kind="lower", severity="hint")
    )
    with pytest.raises(Refused, match="由另一位人员来审"):
        actions.approve_allowance(actor=one, allowance_id=milder.pk)
    with pytest.raises(Refused, match="由管辖下级单位的主管人员来审"):
        actions.approve_allowance(actor=head, allowance_id=milder.pk)
    actions.approve_allowance(actor=two, allowance_id=milder.pk)
    assert found(county.water)["截止目前"] == (rule, "hint")
    off = actions.propose_allowance(actor=two, organisation=county.county, draft=draft(rule, kind="off"))
    with pytest.raises(Refused, match="请写明为什么不同意"):
        actions.reject_allowance(actor=one, allowance_id=off.pk, comment="")
    actions.approve_allowance(actor=one, allowance_id=off.pk)
    assert "截止目前" not in found(county.school)


def test_the_pages_show_rules_and_what_is_set_aside(client: Client, county: County) -> None:
    editor = county.person("editor", county.water, Role.EDITOR)
    reviewer = county.person("reviewer", county.water, Role.FINAL_REVIEWER)
    stranger = county.person("stranger", county.school, Role.EDITOR)
    rule = found(county.water)["截止目前"][0]

    def text(address: str) -> str:
        return client.get(address).content.decode()

    client.force_login(editor)
    assert rule in text("/desk/rules/?q=截止目前")
    assert "没有查到规则" in text("/desk/rules/?q=没有这样的词")
    assert rule not in text("/desk/rules/?category=privacy&severity=nonsense&page=x")
    page = text(f"/desk/rules/{rule}/")
    assert ("会报" in page, "提出放行" in page) == (True, True)
    assert client.get("/desk/rules/no.such/").status_code == 404
    assert "还没有放行" in text("/desk/terms/allowed/")
    assert rule in text(f"/desk/terms/allowed/new/?rule={rule}&words=截止目前")
    data: dict[str, Any] = {
        "organisation": county.water.pk, "kind": "words", "rule_id": rule, "words": "截止目前", "reason": "",
        "valid_to": "",
    }  # fmt: skip
    assert client.post("/desk/terms/allowed/new/", data).status_code == 409
    data |= {"reason": "引用旧文件。", "valid_to": (clock.today() + timedelta(days=30)).isoformat()}
    client.post("/desk/terms/allowed/new/", data)
    row = Allowance.objects.get()
    address = f"/desk/terms/allowed/{row.pk}/"
    assert "引用旧文件。" in text(address)
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    client.force_login(reviewer)
    client.post(f"{address}decide/", {"decision": "reject", "comment": ""})
    client.post(f"{address}decide/", {"decision": "approve", "comment": "同意"})
    assert "截止目前" not in found(county.water)
    client.post(f"{address}end/", {"comment": "不用了"})
    row.refresh_from_db()
    assert (row.state, row.decision_comment, row.retired_reason) == ("retired", "同意", "不用了")
    assert "“截止目前”不算错" in text("/desk/terms/allowed/")


def test_links_know_a_website_a_body_vouches_for_until_its_day_and_no_whole_suffix_or_short_link(
    county: County,
) -> None:
    editor = county.person("editor", county.water, Role.EDITOR)
    reviewer = county.person("reviewer", county.water, Role.FINAL_REVIEWER)
    text = "报名请看 https://www.lake-school.top/open/ ，也可以看 https://www.lake-sch0ol.top/ 。"
    before = {one.rule_id for one in scan(text, queries.ruleset_for(county.water))}
    assert before == {"link.cheap"}

    def host(words: str) -> AllowanceDraft:
        return draft("", kind="host", words=words, reason="合作学校的官方网站。")

    for words, told in (
        ("学校网站", "请写网站的主机名"), ("com.cn", "请写网站的主机名"), ("10.0.0.7", "请写网站的主机名"),
        ("www.gov.cn", "本来就认"), ("t.cn", "不能列入"), ("qr.alipay.com", "不能列入"),
        ("bj.cn", "整段不能列入"), ("github.io", "整段不能列入"),
        ("www.yunling-gov.com", "."),
    ):  # fmt: skip
        with pytest.raises(Refused, match=told):
            actions.propose_allowance(actor=editor, organisation=county.water, draft=host(words))
    row = actions.propose_allowance(
        actor=editor, organisation=county.water, draft=host("https://WWW.Lake-School.top/open/")
    )
    assert (row.words, row.rule_id) == ("www.lake-school.top", "link.outside")
    with pytest.raises(Refused, match="同样的放行已经有了"):
        actions.propose_allowance(actor=editor, organisation=county.water, draft=host("www.lake-school.top"))
    with pytest.raises(Refused, match="许可的网站由"):
        actions.approve_allowance(actor=editor, allowance_id=row.pk)
    assert [item.title for item in queries.work_items(actor=reviewer)] == ["许可网站：www.lake-school.top"]
    version = queries.ruleset_for(county.water).version
    actions.approve_allowance(actor=reviewer, allowance_id=row.pk)
    rules = queries.ruleset_for(county.water)
    assert rules.version != version
    named = {(one.rule_id, one.excerpt) for one in scan(text, rules)}
    assert not [excerpt for _, excerpt in named if "lake-school" in excerpt]
    assert ("link.look-alike", "https://www.lake-sch0ol.top/") in named
    box = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    code = PictureReading("png", 9, 9, 1, (), (Code("QRCode", "https://www.lake-school.top/a", box),), Metadata())
    assert (judge_picture(code, rules), len(judge_picture(code, queries.ruleset_for(county.school)))) == ([], 1)
    page = read_attachment(b'<a href="https://www.lake-school.top/open/">\xe6\x8a\xa5\xe5\x90\x8d</a>', name="a.html")
    assert judge_attachment(page, rules) == []
    elsewhere = {one.finding.rule_id for one in judge_attachment(page, queries.ruleset_for(county.school))}
    assert elsewhere == {"link.cheap", "link.outside"}
    assert before == {one.rule_id for one in scan(text, queries.ruleset_for(county.school))}
    with clock.at(clock.now() + timedelta(days=91)):
        assert {one.rule_id for one in scan(text, queries.ruleset_for(county.water))} == before
    with clock.at(clock.now() + timedelta(days=91)):
        assert ("link.cheap", county.water.pk) in queries.allowances_run_out(days=7)
