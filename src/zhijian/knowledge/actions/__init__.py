"""Every act on what people teach: each one transaction with its permission, its compare-and-set and its audit row."""

from zhijian.knowledge.actions.terms import (
    LONGEST,
    MOST_AT_ONCE,
    SHORTEST,
    TermDraft,
    approve_term,
    draft_problems,
    propose_term,
    propose_terms,
    reject_term,
    retire_term,
    why_not_propose,
    why_not_retire,
)

__all__ = [
    "LONGEST",
    "MOST_AT_ONCE",
    "SHORTEST",
    "TermDraft",
    "approve_term",
    "draft_problems",
    "propose_term",
    "propose_terms",
    "reject_term",
    "retire_term",
    "why_not_propose",
    "why_not_retire",
]
