"""Every act on a piece: each one transaction with its permission, its compare-and-set and its audit row."""

from zhijian.content.actions.asking import Opinions, ask_opinions
from zhijian.content.actions.bringing import (
    import_article,
    import_pasted,
    restore_removed,
    settle_marked,
    widen_punctuation,
)
from zhijian.content.actions.following import follow_approval, follow_return, follow_void, follow_withdrawal
from zhijian.content.actions.handing_over import hand_over_articles
from zhijian.content.actions.pictures import ask_for_look, keep_reading, look_at_picture, why_not_ask_for_look
from zhijian.content.actions.submitting import (
    discard_article,
    submit_article,
    unfit_for,
    why_not_discard,
    why_not_submit,
)
from zhijian.content.actions.waiving import waive_finding, why_not_waive
from zhijian.content.actions.writing import (
    VOIDING,
    EditConflict,
    autosave,
    create_article,
    drop_working_copy,
    keep_presence,
    save_revision,
    saver_of,
)

__all__ = [
    "VOIDING",
    "EditConflict",
    "Opinions",
    "ask_for_look",
    "ask_opinions",
    "autosave",
    "create_article",
    "discard_article",
    "drop_working_copy",
    "follow_approval",
    "follow_return",
    "follow_void",
    "follow_withdrawal",
    "hand_over_articles",
    "import_article",
    "import_pasted",
    "keep_presence",
    "keep_reading",
    "look_at_picture",
    "restore_removed",
    "save_revision",
    "saver_of",
    "settle_marked",
    "submit_article",
    "unfit_for",
    "waive_finding",
    "why_not_ask_for_look",
    "why_not_discard",
    "why_not_submit",
    "why_not_waive",
    "widen_punctuation",
]
