"""Impostors of a body: a report under way, evidence, a letter, and a name that may sound alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.impostors import actions
from zhijian.impostors.actions import AllowDraft, Proof, Suspect
from zhijian.impostors.models import AllowedName, Case, Evidence
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.isolation.world import Party


def imitate(party: Party) -> None:
    """Open one case that stays inside, ask a platform in another, allow a name; every word with the body's mark."""
    officer = party.people[Role.SUPERVISING_OFFICER]
    proof = Proof(b"\x89PNG\r\n\x1a\n" + party.word("impostor").encode())
    for name in ("suspect", "asked"):
        told = Suspect(party.word(name), "weibo", f"https://weibo.com/u/{party.mark}{name}", text=party.word("told"))
        case = actions.open_case(actor=officer, suspect=told, proof=proof, organisation=party.body)
    actions.confirm_case(actor=officer, case_id=case.pk, text=party.word("why"))
    actions.request_removal(
        actor=officer, case_id=case.pk, recipient=party.word("to"), way=party.word("way"), text=party.word("letter")
    )
    draft = AllowDraft(party.word("allowed"), party.word("harmless"))
    actions.allow_name(actor=officer, organisation=party.body, draft=draft)


def impostor_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""

    def ids(model: Any) -> list[int]:
        return list(model.objects.filter(organisation=party.body).order_by("pk").values_list("pk", flat=True))

    return {"impostor_id": ids(Case), "allowed_id": ids(AllowedName)}


def impostor_evidence(party: Party) -> list[str]:
    """Return the digests of the evidence of the body's cases."""
    rows = Evidence.objects.filter(case__organisation=party.body).values_list("sha256", flat=True)
    return sorted(set(rows))
