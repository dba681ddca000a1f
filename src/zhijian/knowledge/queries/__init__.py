"""Reading what people teach: terms that bind a body and judge its texts, answers in force and how they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.knowledge.queries.drafts import (
    THING_KIND as ANSWER_KIND,
)
from zhijian.knowledge.queries.drafts import (
    AnswerDraft,
    AnswerFinding,
    draft_of_version,
    screen_answer,
)
from zhijian.knowledge.queries.finding import (
    Answer,
    answer_of,
    answers_of,
    find_answers,
    public_answer,
    public_questions,
    suggested_answers,
)
from zhijian.knowledge.queries.questions import (
    Lapse,
    answer_route,
    find_conflict,
    find_question,
    lapse_of,
    question_work,
    sees_whole_question,
    versions_of,
    visible_conflicts,
    visible_questions,
)
from zhijian.knowledge.queries.subject import (
    difference,
)
from zhijian.knowledge.queries.terms import (
    Trial,
    TrialHit,
    TrialText,
    archive_texts,
    find_term,
    line_of,
    register_archive,
    rule_of,
    ruleset_for,
    rulesets_for,
    shipped_ruleset,
    term_rule_id,
    terms_in_force,
    try_rule,
    try_term,
    visible_terms,
)
from zhijian.knowledge.queries.terms import (
    work_items as term_work,
)

if TYPE_CHECKING:
    from zhijian.lib.work import WorkItem
    from zhijian.organisations.models import User

__all__ = [
    "ANSWER_KIND",
    "Answer",
    "AnswerDraft",
    "AnswerFinding",
    "Lapse",
    "Trial",
    "TrialHit",
    "TrialText",
    "answer_of",
    "answer_route",
    "answers_of",
    "archive_texts",
    "difference",
    "draft_of_version",
    "find_answers",
    "find_conflict",
    "find_question",
    "find_term",
    "lapse_of",
    "line_of",
    "public_answer",
    "public_questions",
    "register_archive",
    "rule_of",
    "ruleset_for",
    "rulesets_for",
    "screen_answer",
    "sees_whole_question",
    "shipped_ruleset",
    "suggested_answers",
    "term_rule_id",
    "terms_in_force",
    "try_rule",
    "try_term",
    "versions_of",
    "visible_conflicts",
    "visible_questions",
    "visible_terms",
    "work_items",
]


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what waits for this person: terms to decide, entries to write, confirm, mend or explain."""
    return [*term_work(actor=actor), *question_work(actor=actor)]
