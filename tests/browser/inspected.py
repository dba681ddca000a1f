"""What inspection says of 青禾水务: a run, findings in every state, appeals, bulletins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.observed import PNG

from zhijian.assessment import actions as assessment
from zhijian.inspection import actions
from zhijian.inspection.actions import Proof
from zhijian.inspection.models import Finding, Run
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

SHOT = Proof(PNG, "截图.png")
CODES = {"open": "NM-V3.1", "ordered": "NM-V2.2", "answered": "NM-V1.4", "closed": "NM-V3.2", "appealed": "NM-V1.3"}


def inspect(officer: User, host: User, account: Account) -> dict[str, Any]:
    """Make a run and findings in every state; return them by name."""
    found: dict[str, Any] = {"account": account}
    run = actions.start_run(actor=officer, organisation=officer.organisation)
    found["run"] = actions.carry_on_run(run_id=run.pk)
    for name, code in CODES.items():
        verdict = actions.enter_verdict(
            actor=officer,
            account_id=account.pk,
            code=code,
            result="fail",
            reason="用手机打开看过，有问题。",
            proof=SHOT,
        )
        found[name] = Finding.objects.get(verdict=verdict)
    for name in ("ordered", "answered", "closed"):
        actions.issue_order(actor=officer, finding_id=found[name].pk, text="请尽快整改。")
    for name in ("answered", "closed"):
        actions.answer_order(
            actor=host, finding_id=found[name].pk, text="已经改好。", link="https://water.example/a", proof=SHOT
        )
    actions.recheck_by_person(
        actor=officer, finding_id=found["closed"].pk, result="pass", reason="看过，已改好。", proof=SHOT
    )
    actions.appeal(actor=host, finding_id=found["appealed"].pk, reason="链接是国家部委的新网址。", proof=SHOT)
    found["stumbled"] = actions.carry_on_run(run_id=actions.start_run().pk)
    Run.objects.filter(pk=found["stumbled"].pk).update(not_rechecked=2)
    found["running"] = actions.start_run(actor=officer, organisation=officer.organisation)
    return found


def write_bulletins(
    officer: User, county: Organisation, water: Organisation, approve: Callable[[Any], None]
) -> dict[str, Any]:
    """Draft one bulletin, send one to review, publish another."""
    year, quarter = clock.today().year, (clock.today().month + 2) // 3
    rows = {
        name: assessment.draft_bulletin(actor=officer, organisation=body, year=of_year, quarter=quarter)
        for name, body, of_year in (
            ("draft", county, year),
            ("in_review", county, year - 1),
            ("published", water, year),
        )
    }
    assessment.submit_bulletin(actor=officer, bulletin_id=rows["in_review"].pk)
    approve(assessment.submit_bulletin(actor=officer, bulletin_id=rows["published"].pk))
    return rows
