"""Reading what people teach: terms that bind a body and judge its texts, answers in force and how they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.knowledge.queries.allowances import allowance_work, allowances_run_out, find_allowance, visible_allowances
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
from zhijian.knowledge.queries.private import PRIVATE_LINK, kept_findings, private_findings, private_rules
from zhijian.knowledge.queries.questions import (
    Lapse,
    answer_route,
    find_conflict,
    find_question,
    lapse_of,
    question_work,
    questions_in_force,
    sees_whole_question,
    versions_of,
    visible_conflicts,
    visible_questions,
)
from zhijian.knowledge.queries.shipped import shipped_rule, shipped_rules
from zhijian.knowledge.queries.subject import (
    difference,
)
from zhijian.knowledge.queries.terms import (
    MOST_TRIED,
    Archive,
    Trial,
    TrialHit,
    TrialText,
    archive_texts,
    find_term,
    known_rule,
    line_of,
    narrowed,
    register_archive,
    rule_of,
    ruleset_for,
    rulesets_for,
    shipped_ruleset,
    term_rule_id,
    terms_begun,
    terms_by_id,
    terms_in_force,
    try_in_archive,
    try_rule,
    try_term,
    visible_terms,
    with_term_words,
)
from zhijian.knowledge.queries.terms import (
    work_items as term_work,
)
from zhijian.knowledge.queries.typos import judge_writing

if TYPE_CHECKING:
    from zhijian.lib.work import WorkItem
    from zhijian.organisations.models import User

__all__ = [
    "ANSWER_KIND",
    "MOST_TRIED",
    "PRIVATE_LINK",
    "Answer",
    "AnswerDraft",
    "AnswerFinding",
    "Archive",
    "Lapse",
    "Trial",
    "TrialHit",
    "TrialText",
    "allowances_run_out",
    "answer_of",
    "answer_route",
    "answers_of",
    "archive_texts",
    "difference",
    "draft_of_version",
    "find_allowance",
    "find_answers",
    "find_conflict",
    "find_question",
    "find_term",
    "judge_writing",
    "kept_findings",
    "known_rule",
    "lapse_of",
    "line_of",
    "narrowed",
    "private_findings",
    "private_rules",
    "public_answer",
    "public_questions",
    "questions_in_force",
    "register_archive",
    "rule_of",
    "ruleset_for",
    "rulesets_for",
    "screen_answer",
    "sees_whole_question",
    "shipped_rule",
    "shipped_rules",
    "shipped_ruleset",
    "suggested_answers",
    "term_rule_id",
    "terms_begun",
    "terms_by_id",
    "terms_in_force",
    "try_in_archive",
    "try_rule",
    "try_term",
    "versions_of",
    "visible_allowances",
    "visible_conflicts",
    "visible_questions",
    "visible_terms",
    "with_term_words",
    "work_items",
]


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what waits for this person: terms to decide, entries to write, confirm, mend or explain."""
    return [*term_work(actor=actor), *allowance_work(actor=actor), *question_work(actor=actor)]
