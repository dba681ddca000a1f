"""What citizens wrote to a body, in every state, each word of it the body's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.inbox import actions
from zhijian.inbox.models import Case
from zhijian.organisations.enums import Role
from zhijian.review.models import Review

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.isolation.world import Party


WRONG_KEY = "AAAABBBBCCCC"
STATES = ("received", "working", "in_review", "answered", "public", "secret")


def receive_messages(party: Party, sign: Callable[[Review], None]) -> None:
    """Let citizens write to the body; `sign` signs a review through."""
    person = party.people[Role.ANSWERER]
    for serial, state in enumerate(STATES):
        case = _write(party, state, f"{party.mark}{serial:020d}").case
        if state in {"received", "secret"}:
            continue
        actions.accept_case(actor=person, case_id=case.pk)
        actions.note_on_case(actor=person, case_id=case.pk, text=party.word("casenote"))
        if state == "working":
            continue
        word = "" if state == "public" else party.word("reply")
        draft = actions.AnswerDraft(text=f"您好，已经派人去看，明天上午修好。{word}")
        actions.submit_answer(actor=person, case_id=case.pk, draft=draft)
        if state != "in_review":
            sign(Review.objects.get(thing_kind="inbox.answer", thing_id=case.pk))
        if state == "public":
            _publish(person, case, sign)


def _write(party: Party, state: str, token: str) -> actions.Received:
    word, picture = party.word("asked"), party.picture
    assert picture is not None
    draft = actions.CaseDraft(
        title=f"路灯不亮{word}", text=f"门口的路灯不亮。{word}", organisation=party.body, name=party.word("citizen"),
        phone=f"1390000{token[-4:]}", is_confidential=state == "secret", photos=(picture.sha256,),
    )  # fmt: skip
    return actions.receive_from_portal(draft=draft, form_token=token, address="")


def _publish(person: Any, case: Case, sign: Callable[[Review], None]) -> None:
    """Make a question public; what everybody may read bears no mark."""
    text = actions.PublicText(title="路灯不亮", question="门口的路灯不亮。", answer="已经派人去看，明天上午修好。")
    publication = actions.submit_publication(actor=person, case_id=case.pk, text=text)
    sign(Review.objects.get(thing_kind="inbox.publication", thing_id=publication.pk))


def case_values(party: Party) -> dict[str, list[Any]]:
    """Return what stands in addresses for the cases of a body; the key of a private link is nobody's to know."""
    rows = Case.objects.filter(organisation=party.body).order_by("pk")
    return {
        "case_id": [row.pk for row in rows],
        "case_number": [row.number for row in rows][:1],
        "case_key": [WRONG_KEY],
        "publication_id": [row.publication.pk for row in rows if hasattr(row, "publication")],
    }
