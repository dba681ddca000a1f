"""A reform of bodies: everything it causes is opened from one entry, and what is left is counted, not ticked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.inbox.office import Office, fresh
from tests.people import make_body
from tests.registry.filing_desk import approved, filed, proof, sign_all

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
from zhijian.reform.queries import find_reform, left_of, left_of_parts, parts_of, plans_of, progress_of, work_items
from zhijian.registry.actions import give_up_account, import_ledger_file, withdraw_filing
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
    assert actions.start_reform(actor=officer, reform_id=reform.pk) == actions.Begun(renamed=1, sent=3)
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
    assert actions.start_reform(actor=officer, reform_id=reform.pk) == actions.Begun(sent=2)
    assert {one.filing.kind for one in plans_of(reform) if one.filing} == {"closing"}
    with pytest.raises(Refused, match="没有接收单位"):
        actions.hand_over(actor=officer, reform_id=reform.pk, part_id=parts_of(reform)[0].pk)


def test_a_body_ends_without_accounts_only_and_a_filing_taken_back_is_opened_again(office: Office) -> None:
    forest, water = prepare(office)
    officer = office["officer"]
    approved(officer, "closing", account=Account.objects.get(organisation=forest, platform="douyin"))
    approved(officer, "opening", body=forest, name="云岭林业")
    frozen = Account.objects.get(organisation=water, platform="weibo")
    stuck = filed(officer, "freeze", account=frozen)
    reform = plan(office)
    merged = actions.add_part(
        actor=officer, reform_id=reform.pk, kind=PartKind.MERGE, organisation=forest, successor=water
    )
    renamed = actions.add_part(
        actor=officer, reform_id=reform.pk, kind=PartKind.RENAME, organisation=water, name="云岭县水利局"
    )
    # What is suggested can be filed: one is on its way out, one was never registered.
    plans = {(one.part_id, one.account.platform): one for one in plans_of(reform)}
    assert {key: one.act for key, one in plans.items()} == {
        (merged.pk, "wechat"): "merging", (merged.pk, "douyin"): "closing", (merged.pk, "weibo"): "closing",
        (renamed.pk, "wechat"): "change", (renamed.pk, "weibo"): "keep",
    }  # fmt: skip
    for act, platform, reason in (
        ("keep", "wechat", "单位要停用，账号不能保留不变"), ("change", "douyin", "“云岭林业”注销中，不能变更"),
        ("merging", "weibo", "“云岭林业”已批准，待注册，不能并入"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=reason):
            actions.change_plan(actor=officer, reform_id=reform.pk, plan_id=plans[merged.pk, platform].pk, act=act)
    with pytest.raises(Refused, match="一个单位只列一次"):
        actions.add_part(
            actor=officer, reform_id=reform.pk, kind=PartKind.RENAME, organisation=forest, name="云岭县林草局"
        )
    actions.change_plan(actor=officer, reform_id=reform.pk, plan_id=plans[renamed.pk, "weibo"].pk, act="change")
    begun = actions.start_reform(actor=officer, reform_id=reform.pk)
    assert (begun.renamed, begun.sent) == (1, 2), "the account with an open filing stops none of the others"
    assert begun.told == [
        "“云岭水务”的备案没有开：这个账号已有一份没办完的备案。请先办完或撤回那一份。"
    ]  # fmt: skip

    # Taken back, by the person who sent it: the page offers it again, with another act as well.
    merging = plans_of(reform)[[one.pk for one in plans_of(reform)].index(plans[merged.pk, "wechat"].pk)]
    assert merging.filing is not None
    withdraw_filing(actor=officer, filing_id=merging.filing.pk)
    shown = {one.label: one for one in left_of(merged)}
    back = shown["微信公众号“云岭林业”：并入接收单位的账号"]
    assert (back.hint, back.plan, back.acts) == (
        "备案已撤回", merging,
        [("change", "变更名称、主体或主办单位"), ("merging", "并入接收单位的账号"), ("closing", "关停")],
    )  # fmt: skip
    assert (shown["抖音“云岭林业”：关停"].is_done, shown["微博“云岭林业”：关停"].hint) == (
        True, "批准后还没有注册，请放弃开设",
    )  # fmt: skip
    hints = {one.label: one.hint for one in left_of(renamed) if not one.is_done}
    assert hints["微博“云岭水务”：变更名称、主体或主办单位"] == "有一份没办完的“停更”备案，先办完或撤回"
    with pytest.raises(Refused, match="有一份没办完的“停更”备案"):
        actions.redo_plan(actor=officer, reform_id=reform.pk, plan_id=plans[renamed.pk, "weibo"].pk, act=PlanAct.CHANGE)
    withdraw_filing(actor=officer, filing_id=stuck.pk)
    keep = actions.redo_plan(actor=officer, reform_id=reform.pk, plan_id=plans[renamed.pk, "weibo"].pk, act="keep")
    assert keep == actions.Begun()
    with pytest.raises(Refused, match="不能保留不变"):
        actions.redo_plan(actor=officer, reform_id=reform.pk, plan_id=merging.pk, act="keep")
    assert actions.redo_plan(actor=officer, reform_id=reform.pk, plan_id=merging.pk, act="closing").sent == 1
    merging.refresh_from_db()
    assert merging.filing is not None
    sign_all(merging.filing)
    with pytest.raises(Refused, match="“云岭林业”已经办好"):
        actions.redo_plan(actor=officer, reform_id=reform.pk, plan_id=merging.pk, act="closing")
    # What somebody filed by hand counts as well.
    by_hand = plans_of(reform)[-2]
    assert (by_hand.act, by_hand.filing is not None) == ("change", True)
    withdraw_filing(actor=officer, filing_id=by_hand.filing_id or 0)
    renamed.refresh_from_db()
    assert left(renamed) == {"微信公众号“云岭县水务局”：变更名称、主体或主办单位": 1}
    approved(officer, "change", account=by_hand.account, new_name="云岭县水利局", new_verified_subject="云岭县水利局")
    assert left(renamed) == {}

    the_body_ends_once_nothing_is_official_there(office, reform, merged, plans[merged.pk, "weibo"].account_id)


def the_body_ends_once_nothing_is_official_there(office: Office, reform: Reform, merged: Part, weibo: int) -> None:
    officer, forest = office["officer"], merged.organisation
    wechat, douyin = Account.objects.filter(organisation=forest).exclude(pk=weibo).order_by("-platform")
    with pytest.raises(Refused, match="名下还有 3 个账号没有注销、也没有转走：“云岭林业”"):
        end_organisation(actor=officer, organisation_id=forest.pk)
    give_up_account(actor=officer, account_id=weibo)
    for account in (wechat, douyin):
        approved(officer, "deregister", account=account, attachments=[proof(forest, officer)])
    empty_the_body(office, forest, office.water)
    assert left(merged) == {"停用原单位": 1}
    end_organisation(actor=officer, organisation_id=forest.pk)
    assert actions.finish_reform(actor=officer, reform_id=reform.pk).state == ReformState.DONE


def test_an_account_kept_at_a_body_that_ends_is_left_and_many_bodies_cost_no_more_queries(office: Office) -> None:
    forest, water = prepare(office)
    reform = plan(office)
    first = actions.add_part(
        actor=office["officer"], reform_id=reform.pk, kind=PartKind.ABOLISH, organisation=forest
    )  # fmt: skip
    with pytest.raises(Refused, match="没有接收单位，不能变更主办单位"):
        actions.change_plan(
            actor=office["officer"], reform_id=reform.pk, plan_id=plans_of(reform)[0].pk, act=PlanAct.CHANGE
        )
    with CaptureQueriesContext(connection) as one:
        left_of_parts(parts_of(reform))
    actions.add_part(
        actor=office["officer"], reform_id=reform.pk, kind=PartKind.RENAME, organisation=water, name="云岭县水利局"
    )
    with CaptureQueriesContext(connection) as two:
        left_of_parts(parts_of(reform))
    assert len(one) == len(two)
    # A plan of before this was refused.
    first.plans.filter(account__platform="wechat").update(act=PlanAct.KEEP)
    first.plans.filter(account__platform="douyin").delete()
    actions.start_reform(actor=office["officer"], reform_id=reform.pk)
    first.refresh_from_db()
    told = {one.label: (one.count, one.hint) for one in left_of(first) if "账号" in one.label or "云岭" in one.label}
    assert told == {
        "微信公众号“云岭林业”：保留不变": (1, "单位要停用，不能保留不变"), "没有列入的账号": (1, ""),
    }  # fmt: skip


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
    assert "已开始。2 份备案已送审。" in started, "nothing is said of renaming where nothing was renamed"
    withdraw_filing(actor=office["officer"], filing_id=plans_of(reform)[0].filing_id or 0)
    assert "备案已撤回" in client.get(address).content.decode()
    again = client.post(f"{address}plans/{one.pk}/", {"act": "closing"}, follow=True).content.decode()
    assert ("已改。1 份备案已送审。" in again, "备案已撤回" in again) == (True, False)
    assert ("还要办" in started, "没有办完的留言" in started, "停用原单位" in started) == (True, True, True)
    assert client.post(f"{address}start/").status_code == 409
    client.force_login(office["answerer"])
    assert client.get(address).status_code == 404
    with pytest.raises(Missing):
        find_reform(actor=office["answerer"], reform_id=reform.pk)
