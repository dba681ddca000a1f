from zhijian.content.views.article import (
    choose_comparison,
    compare,
    discard,
    picture,
    picture_boxes,
    read_again,
    show,
    show_version,
    submit,
    waive,
)
from zhijian.content.views.editing import autosave, drop_copy, edit, opinions, present, screen
from zhijian.content.views.lists import article_list
from zhijian.content.views.previewing import preview
from zhijian.content.views.starting import choose_start, imported, paste, restore, settle, upload, widen, write

__all__ = [
    "article_list",
    "autosave",
    "choose_comparison",
    "choose_start",
    "compare",
    "discard",
    "drop_copy",
    "edit",
    "imported",
    "opinions",
    "paste",
    "picture",
    "picture_boxes",
    "present",
    "preview",
    "read_again",
    "restore",
    "screen",
    "settle",
    "show",
    "show_version",
    "submit",
    "upload",
    "waive",
    "widen",
    "write",
]
