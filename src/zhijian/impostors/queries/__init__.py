"""Cases, comparing names, the figures, and what the public may know."""

from zhijian.impostors.queries.cases import (
    COMPLAINTS,
    find_allowed,
    find_case,
    held_pictures,
    known_case,
    visible_allowed,
    visible_cases,
)
from zhijian.impostors.queries.comparing import Compared, compare, lookalikes, owner_of
from zhijian.impostors.queries.figures import Figures, figures_of
from zhijian.impostors.queries.letters import letter_text, recipient_of, word_letter
from zhijian.impostors.queries.public import PublicImpostor, public_impostor
from zhijian.impostors.queries.work import overdue_cases, work_items

__all__ = [
    "COMPLAINTS",
    "Compared",
    "Figures",
    "PublicImpostor",
    "compare",
    "figures_of",
    "find_allowed",
    "find_case",
    "held_pictures",
    "known_case",
    "letter_text",
    "lookalikes",
    "overdue_cases",
    "owner_of",
    "public_impostor",
    "recipient_of",
    "visible_allowed",
    "visible_cases",
    "word_letter",
    "work_items",
]
