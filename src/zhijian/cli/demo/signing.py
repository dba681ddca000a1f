"""Signing as the people of the demonstration do: whoever may sign the stage that waits, every gate looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.review.actions import sign
from zhijian.review.enums import Decision
from zhijian.review.queries import current_stage, waiting_stages

if TYPE_CHECKING:
    from zhijian.cli.demo.people import People
    from zhijian.organisations.models import User
    from zhijian.review.models import Review, Stage


def sign_next(review: Review, people: People, *, comment: str = "", field: str = "") -> None:
    """Sign the current stage: with a comment the version goes back, without one it is approved."""
    stage = current_stage(review)
    if stage is None:
        raise LookupError(f"Nothing waits in {review}.")
    sign(
        review_id=review.pk,
        decision=Decision.RETURN if comment else Decision.APPROVE,
        version_hash=review.version_hash,
        gates={} if comment else {gate["code"]: True for gate in stage.gates},
        comment=comment,
        marked_field=field,
        actor=_signer(stage, people),
    )


def _signer(stage: Stage, people: People) -> User:
    """Return the person nearest to the stage's body who may sign it."""
    able = [person for person in people.values() if _holds(person, stage)]
    for person in sorted(able, key=lambda person: person.organisation_id != stage.organisation_id):
        if waiting_stages(actor=person).filter(pk=stage.pk).exists():
            return person
    raise LookupError(f"Nobody can sign {stage} of {stage.organisation}.")


def _holds(person: User, stage: Stage) -> bool:
    return bool(person.roles_at(stage.organisation) & set(stage.roles))
