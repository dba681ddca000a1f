"""A drive from its draft to its closing report; each function is one act in one transaction."""

from zhijian.drives.actions.answers import (
    agree,
    agree_many,
    ask_to_keep,
    decide,
    why_not_agree,
    why_not_ask,
)
from zhijian.drives.actions.drives import (
    DriveDraft,
    change_drive,
    close_drive,
    create_drive,
    delete_drive,
    extend_drive,
    send_drive,
    take_report,
    why_not_change,
    why_not_close,
    why_not_extend,
    why_not_send,
)
from zhijian.drives.actions.filings import filing_word
from zhijian.drives.actions.targets import (
    MOST_AT_ONCE,
    Taken,
    add_targets,
    change_target,
    create_with_targets,
    follow_account,
    remove_targets,
    why_not_change_targets,
)
from zhijian.drives.actions.telling import warn_due

__all__ = [
    "MOST_AT_ONCE",
    "DriveDraft",
    "Taken",
    "add_targets",
    "agree",
    "agree_many",
    "ask_to_keep",
    "change_drive",
    "change_target",
    "close_drive",
    "create_drive",
    "create_with_targets",
    "decide",
    "delete_drive",
    "extend_drive",
    "filing_word",
    "follow_account",
    "remove_targets",
    "send_drive",
    "take_report",
    "warn_due",
    "why_not_agree",
    "why_not_ask",
    "why_not_change",
    "why_not_change_targets",
    "why_not_close",
    "why_not_extend",
    "why_not_send",
]
