"""Judging files before they go out: what is written in them, also where a reader does not look.

Pure: bytes in, passages with places a person understands out. What cannot be read is told, never passed over. The rest
of the project imports from this package, not from its modules.
"""

from zhijian.screening.attachments.copies import Copy, masked_copy
from zhijian.screening.attachments.judging import (
    AttachmentFinding,
    judge_attachment,
)
from zhijian.screening.attachments.model import (
    Attachment,
    BadAttachment,
    EmbeddedPicture,
    Kind,
    Link,
    Passage,
    Span,
    Unread,
)
from zhijian.screening.attachments.opening import read_attachment
from zhijian.screening.attachments.work import LIMITS

__all__ = [
    "LIMITS",
    "Attachment",
    "AttachmentFinding",
    "BadAttachment",
    "Copy",
    "EmbeddedPicture",
    "Kind",
    "Link",
    "Passage",
    "Span",
    "Unread",
    "judge_attachment",
    "masked_copy",
    "read_attachment",
]
