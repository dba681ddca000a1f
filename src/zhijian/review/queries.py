"""What waits for whom, and which exact version was approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import REVIEW_READERS
from zhijian.organisations.models import User
from zhijian.organisations.queries import holders, in_scope
from zhijian.review.delegations import DELEGATES, delegates_of, principals_of, stages_for
from zhijian.review.enums import ReviewState, StageState
from zhijian.review.models import Delegation, Review, Signature, Stage
from zhijian.ui.parts import Stage as Step

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

STEP_STATES = {
    StageState.WAITING: "waiting",
    StageState.CURRENT: "current",
    StageState.SIGNED: "done",
    StageState.RETURNED: "returned",
}


def is_approved(*, thing_kind: str, thing_id: int, version_hash: str) -> bool:
    """Tell whether exactly this version passed its whole route and the approval still stands."""
    return Review.objects.filter(
        thing_kind=thing_kind, thing_id=thing_id, version_hash=version_hash, state=ReviewState.APPROVED
    ).exists()


def reviews_by_role(*, actor: User) -> QuerySet[Review]:
    """Return the reviews of the bodies where this person works on what is reviewed, and those with a stage there.

    Who answers messages, keeps the duty roster or the training has no business with unpublished pieces.
    """
    return Review.objects.filter(_by_role(actor)).select_related("organisation", "submitted_by")


def _by_role(actor: User) -> Q:
    at_stage = Stage.objects.filter(in_scope(actor=actor, roles=REVIEW_READERS)).values("review_id")
    seen = in_scope(actor=actor, roles=REVIEW_READERS) | Q(pk__in=at_stage)
    for person in principals_of(actor):
        waiting = Stage.objects.filter(stages_for(person), state=StageState.CURRENT)
        signed = Stage.objects.filter(signatures__person=actor)
        seen |= Q(pk__in=waiting.values("review_id")) | Q(pk__in=signed.values("review_id"))
    return seen


def visible_reviews(*, actor: User) -> QuerySet[Review]:
    """Return the reviews of `reviews_by_role`, and the open ones of what this person wrote or submitted themselves.

    Those they may take back, as long as they hold a business role at the body.
    """
    mine = Q(submitted_by=actor) | Q(author_ids__contains=[actor.pk])
    sent = mine & Q(state=ReviewState.OPEN) & in_scope(actor=actor)
    return Review.objects.filter(_by_role(actor) | sent).select_related("organisation", "submitted_by")


def find_review(*, actor: User, review_id: int) -> Review:
    """Return one review of the actor's scope. Raises Missing."""
    review = visible_reviews(actor=actor).filter(pk=review_id).first()
    if review is None:
        raise Missing
    return review


def sees_thing(*, actor: User, thing_kind: str, thing_id: int) -> bool:
    """Tell whether a review puts a thing before this person: at their body or with a stage there, by their role."""
    return reviews_by_role(actor=actor).filter(thing_kind=thing_kind, thing_id=thing_id).exists()


def current_review(*, thing_kind: str, thing_id: int) -> Review | None:
    """Return the newest review of a thing, with its stages and signatures; None when it was never submitted."""
    rows = Review.objects.filter(thing_kind=thing_kind, thing_id=thing_id).order_by("-id")
    return rows.prefetch_related("stages__organisation", "stages__signatures__person").first()


@dataclass(frozen=True)
class UnderReview:
    """The open review of a thing, as the page of the thing tells of it (`review/under_review.html`)."""

    review: Review
    stage: Stage | None
    withdraw_reasons: list[str]


def under_review(*, actor: User, thing_kind: str, thing_id: int) -> UnderReview | None:
    """Return the open review of a thing if `actor` may see it, with why they cannot take it back."""
    rows = visible_reviews(actor=actor).filter(thing_kind=thing_kind, thing_id=thing_id, state=ReviewState.OPEN)
    review = rows.order_by("-id").first()
    if review is None:
        return None
    return UnderReview(review, current_stage(review), why_not(Permission.REVIEW_WITHDRAW, actor=actor, thing=review))


def reviews_of(*, thing_kind: str, thing_id: int) -> list[Review]:
    """Return every review of a thing, newest first, with stages and signatures."""
    rows = Review.objects.filter(thing_kind=thing_kind, thing_id=thing_id).order_by("-id")
    return list(rows.prefetch_related("stages__organisation", "stages__signatures__person"))


def current_stage(review: Review) -> Stage | None:
    """Return the stage that waits for a signature, None once the review is closed."""
    return next((stage for stage in review.stages.all() if stage.state == StageState.CURRENT), None)


def signatures_of(review: Review) -> list[Signature]:
    """Return the signatures of a review in the order of their stages."""
    return list(
        Signature.objects.filter(stage__review=review)
        .select_related("stage", "person", "on_behalf_of")
        .order_by("stage__position")
    )


def steps_of(review: Review) -> list[Step]:
    """Return the stages of a review for `{% stepper %}`: who signed, else the body whose turn it is or will be."""
    signed = {row.stage_id: row for row in signatures_of(review)}
    return [_step(stage, signed.get(stage.pk)) for stage in review.stages.select_related("organisation")]


def signed_by(signature: Signature) -> str:
    """Name who signed, and in whose place."""
    place = signature.on_behalf_of
    return f"{signature.person}（受{place}委托）" if place else str(signature.person)


def _step(stage: Stage, signature: Signature | None) -> Step:
    return Step(
        label=stage.name,
        state=STEP_STATES[StageState(stage.state)],
        who=signed_by(signature) if signature else str(stage.organisation),
        at=signature.signed_at if signature else None,
        note=signature.comment if signature else "",
    )


def waiting_stages(*, actor: User) -> QuerySet[Stage]:
    """Return the current stages that this person may sign: role at the body, not an author, not signed before.

    Those of the people in whose place they sign today are among them.
    """
    mine = stages_for(actor)
    for person in principals_of(actor):
        mine |= stages_for(person)
    signed = Signature.objects.filter(person=actor).values("stage__review_id")
    rows = Stage.objects.filter(mine, state=StageState.CURRENT, review__state=ReviewState.OPEN)
    rows = rows.exclude(review__author_ids__contains=[actor.pk]).exclude(review__in=signed)
    return rows.select_related("review", "review__organisation", "organisation").order_by("due_at", "reached_at")


@dataclass(frozen=True, slots=True)
class Told:
    """What people are told about a review: by title and address, and until when they should act."""

    title: str
    url: str
    people: list[User]
    due_at: datetime | None = None


def signers_of(stage_id: int) -> Told:
    """Return who may sign a stage: its roles at its body, no author, nobody who signed before."""
    stage = Stage.objects.select_related("review", "organisation").get(pk=stage_id)
    review = stage.review
    signed = Signature.objects.filter(stage__review=review).values("person")
    people = holders(organisation=stage.organisation, roles=stage.roles).exclude(pk__in=review.author_ids)
    signing = list(people.exclude(pk__in=signed).select_related("organisation"))
    known = {person.pk for person in signing}
    others = [one for one in delegates_of(signing) if one.pk not in known and one.pk not in review.author_ids]
    return Told(review.title, signing_page(review.pk), [*signing, *others], stage.due_at)


def signing_page(review_id: int) -> str:
    """Return the address of the page where a review is signed."""
    return f"/desk/review/{review_id}/"


def authors_of(review_id: int) -> Told:
    """Return who wrote and who submitted what a review was about."""
    review = Review.objects.get(pk=review_id)
    people = User.objects.filter(pk__in=review.author_ids, is_active=True).select_related("organisation")
    return Told(review.title, review.url, list(people))


def colleagues_of(actor: User) -> QuerySet[User]:
    """Return the people of the same body to whom this person may delegate signing."""
    rows = User.objects.filter(organisation=actor.organisation, is_active=True, role_rows__revoked_at=None)
    return rows.filter(role_rows__role__in=DELEGATES).exclude(pk=actor.pk).distinct().order_by("display_name")


def visible_delegations(*, actor: User) -> QuerySet[Delegation]:
    """Return what this person delegated and what was delegated to them, newest first."""
    rows = Delegation.objects.filter(Q(person=actor) | Q(delegate=actor))
    return rows.select_related("person", "delegate").order_by("-pk")


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what waits for this person's signature."""
    return [
        WorkItem(
            title=stage.review.title,
            url=f"/desk/review/{stage.review_id}/",
            kind=stage.name,
            organisation=stage.review.organisation.short_name,
            state="待签",
            since=stage.reached_at or stage.review.submitted_at,
            due=stage.due_at,
            due_text=stage.due_text,
        )
        for stage in waiting_stages(actor=actor)[:100]
    ]
