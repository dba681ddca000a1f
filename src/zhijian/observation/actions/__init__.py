"""Every act of this room; tasks, pages and the rooms above call these."""

from zhijian.observation.actions.handed import (
    DeliveredPiece,
    HandLook,
    note_delivery,
    proof_type,
    record_hand_look,
    why_not_hand_look,
)
from zhijian.observation.actions.histories import (
    Choice,
    choose_columns,
    confirm_history,
    discard_history,
    run_history,
    upload_history,
    why_not_choose,
    why_not_confirm,
)
from zhijian.observation.actions.links import check_links, due_links
from zhijian.observation.actions.looking import look_at
from zhijian.observation.actions.recording import Sighting, keep_evidence, keep_failure, keep_sighting
from zhijian.observation.actions.sources import (
    SourceDraft,
    add_source,
    ask_for_look,
    change_source,
    resume_source,
    standing_source,
    stop_source,
    why_not_look_now,
    why_not_source,
    why_not_stop,
)

__all__ = [
    "Choice",
    "DeliveredPiece",
    "HandLook",
    "Sighting",
    "SourceDraft",
    "add_source",
    "ask_for_look",
    "change_source",
    "check_links",
    "choose_columns",
    "confirm_history",
    "discard_history",
    "due_links",
    "keep_evidence",
    "keep_failure",
    "keep_sighting",
    "look_at",
    "note_delivery",
    "proof_type",
    "record_hand_look",
    "resume_source",
    "run_history",
    "standing_source",
    "stop_source",
    "upload_history",
    "why_not_choose",
    "why_not_confirm",
    "why_not_hand_look",
    "why_not_look_now",
    "why_not_source",
    "why_not_stop",
]
