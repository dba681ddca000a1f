"""Reading what people teach: which terms bind a body, and the rule set that judges its texts."""

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
    shipped_ruleset,
    term_rule_id,
    terms_in_force,
    try_rule,
    try_term,
    visible_terms,
    work_items,
)

__all__ = [
    "Trial",
    "TrialHit",
    "TrialText",
    "archive_texts",
    "find_term",
    "line_of",
    "register_archive",
    "rule_of",
    "ruleset_for",
    "shipped_ruleset",
    "term_rule_id",
    "terms_in_force",
    "try_rule",
    "try_term",
    "visible_terms",
    "work_items",
]
