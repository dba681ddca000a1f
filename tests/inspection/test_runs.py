"""What a night's run keeps: verdicts with their rule and evidence, standings, findings, re-checks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.inspection.world import SHOT, WRONG, day, post
from tests.observation.world import make_account, make_source

from zhijian.inspection import actions, queries
from zhijian.inspection.enums import FindingState, Result, RunState
from zhijian.inspection.models import Current, Finding, Run, Standing, Verdict
from zhijian.knowledge.actions import AllowanceDraft, approve_allowance, propose_allowance
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.models import Notice
from zhijian.observation.actions import HandLook, record_hand_look
from zhijian.observation.models import LinkCheck
from zhijian.observation.queries import url_digest
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.test import Client
    from tests.inspection.world import Scene

    from zhijian.knowledge.models import Allowance


def standing(scene: Scene) -> Standing:
    return Standing.objects.get(account=scene.watch.site)


def quiet_since(scene: Scene, until: int) -> None:
    """Post on day 0 and look every day until `until`, seeing nothing more."""
    scene.look(-20, 0, post(0))
    for number in range(until):
        scene.look(number, number + 1)


def test_an_account_falls_silent_is_warned_on_the_derived_days_and_fails_after_the_window(scene: Scene) -> None:
    scene.look(-20, 0, post(0))
    told: dict[int, tuple[str, int | None, int | None]] = {}
    for number in range(16):
        if number:
            scene.look(number - 1, number)
        scene.run(number + 0.01)
        row = standing(scene)
        told[number] = (row.result, row.warned_day, row.left_days)

    assert [number for number in told if told[number][0] == Result.PASS] == [0, 1, 2, 3, 4, 5, 6]
    assert {number: told[number][1:] for number in range(7, 15)} == {
        7: (7, 7), 8: (7, 6), 9: (7, 5), 10: (10, 4), 11: (10, 3), 12: (12, 2), 13: (12, 1), 14: (14, 0),
    }  # fmt: skip
    assert told[15] == (Result.FAIL, 14, -1)
    finding = Finding.objects.get(account=scene.watch.site)
    assert (finding.indicator, finding.is_veto, finding.state) == ("NM-V2.1", True, FindingState.OPEN)
    titles = Notice.objects.filter(person=scene.host).order_by("pk").values_list("title", flat=True)
    assert list(titles) == [
        "云岭水务网7 天没有更新，还剩 7 天",
        "云岭水务网10 天没有更新，还剩 4 天",
        "云岭水务网12 天没有更新，还剩 2 天",
        "云岭水务网14 天没有更新，已经超期",
    ]


def test_a_verdict_names_its_rule_its_time_and_its_evidence(scene: Scene) -> None:
    quiet_since(scene, 15)
    scene.run(15.01)

    verdict = Finding.objects.get().verdict
    assert verdict.rule_key == "update.window_days"
    assert verdict.rule_value == "14 天"
    assert "国办秘函〔2019〕19号" in verdict.rule_document
    assert len(verdict.rule_version) == 16
    assert verdict.computed_at == day(15.01)
    assert (verdict.window_from, verdict.window_to) == (day(1), day(15))
    assert len(verdict.evidence["looks"]) == 16


def test_an_outage_in_the_same_days_gives_no_verdict_and_no_finding(scene: Scene) -> None:
    quiet_since(scene, 8)
    for number in range(8, 15):
        scene.fail(number, number + 1)
    run = scene.run(15.01)

    row = standing(scene)
    assert (row.result, row.silent_days, row.left_days) == (Result.COULD_NOT_LOOK, None, None)
    assert not Finding.objects.exists()
    reason = Current.objects.get(account=scene.watch.site, indicator="NM-V2.1").verdict.reason
    assert reason == "期限内没有看全，不下结论。订阅源：订阅源打不开。"
    assert run.counts == {"pass": 0, "warning": 0, "fail": 0, "could_not_look": 3}


def test_a_hosts_own_word_without_a_proof_does_not_end_a_silence(scene: Scene) -> None:
    quiet_since(scene, 15)
    with clock.at(day(15)):
        seen = HandLook(looked_at=day(15), last_post_at=day(14.9), title="刚发的")
        record_hand_look(actor=scene.host, account_id=scene.watch.site.pk, look=seen)
    scene.run(15.01)

    assert standing(scene).result == Result.FAIL


def test_the_same_answer_by_the_same_rules_is_written_once(scene: Scene) -> None:
    quiet_since(scene, 3)
    scene.run(2.01)
    before = Verdict.objects.count()
    scene.run(3.01)

    assert Verdict.objects.count() == before
    current = Current.objects.get(account=scene.watch.site, indicator="NM-V2.1")
    assert (current.since, current.checked_at) == (day(2.01), day(3.01))


def test_a_local_rule_judges_by_its_own_window(scene: Scene) -> None:
    county = scene.watch.county.county
    county.policy_pack = "gansu"
    county.save()
    quiet_since(scene, 8)
    scene.run(8.01)

    row = standing(scene)
    assert (row.result, row.window_days) == (Result.FAIL, 7)
    assert Finding.objects.get().verdict.rule_pack == "甘肃"


def test_a_serious_wording_is_found_with_its_place_and_the_rule_set(scene: Scene) -> None:
    look = scene.look(-1, 0, post(-0.5, "公告", f"{WRONG}成立"), post(-0.2, "通知"))
    run = scene.run(0.01)

    finding = Finding.objects.get(indicator="NM-V1.1")
    texts = finding.verdict.evidence["texts"]
    assert finding.title == f"严重表述错误：“{WRONG}”"
    assert (finding.verdict.term_version, run.term_rules) == (run.term_rules[0], [finding.verdict.term_version])
    assert [len(row["hits"]) for row in texts] == [1, 0]
    assert texts[0]["hits"][0]["excerpt"] == WRONG
    assert texts[0]["version"] == look.versions.first().pk  # type: ignore[union-attr]  # it is there
    assert standing(scene).result == Result.FAIL


def test_a_clean_new_piece_does_not_mend_an_old_one_but_a_correction_does(scene: Scene) -> None:
    scene.look(-1, 0, post(-0.5, "公告", f"{WRONG}成立"))
    scene.run(0.01)
    scene.look(0, 1, post(0.5, "通知"))
    scene.run(1.01)
    assert standing(scene).result == Result.FAIL

    finding = Finding.objects.get(indicator="NM-V1.1")
    with clock.at(day(1.1)):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请更正。")
    scene.look(-1, 2, post(-0.5, "公告", "中华人民共和国成立"), post(0.5, "通知"))
    scene.run(2.01)

    finding.refresh_from_db()
    assert (finding.state, finding.ending) == (FindingState.CLOSED, "复查通过：最新一版里已经没有这处错误。")
    assert standing(scene).result == Result.PASS


def test_a_summary_without_the_wording_does_not_say_that_the_text_was_mended(scene: Scene) -> None:
    scene.look(-1, 0, post(-0.5, "公告", f"{WRONG}成立", whole=False))
    scene.run(0.01)
    finding = Finding.objects.get(indicator="NM-V1.1")
    with clock.at(day(0.1)):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请更正。")
    scene.look(-1, 1, post(-0.5, "公告", "摘要", whole=False))
    scene.run(1.01)

    finding.refresh_from_db()
    assert finding.state == FindingState.ORDERED
    assert [row.result for row in finding.rechecks.all()] == [Result.FAIL, Result.COULD_NOT_LOOK]


def test_only_a_summary_was_seen_so_the_wording_is_not_called_clean(scene: Scene) -> None:
    scene.look(-1, 0, post(-0.5, "公告", "摘要", whole=False))
    scene.run(0.01)

    assert Current.objects.get(account=scene.watch.site, indicator="NM-V1.1").result == Result.COULD_NOT_LOOK


def test_a_dead_link_is_found_and_mended_without_a_veto(scene: Scene) -> None:
    url = "https://old.example/form"
    scene.look(-1, 0, post(-0.5, "办事", links=((url, "下载"),)))
    scene.run(0.01)

    def check(at: float, result: str, reason: str = "") -> None:
        LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(at), result=result, reason=reason)

    check(0.5, "gone", "网页不存在（404）。")
    check(0.6, "could_not_look", "连不上。")
    check(0.7, "gone", "网页不存在（404）。")
    scene.run(1.01)
    finding = Finding.objects.get(indicator="LINK")
    assert (finding.is_veto, finding.detail) == (False, f"链接打不开：网页不存在（404）。{url}")
    assert standing(scene).result != Result.FAIL

    with clock.at(day(1.1)):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请改正。")
    check(1.5, "reached")
    scene.run(2.01)
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED


def test_a_link_to_a_hijacked_page_is_found_with_its_evidence_and_mended(scene: Scene) -> None:
    url, signs = "https://old.example/form", ["隐藏内容（字号为零）：百家乐 六合彩"]
    scene.look(-1, 0, post(-0.5, "办事", links=((url, "下载"),)))
    scene.run(0.01)

    def check(at: float, landing: str, reason: str, signs: list[str]) -> None:
        LinkCheck.objects.create(
            url=url,
            url_sha256=url_digest(url),
            at=day(at),
            result="reached",
            landing=landing,
            reason=reason,
            signs=signs,
        )

    check(0.5, "hijacked", "像是被人篡改过。", signs)
    scene.run(1.01)
    finding = Finding.objects.get(indicator="LINK")
    assert (finding.title, finding.detail) == (
        f"链接通向有问题的页面：{url}", f"链接通向有问题的页面：像是被人篡改过。{url}",
    )  # fmt: skip
    assert (finding.verdict.evidence["landing"], finding.verdict.evidence["signs"]) == ("hijacked", signs)
    with clock.at(day(1.1)):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请改正。")
    check(1.5, "clean", "", [])
    scene.run(2.01)
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED


def test_a_link_that_ends_on_a_host_the_body_vouches_for_is_no_finding(scene: Scene) -> None:
    url, host = "https://old.example/form", "www.lake-school.top"
    approved = make_allowance(scene, host)
    school = make_source(scene.watch.school)
    for source in (scene.source, school):
        scene.look(-1, 0, post(-0.5, "办事", links=((url, "下载"),)), source=source)
    scene.run(0.01)

    def check(at: float, final: str, landing: str = "clean") -> None:
        LinkCheck.objects.create(
            url=url, url_sha256=url_digest(url), at=day(at), result="reached", final_url=final, landing=landing,
        )  # fmt: skip

    check(0.5, f"https://apply.{host}/form")
    scene.run(1.01)
    rows = Finding.objects.filter(indicator="LINK").order_by("pk")
    assert [(row.account, f"（apply.{host}）" in row.detail) for row in rows] == [(scene.watch.school, True)]

    check(1.5, f"https://apply.{host}/form", "gambling")
    scene.run(2.01)
    own = rows.get(account=scene.watch.site)
    assert own.title.startswith("链接通向有问题的页面")
    check(2.5, "https://elsewhere.example/form")
    scene.run(3.01)
    assert Finding.objects.get(pk=own.pk).state == FindingState.OPEN
    check(3.5, f"https://apply.{host}/form")
    scene.run(4.01)
    assert Finding.objects.get(pk=own.pk).state != FindingState.OPEN
    assert approved.organisation == scene.watch.county.water


def make_allowance(scene: Scene, host: str) -> Allowance:
    """Let the water bureau vouch for a host."""
    county, until = scene.watch.county, clock.today() + timedelta(days=90)
    draft = AllowanceDraft("host", "", "合作学校的官方网站。", until, host)
    reviewer = county.person("vouching", county.water, Role.FINAL_REVIEWER)
    row = propose_allowance(actor=scene.watch.editor, organisation=county.water, draft=draft)
    return approve_allowance(actor=reviewer, allowance_id=row.pk)


def write_off(scene: Scene, finding: Finding, at: float) -> None:
    with clock.at(day(at)):
        claim = actions.appeal(actor=scene.host, finding_id=finding.pk, reason="核对过。")
        actions.decide_appeal(actor=scene.second, appeal_id=claim.pk, accept=True, decision="属实")
    finding.refresh_from_db()


def dead_link(scene: Scene) -> tuple[Finding, str]:
    """A post with a dead link that is ordered to be put right."""
    url = "https://old.example/form"
    scene.look(-1, 0, post(-0.5, "办事", links=((url, "下载"),)))
    LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(0), result="gone", reason="没有了。")
    scene.run(0.01)
    finding = Finding.objects.get(indicator="LINK")
    with clock.at(day(0.1)):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请改正。")
    return finding, url


def test_a_dead_link_taken_out_of_its_post_is_mended_though_nobody_tries_it_again(scene: Scene) -> None:
    finding, url = dead_link(scene)
    hand = make_source(scene.watch.site, "hand", sees_all=False, sees_all_basis="")
    scene.look(-1, 0.5, post(-0.5, "办事", whole=False), source=hand)
    scene.run(0.6)
    finding.refresh_from_db()
    assert finding.state == FindingState.ORDERED

    scene.look(-1, 1, post(-0.5, "办事", "改过的正文"))
    scene.run(1.01)
    finding.refresh_from_db()
    assert (finding.state, finding.ending) == (FindingState.CLOSED, "复查通过：最新一版里已经没有这个链接。")

    LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(2), result="gone", reason="没有了。")
    scene.run(2.01)
    assert Finding.objects.filter(indicator="LINK").count() == 1


def test_a_dead_link_nobody_ordered_about_ends_by_itself_unless_a_claim_waits(scene: Scene) -> None:
    urls = ("https://old.example/a", "https://old.example/b")
    scene.look(-1, 0, *(post(-0.5, f"办事{url[-1]}", links=((url, "下载"),)) for url in urls))
    for url in urls:
        LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(0), result="gone", reason="没有了。")
    scene.run(0.01)
    first, second = Finding.objects.filter(indicator="LINK").order_by("pk")
    with clock.at(day(0.1)):
        actions.appeal(actor=scene.host, finding_id=second.pk, reason="能打开。")
    for url in urls:
        LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(0.5), result="reached")
    scene.run(1.01)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.ending) == (FindingState.CLOSED, "没有下达整改，已自行恢复：链接能打开。")
    assert (second.state, second.recovered_at) == (FindingState.OPEN, day(1.01))


def test_a_link_called_a_false_alarm_is_not_found_again(scene: Scene) -> None:
    finding, url = dead_link(scene)
    write_off(scene, finding, 0.2)
    LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(0.5), result="gone", reason="没有了。")
    scene.run(1.01)
    assert list(Finding.objects.filter(indicator="LINK")) == [finding]


def test_a_silence_called_a_false_alarm_is_found_again_only_after_another_update(scene: Scene) -> None:
    quiet_since(scene, 15)
    scene.run(15.01)
    finding = Finding.objects.get()
    write_off(scene, finding, 15.1)
    scene.look(15, 16)
    scene.run(16.01)
    assert list(Finding.objects.all()) == [finding]

    scene.look(16, 17, post(16.5))
    scene.look(17, 32)
    scene.run(32.01)
    assert Finding.objects.count() == 2


def test_a_dead_link_whose_post_is_gone_is_mended(scene: Scene) -> None:
    finding, _ = dead_link(scene)
    scene.look(-1, 1, post(0.5))
    scene.run(1.01)
    finding.refresh_from_db()
    assert (finding.state, finding.ending) == (FindingState.CLOSED, "复查通过：这条内容已经删除。")


def test_a_run_goes_on_where_it_was_cut_off_and_two_do_not_run_at_once(scene: Scene) -> None:
    scene.look(-1, 0, post(-0.5, "公告", f"{WRONG}成立"))
    run = actions.start_run()
    with pytest.raises(Refused, match="另一次巡检正在进行"):
        actions.start_run()

    first = actions.carry_on_run(run_id=run.pk)
    again = actions.carry_on_run(run_id=run.pk)

    assert (first.state, first.accounts, first.texts) == (RunState.DONE, 3, 1)
    assert (again.state, again.accounts, again.texts) == (RunState.DONE, 3, 1)
    assert Finding.objects.filter(indicator="NM-V1.1").count() == 1


def test_an_account_that_breaks_its_batch_is_noted_and_the_others_are_judged(scene: Scene) -> None:
    school = scene.watch.county.school
    scene.look(-20, 0, post(0), post(-1, "公告", f"{WRONG}成立"))
    broken = make_source(scene.watch.school)
    scene.look(-1, 0, post(-0.5, "校园"), source=broken)
    scene.run(0.01)
    scene.look(0, 1, post(0.5, "校园"), source=broken)
    school.policy_pack = "no-such-pack"
    school.save()
    run = scene.run(1.01)

    assert (run.state, run.accounts) == (RunState.DONE, 3)
    told = Current.objects.get(account=scene.watch.school, indicator="NM-V2.1")
    assert (told.result, told.verdict.reason) == (
        Result.COULD_NOT_LOOK, "检查这个账号时系统出错，这次没有结论。请系统管理员查看系统日志。",
    )  # fmt: skip
    assert Standing.objects.get(account=scene.watch.school).result == Result.COULD_NOT_LOOK
    rows = Standing.objects.filter(run=run)
    assert set(rows.values_list("account_id", flat=True)) == {
        scene.watch.site.pk, scene.watch.wechat.pk, scene.watch.school.pk,
    }  # fmt: skip


def test_a_check_that_breaks_the_run_leaves_the_accounts_that_lead_there_without_a_conclusion(scene: Scene) -> None:
    school, url = scene.watch.county.school, "https://school.example/gone"
    source = make_source(scene.watch.school)
    scene.look(-1, 0, post(-0.5, "校园", links=((url, "下载"),)), source=source)
    scene.run(0.01)
    LinkCheck.objects.create(url=url, url_sha256=url_digest(url), at=day(0.5), result="gone", reason="没有了。")
    school.policy_pack = "no-such-pack"
    school.save()
    run = scene.run(1.01)

    assert run.state == RunState.DONE
    told = Current.objects.get(account=scene.watch.school, indicator="LINK")
    assert (told.result, told.verdict.reason) == (
        Result.COULD_NOT_LOOK, "检查这个账号时系统出错，这次没有结论。请系统管理员查看系统日志。",
    )  # fmt: skip
    assert not Finding.objects.filter(indicator="LINK").exists()


def test_an_account_that_breaks_its_re_check_keeps_its_finding_and_the_others_are_mended(
    scene: Scene, client: Client
) -> None:
    school = scene.watch.county.school
    other = make_source(scene.watch.school)
    for source, title in ((None, "公告"), (other, "校园")):
        scene.look(-1, 0, post(-0.5, title, f"{WRONG}成立"), source=source)
    scene.run(0.01)
    findings = Finding.objects.filter(indicator="NM-V1.1").order_by("account_id")
    with clock.at(day(0.1)):
        for finding in findings:
            actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请改正。")
    for source, title in ((None, "公告"), (other, "校园")):
        scene.look(-1, 1, post(-0.5, title, "改好了。"), source=source)
    school.policy_pack = "no-such-pack"
    school.save()
    run = scene.run(1.01)

    states = dict(findings.values_list("account__name", "state"))
    assert (run.state, run.not_rechecked) == (RunState.DONE, 1)
    assert states == {scene.watch.site.name: FindingState.CLOSED, scene.watch.school.name: FindingState.ORDERED}
    told = "以前发现的问题里有 1 个，复查时系统出错，没有结果。"
    client.force_login(scene.officer)
    assert told in client.get(f"/desk/inspection/runs/{run.pk}/").content.decode()

    school.policy_pack = ""
    school.save()
    whole = scene.run(1.02)
    assert (whole.not_rechecked, set(findings.values_list("state", flat=True))) == (0, {FindingState.CLOSED})
    assert told not in client.get(f"/desk/inspection/runs/{whole.pk}/").content.decode()


def test_a_run_asked_for_looks_only_below_its_body(scene: Scene) -> None:
    scene.look(-1, 0, post(-0.5))
    run = actions.start_run(actor=scene.officer, organisation=scene.watch.county.water)
    done = actions.carry_on_run(run_id=run.pk)

    assert done.accounts == 2
    assert set(Standing.objects.values_list("account_id", flat=True)) == {scene.watch.site.pk, scene.watch.wechat.pk}
    with pytest.raises(Refused, match="由它的主管人员或巡检人员发起"):
        actions.start_run(actor=scene.stranger, organisation=scene.watch.county.water)


def test_a_batch_costs_the_same_number_of_queries_for_few_and_many_accounts(scene: Scene) -> None:
    def cost() -> int:
        run = actions.start_run()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            actions.carry_on_run(run_id=run.pk)
        return len(caught)

    scene.look(-30, 0, post(-8))
    cost()
    with clock.at(day(0.1)):
        few = cost()
    for number in range(40):
        account = make_account(scene.watch.county.water, "website", f"网站{number}", platform_uid=f"more-{number}")
        make_source(account, url=f"https://w{number}.example/feed")
    with clock.at(day(0.2)):
        cost()
    with clock.at(day(0.3)):
        many = cost()

    assert many == few


def test_no_verdict_without_evidence_and_none_is_changed(scene: Scene) -> None:
    scene.look(-1, 0, post(-0.5))
    scene.run(0.01)
    verdict = Verdict.objects.first()
    assert verdict is not None
    with pytest.raises(DatabaseError, match="insert"), transaction.atomic():
        Verdict.objects.filter(pk=verdict.pk).update(result="pass")
    verdict.pk, verdict.evidence = None, {}  # type: ignore[assignment]  # a copy
    with pytest.raises(IntegrityError, match="inspection_verdict_has_evidence"), transaction.atomic():
        verdict.save(force_insert=True)


def test_a_person_judges_what_the_machine_cannot_with_a_proof(scene: Scene) -> None:
    account = scene.watch.wechat
    with pytest.raises(Refused, match="请附截图"):
        actions.enter_verdict(
            actor=scene.officer, account_id=account.pk, code="NM-V3.1", result="fail", reason="没有入口",
            proof=actions.Proof(),
        )  # fmt: skip
    verdict = actions.enter_verdict(
        actor=scene.officer, account_id=account.pk, code="NM-V3.1", result="fail", reason="没有留言入口", proof=SHOT
    )
    finding = Finding.objects.get()
    assert (finding.verdict, finding.key, finding.detail) == (verdict, "hand", "没有留言入口")
    assert Standing.objects.get(account=account).result == Result.FAIL
    assert queries.proofs_of(finding) == {verdict.proof}

    actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请开通。")
    actions.enter_verdict(
        actor=scene.second, account_id=account.pk, code="NM-V3.1", result="pass", reason="已开通留言", proof=SHOT
    )
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED
    assert Standing.objects.get(account=account).result == Result.PASS


def test_an_account_passes_again_once_a_person_has_closed_the_last_fault_of_an_indicator(scene: Scene) -> None:
    account = scene.watch.wechat
    code = {"account_id": account.pk, "code": "NM-V3.1", "proof": SHOT}
    actions.enter_verdict(actor=scene.officer, result="fail", reason="没有留言入口", **code)
    finding = Finding.objects.get()
    actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请开通。")

    actions.recheck_by_person(actor=scene.second, finding_id=finding.pk, result="fail", reason="还没有。", proof=SHOT)
    assert Standing.objects.get(account=account).result == Result.FAIL
    actions.recheck_by_person(
        actor=scene.second, finding_id=finding.pk, result="pass", reason="已开通留言。", proof=SHOT
    )
    finding.refresh_from_db()
    current = Current.objects.get(account=account, indicator="NM-V3.1")
    assert (finding.state, current.result, current.verdict.reason) == (
        FindingState.CLOSED, Result.PASS, "复查通过：已开通留言。",
    )  # fmt: skip
    assert current.verdict.evidence["finding"] == finding.pk
    assert Standing.objects.get(account=account).result == Result.PASS


def test_only_one_run_stands_as_running_in_the_database(scene: Scene) -> None:
    del scene
    facts = {"kind": "nightly", "started_at": clock.now(), "beat_at": clock.now()}
    Run.objects.create(**facts)
    with pytest.raises(IntegrityError, match="inspection_one_run_at_a_time"), transaction.atomic():
        Run.objects.create(**facts)


def fall_silent(scene: Scene, number: int) -> None:
    """Add an account that posted on day 0 and was looked at until day 8."""
    account = make_account(scene.watch.county.water, "website", f"静默{number}", platform_uid=f"silent-{number}")
    source = make_source(account, url=f"https://s{number}.example/feed")
    scene.look(-20, 8, post(0, f"通知{number}"), source=source)


def test_warning_many_hosts_costs_the_same_number_of_queries_as_warning_one(scene: Scene) -> None:
    def cost(at: float) -> int:
        with CaptureQueriesContext(connection) as caught:
            scene.run(at)
        return len(caught)

    scene.run(8)
    fall_silent(scene, 0)
    one = cost(8.01)
    for number in range(1, 21):
        fall_silent(scene, number)
    many = cost(8.02)

    assert Notice.objects.count() == 21
    assert many == one


def test_wordings_that_stand_unchanged_cost_the_same_for_few_and_many(scene: Scene) -> None:
    def cost(at: float) -> int:
        with CaptureQueriesContext(connection) as caught:
            scene.run(at)
        return len(caught)

    scene.look(-1, 0, post(-0.5, "公告", f"{WRONG}成立"))
    scene.run(0.01)
    scene.run(0.02)
    few = cost(0.03)
    scene.look(0, 1, *(post(0.5, f"公告{number}", f"{WRONG}成立") for number in range(20)))
    scene.run(1.01)
    scene.run(1.02)
    assert Finding.objects.filter(indicator="NM-V1.1", state=FindingState.OPEN).count() == 21
    assert cost(1.03) == few
