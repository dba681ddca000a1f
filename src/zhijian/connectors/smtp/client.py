"""Sending one letter by SMTP, with each failure sorted by whether the letter may have gone out."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
TIMEOUT: Final = 10.0
LONGEST: Final = 20_000
"""Characters of a letter: a daily summary of a hundred lines fits."""
PERMANENT: Final = 500
HINT_UNSENT: Final = "邮件服务器连不上，稍后会自动再发。"
HINT_UNKNOWN: Final = "邮件服务器没有回话，不知道邮件发出去没有。"
HINT_SIGN_IN: Final = "邮件服务器不认用户名或密码，请管理人员核对。"
HINT_REFUSED: Final = "邮件服务器不收这封邮件，请核对发件地址和收件地址。"


class Security(StrEnum):
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed in. `username` "" signs in nowhere."""

    host: str
    port: int
    security: Security
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One plain-text letter. `message_id` is the same for the same letter, so that a mail reader shows it once."""

    to: str
    subject: str
    text: str
    message_id: str


def send_letter(server: MailServer, letter: Letter) -> None:
    """Hand in one letter.

    Raises PlatformError: TRANSIENT before anything was handed in, AUTH, INVALID, and UNKNOWN_OUTCOME when the answer
    to the letter itself never came.
    """
    message = _message(server, letter)
    session = _attempt(lambda: _open(server))
    try:
        _attempt(lambda: _address(session, server.sender, letter.to))
        _hand_in(session, message.as_bytes())
    finally:
        session.close()


def _message(server: MailServer, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(letter.subject.split())[:200]
    message["From"], message["To"] = server.sender, letter.to
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text[:LONGEST])
    return message


def _open(server: MailServer) -> smtplib.SMTP:
    if server.security is Security.TLS:
        context = ssl.create_default_context()
        session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    session.ehlo_or_helo_if_needed()
    if server.security is Security.STARTTLS:
        session.starttls(context=ssl.create_default_context())
    if server.username:
        session.login(server.username, server.password)
    return session


def _address(session: smtplib.SMTP, sender: str, to: str) -> None:
    for code, said in (session.mail(sender), session.rcpt(to)):
        if code >= 400:  # noqa: PLR2004 -- the classes of SMTP answers: 4xx later, 5xx never
            raise smtplib.SMTPResponseException(code, said)


def _hand_in(session: smtplib.SMTP, data: bytes) -> None:
    """From here on a silence does not tell whether the letter is on its way."""
    code, failed = 0, ""
    try:
        code, _ = session.data(data)
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
    except (smtplib.SMTPException, OSError) as error:
        failed = type(error).__name__
    if failed:
        raise PlatformError(ErrKind.UNKNOWN_OUTCOME, failed, "No answer to the letter.", hint_zh=HINT_UNKNOWN)
    if code >= 400:  # noqa: PLR2004 -- as above
        raise _answered(code)


def _attempt(act: Callable[[], T]) -> T:
    """Do something before the letter is handed in; whatever fails, nothing has gone out.

    The errors of smtplib repeat what the server said, addresses included, so only their kind is kept.
    """
    try:
        return act()
    except smtplib.SMTPAuthenticationError:
        error = PlatformError(ErrKind.AUTH, "sign_in", "The sign-in was refused.", hint_zh=HINT_SIGN_IN)
    except smtplib.SMTPResponseException as answer:
        error = _answered(answer.smtp_code)
    except (smtplib.SMTPException, OSError, UnicodeError) as failure:
        name = type(failure).__name__
        error = PlatformError(ErrKind.TRANSIENT, name, "The server was not reached.", hint_zh=HINT_UNSENT)
    raise error


def _answered(code: int) -> PlatformError:
    if code < PERMANENT:
        return PlatformError(ErrKind.TRANSIENT, f"smtp_{code}", "The server asks to come again.", hint_zh=HINT_UNSENT)
    return PlatformError(ErrKind.INVALID, f"smtp_{code}", "The server refused.", hint_zh=HINT_REFUSED)
