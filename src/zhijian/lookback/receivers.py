"""What the term tables tell: a term came into force or went out of it, something of a rule was set aside or not."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.knowledge.queries import terms_by_id
from zhijian.knowledge.signals import allowance_changed, term_approved, term_retired
from zhijian.lib import clock
from zhijian.lookback import actions


@receiver(term_approved)
def propose(sender: object, *, term_id: int, organisation_id: int, **_: Any) -> None:
    """Ask whether what is out already is to be looked at by the new term; one for a later day is asked about then."""
    if all(term.valid_from is None or term.valid_from <= clock.today() for term in terms_by_id([term_id])):
        actions.propose_for_term(term_id=term_id, organisation_id=organisation_id)


@receiver(term_retired)
def let_go(sender: object, *, term_id: int, organisation_id: int, **_: Any) -> None:
    """What the term found has no rule any more."""
    actions.let_term_go(term_id=term_id)


@receiver(allowance_changed)
def judge_anew(sender: object, *, rule_id: str, organisation_id: int, **_: Any) -> None:
    """What the rule found at the body and below may be right now, or wrong again."""
    actions.ask_to_look_again(rule_id=rule_id, organisation_id=organisation_id)
