"""Proposals, drives, their targets and how far they are. Everything is scoped by `actor`."""

from zhijian.drives.queries.drives import (
    ANSWER_KIND,
    THING_KIND,
    answers_of,
    asked_elsewhere,
    bodies_that_ask,
    drives_to_add_to,
    find_drive,
    find_target,
    last_word,
    remaining,
    standing_of,
    targets_of,
    visible_drives,
    visible_targets,
    with_standing,
)
from zhijian.drives.queries.progress import Line, Progress, progress_of, report_of, unfinished_targets
from zhijian.drives.queries.proposals import Fact, Proposal, Proposals
from zhijian.drives.queries.work import due_moment, work_items

__all__ = [
    "ANSWER_KIND",
    "THING_KIND",
    "Fact",
    "Line",
    "Progress",
    "Proposal",
    "Proposals",
    "answers_of",
    "asked_elsewhere",
    "bodies_that_ask",
    "drives_to_add_to",
    "due_moment",
    "find_drive",
    "find_target",
    "last_word",
    "progress_of",
    "remaining",
    "report_of",
    "standing_of",
    "targets_of",
    "unfinished_targets",
    "visible_drives",
    "visible_targets",
    "with_standing",
    "work_items",
]
