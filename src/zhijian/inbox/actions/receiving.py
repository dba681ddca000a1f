"""Taking in what citizens write: from the portal, from a WeChat message, by hand."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.events import EventName
from zhijian.inbox.actions.clocks import clock_of, due_sentence
from zhijian.inbox.actions.moving import record_case, write_entry
from zhijian.inbox.actions.personal import keyed_digest, link_key, seal_fields
from zhijian.inbox.actions.photos import attach_photos, intake_body
from zhijian.inbox.enums import CaseForm, Channel, EntryKind, MessageKind
from zhijian.inbox.models import Case
from zhijian.inbox.queries.addressing import receiver_for
from zhijian.inbox.queries.cases import receiving_bodies
from zhijian.inbox.queries.clocks import rules_of
from zhijian.inbox.queries.numbers import number_of
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from decimal import Decimal

    from django.db.models import QuerySet

    from zhijian.channels.models import Connection
    from zhijian.organisations.models import Organisation, User

KEY_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
KEY_LENGTH: Final = 12
LONGEST_TITLE: Final = 80
LONGEST_TEXT: Final = 5_000
MOST_PHOTOS: Final = 4
PHONE: Final = re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What a citizen wrote. `photos` are hashes `photos.keep_photo` gave out.

    `organisation` is whom it is written to; where nobody answers there, who answers for it takes it in. None: whoever
    takes in.
    """

    title: str
    text: str
    kind: str = MessageKind.CONSULT
    form: str = CaseForm.MESSAGE
    organisation: Organisation | None = None
    place: str = ""
    division: Organisation | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    is_confidential: bool = False
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """A new case and the key of its private link. `is_new` False: the same form was sent before."""

    case: Case
    key: str = field(repr=False)
    is_new: bool = True


NO_PHOTO: Final = "请拍一张照片，或者从相册选一张。"


class TooOften(Refused):
    """The visitor should wait; what was typed stays."""


def draft_problems(draft: CaseDraft) -> list[str]:
    """Give what is wrong with what was written, as sentences for the one who wrote it."""
    checks = [
        (not draft.title.strip(), "请写一个标题，一句话说清是什么事。"),
        (len(draft.title) > LONGEST_TITLE, f"标题最长 {LONGEST_TITLE} 个字，现在有 {len(draft.title)} 个。"),
        (not draft.text.strip(), "请写下要说的事。"),
        (len(draft.text) > LONGEST_TEXT, f"内容最长 {LONGEST_TEXT:,} 个字，现在有 {len(draft.text):,} 个。"),
        (draft.kind not in MessageKind.values, "请选择留言的类别。"),
        (len(draft.photos) > MOST_PHOTOS, f"照片最多 {MOST_PHOTOS} 张。"),
        (draft.form == CaseForm.PHOTO and not draft.photos, NO_PHOTO),
        (bool(draft.phone) and not PHONE.fullmatch(draft.phone.replace(" ", "")), "电话号码不对，请核对；也可以不填。"),
    ]
    return [sentence for broken, sentence in checks if broken]


def too_often(*, address: str, phone: str) -> list[str]:
    """Give the reasons why this visitor should wait: so many from one address an hour, from one contact a day."""
    now, reasons = clock.now(), []
    if address and _is_full(
        Case.objects.filter(address_digest=_address_digest(address), received_at__gt=now - timedelta(hours=1)),
        settings.ZHIJIAN_INBOX_PER_ADDRESS_HOUR,
    ):
        reasons.append("这个网络一小时内提交的留言已经很多。您写的内容都还在，请一小时后再点提交，或拨打 12345。")
    digest = _contact_digest(phone)
    if digest and _is_full(
        Case.objects.filter(contact_digest=digest, received_at__gt=now - timedelta(days=1)),
        settings.ZHIJIAN_INBOX_PER_CONTACT_DAY,
    ):
        reasons.append("这个电话今天留言已经很多。您写的内容都还在，请明天再点提交，或在原来的留言里补充。")
    return reasons


def _is_full(rows: QuerySet[Case], most: int) -> bool:
    """Tell whether there are as many already; only the last that counts is read, not all of a busy network's."""
    return rows.order_by("-received_at").values("pk")[most - 1 : most].exists() if most > 0 else True


def receive_from_portal(*, draft: CaseDraft, form_token: str, address: str) -> Received:
    """Take in what was written on the portal; the same form sent twice gives the one case, with a new look at its key.

    Raises Refused with every reason, TooOften when one of them is that the visitor should wait: nothing is kept then,
    the page keeps what was typed.
    """
    body = _taken_in_by(draft.organisation)
    often = too_often(address=address, phone=draft.phone)
    reasons = [*draft_problems(draft), *_contact_needed(draft, body), *often]
    try:
        if reasons:
            raise TooOften(reasons) if often else Refused(reasons)
        return _create(draft, body=body, channel=Channel.PORTAL, form_token=form_token, address=address)
    except (Refused, IntegrityError):
        # Of two copies sent together the second waited for the first one's row. What was taken in already is no news
        # and not too often: it is looked for only here, because nearly every form comes once.
        known = case_of_form(form_token)
        if known is None:
            raise
        return known


def case_of_form(form_token: str) -> Received | None:
    """Return the case a form has made, for the second click on its button."""
    rows = Case.objects.filter(form_token=form_token)
    if not rows.exists():  # nearly always; the whole row is wide
        return None
    case = rows.select_related("secret").get()
    return Received(case, link_key(case), is_new=False)


@transaction.atomic
def register_by_hand(*, actor: User, draft: CaseDraft) -> Received:
    """Register what came by telephone, letter or at the counter. Raises Refused."""
    body = draft.organisation or intake_body()
    require(Permission.CASE_RECEIVE, actor=actor, thing=body)
    reasons = draft_problems(draft)
    if reasons:
        raise Refused(reasons)
    return _create(draft, body=body, channel=Channel.HAND, actor=actor)


def first_words(text: str) -> str:
    """Return what a message that has no title is called: the start of its first line."""
    return next((line.strip()[:30] for line in text.splitlines() if line.strip()), "")


def receive_from_wechat(*, row: Connection, openid: str, text: str) -> Received:
    """Make a case of a follower's message; runs inside the transaction of the callback."""
    title = first_words(text) or "微信留言"
    draft = CaseDraft(title=title, text=text[:LONGEST_TEXT])
    return _create(draft, body=_wechat_intake(row), channel=Channel.WECHAT, connection_row=row, openid=openid)


def is_follower_full(row: Connection, openid: str) -> bool:
    """Tell whether a follower has begun as many cases within a day as one contact may."""
    mine = Case.objects.filter(connection=row, sender_digest=sender_digest(openid))
    since = clock.now() - timedelta(days=1)
    return _is_full(mine.filter(received_at__gt=since), settings.ZHIJIAN_INBOX_PER_CONTACT_DAY)


def sender_digest(openid: str) -> str:
    """Return the digest by which a follower's open case is found."""
    return keyed_digest(openid, purpose="sender")


@transaction.atomic
def _create(
    draft: CaseDraft,
    *,
    body: Organisation,
    channel: Channel,
    actor: User | None = None,
    form_token: str | None = None,
    address: str = "",
    connection_row: Connection | None = None,
    openid: str = "",
) -> Received:
    now, key = clock.now(), _new_key()
    counted = clock_of(organisation=body, kind=draft.kind, start=now)
    case = Case.objects.create(
        number=number_of(now.year, _next_serial()), key_digest=sha256_hex(key.encode()), form=draft.form,
        channel=channel, kind=draft.kind, title=draft.title.strip(), text=draft.text.strip(),
        place=draft.place.strip()[:120], division=draft.division, latitude=draft.latitude, longitude=draft.longitude,
        is_confidential=draft.is_confidential, organisation=body, intake=body, received_at=now, changed_at=now,
        last_word_at=now, due_at=counted.due_at, form_token=form_token, registered_by=actor,
        connection=connection_row, sender_digest=sender_digest(openid) if openid else "",
        contact_digest=_contact_digest(draft.phone), address_digest=_address_digest(address),
    )  # fmt: skip
    counted.case = case
    counted.save(force_insert=True)
    personal = {"name": draft.name.strip(), "phone": draft.phone.strip(), "address": draft.address.strip()}
    seal_fields(case, {**personal, "openid": openid}, link_key=key)
    attach_photos(case, draft.photos)
    write_entry(case, EntryKind.RECEIVED, f"{_received_by(body, draft)}{due_sentence(counted)}", actor=actor)
    record_case(EventName.CASE_RECEIVED, case, actor, {"channel": channel, "form": draft.form, "kind": draft.kind})
    return Received(case, key)


def _taken_in_by(wanted: Organisation | None) -> Organisation:
    """Whoever answers for the body it is written to; raises Refused where nobody answers at all."""
    return (receiver_for(wanted) if wanted is not None else None) or intake_body()


def _received_by(body: Organisation, draft: CaseDraft) -> str:
    if draft.organisation is None or draft.organisation.pk == body.pk:
        return f"{body}已收到。"
    return f"写给{draft.organisation}的，由{body}先收下，再转给承办的单位。"


def _wechat_intake(row: Connection) -> Organisation:
    """The body of the account takes in what its followers write, if it answers; else whoever takes in."""
    return receiving_bodies().filter(pk=row.organisation_id).first() or intake_body()


def _contact_needed(draft: CaseDraft, body: Organisation) -> list[str]:
    if not draft.phone and rules_of(body).flag("reply.contact_required", message_kind=draft.kind):
        return ["本地规定这类留言要留手机号，方便核实。只有办理人员看得到。"]
    return []


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inbox_case_number')")
        return int(cursor.fetchone()[0])


def _new_key() -> str:
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(KEY_LENGTH))


def _contact_digest(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return keyed_digest(digits, purpose="contact") if digits else ""


def _address_digest(address: str) -> str:
    """The address counts for a day only: with another day comes another digest."""
    return keyed_digest(f"{clock.today()} {address}", purpose="address") if address else ""
