"""Every kind of filing, from its form to what it does to the register."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from tests.registry.filing_desk import NOTICE, approved, filed, form_of, imported, picture, proof, sign_all
from tests.registry.world import make_body, make_person

from zhijian.audit.queries import events_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.organisations.models import Organisation
from zhijian.registry.actions import (
    Seen,
    begin_day,
    check_identity,
    create_filing,
    give_up_account,
    import_ledger_file,
    refresh_findings,
    reports_to_make,
    rewrite_filing,
    submit_filing,
    why_not_submit,
)
from zhijian.registry.enums import AccountState
from zhijian.registry.models import Account, Exemption, Filing, Finding, IdentityCheck, Notice
from zhijian.registry.queries import (
    bodies_without,
    exemptions_in_force,
    form_facts,
    kinds_for,
    notices,
    public_lookup,
    visible_exemptions,
)
from zhijian.registry.signals import account_deregistered, account_moved
from zhijian.review.actions import sign
from zhijian.review.enums import Decision
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from django.test import Client
    from tests.registry.world import World

WECHAT = "东溪县教育局,微信,东溪教育,dongxijy1,"
WEIBO = "东溪县教育局,微博,东溪教育微博,1234567890,"


def open_findings(account: Account) -> list[str]:
    return sorted(Finding.objects.filter(account=account, closed_at=None).values_list("kind", flat=True))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.BEIJING)


def test_an_account_is_closed_by_notice_keep_alive_proof_and_a_last_filing(world: World) -> None:
    ended: list[int] = []
    account_deregistered.connect(lambda **told: ended.append(told["account_id"]), weak=False, dispatch_uid="test")
    (account,) = imported(world, WECHAT)
    with clock.at(at("2026-03-02 10:00")):
        filing = approved(world.officer, "closing", account=account)
    account.refresh_from_db()
    notice = Notice.objects.get()
    assert (account.state, account.holds_place, str(notice), notice.until, notice.filing) == (
        AccountState.CLOSING, True, NOTICE["notice_title"], date(2026, 4, 1), filing,
    )  # fmt: skip
    assert public_lookup("东溪教育").verdict == "official"
    assert [str(kind) for kind in kinds_for(account)] == ["resume", "deregister"]
    with clock.at(at("2026-05-02 10:00")):
        begin_day()
        assert open_findings(account) == ["closing_stuck"]
        draft = create_filing(
            actor=world.officer, kind="deregister", account_id=account.pk, form=form_of("deregister", grounds="")
        )
        assert why_not_submit(actor=world.officer, filing=draft) == ["还没有上传：平台注销证明。"]
        form = form_of("deregister", grounds="", attachments=[proof(world.education, world.officer)])
        early = rewrite_filing(
            actor=world.officer, filing_id=draft.pk, form={**form, "happened_on": "2026-03-20"}, seen=draft.version_hash
        )
        assert why_not_submit(actor=world.officer, filing=early) == [
            "公告期到 2026-04-01，平台却在 2026-03-20 就注销了。请在“说明”里写明原因。"
        ]
        late = rewrite_filing(actor=world.officer, filing_id=draft.pk, form={**form, "happened_on": "2026-05-03"})
        assert "还没有到" in why_not_submit(actor=world.officer, filing=late)[0]
        last = rewrite_filing(actor=world.officer, filing_id=draft.pk, form={**form, "happened_on": "2026-04-30"})
        assert last.due_at == at("2026-05-11 17:30"), last.due_text
        submit_filing(actor=world.officer, filing_id=last.pk)
        sign_all(last)
    account.refresh_from_db()
    assert (account.state, account.closed_on, open_findings(account), ended) == (
        AccountState.DEREGISTERED, date(2026, 4, 30), [], [account.pk],
    )  # fmt: skip
    assert public_lookup("东溪教育").verdict == "former"
    told = [
        (event.name, event.data.get("changes"))
        for event in events_of(thing_kind="registry.account", thing_id=account.pk)
    ]
    assert told[1:] == [
        ("registry.account.changed", {"state": ["active", "closing"]}),
        ("registry.account.changed", {"state": ["closing", "deregistered"], "closed_on": [None, "2026-04-30"]}),
    ]
    assert approved(world.officer, "opening", body=world.education, platform="wechat", kind="subscription").account
    account_deregistered.disconnect(dispatch_uid="test")


def test_a_closing_may_be_taken_back_and_a_freeze_ends_by_resuming(world: World) -> None:
    (account,) = imported(world, WECHAT)
    for kind, state in (
        ("freeze", "frozen"),
        ("resume", "active"),
        ("freeze", "frozen"),
        ("closing", "closing"),
        ("resume", "active"),
    ):
        approved(world.officer, kind, account=account)
        account.refresh_from_db()
        assert account.state == state
    assert [notice.kind for notice in notices()] == ["resume", "closing", "freeze", "resume", "freeze"]


def test_a_change_writes_what_it_says_and_keeps_the_past_name(world: World) -> None:
    (account,) = imported(world, WECHAT)
    filing = create_filing(actor=world.officer, kind="change", account_id=account.pk, form={"grounds": "改"})
    assert why_not_submit(actor=world.officer, filing=filing) == ["没有写要改成什么。请至少填一项变更后的内容。"]
    rewrite_filing(
        actor=world.officer, filing_id=filing.pk, form={"grounds": "改", "new_name": "教育那些事", "new_leader": "赵五"}
    )
    filing.refresh_from_db()
    reasons = why_not_submit(actor=world.officer, filing=filing)
    assert reasons[0] == "还没有填：公告标题、公告正文、变更日期。"
    assert "看不出主办单位或地区" in reasons[1]
    form = form_of("change", new_name="东溪教育发布", new_leader="赵五", happened_on="2026-03-02")
    filing = rewrite_filing(actor=world.officer, filing_id=filing.pk, form=form)
    assert ("账号名称", "东溪教育 → 东溪教育发布") in form_facts(filing)
    assert filing.due_at == at("2026-03-09 17:30")
    submit_filing(actor=world.officer, filing_id=filing.pk)
    sign_all(filing)
    account.refresh_from_db()
    assert (account.name, account.leader, account.positioning) == ("东溪教育发布", "赵五", "")
    assert [row.name for row in account.past_names.all()] == ["东溪教育"]
    assert Notice.objects.get().kind == "change"


def test_what_somebody_changed_during_the_review_is_not_overwritten(world: World) -> None:
    (account,) = imported(world, WECHAT)
    filing = filed(world.officer, "change", account=account, new_positioning="发布招生信息。")
    sign_all(filing, stages=1)
    Account.objects.filter(pk=account.pk).update(positioning="县里改的")
    with pytest.raises(Refused, match="功能定位在审核期间已改为“县里改的”"):
        sign_all(filing)
    assert Account.objects.get().positioning == "县里改的"


def test_an_account_goes_to_another_body_only_if_its_head_takes_it_and_the_place_is_free(world: World) -> None:
    moved: list[tuple[int, int]] = []
    account_moved.connect(
        lambda **told: moved.append((told["account_id"], told["organisation_id"])), weak=False, dispatch_uid="test"
    )
    make_person("health_head", world.health, Role.HEAD)
    (account,) = imported(world, WECHAT)
    Account.objects.update(verified_subject="某文化公司")
    refresh_findings([world.education.pk])
    filing = filed(world.officer, "change", account=account, new_organisation=world.health.pk)
    review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
    assert review is not None
    assert [(stage.organisation, stage.roles) for stage in review.stages.all()] == [
        (world.education, ["head"]), (world.health, ["head"]), (world.county, ["supervising_officer", "head"]),
    ]  # fmt: skip
    sign_all(filing)
    account.refresh_from_db()
    assert (account.organisation, account.holds_place, moved) == (
        world.health, True, [(account.pk, world.health.pk)],
    )  # fmt: skip
    # The finding goes along: the new body sees it, and its next check finds it as its own.
    assert Finding.objects.get(closed_at=None, kind="subject_differs").organisation == world.health
    refresh_findings([world.health.pk])
    (second,) = imported(world, "东溪县教育局,微信,东溪教育二,dongxierhao,")
    with pytest.raises(Refused, match="县卫健局在微信公众号已有账号“东溪教育”"):
        filed(world.officer, "change", account=second, new_organisation=world.health.pk)
    account_moved.disconnect(dispatch_uid="test")


def test_one_account_is_merged_into_another_and_points_to_it(world: World) -> None:
    wechat, weibo = imported(world, WECHAT, WEIBO)
    with pytest.raises(Refused, match="不能并入它自己"):
        filed(world.officer, "merging", account=weibo, target=weibo.pk)
    Filing.objects.all().delete()
    filing = approved(world.officer, "merging", account=weibo, target=wechat.pk)
    weibo.refresh_from_db()
    assert (weibo.state, weibo.merged_into) == (AccountState.CLOSING, wechat)
    assert ("并入的账号", "东溪教育（微信公众号，东溪县教育局）") in form_facts(filing)


def test_a_second_account_stands_only_under_an_exemption_for_its_term(world: World) -> None:
    with clock.at(at("2026-03-02 10:00")):
        first, surplus = imported(world, WEIBO, "东溪县教育局,微博,东溪教育二,9876543210,")
        assert (first.holds_place, surplus.holds_place, open_findings(surplus)) == (
            True, False, ["name_differs", "surplus"],
        )  # fmt: skip
        with pytest.raises(Refused, match="一次最多批 24 个月"):
            filed(world.officer, "exemption", account=surplus, until="2029-01-01")
        Filing.objects.all().delete()
        approved(world.officer, "exemption", account=surplus, until="2026-12-31")
        assert open_findings(surplus) == ["name_differs"]
        with pytest.raises(Refused, match="先申请多开例外"):
            filed(world.officer, "opening", body=world.education)
        Filing.objects.filter(kind="opening").delete()
        approved(world.officer, "exemption", body=world.education, until="2026-06-30")
        opened = approved(world.officer, "opening", body=world.education, name="东溪教育课堂").account
        assert opened is not None
        assert (opened.holds_place, opened.exemptions.get().valid_until) == (False, date(2026, 6, 30))
        assert {row.account for row in exemptions_in_force()} == {surplus, opened}
    with clock.at(at("2026-07-01 00:10")):
        assert (begin_day(), begin_day()) == (1, 0)
        assert open_findings(opened) == ["exemption_expired", "name_differs"]
        approved(world.officer, "exemption", account=opened, until="2026-12-31")
        assert open_findings(opened) == ["name_differs"]
    assert visible_exemptions(actor=world.stranger).count() == 0
    assert visible_exemptions(actor=world.officer).count() == 3


def test_a_place_that_becomes_free_goes_to_the_account_that_stood_beside_it_longest(world: World) -> None:
    other = "东溪县教育局,微博,东溪教育二,9876543210,"
    make_person("health_head", world.health, Role.HEAD)
    first, surplus, third = imported(world, WEIBO, other, "东溪县教育局,微博,东溪教育三,9876543211,")
    approved(world.officer, "exemption", account=surplus, until=(clock.today() + timedelta(days=60)).isoformat())
    paper = proof(world.education, world.officer)
    approved(world.officer, "closing", account=first)
    approved(world.officer, "deregister", account=first, attachments=[paper])
    with pytest.raises(Refused, match="已有账号“东溪教育三”"):
        filed(world.officer, "opening", body=world.education)
    Filing.objects.filter(kind="opening").delete()
    for account, holds, kinds in ((surplus, False, []), (third, True, ["name_differs"])):
        account.refresh_from_db()
        assert (account.holds_place, open_findings(account)) == (holds, kinds), account
    told = [event.data.get("changes") for event in events_of(thing_kind="registry.account", thing_id=third.pk)]
    assert {"holds_place": [False, True]} in told
    # What the old body was allowed does not go along to another one.
    approved(world.officer, "change", account=surplus, new_organisation=world.health.pk)
    assert exemptions_in_force().count() == 0


def test_who_wrote_in_a_filing_signs_it_in_no_office(world: World) -> None:
    (account,) = imported(world, WECHAT)
    filing = filed(world.officer, "freeze", account=account)
    sign_all(filing, stages=1)
    review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
    assert review is not None
    sign(
        review_id=review.pk, decision=Decision.RETURN, version_hash=review.version_hash, gates={}, comment="写清楚。",
        actor=world.supervisor,
    )  # fmt: skip
    rewrite_filing(actor=world.supervisor, filing_id=filing.pk, form=form_of("freeze", grounds="人手不够。"))
    filing.refresh_from_db()
    with pytest.raises(Refused, match=r"supervisor在 .* 已经“修改备案”。请看过新的内容再提交"):
        submit_filing(actor=world.officer, filing_id=filing.pk, seen=review.version_hash)
    submit_filing(actor=world.officer, filing_id=filing.pk, seen=filing.version_hash)
    sign_all(filing, stages=1)
    again = current_review(thing_kind="registry.filing", thing_id=filing.pk)
    assert again is not None
    with pytest.raises(Refused, match="不能审核自己"):
        sign(
            review_id=again.pk, decision=Decision.APPROVE, version_hash=again.version_hash, gates={}, comment="",
            actor=world.supervisor,
        )  # fmt: skip


def test_an_unfiled_account_is_a_finding_until_it_is_filed_late(world: World) -> None:
    (account,) = imported(world, WECHAT)
    Account.objects.update(state=AccountState.UNFILED)
    refresh_findings([world.education.pk])
    assert open_findings(account) == ["unfiled"]
    account.refresh_from_db()
    approved(world.officer, "late", account=account)
    account.refresh_from_db()
    assert (account.state, account.leader, open_findings(account)) == (AccountState.ACTIVE, "李一", [])


def test_a_certification_counts_down_before_it_ends(world: World) -> None:
    (account,) = imported(world, WECHAT)
    Account.objects.update(certified_until=date(2026, 6, 30))
    for day, wanted in (
        ("2026-04-30", []),
        ("2026-05-01", ["certification_ends"]),
        ("2026-07-01", ["certification_ends"]),
    ):
        with clock.at(at(f"{day} 01:00")):
            begin_day()
        assert open_findings(account) == wanted
    assert Finding.objects.get(closed_at=None).detail.startswith("平台认证2026-06-30 已到期")


def test_a_rename_a_stranger_with_the_name_and_a_vanished_account_come_to_light(client: Client, world: World) -> None:
    (account,) = imported(world, WECHAT)
    client.force_login(world.officer)
    address = f"/desk/accounts/{account.pk}/check/"
    assert client.post(address, {"name": ""}).status_code == 409
    seen = {
        "name": "东溪教育资讯", "verified_subject": "某文化公司", "certified_until": "2030-01-01",
        "name_taken_by": "https://mp.weixin.qq.com/x", "picture": SimpleUploadedFile("a.png", picture()),
    }  # fmt: skip
    Account.objects.update(verified_subject="东溪县教育局")
    page = client.post(address, seen, follow=True).content.decode()
    assert open_findings(account) == ["name_taken", "renamed", "subject_changed"]
    assert ("平台上叫“东溪教育资讯”" in page, "认证主体 某文化公司" in page) == (True, True)
    account.refresh_from_db()
    check = account.identity_checks.get()
    assert (account.name, account.certified_until, check.by) == ("东溪教育", date(2030, 1, 1), world.officer)
    assert client.get(f"/files/{check.evidence}").status_code == 200
    check_identity(actor=world.officer, account_id=account.pk, seen=Seen(found=False))
    assert open_findings(account) == ["not_found"]
    check_identity(actor=world.officer, account_id=account.pk, seen=Seen(name="东溪教育"))
    assert open_findings(account) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        IdentityCheck.objects.update(name="别的")
    client.force_login(world.stranger)
    assert client.get(address).status_code == 404


def test_an_approved_account_that_is_never_opened_gives_its_place_back(world: World) -> None:
    account = approved(world.officer, "opening", body=world.education).account
    assert account is not None
    give_up_account(actor=world.officer, account_id=account.pk)
    account.refresh_from_db()
    assert (account.state, public_lookup(account.name).verdict) == (AccountState.GIVEN_UP, "not_registered")
    assert approved(world.officer, "opening", body=world.education).state == "approved"
    with pytest.raises(Refused, match="不用再登记"):
        give_up_account(actor=world.officer, account_id=account.pk)


def test_the_second_of_two_officers_learns_what_the_first_did(world: World) -> None:
    (account,) = imported(world, WECHAT)
    other = make_person("second", world.education, Role.HOST_OFFICER)
    with clock.at(at("2026-03-02 10:00")):
        filing = create_filing(actor=world.officer, kind="freeze", account_id=account.pk, form=form_of("freeze"))
    seen = filing.version_hash
    with clock.at(at("2026-03-02 10:05")):
        rewrite_filing(actor=other, filing_id=filing.pk, form=form_of("freeze", grounds="停办"), seen=seen)
    with pytest.raises(Refused, match="second在 03月02日 10:05 已经“修改备案”"):
        rewrite_filing(actor=world.officer, filing_id=filing.pk, form=form_of("freeze"), seen=seen)
    with clock.at(at("2026-03-02 10:06")):
        submit_filing(actor=other, filing_id=filing.pk)
    with pytest.raises(Refused) as refused:
        submit_filing(actor=world.officer, filing_id=filing.pk)
    assert refused.value.reasons == [
        "备案审核中，不能再改和提交。", "最近一次：second在 03月02日 10:06 已经“提交备案”。",
    ]  # fmt: skip
    with pytest.raises(Refused, match="这个账号已有一份没办完的备案"):
        create_filing(actor=world.officer, kind="closing", account_id=account.pk, form={})
    with pytest.raises(Missing):
        create_filing(actor=world.stranger, kind="closing", account_id=account.pk, form={})


def test_places_ask_for_more_papers_and_further_reports(world: World) -> None:
    filing = approved(world.officer, "opening", body=world.education, platform="weibo", kind="weibo")
    assert [one.partition("。")[0] for one in reports_to_make(filing)] == ["在全国政务新媒体信息报送系统里报送"]
    Organisation.objects.filter(pk=world.city.pk).update(policy_pack="langfang")
    world.education.refresh_from_db()
    assert [one.partition("。")[0] for one in reports_to_make(filing)][1:] == ["30 天内在属地网信部门登记"]
    Organisation.objects.filter(pk=world.county.pk).update(policy_pack="yanta")
    with pytest.raises(Refused, match="还没有上传：备案承诺书"):
        filed(world.officer, "opening", body=world.education, platform="douyin", kind="douyin")
    Filing.objects.filter(state="draft").delete()
    Organisation.objects.filter(pk=world.county.pk).update(policy_pack="shaanxi")
    with pytest.raises(Refused, match="还没有上传：实施方案"):
        filed(world.officer, "opening", body=world.education, platform="douyin", kind="douyin")


def test_a_filing_that_is_late_says_so_and_waits_on_the_desk_by_the_day_in_beijing(
    client: Client, world: World
) -> None:
    (account,) = imported(world, WECHAT)
    with clock.at(at("2026-03-02 10:00")):
        form = form_of("freeze", happened_on="2026-03-02")
        filing = create_filing(actor=world.officer, kind="freeze", account_id=account.pk, form=form)
    Filing.objects.filter(pk=filing.pk).update(due_at=at("2026-03-03 05:55"))
    client.force_login(world.officer)
    for now, group in (
        ("2026-03-02 23:50", "以后到期"), ("2026-03-03 00:30", "今天到期"), ("2026-03-03 06:00", "已超期"),
    ):  # fmt: skip
        with clock.at(at(now)):
            home = client.get("/desk/")
            groups = {label: [item.title for item in items] for label, items in home.context["groups"]}
            assert groups[group] == [str(filing)]
            assert sum(map(len, groups.values())) == home.context["count"]
    with clock.at(at("2026-03-03 09:00")):
        assert "超期报送" in client.get(f"/desk/accounts/filings/{filing.pk}/").content.decode()
        assert client.get("/desk/accounts/filings/?late=1").context["page"].total == 1
        assert client.get("/desk/accounts/filings/?late=0").context["page"].total == 0


def test_who_must_have_an_account_and_who_may_not(client: Client, world: World) -> None:
    def lacking() -> list[str]:
        return [body.short_name for body in bodies_without(actor=world.city_officer).order_by("path")]

    assert lacking() == ["云岭市政府", "东溪县政府", "西溪县政府"]
    imported(world, "东溪县人民政府,微信,东溪发布,dongxifb1,")
    office = make_body("云岭市人民政府办公室", world.city, Level.CITY, BodyKind.OFFICE)
    assert lacking() == ["云岭市政府", "西溪县政府"]
    ledger = "主办单位,平台,账号名称,账号ID\n云岭市人民政府办公室,微信,云岭发布,yunlingfb1".encode()
    import_ledger_file(actor=world.city_officer, organisation=world.city, file_name="市.csv", content=ledger)
    assert (lacking(), office.accounts.count()) == (["西溪县政府"], 1)
    client.force_login(world.city_officer)
    page = client.get("/desk/accounts/must-have/").content.decode()
    assert ("西溪县人民政府" in page, "东溪县人民政府" in page) == (True, False)
    client.force_login(world.stranger)
    assert "西溪县人民政府" in client.get("/desk/accounts/must-have/").content.decode()
    client.force_login(world.officer)
    assert "西溪县人民政府" not in client.get("/desk/accounts/must-have/").content.decode()
    (low,) = imported(world, WECHAT)
    Organisation.objects.filter(pk=world.county.pk).update(policy_pack="guangdong")
    refresh_findings([world.education.pk])
    assert open_findings(low) == ["may_not"]


def test_a_notice_with_gaps_goes_to_nobody(world: World) -> None:
    (account,) = imported(world, WECHAT)
    with pytest.raises(Refused, match="公告里还有没填的“（原因）”"):
        filed(world.officer, "closing", account=account, notice_text="因（原因）关停。")


def test_postgresql_itself_keeps_ends_exemptions_and_notices(world: World) -> None:
    (account,) = imported(world, WECHAT)
    approved(world.officer, "closing", account=account)
    exemption = approved(
        world.officer, "exemption", body=world.education, until=(clock.today() + timedelta(days=9)).isoformat()
    )
    attempts = (
        (lambda: Account.objects.filter(pk=account.pk).update(state="deregistered"), "ends only by an approved filing"),
        (lambda: Notice.objects.update(text="别的"), "never changes"),
        (lambda: Notice.objects.all().delete(), "never changes"),
        (lambda: Exemption.objects.update(valid_until=date(2099, 1, 1)), "taken and ended, not changed"),
        (lambda: Exemption.objects.all().delete(), "never deleted"),
        (
            lambda: Exemption.objects.create(
                organisation=world.health,
                platform_group="weibo",
                filing=Filing.objects.exclude(pk=exemption.pk)[0],
                grounds="x",
                granted_on=clock.today(),
                valid_until=clock.today(),
            ),
            "needs an approved filing",
        ),
    )
    for attempt, refusal in attempts:
        with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            attempt()


def test_several_filings_are_signed_on_one_page_and_only_those_ticked(client: Client, world: World) -> None:
    first, second = imported(world, WECHAT, "石桥镇人民政府,微信,石桥发布,shiqiao01,")
    make_person("town_head", world.town, Role.HEAD)
    filings = [filed(world.supervisor, "freeze", account=account) for account in (first, second)]
    for filing in filings:
        sign_all(filing, stages=1)
    client.force_login(world.county_head)
    assert "2 份备案一起看" in client.get("/desk/review/").content.decode()
    page = client.get("/desk/review/together/")
    shown = page.content.decode()
    assert ("东溪教育" in shown, "石桥发布" in shown, "情况属实、公告清楚" in shown) == (True, True, True)
    reviews = [current_review(thing_kind="registry.filing", thing_id=filing.pk) for filing in filings]
    versions = {f"version-{review.pk}": review.version_hash for review in reviews if review}
    assert "没有勾选" in client.post("/desk/review/together/", versions, follow=True).content.decode()
    ticked = {**versions, **{f"sign-{review.pk}": "on" for review in reviews[:1] if review}}
    assert "已签 1 份" in client.post("/desk/review/together/", ticked, follow=True).content.decode()
    assert [Filing.objects.get(pk=filing.pk).state for filing in filings] == ["approved", "in_review"]
    other = dict.fromkeys(versions, "0" * 64)
    late = client.post("/desk/review/together/", {**ticked, **other, f"sign-{reviews[1].pk}": "on"}, follow=True)  # type: ignore[union-attr]  # both were sent
    assert "不是现在送审的这一版" in late.content.decode()
    sign_all(filings[1])
    overtaken = client.post("/desk/review/together/", {**versions, f"sign-{reviews[1].pk}": "on"}, follow=True)  # type: ignore[union-attr]  # as above
    assert "“停更：石桥发布”没有签：" in overtaken.content.decode()
