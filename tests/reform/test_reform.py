"""A reform of bodies: everything it causes is opened from one entry, and what is left is counted, not ticked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.inbox.office import Office, fresh
from tests.people import make_body
from tests.registry.filing_desk import approved, proof, sign_all

from zhijian.content.actions import create_article
from zhijian.content.document import from_blocks, paragraph
from zhijian.content.queries import Draft
from zhijian.inbox.actions import assign_case
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.actions import deactivate_person, end_organisation, move_person, revoke_role
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.organisations.models import Organisation, PastBodyName, RoleAssignment, User
from zhijian.reform import actions
from zhijian.reform.enums import PartKind, PlanAct, ReformState
from zhijian.reform.models import Reform
from zhijian.reform.queries import find_reform, left_of, parts_of, plans_of, progress_of, work_items
from zhijian.registry.actions import import_ledger_file
from zhijian.registry.models import Account, Notice

if TYPE_CHECKING:
    from django.test import Client

    from zhijian.reform.models import Part

ROWS = (
    "云岭县水务局,微信,云岭县水务局,gh_0a1b2c3d4e01,云岭县水务局",
    "云岭县水务局,微博,云岭水务,1234567890,",
    "云岭县林业局,微信,云岭林业,gh_0a1b2c3d4e02,云岭县林业局",
    "云岭县林业局,抖音,云岭林业,800000000001,",
)


def prepare(office: Office) -> tuple[Organisation, Organisation]:
    """Make a forestry bureau with accounts and people beside the water bureau; return it and the water bureau."""
    forest = make_body("云岭县林业局", "999901-03", Level.COUNTY, office.body, BodyKind.DEPARTMENT)
    for name, role in (("forest_head", Role.HEAD), ("forest_answerer", Role.ANSWERER), ("forest_editor", Role.EDITOR)):
        office.people[name] = office.county.person(name, forest, role)
    office.people["county_supervisor"] = office.county.person("county_second", office.body, Role.SUPERVISING_OFFICER)
    content = "\n".join(["主办单位,平台,账号名称,账号ID,认证主体", *ROWS]).encode()
    import_ledger_file(actor=office["officer"], organisation=office.body, file_name="台账.csv", content=content)
    return forest, office.water


def plan(office: Office) -> Reform:
    return actions.create_reform(
        actor=office["officer"], organisation=office.body, title="2026年县直机构改革",
        basis="《云岭县机构改革方案》（云办发〔2026〕3号）", effective_on=date(2026, 3, 2),
    )  # fmt: skip


def left(part: Part) -> dict[str, int]:
    return {one.label: one.count for one in left_of(part) if not one.is_done}


def test_one_body_is_renamed_and_another_merged_into_it_with_all_that_follows(office: Office) -> None:
    forest, water = prepare(office)
    officer = office["officer"]
    reform = plan(office)
    actions.add_part(
        actor=officer, reform_id=reform.pk, kind=PartKind.RENAME, organisation=water, name="云岭县水利和林业局",
        short_name="云岭县水利和林业局",
    )  # fmt: skip
    merged = actions.add_part(
        actor=officer, reform_id=reform.pk, kind=PartKind.MERGE, organisation=forest, successor=water
    )
    assert [(one.account.name, one.account.platform, one.act) for one in plans_of(reform)] == [
        ("云岭县水务局", "wechat", "change"), ("云岭水务", "weibo", "keep"),
        ("云岭林业", "douyin", "change"), ("云岭林业", "wechat", "merging"),
    ]  # fmt: skip
    made = office.receive()
    assign_case(actor=officer, case_id=made.case.pk, to=forest, reason="归林业局办。")
    piece = create_article(
        actor=office["forest_editor"], organisation=forest,
        draft=Draft(title="植树节通知", document=from_blocks([paragraph("三月植树。")])),
    )  # fmt: skip
    assert actions.start_reform(actor=officer, reform_id=reform.pk) == []
    water.refresh_from_db()
    assert (water.name, PastBodyName.objects.get().name) == ("云岭县水利和林业局", "云岭县水务局")
    assert left(merged) == {
        "抖音“云岭林业”：变更名称、主体或主办单位": 1, "微信公众号“云岭林业”：并入接收单位的账号": 1,
        "“云岭林业”注销": 1,
        "没有办完的留言": 1, "没有写完的稿件": 1, "人员调整所在单位或停用": 3, "收回原单位的角色": 3, "停用原单位": 1,
    }  # fmt: skip
    assert actions.hand_over(actor=officer, reform_id=reform.pk, part_id=merged.pk) == (1, 1, [])
    piece.refresh_from_db()
    assert (fresh(made.case).organisation, piece.organisation) == (water, water)
    for one in plans_of(reform):
        if one.filing is not None:
            sign_all(one.filing)
    douyin = Account.objects.get(platform="douyin")
    renamed = Account.objects.get(organisation=water, platform="wechat")
    assert (douyin.organisation, renamed.name, renamed.verified_subject) == (
        water, "云岭县水利和林业局", "云岭县水利和林业局",
    )  # fmt: skip
    assert Notice.objects.count() == 3
    closing = Account.objects.get(organisation=forest, platform="wechat")
    assert (closing.state, closing.merged_into) == ("closing", renamed)
    with pytest.raises(Refused, match="“云岭林业”注销"):
        actions.finish_reform(actor=officer, reform_id=reform.pk)
    approved(officer, "deregister", account=closing, attachments=[proof(forest, officer)])
    empty_the_body(office, forest, water)
    assert left(merged) == {"停用原单位": 1}
    end_organisation(actor=officer, organisation_id=forest.pk)
    assert progress_of(reform)[0] == progress_of(reform)[1]
    assert [item.kind for item in work_items(actor=officer)] == ["机构改革"]
    assert actions.finish_reform(actor=officer, reform_id=reform.pk).state == ReformState.DONE
    assert work_items(actor=officer) == []


def empty_the_body(office: Office, body: Organisation, to: Organisation) -> None:
    """Move or close its people and revoke their roles, by the administrators."""
    system = office.county.person("system", office.body, Role.SYSTEM_ADMIN, subtree=True)
    security = office.county.person("security", office.body, Role.SECURITY_ADMIN, subtree=True)
    with pytest.raises(Refused, match="还有 3 个角色没有收回"):
        end_organisation(actor=office["officer"], organisation_id=body.pk)
    for assignment in RoleAssignment.objects.filter(organisation=body, revoked_at=None):
        revoke_role(actor=security, assignment_id=assignment.pk)
    first, *others = User.objects.filter(organisation=body).order_by("pk")
    deactivate_person(actor=system, user_id=first.pk)
    for person in others:
        assert move_person(actor=system, user_id=person.pk, organisation_id=to.pk).organisation == to
    with pytest.raises((Missing, Refused)):
        move_person(actor=office["officer"], user_id=first.pk, organisation_id=to.pk)


def test_a_split_keeps_accounts_unless_told_and_an_abolished_body_closes_them(office: Office) -> None:
    forest, water = prepare(office)
    officer = office["officer"]
    reform = plan(office)
    split = actions.add_part(
        actor=officer, reform_id=reform.pk, kind=PartKind.SPLIT, organisation=water, successor=forest
    )
    assert {one.act for one in plans_of(reform)} == {PlanAct.KEEP}
    weibo = split.plans.get(account__platform="weibo")
    actions.change_plan(actor=officer, reform_id=reform.pk, plan_id=weibo.pk, act=PlanAct.CHANGE)
    wechat = split.plans.get(account__platform="wechat")
    assert actions.change_plan(actor=officer, reform_id=reform.pk, plan_id=wechat.pk, act="merging").target
    with pytest.raises(Refused, match="没有账号，不能并入"):
        actions.change_plan(actor=officer, reform_id=reform.pk, plan_id=weibo.pk, act="merging")
    with pytest.raises(Refused, match="已经列在里面"):
        actions.add_part(actor=officer, reform_id=reform.pk, kind=PartKind.SPLIT, organisation=water, successor=forest)
    actions.remove_part(actor=officer, reform_id=reform.pk, part_id=split.pk)
    actions.add_part(actor=officer, reform_id=reform.pk, kind=PartKind.ABOLISH, organisation=forest)
    assert [one.act for one in plans_of(reform)] == ["closing", "closing"]
    assert actions.start_reform(actor=officer, reform_id=reform.pk) == []
    assert {one.filing.kind for one in plans_of(reform) if one.filing} == {"closing"}
    with pytest.raises(Refused, match="没有接收单位"):
        actions.hand_over(actor=officer, reform_id=reform.pk, part_id=parts_of(reform)[0].pk)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"kind": "rename", "name": ""}, "改名请写新的全称"),
        ({"kind": "rename", "name": "云岭县教育局"}, "同级已有单位叫“云岭县教育局”"),
        ({"kind": "merge"}, "请选接收单位"),
        ({"kind": "merge", "successor": "itself"}, "不能是它自己"),
    ],
)
def test_a_body_that_cannot_become_that_is_refused_in_words(office: Office, more: dict[str, Any], reason: str) -> None:
    reform = plan(office)
    successor = office.water if more.get("successor") else None
    with pytest.raises(Refused, match=reason):
        actions.add_part(
            actor=office["officer"], reform_id=reform.pk, organisation=office.water, **{**more, "successor": successor}
        )


def test_the_pages_lead_through_a_reform_and_a_stranger_sees_none(client: Client, office: Office) -> None:
    forest, water = prepare(office)
    client.force_login(office["officer"])
    assert "还没有机构改革" in client.get("/desk/reforms/").content.decode()
    data = {"organisation": office.body.pk, "title": "改革", "basis": "方案", "effective_on": "2026-03-02"}
    assert client.post("/desk/reforms/new/", {**data, "effective_on": ""}).status_code == 409
    page = client.post("/desk/reforms/new/", data, follow=True)
    address = page.redirect_chain[-1][0]
    reform = Reform.objects.get()
    wrong = client.post(address, {"organisation": forest.pk, "kind": "merge"})
    assert (wrong.status_code, "请选接收单位" in wrong.content.decode()) == (409, True)
    shown = client.post(address, {"organisation": forest.pk, "kind": "merge", "successor": water.pk}, follow=True)
    assert "云岭县林业局：并入其他单位 → 云岭县水务局" in shown.content.decode()
    one = plans_of(reform)[0]
    client.post(f"{address}plans/{one.pk}/", {"act": "closing"})
    assert plans_of(reform)[0].act == "closing"
    started = client.post(f"{address}start/", follow=True).content.decode()
    assert ("还要办" in started, "没有办完的留言" in started, "停用原单位" in started) == (True, True, True)
    assert client.post(f"{address}start/").status_code == 409
    client.force_login(office["answerer"])
    assert client.get(address).status_code == 404
    with pytest.raises(Missing):
        find_reform(actor=office["answerer"], reform_id=reform.pk)
