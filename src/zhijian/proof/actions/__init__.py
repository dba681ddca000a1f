"""What is done with the signed register: sealing, publishing, keys, and looking whether accounts lead back."""

from zhijian.proof.actions.keys import current_key, rotate_key
from zhijian.proof.actions.linking import (
    PersonSaw,
    check_link_backs,
    due_link_backs,
    keep_outcome,
    ready_words,
    record_link,
    why_not_record,
)
from zhijian.proof.actions.publishing import publish_register, register_folder
from zhijian.proof.actions.sealing import seal_all, seal_changes

__all__ = [
    "PersonSaw",
    "check_link_backs",
    "current_key",
    "due_link_backs",
    "keep_outcome",
    "publish_register",
    "ready_words",
    "record_link",
    "register_folder",
    "rotate_key",
    "seal_all",
    "seal_changes",
    "why_not_record",
]
