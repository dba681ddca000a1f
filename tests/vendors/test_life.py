"""A contract from its first day to its end: what is missing is told, and what it opened is closed again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.people import make_body
from tests.vendors.office import CODE, OTHER_CODE, PDF, Office, day, draft

from zhijian.audit.models import Event
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice
from zhijian.organisations.actions import create_api_token, grant_role, mark_of_vendor
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.organisations.models import ApiToken, RoleAssignment, User
from zhijian.registry.models import Account
from zhijian.registry.signals import account_moved
from zhijian.vendors import actions, queries
from zhijian.vendors.actions import DomainDraft, PersonDraft
from zhijian.vendors.enums import ContractState, Fault
from zhijian.vendors.models import Contract, LinkedDomain, NamedPerson, Vendor


def faults(row: Contract) -> list[Fault]:
    return queries.Standing().faults(queries.all_contracts().get(pk=row.pk))


def state(row: Contract) -> ContractState:
    return queries.Standing().state(Contract.objects.select_related("organisation").get(pk=row.pk))


def name(office: Office, row: Contract, username: str, name: str = "卢溪") -> NamedPerson:
    return actions.name_person(
        actor=office["host"], contract_id=row.pk, draft=PersonDraft(name, "写稿、排版", username)
    )  # fmt: skip


def told(office: Office) -> list[str]:
    return sorted(
        Notice.objects.filter(person=office["host"], dedup_key__startswith="vendors.").values_list("title", flat=True)
    )


def works(username: str) -> tuple[bool, list[str]]:
    user = User.objects.get(username=username)
    return user.is_active, sorted(
        RoleAssignment.objects.filter(user=user, revoked_at=None).values_list("role", flat=True)
    )


def test_a_contract_is_completed_warned_of_and_ends_with_everything_it_opened(office: Office) -> None:
    host = office["host"]
    row = office.contract(forbids_subcontracting=False)
    missing = [Fault.NO_UNDERTAKING, Fault.NO_PAPER, Fault.MAY_SUBCONTRACT, Fault.NO_ACCOUNTS]
    assert (state(row), faults(row)) == (ContractState.IN_FORCE, missing)
    assert [item.title for item in queries.work_items(actor=host)] == [
        "云岭清溪文化传媒有限公司：没有保密承诺书", "2 个账号登记了代运营、没有在期合同",
    ]  # fmt: skip
    assert [(item.title, item.url) for item in queries.work_items(actor=office["officer"])] == [
        ("1 份代运营合同要处理", "/desk/vendors/?faulty=1"),
        ("3 个账号登记了代运营、没有在期合同", "/desk/vendors/accounts/"),
    ]
    weibo, wechat = (office.account("云岭水务", platform) for platform in ("weibo", "wechat"))
    actions.choose_accounts(actor=host, contract_id=row.pk, account_ids=[weibo.pk, wechat.pk], seen=row.version)
    papers = {"contract": ("合同.pdf", PDF), "undertaking": ("承诺书.pdf", PDF + b"2")}
    row = actions.attach_papers(actor=host, contract_id=row.pk, papers=papers)
    row = actions.change_contract(actor=host, contract_id=row.pk, draft=draft(contact="江岸"), seen=row.version)
    assert (faults(row), row.version, Vendor.objects.get().contact) == ([], 4, "江岸")
    assert not queries.uncovered_accounts(actor=host).exists()
    name(office, row, "qingxi_writer")
    name(office, row, "", "石青")
    create_api_token(actor=office["writer"], name="排版工具")
    link = DomainDraft("h5.qingxi.example", "menu", is_ours=False, expires_on=day(320))
    actions.link_domain(actor=host, contract_id=row.pk, draft=link)
    assert (actions.warn(), actions.end_due_access(), told(office)) == (2, [], [])

    with clock.at(clock.now() + timedelta(days=250)):
        assert (state(row), faults(row)) == (ContractState.ENDS_SOON, [Fault.ENDS_SOON])
        assert [item.due for item in queries.work_items(actor=host)] == [queries.last_moment(row.ends_on)]
        assert (actions.warn() > 0, actions.warn(), actions.end_due_access()) == (True, 0, [])
        assert told(office) == ["合同快到期：云岭清溪文化传媒有限公司"]
        assert works("qingxi_writer") == (True, ["editor"])
    with clock.at(clock.now() + timedelta(days=301)):
        assert (state(row), faults(row)) == (ContractState.OVER, [Fault.LINKED_AFTER_END])
        assert queries.uncovered_accounts(actor=host).count() == 2
        assert (actions.end_due_access(), actions.end_due_access()) == ([row.pk], [])
        actions.warn()
        assert told(office) == [
            "2 个账号登记了代运营、没有在期合同：云岭县水务局",
            "代运营合同结束，已收回 1 个登录名的权限：云岭清溪文化传媒有限公司",
            "合同已结束，链接没有撤下：云岭清溪文化传媒有限公司", "合同快到期：云岭清溪文化传媒有限公司",
        ]  # fmt: skip
        actions.take_off(actor=host, contract_id=row.pk, domain_id=LinkedDomain.objects.get().pk)
        assert faults(row) == []
        with pytest.raises(Refused, match="合同已经结束，不再修改"):
            name(office, row, "qingxi_artist")
    assert works("qingxi_writer") == (False, [])
    assert works("qingxi_artist") == (True, ["editor"])
    assert not ApiToken.objects.filter(user=office["writer"], revoked_at=None).exists()
    done = Event.objects.filter(thing_kind="organisations.person", thing_id=str(office["writer"].pk)).order_by("pk")
    reason = "代运营结束：政务新媒体运维服务合同"
    assert [(event.name, event.actor_id, event.data) for event in done][-2:] == [
        ("organisations.role.revoked", None, {"role": "editor", "reason": reason}),
        ("organisations.person.deactivated", None, {"reason": reason}),
    ]


def test_an_early_end_takes_access_everywhere_at_once_but_not_what_another_contract_gives(office: Office) -> None:
    first, second = office.whole(), office.whole(title="补充合同", ends_on=day(400))
    station = make_body("清水河水管所", "999901-01-1", Level.COUNTY, office.county.water, BodyKind.INSTITUTION)
    schools = actions.create_contract(
        actor=office["school_host"], organisation=office.county.school, draft=draft(title="教育局的合同")
    )
    name(office, first, "qingxi_writer")
    name(office, first, "qingxi_artist", "石青")
    name(office, second, "qingxi_writer")
    for username, body in (("writer", station), ("artist", station), ("artist", office.county.school)):
        grant_role(actor=None, user=office[username], organisation=body, role=Role.EDITOR)
    both = PersonDraft("石青", "做图", "qingxi_artist")
    shared = actions.name_person(actor=office["school_host"], contract_id=schools.pk, draft=both)
    assert faults(first) == []
    ended = actions.end_contract(actor=office["host"], contract_id=first.pk, reason="多次发错，不再合作。")
    assert (state(ended), ended.ended_on) == (ContractState.ENDED_EARLY, clock.today())
    assert works("qingxi_writer") == (True, ["editor", "editor"])
    assert works("qingxi_artist") == (True, ["editor"])
    assert [one.organisation for one in RoleAssignment.objects.filter(user=office["artist"], revoked_at=None)] == [
        office.county.school
    ]
    actions.leave(actor=office["school_host"], contract_id=schools.pk, named_id=shared.pk)
    assert works("qingxi_artist") == (False, [])
    person = second.people.get()
    actions.leave(actor=office["host"], contract_id=second.pk, named_id=person.pk)
    assert works("qingxi_writer") == (False, [])
    for act in (
        lambda: actions.end_contract(actor=office["host"], contract_id=first.pk, reason="再来一次"),
        lambda: actions.leave(actor=office["host"], contract_id=second.pk, named_id=person.pk),
    ):
        with pytest.raises(Refused, match="已经"):
            act()
    assert first.people.filter(access_ended_at=None).count() == 0


def test_an_account_that_goes_to_another_body_leaves_the_contract_that_covered_it(office: Office) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        old = office.whole(title="上一年的合同")
    row = office.whole()
    wechat, weibo = (office.account("云岭水务", platform) for platform in ("wechat", "weibo"))
    assert not queries.uncovered_accounts(actor=office["host"]).exists()
    school, version = office.county.school, row.version
    Account.objects.filter(pk=weibo.pk).update(organisation=school)
    account_moved.send(sender=Account, account_id=weibo.pk, organisation_id=school.pk)
    assert (list(row.accounts.all()), set(old.accounts.all())) == ([wechat], {wechat, weibo})
    assert weibo in queries.uncovered_accounts(actor=office["school_host"])
    told_of = Event.objects.filter(name="vendors.accounts.chosen", thing_id=str(row.pk)).latest("pk")
    assert (told_of.actor_id, told_of.data) == (None, {"added": [], "removed": [weibo.pk]})
    assert Contract.objects.get(pk=row.pk).version == version + 1
    assert told(office) == ["合同里的一个账号已转给别的单位，不再由这份合同管：政务新媒体运维服务合同"]


def test_a_home_page_looks_through_a_bounded_number_of_contracts(office: Office) -> None:
    row = office.contract()
    told = Contract.objects.filter(pk=row.pk).values().get()
    del told["id"]
    Contract.objects.bulk_create(Contract(**told) for _ in range(queries.MOST_WATCHED - 2))
    assert queries.work_items(actor=office["officer"])[0].title == "199 份代运营合同要处理"
    Contract.objects.bulk_create(Contract(**told) for _ in range(5))
    assert queries.work_items(actor=office["officer"])[0].title == "至少 200 份代运营合同要处理"
    assert len(queries.work_items(actor=office["host"])) == queries.MOST_WORK + 1


def test_domains_and_renewals_are_watched_to_the_day(office: Office) -> None:
    row = office.whole(ends_on=day(30))
    for host, until in (("a.qingxi.example", 60), ("b.qingxi.example", 61), ("c.qingxi.example", -1)):
        link = DomainDraft(host, "page", is_ours=False, expires_on=day(until))
        actions.link_domain(actor=office["host"], contract_id=row.pk, draft=link)
    assert faults(row) == [Fault.DOMAIN_EXPIRED, Fault.ENDS_SOON, Fault.DOMAIN_EXPIRES]
    actions.warn()
    assert told(office) == [
        "合同快到期：云岭清溪文化传媒有限公司", "域名已到期：c.qingxi.example", "域名快到期：a.qingxi.example",
    ]  # fmt: skip
    beside = office.whole(title="直播合同", ends_on=day(395))
    assert Fault.ENDS_SOON in faults(row)
    actions.end_contract(actor=office["host"], contract_id=beside.pk, reason="不做直播了。")
    renewed = office.whole(begins_on=day(31), ends_on=day(395))
    assert (state(renewed), Fault.ENDS_SOON in faults(row)) == (ContractState.NOT_BEGUN, False)
    with clock.at(clock.now() + timedelta(days=31)):
        assert (state(row), state(renewed), faults(row)) == (ContractState.OVER, ContractState.IN_FORCE, [])
    again = DomainDraft("a.qingxi.example", "page", is_ours=True, expires_on=None)
    with pytest.raises(Refused, match="已经登记过这个用处"):
        actions.link_domain(actor=office["host"], contract_id=row.pk, draft=again)


@pytest.mark.parametrize(
    ("username", "reason"),
    [
        ("water_host", "这是您自己的登录名"),
        ("water_editor", "这个登录名是本单位人员的"),
        ("school_host", "没有在用的登录名“school_host”"),
        ("nobody", "没有在用的登录名“nobody”"),
    ],
)
def test_a_colleagues_sign_in_or_one_of_another_body_cannot_be_a_vendors(
    office: Office, username: str, reason: str
) -> None:
    row = office.contract()
    with pytest.raises(Refused, match=reason):
        name(office, row, username)
    assert not NamedPerson.objects.exists()
    user = User.objects.filter(username=username, is_of_vendor=False).first()
    if user is not None:
        with pytest.raises(IntegrityError, match="its vendor only"), transaction.atomic():
            NamedPerson.objects.create(organisation=row.organisation, contract=row, name="何", user=user)


def test_a_sign_in_that_became_the_bodys_own_outlasts_the_contract(office: Office) -> None:
    row = office.whole()
    name(office, row, "qingxi_writer")
    system = office.county.person("xitong", office.county.county, Role.SYSTEM_ADMIN)
    mark_of_vendor(actor=system, user_id=office["writer"].pk, is_of_vendor=False)
    actions.end_contract(actor=office["host"], contract_id=row.pk, reason="人已招进本单位。")
    assert works("qingxi_writer") == (True, ["editor"])
    assert row.people.get().access_ended_at is not None


def test_who_may_not_and_what_cannot_be_is_refused_in_words(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        office.contract(credit_code=f"{CODE[:-1]}Q", ends_on=day(-101))
    assert refused.value.reasons == [
        "统一社会信用代码的校验位不对，有一位抄错了。请照营业执照核对。", "到期日期早于开始日期，请核对。",
    ]  # fmt: skip
    assert not Vendor.objects.exists()
    row = office.contract()
    office.contract(credit_code=OTHER_CODE, name="云岭晴川网络有限公司")
    assert [one for _, one in queries.vendor_choices(actor=office["host"])] == [
        "云岭清溪文化传媒有限公司", "云岭晴川网络有限公司",
    ]  # fmt: skip
    with pytest.raises(Refused, match="刚刚被别人改过"):
        actions.change_contract(actor=office["host"], contract_id=row.pk, draft=draft(), seen=0)
    school = office.account("云岭教育", "wechat")
    with pytest.raises(Missing):
        actions.choose_accounts(actor=office["host"], contract_id=row.pk, account_ids=[school.pk], seen=row.version)
    with pytest.raises(Refused, match="刚刚被别人改过"):
        actions.choose_accounts(actor=office["host"], contract_id=row.pk, account_ids=[], seen=0)
    with pytest.raises(Refused, match="只有该单位的主办人员或上级主管人员"):
        actions.end_contract(actor=office["head"], contract_id=row.pk, reason="不合作了。")
    with pytest.raises(Missing):
        queries.find_contract(actor=office["school_host"], contract_id=row.pk)
    with pytest.raises(Missing):
        queries.find_contract(actor=office["writer"], contract_id=row.pk)


@pytest.mark.parametrize(
    "sentence",
    [
        "DELETE FROM vendors_contract",
        "UPDATE vendors_contract SET title = '别的'",
        "UPDATE vendors_contract SET version = version + 1, ended_on = NULL, ended_reason = ''",
        "UPDATE vendors_namedperson SET access_ended_at = NULL",
        "DELETE FROM vendors_namedperson",
    ],
)
def test_the_database_itself_holds_that_what_ended_stays_ended(office: Office, sentence: str) -> None:
    from django.db import connection  # noqa: PLC0415 - only here

    row = office.contract()
    name(office, row, "qingxi_writer")
    actions.end_contract(actor=office["host"], contract_id=row.pk, reason="不再合作。")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)
