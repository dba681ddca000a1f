"""What an entry of the Q&A library says, apart from where it is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from zhijian.knowledge.enums import Confidentiality
from zhijian.knowledge.queries.terms import ruleset_for
from zhijian.knowledge.queries.typos import judge_writing
from zhijian.lib.digests import digest_of
from zhijian.screening import Category, Severity
from zhijian.search.enums import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from zhijian.knowledge.models import QuestionVersion
    from zhijian.organisations.models import Organisation
    from zhijian.screening import Finding

THING_KIND = "knowledge.answer"
PART_NAMES = {"question": "问题", "similar": "相似问法", "answer": "答案"}


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An entry as a person writes it. `similar` are other wordings of the same question, in citizens' words."""

    question: str
    answer: str
    similar: tuple[str, ...] = ()
    basis: str = ""
    basis_number: str = ""
    basis_url: str = ""
    topic: str = Topic.OTHER
    valid_from: date | None = None
    valid_to: date | None = None
    confidentiality: str = Confidentiality.PUBLIC

    @property
    def content_hash(self) -> str:
        """Return the digest over everything a reader gets: what reviewers sign."""
        plain = asdict(self) | {"similar": list(self.similar)}
        days = {name: str(plain[name] or "") for name in ("valid_from", "valid_to")}
        return digest_of({**plain, **days, "topic": str(self.topic), "confidentiality": str(self.confidentiality)})

    @property
    def wordings(self) -> tuple[str, ...]:
        """Return every way of asking it, the question itself first."""
        return (self.question, *self.similar)


def draft_of_version(version: QuestionVersion) -> AnswerDraft:
    """Return what a version says."""
    return AnswerDraft(
        question=version.question, answer=version.answer, similar=tuple(version.similar), basis=version.basis,
        basis_number=version.basis_number, basis_url=version.basis_url, topic=version.topic,
        valid_from=version.valid_from, valid_to=version.valid_to, confidentiality=version.confidentiality,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerFinding:
    """One finding in an entry: in which `part` (question, similar, answer) and what stands around it."""

    part: str
    severity: str
    category: str
    message: str
    source: str
    suggestions: tuple[str, ...]
    before: str
    excerpt: str
    after: str

    @property
    def part_label(self) -> str:
        return PART_NAMES[self.part]

    @property
    def severity_label(self) -> str:
        return Severity(self.severity).label

    @property
    def category_label(self) -> str:
        return Category(self.category).label

    @property
    def tone(self) -> str:
        """Return the tone of its badge."""
        return {"veto": "danger", "error": "danger", "warning": "warn"}.get(self.severity, "info")

    @property
    def is_serious(self) -> bool:
        """Tell whether nobody can argue it away: the entry does not go to review with it (严重表述错误)."""
        return self.severity == Severity.VETO

    @property
    def asks_for_reason(self) -> bool:
        """Tell whether the entry goes to review only with a word on why this is no fault."""
        return self.severity == Severity.ERROR


def screen_answer(*, organisation: Organisation, draft: AnswerDraft) -> list[AnswerFinding]:
    """Judge an entry by the rules of its body: question, similar wordings and answer, the worst findings first."""
    ruleset = ruleset_for(organisation)
    parts = [("question", draft.question), ("similar", "\n".join(draft.similar)), ("answer", draft.answer)]
    judged = [
        (part, text, judge_writing(organisation=organisation, text=text, ruleset=ruleset)) for part, text in parts
    ]
    found = [one for part, text, findings in judged for one in _found(part, text, findings)]
    return sorted(found, key=lambda one: Severity(one.severity).rank)


def _found(part: str, text: str, findings: Iterable[Finding]) -> list[AnswerFinding]:
    return [
        AnswerFinding(
            part=part, severity=str(one.severity), category=str(one.category), message=one.message, source=one.source,
            suggestions=one.suggestions, before=text[max(0, one.start - 12) : one.start], excerpt=one.excerpt,
            after=text[one.end : one.end + 12],
        )
        for one in findings
    ]  # fmt: skip
