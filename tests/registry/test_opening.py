from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.registry.world import World, make_body, make_person

from zhijian.audit.queries import events_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.registry.actions import (
    create_filing,
    edit_account,
    filing_route,
    import_ledger_file,
    register_account,
    rewrite_filing,
    submit_filing,
    why_not_submit,
    withdraw_filing,
)
from zhijian.registry.enums import AccountState, FilingState
from zhijian.registry.models import Account, Filing, PastName
from zhijian.registry.queries import find_filing, public_lookup, work_items
from zhijian.registry.signals import account_opened
from zhijian.review.actions import sign
from zhijian.review.enums import Decision, ReviewState
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review
    from zhijian.review.routes import Route

FORM: dict[str, Any] = {
    "platform": "wechat", "kind": "subscription", "name": "东溪教育", "positioning": "发布教育政策，办理入学报名。",
    "grounds": "家长主要用微信。", "leader": "李一", "contact": "王二", "phone": "0596-1234567",
    "reviewers": "初审王二，终审李一", "undertaking": True,
}  # fmt: skip
NAME_RULE = "依据《互联网政务应用安全管理规定》"


def opening(world: World, **changes: Any) -> Filing:
    form = {**FORM, **changes}
    return create_filing(kind="opening", actor=world.officer, organisation_id=world.education.pk, form=form)


def review_of(filing: Filing) -> Review:
    found = current_review(thing_kind="registry.filing", thing_id=filing.pk)
    assert found is not None
    return found


def sign_stage(filing: Filing, actor: User, decision: str = Decision.APPROVE, **more: Any) -> None:
    review = review_of(filing)
    stage = current_stage(review)
    assert stage is not None
    gates = {gate["code"]: True for gate in stage.gates}
    sign(
        review_id=review.pk, decision=decision, version_hash=review.version_hash, gates=gates,
        comment=more.get("comment", ""), marked_field=more.get("marked_field", ""), actor=actor,
    )  # fmt: skip


def test_an_opening_passes_two_levels_with_one_return_and_becomes_an_account_in_use(world: World) -> None:
    heard: list[int] = []
    account_opened.connect(lambda **told: heard.append(told["account_id"]), weak=False, dispatch_uid="test")
    filing = opening(world)
    submit_filing(actor=world.officer, filing_id=filing.pk)
    assert [stage.organisation for stage in review_of(filing).stages.all()] == [world.education, world.county]
    sign_stage(filing, world.head)
    sign_stage(
        filing, world.supervisor, Decision.RETURN, comment="功能定位写具体些。", marked_field="positioning"
    )  # fmt: skip
    filing.refresh_from_db()
    assert (filing.state, filing.return_field, filing.return_comment) == (
        FilingState.RETURNED, "positioning", "功能定位写具体些。",
    )  # fmt: skip
    assert [(item.kind, item.url) for item in work_items(actor=world.officer)] == [
        ("补正", f"/desk/accounts/filings/{filing.pk}/")
    ]
    rewrite_filing(
        actor=world.officer, filing_id=filing.pk, form={**FORM, "positioning": "面向家长，办理小学入学报名。"}
    )
    submit_filing(actor=world.officer, filing_id=filing.pk)
    sign_stage(filing, world.head)
    assert not Account.objects.exists()
    sign_stage(filing, world.supervisor)
    filing.refresh_from_db()
    account = Account.objects.get()
    assert (filing.state, filing.account, heard) == (FilingState.APPROVED, account, [account.pk])
    assert (account.state, account.holds_place, account.positioning) == (
        AccountState.APPROVED, True, "面向家长，办理小学入学报名。",
    )  # fmt: skip
    assert [item.kind for item in work_items(actor=world.officer)] == ["登记账号"]
    with pytest.raises(Refused, match="不是微信公众号"):
        register_account(actor=world.officer, account_id=account.pk, platform_uid="东溪教育")
    account = register_account(actor=world.officer, account_id=account.pk, platform_uid="gh_0123456789ab")
    assert account.state == AccountState.ACTIVE
    assert [event.name for event in events_of(thing_kind="registry.account", thing_id=account.pk)] == [
        "registry.account.opened", "registry.account.registered",
    ]  # fmt: skip
    assert [
        event.name
        for event in events_of(thing_kind="registry.filing", thing_id=filing.pk)
        if event.name.startswith("registry")
    ] == [
        "registry.filing.created", "registry.filing.submitted", "registry.filing.returned", "registry.filing.changed",
        "registry.filing.submitted", "registry.filing.approved",
    ]  # fmt: skip
    account_opened.disconnect(dispatch_uid="test")


def test_a_second_account_on_the_same_platform_is_refused_at_opening_with_the_rule_named(world: World) -> None:
    import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="a.csv",
        content="主办单位,平台,账号名称\n东溪县教育局,微信服务号,东溪教育服务".encode(),
    )  # fmt: skip
    filing = opening(world)
    reasons = why_not_submit(actor=world.officer, filing=filing)
    assert len(reasons) == 1
    assert "已有账号“东溪教育服务”" in reasons[0]
    assert "国办发〔2018〕123号" in reasons[0]
    with pytest.raises(Refused) as refused:
        submit_filing(actor=world.officer, filing_id=filing.pk)
    assert refused.value.reasons == reasons
    assert Filing.objects.get().state == FilingState.DRAFT


def test_a_place_taken_during_review_refuses_the_last_signature_and_says_so(world: World) -> None:
    filing = opening(world)
    submit_filing(actor=world.officer, filing_id=filing.pk)
    sign_stage(filing, world.head)
    import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="a.csv",
        content="主办单位,平台,账号名称\n东溪县教育局,微信,东溪教育".encode(),
    )  # fmt: skip
    with pytest.raises(Refused, match="已有账号“东溪教育”"):
        sign_stage(filing, world.supervisor)
    filing.refresh_from_db()
    assert (filing.state, Account.objects.count(), review_of(filing).state) == (
        FilingState.IN_REVIEW, 1, ReviewState.OPEN,
    )  # fmt: skip
    sign_stage(filing, world.supervisor, Decision.RETURN, comment="已有账号，不再开设。")


def test_postgresql_itself_refuses_a_second_place_and_an_unapproved_approval(world: World) -> None:
    import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="a.csv",
        content="主办单位,平台,账号名称\n东溪县教育局,微信,东溪教育".encode(),
    )  # fmt: skip
    taken = opening(world)
    free = opening(world, platform="weibo", kind="weibo")
    with pytest.raises(DatabaseError, match="has a live account"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_filing SET state = 'in_review' WHERE id = %s", [taken.pk])
    with pytest.raises(DatabaseError, match="was not approved"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_filing SET state = 'approved' WHERE id = %s", [free.pk])
    account = Account.objects.get()
    account.pk, account.number = None, "ZX999999999"
    with pytest.raises(IntegrityError, match="registry_one_account_per_platform"), transaction.atomic():
        account.save(force_insert=True)
    assert list(Filing.objects.values_list("state", flat=True)) == ["draft", "draft"]


def test_an_approved_filing_never_changes(world: World) -> None:
    filing = opening(world)
    submit_filing(actor=world.officer, filing_id=filing.pk)
    sign_stage(filing, world.head)
    sign_stage(filing, world.supervisor)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(name="别的名字")
    with pytest.raises(Refused, match="备案已批准"):
        withdraw_filing(actor=world.officer, filing_id=filing.pk)
    assert Filing.objects.get().name == "东溪教育"


def test_nobody_who_wrote_the_filing_signs_it(world: World) -> None:
    writer_head = make_person("both", world.education, Role.HOST_OFFICER)
    filing = create_filing(kind="opening", actor=writer_head, organisation_id=world.education.pk, form=FORM)
    submit_filing(actor=world.officer, filing_id=filing.pk)
    with pytest.raises(Refused, match="不能审核自己的"):
        sign_stage(filing, writer_head)
    assert review_of(filing).state == ReviewState.OPEN


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("校园那些事", "看不出主办单位或地区"),
        ("东溪教育!!", "空格、标点或表情"),
        ("东溪教育专班", "不能以专项工作名义开设"),
        ("东溪教育小编", "不能以个人名义开设"),
        ("教", "2到30个字"),
    ],
)
def test_names_against_the_rules_are_refused_with_the_document(world: World, name: str, reason: str) -> None:
    filing = opening(world, name=name)
    reasons = why_not_submit(actor=world.officer, filing=filing)
    assert any(reason in one and NAME_RULE in one for one in reasons), reasons


def test_empty_fields_are_all_named_at_once(world: World) -> None:
    filing = opening(world, positioning="", leader=" ", undertaking=False)
    assert why_not_submit(actor=world.officer, filing=filing) == [
        "还没有填：功能定位、分管负责人。", "请先勾选备案承诺。",
    ]  # fmt: skip


def test_internal_bodies_and_county_departments_are_refused_by_the_rule_of_the_place(world: World) -> None:
    section = make_body("办公室宣传科", world.education, Level.COUNTY, BodyKind.INTERNAL)
    person = make_person("section", section, Role.HOST_OFFICER)
    filing = create_filing(
        kind="opening", actor=person, organisation_id=section.pk, form={**FORM, "name": "东溪宣传科"}
    )
    with clock.at(datetime(2026, 3, 1, tzinfo=UTC)):
        internal = why_not_submit(actor=person, filing=filing)
    assert any(one.startswith("内设机构不再新开账号") and "依据《" in one for one in internal)
    world.county.policy_pack = "guangdong"
    world.county.save(update_fields=["policy_pack"])
    department = why_not_submit(actor=world.officer, filing=opening(world))
    assert any(one.startswith("县级部门、乡镇不自行开设账号") and "依据《" in one for one in department)


def test_the_route_follows_the_local_rule_and_leaves_out_own_and_missing_levels(world: World) -> None:
    world.county.policy_pack = "shaanxi"
    world.county.save(update_fields=["policy_pack"])

    def opening_route(body: Organisation) -> Route:
        return filing_route(Filing(kind="opening", organisation=body, form={}))

    route = opening_route(world.education)
    assert [(stage.code, stage.organisation_id, stage.roles) for stage in route.stages] == [
        ("own", world.education.pk, ("head",)),
        ("county", world.county.pk, ("supervising_officer", "head")),
        ("city", world.city.pk, ("supervising_officer", "head")),
    ]
    assert [stage.organisation_id for stage in opening_route(world.county).stages] == [world.county.pk, world.city.pk]
    assert [stage.organisation_id for stage in opening_route(world.city).stages] == [world.city.pk]


def test_one_open_opening_per_body_and_platform(world: World) -> None:
    first = opening(world)
    with pytest.raises(Refused, match="已有一份没办完的开设备案"):
        opening(world, kind="service")
    withdraw_filing(actor=world.officer, filing_id=first.pk)
    assert opening(world, kind="service").state == FilingState.DRAFT


def test_a_filing_under_review_is_taken_back_by_its_submitter_only(world: World) -> None:
    filing = opening(world)
    submit_filing(actor=world.officer, filing_id=filing.pk)
    with pytest.raises(Refused, match="只有送审的人可以撤回"):
        withdraw_filing(actor=world.supervisor, filing_id=filing.pk)
    withdraw_filing(actor=world.officer, filing_id=filing.pk)
    filing.refresh_from_db()
    assert (filing.state, review_of(filing).state) == (FilingState.WITHDRAWN, ReviewState.WITHDRAWN)


def test_another_bodys_filing_is_missing_for_reading_and_every_act(world: World) -> None:
    filing = opening(world)
    for act in (find_filing, submit_filing, withdraw_filing):
        with pytest.raises(Missing):
            act(actor=world.stranger, filing_id=filing.pk)
    with pytest.raises(Missing):
        rewrite_filing(actor=world.stranger, filing_id=filing.pk, form=FORM)
    with pytest.raises(Missing):
        create_filing(kind="opening", actor=world.officer, organisation_id=world.health.pk, form=FORM)
    assert find_filing(actor=world.officer, filing_id=filing.pk) == filing


def test_a_changed_name_keeps_the_past_one_and_the_public_hears_until_when(world: World) -> None:
    import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="a.csv",
        content="主办单位,平台,账号名称,账号ID\n东溪县教育局,微信,东溪教育,dongxijy1".encode(),
    )  # fmt: skip
    account = Account.objects.get()
    seen = account.changed_at.isoformat()
    with clock.at(datetime(2026, 5, 6, 9, tzinfo=clock.BEIJING)):
        with pytest.raises(Refused, match="账号名称变了要办变更备案"):
            edit_account(actor=world.officer, account_id=account.pk, values={"name": "东溪教育发布"}, seen=seen)
        edit_account(actor=world.supervisor, account_id=account.pk, values={"name": "东溪教育发布"}, seen=seen)
    assert list(PastName.objects.values_list("name", flat=True)) == ["东溪教育"]
    found = public_lookup("东溪教育")
    assert (found.verdict, [match.note for match in found.matches]) == (
        "former", ["“东溪教育”用到 2026-05-06，现名“东溪教育发布”。"],
    )  # fmt: skip
    with pytest.raises(Refused, match="别人改过这个账号"):
        edit_account(actor=world.officer, account_id=account.pk, values={"name": "x"}, seen=seen)
    with pytest.raises(Missing):
        edit_account(actor=world.stranger, account_id=account.pk, values={"name": "x"})
