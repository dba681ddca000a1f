"""What the review engine decides about filings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from zhijian.organisations.models import User
from zhijian.registry.actions.filing_rules import obstacles
from zhijian.registry.actions.filings import approve_filing, mark_returned, mark_withdrawn
from zhijian.registry.models import Filing
from zhijian.registry.queries.filing_kinds import field_labels
from zhijian.registry.queries.filings import THING_KIND, attachments_of, form_facts
from zhijian.review import signals, subjects

if TYPE_CHECKING:
    from zhijian.review.models import Review


def _person(user_id: int | None) -> User | None:
    return User.objects.filter(pk=user_id or 0).first()


@receiver(signals.review_approved)
def carry_out(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **told: Any) -> None:
    """Carry out a filing whose last stage has signed."""
    if thing_kind == THING_KIND:
        approve_filing(filing_id=thing_id, version_hash=version_hash, actor=_person(told.get("actor_id")))


@receiver(signals.review_returned)
def return_filing(sender: object, *, thing_kind: str, thing_id: int, **told: Any) -> None:
    """Give a returned filing back to the person who wrote it."""
    if thing_kind == THING_KIND:
        mark_returned(
            filing_id=thing_id, comment=told.get("comment", ""), marked_field=told.get("marked_field", ""),
            actor=_person(told.get("actor_id")),
        )  # fmt: skip


@receiver(signals.review_withdrawn)
def withdraw_filing(sender: object, *, thing_kind: str, thing_id: int, **told: Any) -> None:
    """Close a filing that was taken back."""
    if thing_kind == THING_KIND:
        mark_withdrawn(filing_id=thing_id, actor=_person(told.get("actor_id")))


class FilingSubject:
    """Shows a filing on the review page: every field, and what the register knows of the body."""

    label = "备案"
    template = "registry/parts/filing_subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the filing until the transaction ends, as its officers do before they reach the review."""
        Filing.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return the filing, its fields and papers; `marked_fields` offers what a return can point at."""
        _ = actor
        filing = Filing.objects.select_related("organisation", "account__organisation").get(pk=review.thing_id)
        return {
            "filing": filing, "facts": form_facts(filing), "papers": attachments_of(filing),
            "marked_fields": [pair for pair in field_labels(filing.kind).items() if pair[0] != "kind"],
        }  # fmt: skip

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Tell what came between since it was sent, before somebody signs in vain."""
        _ = actor
        return obstacles(Filing.objects.select_related("organisation", "account__organisation").get(pk=review.thing_id))


subjects.register(THING_KIND, FilingSubject(), together=True)
