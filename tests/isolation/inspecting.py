"""What inspection says of a body's accounts, every word of it with the body's mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.assessment import actions as assessment
from zhijian.assessment.models import Bulletin
from zhijian.inspection import actions
from zhijian.inspection.actions import Proof
from zhijian.inspection.models import Appeal, Finding, Run
from zhijian.lib import clock
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.isolation.world import Party

    from zhijian.organisations.models import User

CODES = ("NM-V3.1", "NM-V1.4")


def inspect(party: Party, overseer: User) -> None:
    """Make a run, check by hand, order, answer, appeal, draft a bulletin."""
    inspector, host = party.people[Role.INSPECTOR], party.people[Role.HOST_OFFICER]
    run = actions.start_run(actor=inspector, organisation=party.body)
    actions.carry_on_run(run_id=run.pk)
    site = next(row for name, row in party.accounts.items() if name.startswith("website"))
    proof = Proof(b"\x89PNG\r\n\x1a\n" + party.word("check").encode(), "a.png")
    for code in CODES:
        actions.enter_verdict(
            actor=overseer, account_id=site.pk, code=code, result="fail", reason=party.word(f"fault{code[-1]}"),
            proof=proof,
        )  # fmt: skip
    ordered, claimed = Finding.objects.filter(account=site, key="hand").order_by("pk")
    actions.issue_order(actor=overseer, finding_id=ordered.pk, text=party.word("order"))
    actions.answer_order(actor=host, finding_id=ordered.pk, text=party.word("mended"), proof=proof)
    actions.appeal(actor=host, finding_id=claimed.pk, reason=party.word("appeal"), proof=proof)
    year, quarter = clock.today().year, (clock.today().month + 2) // 3
    row = assessment.draft_bulletin(actor=inspector, organisation=party.body, year=year, quarter=quarter)
    assert row.newest is not None
    texts = [party.word(f"section{place}") for place in range(len(row.newest.sections))]
    assessment.save_bulletin(
        actor=inspector, bulletin_id=row.pk, base_number=1, title=party.word("bulletin"), texts=texts
    )


def inspection_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""

    def ids(model: Any, **where: Any) -> list[int]:
        return list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))

    return {
        "finding_id": ids(Finding, account__organisation=party.body),
        "appeal_id": ids(Appeal, finding__account__organisation=party.body),
        "run_id": ids(Run, organisation=party.body),
        "bulletin_id": ids(Bulletin, organisation=party.body),
    }


def proofs(party: Party) -> list[str]:
    """Return the digests of the proofs that were handed in."""
    rows = Finding.objects.filter(account__organisation=party.body).exclude(verdict__proof="")
    return sorted(set(rows.values_list("verdict__proof", flat=True)))
