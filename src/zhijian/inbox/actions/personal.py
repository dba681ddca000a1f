"""Personal fields: sealed under a key per case, opened one look at a time, destroyed for good."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.events import EventName
from zhijian.inbox.actions.moving import locked_case, note_change, record_case, write_entry
from zhijian.inbox.enums import CLOSED_STATES, EntryKind
from zhijian.inbox.models import Case, CaseSecret
from zhijian.inbox.queries.cases import find_case
from zhijian.inbox.queries.clocks import rules_of
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.sealing import KEY_BYTES, SealBroken, Sealer, sealer_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import User

KEY_NAME: Final = b"case"
FIELDS: Final = {"name": "姓名", "phone": "电话", "address": "住址", "openid": "微信标识"}
BROKEN: Final = "联系方式打不开：数据目录里的 seal_key 换过或丢失。请联系系统管理员从备份恢复。"


def keyed_digest(text: str, *, purpose: str) -> str:
    """Return a digest that only this installation can make, so that equal values are found without being kept."""
    return salted_hmac(f"zhijian.inbox.{purpose}", text, algorithm="sha256").hexdigest()


def seal_fields(case: Case, fields: Mapping[str, str], *, link_key: str) -> CaseSecret:
    """Keep the personal fields of a new case and the key of its private link."""
    given = {name: value for name, value in fields.items() if value}
    key = os.urandom(KEY_BYTES)
    own, house = Sealer({KEY_NAME: key}, KEY_NAME), sealer_in(settings.ZHIJIAN_DATA)
    return CaseSecret.objects.create(
        case=case,
        sealed_key=house.seal(key, place=_place(case, "key")),
        sealed_fields=own.seal(json.dumps(given, ensure_ascii=False).encode(), place=_place(case, "fields")),
        sealed_link=house.seal(link_key.encode(), place=_place(case, "link")),
        has_contact=any(name in given for name in ("name", "phone", "address")),
    )


def open_fields(case: Case) -> dict[str, str]:
    """Return the personal fields; {} once they are destroyed. For the system's own work; people use reveal_contact.

    Raises Refused when the installation's key is lost.
    """
    secret = case.secret
    if not secret.sealed_key:
        return {}
    try:
        key = sealer_in(settings.ZHIJIAN_DATA).open(bytes(secret.sealed_key), place=_place(case, "key"))
        plain = Sealer({KEY_NAME: key}, KEY_NAME).open(bytes(secret.sealed_fields), place=_place(case, "fields"))
    except SealBroken as broken:
        raise Refused(BROKEN) from broken
    found: dict[str, str] = json.loads(plain)
    return found


def link_key(case: Case) -> str:
    """Return the key of the private link, for a word to the citizen. Raises Refused when it does not open."""
    try:
        sealed = bytes(case.secret.sealed_link)
        return sealer_in(settings.ZHIJIAN_DATA).open(sealed, place=_place(case, "link")).decode()
    except SealBroken as broken:
        raise Refused(BROKEN) from broken


@transaction.atomic
def reveal_contact(*, actor: User, case_id: int) -> dict[str, str]:
    """Return the personal fields by their Chinese names, and write down who looked. Raises Refused, Missing."""
    case = find_case(actor=actor, case_id=case_id)
    require(Permission.CONTACT_REVEAL, actor=actor, thing=case)
    fields = open_fields(case)
    record_case(EventName.CONTACT_REVEALED, case, actor, {"fields": sorted(set(fields) - {"openid"})})
    return {label: fields[name] for name, label in FIELDS.items() if name in fields and name != "openid"}


def why_not_destroy(*, actor: User, case: Case) -> list[str]:
    """Give every reason why the personal fields of a case cannot be destroyed now."""
    reasons = why_not(Permission.CONTACT_DESTROY, actor=actor, thing=case)
    kept = rules_of(case.organisation).integer("reply.personal_data_days")
    if case.state in CLOSED_STATES and case.closed_at and case.closed_at + timedelta(days=kept) > clock.now():
        reasons.append(f"规定保存 {kept} 天，{clock_date(case, kept)} 以后才能销毁。")
    return reasons


def clock_date(case: Case, days: int) -> str:
    """Return the day on which the time of keeping ends."""
    end = (case.closed_at or clock.now()) + timedelta(days=days)
    return end.astimezone(clock.BEIJING).date().isoformat()


@transaction.atomic
def destroy_personal_data(*, actor: User, case_id: int) -> Case:
    """Throw away the key of a case: name, telephone and address are gone, question and answer stay.

    Raises Refused with every reason, Missing.
    """
    case = locked_case(actor, case_id)
    reasons = why_not_destroy(actor=actor, case=case)
    if reasons:
        raise Refused(reasons)
    secret = case.secret
    secret.sealed_key, secret.sealed_fields, secret.has_contact = b"", b"", False
    secret.destroyed_at = clock.now()
    secret.save(update_fields=["sealed_key", "sealed_fields", "has_contact", "destroyed_at"])
    note_change(case, contact_digest="", sender_digest="", address_digest="")
    write_entry(case, EntryKind.DESTROYED, "姓名、电话、地址已按规定销毁。", actor=actor, is_public=False)
    record_case(EventName.CONTACT_DESTROYED, case, actor, {})
    return case


def _place(case: Case, what: str) -> str:
    return f"inbox.case:{case.pk}:{what}"
