"""Answers in force, found by what people ask. Nothing here is written by a machine: an answer is shown whole or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from zhijian.knowledge.enums import Confidentiality
from zhijian.knowledge.models import Question
from zhijian.knowledge.queries.drafts import THING_KIND
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import ancestors, bodies_in_scope
from zhijian.search.queries import find_wordings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User
    from zhijian.search.queries import Hit

MORE = 2
SURE_COVERS = 0.85
SURE_COVERED = 0.6
"""When an answer may be given without a person looking: nearly all of what was asked is in the wording, and most of
the wording was asked for (measured on the demonstration's questions: bench/answers.py)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in force today. `url` is its page for citizens, "" for an internal one; `matched` the wording found.

    `covers` and `covered` as in `search.queries.Hit`; both 0 where it was not found by words.
    """

    question_id: int
    question: str
    answer: str
    basis: str
    basis_number: str
    basis_url: str
    topic: str
    topic_label: str
    organisation_id: int
    organisation_name: str
    valid_from: date | None
    valid_to: date | None
    approved_at: datetime
    confirmed_at: datetime | None
    is_public: bool
    uses: int
    matched: str = ""
    covers: float = 0.0
    covered: float = 0.0

    @property
    def url(self) -> str:
        return f"/answers/{self.question_id}/" if self.is_public else ""

    @property
    def is_sure(self) -> bool:
        """Tell whether this is what was asked, so surely that nobody needs to look."""
        return self.covers >= SURE_COVERS and self.covered >= SURE_COVERED


def find_answers(
    *, text: str, limit: int = 10, organisation: Organisation | None = None, public_only: bool = True
) -> list[Answer]:
    """Return the answers in force today to a question like `text`, the likeliest first.

    `organisation` puts the answers of this body and those above it before equally likely ones of others, and with
    `public_only` False adds its and their internal ones. Costs three queries (four with a body).
    """
    line = [organisation, *ancestors(organisation)] if organisation is not None else []
    return _found(text, limit, {body.pk for body in line}, [body.path for body in line], public_only=public_only)


def suggested_answers(*, actor: User, text: str, limit: int = 5) -> list[Answer]:
    """Return what this person may see for a question: public answers, and internal ones of their bodies' lines."""
    bodies = bodies_in_scope(actor=actor, roles=BUSINESS_ROLES)
    paths = {path for body in bodies for path in _line_paths(body.path)}
    return _found(text, limit, {body.pk for body in bodies}, sorted(paths), public_only=False)


def _line_paths(path: str) -> list[str]:
    """Return the paths of a body and of all above it: each is the beginning of the next."""
    steps = path.split(".")[:-1]
    return [f"{'.'.join(steps[: number + 1])}." for number in range(len(steps))]


def _found(text: str, limit: int, near: set[int], paths: list[str], *, public_only: bool) -> list[Answer]:
    hits = find_wordings(
        thing_kind=THING_KIND, text=text, limit=limit * MORE, public_only=public_only, paths=paths
    )  # fmt: skip
    rows = in_force().filter(pk__in=[hit.thing_id for hit in hits])
    if public_only:
        rows = rows.filter(approved_version__confidentiality=Confidentiality.PUBLIC)
    known = {row.pk: row for row in rows}
    found = [(hit, known[hit.thing_id]) for hit in hits if hit.thing_id in known]
    found.sort(key=lambda pair: (-round(pair[0].score, 2), pair[1].organisation_id not in near))
    return [answer_of(row, hit) for hit, row in found[:limit]]


def in_force() -> QuerySet[Question]:
    """Return the entries with an approved version that is valid today, public and internal."""
    today = clock.today()
    rows = Question.objects.filter(
        Q(approved_version__valid_from=None) | Q(approved_version__valid_from__lte=today),
        Q(approved_version__valid_to=None) | Q(approved_version__valid_to__gte=today),
        approved_version__isnull=False,
        organisation__is_active=True,
    )
    return rows.select_related("organisation", "approved_version")


def public_questions(*, topic: str = "") -> QuerySet[Question]:
    """Return the entries every citizen may read today, the most used first."""
    rows = in_force().filter(approved_version__confidentiality=Confidentiality.PUBLIC)
    if topic:
        rows = rows.filter(approved_version__topic=topic)
    return rows.order_by(F("uses").desc(), "sort_key", "pk")


def public_answer(question_id: int) -> Answer:
    """Return one answer every citizen may read today. Raises Missing."""
    row = public_questions().filter(pk=question_id).first()
    if row is None:
        raise Missing("没有这条答问，或者它已经停用。请换个说法再找，也可以给我们留言。")
    return answer_of(row)


def answers_of(rows: Iterable[Question]) -> list[Answer]:
    """Return what entries in force say."""
    return [answer_of(row) for row in rows]


def answer_of(row: Question, hit: Hit | None = None) -> Answer:
    """Return what an entry in force says. Raises ValueError where nothing is in force."""
    version = row.approved_version
    if version is None:
        raise ValueError(f"Question {row.pk} has no answer in force.")
    return Answer(
        question_id=row.pk, question=version.question, answer=version.answer, basis=version.basis,
        basis_number=version.basis_number, basis_url=version.basis_url, topic=version.topic,
        topic_label=version.get_topic_display(), organisation_id=row.organisation_id,
        organisation_name=row.organisation.name, valid_from=version.valid_from, valid_to=version.valid_to,
        approved_at=version.created_at, confirmed_at=row.confirmed_at,
        is_public=version.confidentiality == Confidentiality.PUBLIC, uses=row.uses,
        matched=hit.text if hit else "", covers=hit.covers if hit else 0.0, covered=hit.covered if hit else 0.0,
    )  # fmt: skip
