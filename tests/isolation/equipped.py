"""What a body has for its new media: nothing of the other to be seen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.resources import actions
from zhijian.resources.models import LiaisonEntry, Licence, RuleDocument

if TYPE_CHECKING:
    from tests.isolation.world import Party


def equip(party: Party) -> None:
    """Write a statement, a licence and a rule with their papers, and a talk down."""
    actor, body, today = party.people["all"], party.body, clock.today()
    statement = actions.StatementDraft(
        leader_name=party.word("chief"), unit=party.word("unit"), budget=Decimal("1.25"),
        budget_source=party.word("purse"), staff_names=party.word("staff"),
    )  # fmt: skip
    actions.state_means(actor=actor, organisation=body, year=today.year, draft=statement, seen=0)
    paper = (f"{party.word('scan')}.pdf", b"%PDF-1.4\n" + party.word("scan").encode())
    licence = actions.LicenceDraft(
        party.word("licence"), party.word("issuer"), party.word("holder"), ends_on=today + timedelta(days=9)
    )
    actions.record_licence(actor=actor, organisation=body, kind="other", draft=licence, paper=paper)
    rule = actions.RuleDraft(
        party.word("statute"),
        party.word("mark"),
        today - timedelta(days=9),
        today - timedelta(days=8),
        today - timedelta(1),
    )
    actions.record_rule(actor=actor, organisation=body, kind="duty", draft=rule, paper=paper)
    talk = actions.TalkDraft(
        platform="weibo", day=today, contact_name=party.word("caller"), contact_phone="0999-1", contact_mail="",
        way="phone", asked=party.word("talked"), came_of=party.word("cameof"), follow_up_on=today, state="open",
    )  # fmt: skip
    actions.record_talk(actor=actor, organisation=body, draft=talk)


def equipped_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""

    def ids(model: Any) -> list[int]:
        return list(model.objects.filter(organisation=party.body).order_by("pk").values_list("pk", flat=True))

    return {
        "licence_id": ids(Licence),
        "rule_id": ids(RuleDocument),
        "entry_id": ids(LiaisonEntry),
        "year": [clock.today().year],
    }


def equipped_papers(party: Party) -> list[str]:
    """Return the digests of the papers of the body's licences and rules."""
    rows = Licence.objects.filter(organisation=party.body).exclude(paper=None)
    return list(rows.values_list("paper__sha256", flat=True))
