"""Letters saved as files (RFC 5322, MIME; also whole web pages kept as .mht): heads, texts, pages and pictures in them.

Files that hang on a letter are told and not opened.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.plain import decoded, lines_of
from zhijian.screening.attachments.webpages import read_html
from zhijian.screening.attachments.work import LIMITS

if TYPE_CHECKING:
    from email.message import Message

    from zhijian.screening.attachments.work import Desk

_BEGINS: Final = re.compile(rb"[A-Za-z][A-Za-z0-9\-]{0,60}:[^\n]{0,2000}\n")
_MIME: Final = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_HEAD_WITHIN: Final = 64 * 1024
_MOST_NESTED: Final = 30
"""Parts with parts in them: every line of a letter is compared with the borders of all that are open."""
_LONG_HEAD: Final = re.compile(
    rb"^content-(?:type|disposition):(?:(?:[^\n]{0,2000}\n[ \t]){0,20}[^\n]{2000}|(?:[^\n]{0,2000}\n[ \t]){20})",
    re.IGNORECASE | re.MULTILINE,
)
"""Heads whose parameters are too many to take apart: the time grows with the square of their number."""
_LONGEST_HEAD: Final = 10_000
_BROKEN: Final = (MessageError, LookupError, ValueError, TypeError)
"""What the parser of letters raises for heads nobody can read."""
_TANGLED: Final = "这封邮件套得太多或者行数太多，没有检查。请把正文和附件分别另存后检查。"
_UNKNOWN: Final = "编码认不出来，没有检查。请打开邮件，把内容另存后检查"
_HEADS: Final = {
    "Subject": "邮件的主题", "From": "邮件的发件人", "To": "邮件的收件人", "Cc": "邮件的抄送",
    "Reply-To": "邮件的回复地址", "Keywords": "邮件的关键词", "Comments": "邮件的说明",
}  # fmt: skip
_ENCODINGS: Final = frozenset({"", "7bit", "8bit", "binary", "quoted-printable", "base64"})
_CHINESE_CHARSETS: Final = frozenset({"gb2312", "gbk", "gb18030", "x-gbk", "cp936"})


def is_letter(data: bytes) -> bool:
    """Tell whether a file begins as a letter with MIME parts does."""
    head = data[:_HEAD_WITHIN]
    return _BEGINS.match(head) is not None and _MIME.search(head) is not None


def read_letter(data: bytes, desk: Desk) -> None:
    """Read a letter and the letters passed on in it. Raises `BadAttachment` when it is more than may be taken apart."""
    if (
        data.count(b"\n") > LIMITS.paragraphs
        or data.lower().count(b"multipart/") > _MOST_NESTED
        or _LONG_HEAD.search(data)
    ):
        raise BadAttachment(_TANGLED)
    for number, part in enumerate(message_from_bytes(data).walk()):
        if number >= LIMITS.members or desk.full:
            desk.stop(f"邮件第 {number + 1} 部分")
            break
        place = "邮件" if number == 0 else f"邮件第 {number} 部分"
        _read_heads(part, desk)
        try:
            _read_part(part, place, desk)
        except _BROKEN:
            desk.leave(place, _UNKNOWN)
        desk.begin()


def _read_heads(part: Message, desk: Desk) -> None:
    for name, place in _HEADS.items():
        for value in part.get_all(name, ()):
            if len(str(value)) > _LONGEST_HEAD:
                desk.leave(place, f"超过 {_LONGEST_HEAD:,} 个字，没有检查")
            else:
                desk.line(_told(str(value)), place)
    desk.begin()


def _told(value: str) -> str:
    """Return the words of a head, as they stand where their code cannot be read."""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except _BROKEN:
        return value


def _read_part(part: Message, place: str, desk: Desk) -> None:
    if part.is_multipart():
        for words in (part.preamble, part.epilogue):
            desk.line(words or "", f"{place}里不显示的文字", hidden=True)
        return
    kind, name = part.get_content_maintype(), _told(part.get_filename() or "")
    desk.line(name, f"{place}的文件名")
    body = _body(part)
    where = f"{place}（{name[:60]}）" if name else place
    if body is None:
        desk.leave(where, _UNKNOWN)
    elif kind == "image":
        desk.picture(f"{where}的图片", body)
    elif kind != "text":
        desk.leave(where, "是邮件的附件，没有打开。请单独另存后检查")
    elif part.get_content_subtype() == "html":
        read_html(_text(part, body).encode("utf-8", "replace"), desk)
    else:
        for number, line in enumerate(lines_of(_text(part, body)), 1):
            if not desk.line(line, f"{where}第 {number} 行"):
                break


def _body(part: Message) -> bytes | None:
    """Return the bytes of a part, nothing when its code is unknown or broken."""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() not in _ENCODINGS:
        return None
    try:
        body = part.get_payload(decode=True)
    except (MessageError, ValueError):
        return None
    return body if isinstance(body, bytes) and not part.defects else None


def _text(part: Message, body: bytes) -> str:
    """Return the words of a part by the character set it names, by its bytes where that does not fit."""
    named = (part.get_content_charset() or "").lower()
    try:
        return body.decode("gb18030" if named in _CHINESE_CHARSETS else named or "utf-8")
    except (LookupError, UnicodeError, ValueError):
        return decoded(body)[0] if body.strip() else ""
