"""Keeping accounts: numbers, correcting what the register says, registering an approved one, exporting."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit import actions as audit
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role
from zhijian.policy.queries import load_platforms
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.enums import AccountState
from zhijian.registry.models import Account, Exemption, PastName
from zhijian.registry.queries.accounts import THING_KIND, find_account
from zhijian.registry.queries.filing_kinds import CHANGEABLE
from zhijian.registry.queries.ruling import platform_label, policy_of
from zhijian.registry.queries.searching import fill_search_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import User

EDITABLE = (
    "name", "platform_uid", "handle", "url", "positioning", "is_main", "verified_subject", "certified_until",
    "opened_on", "followers", "leader", "contact", "phone", "vendor", "update_frequency", "remark",
)  # fmt: skip
# Personal fields are named in the log, their text is not kept there (the log is never erased).
_UNLOGGED = {"leader", "contact", "phone", "remark"}


def take_numbers(count: int) -> list[str]:
    """Take fresh register numbers: ZX, eight digits, and a check digit (Luhn) that catches mistyped ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registry_account_number') FROM generate_series(1, %s)", [count])
        return [number_text(row[0]) for row in cursor.fetchall()]


def number_text(serial: int) -> str:
    """Write a serial as a register number with its check digit."""
    digits = f"{serial:08d}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    total = sum(value - 9 if value > 9 else value for value in doubled)  # noqa: PLR2004 - Luhn's own nine
    return f"ZX{digits}{-total % 10}"


def logged(changes: Mapping[str, list[Any]]) -> dict[str, object]:
    """Return changes as the log may keep them: personal fields by name only."""
    return {name: "changed" if name in _UNLOGGED else pair for name, pair in changes.items()}


def why_not_edit(*, actor: User, account: Account) -> list[str]:
    """Give every reason why the actor cannot correct this account."""
    return why_not(Permission.ACCOUNT_EDIT, actor=actor, thing=account)


@transaction.atomic
def edit_account(*, actor: User, account_id: int, values: Mapping[str, Any], seen: str = "") -> Account:
    """Correct fields of an account; a changed name keeps the past one. `seen` = `changed_at` as the form was shown.

    Raises Missing outside the scope; Refused without the right, when someone changed the account meanwhile, or when
    the platform's id belongs to another account.
    """
    account = _locked(actor, account_id)
    require(Permission.ACCOUNT_EDIT, actor=actor, thing=account)
    if seen and seen != account.changed_at.isoformat():
        raise Refused("您填写期间，别人改过这个账号。请看过新的内容再改。")
    changes = _changes(account, values)
    if not changes:
        return account
    _refuse_filed(actor, account, changes)
    _apply(account, changes, values)
    if account.is_main and "is_main" in changes:
        _clear_main(actor, account)
    save_account(account)
    record(
        EventName.ACCOUNT_CHANGED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"changes": logged(changes)},
    )  # fmt: skip
    refresh_findings([account.organisation_id])
    return account


def fields_by_filing(*, actor: User, account: Account) -> frozenset[str]:
    """Return the fields of an account this person changes by a filing only (变更备案).

    Who supervises keeps the register and may put a wrong entry right at once.
    """
    if holds_role(actor=actor, roles=[Role.SUPERVISING_OFFICER], organisation=account.organisation):
        return frozenset()
    rule = policy_of(account.organisation).find("filing.change.fields")
    return frozenset(rule.value) if rule is not None else frozenset()


def _refuse_filed(actor: User, account: Account, changes: Mapping[str, list[Any]]) -> None:
    bound = fields_by_filing(actor=actor, account=account)
    filed = [CHANGEABLE[name] for name in CHANGEABLE if name in bound and name in changes and changes[name][0]]
    if filed:
        raise Refused(f"{'、'.join(filed)}变了要办变更备案，请在账号页面点“办理变更”；登记错了请主管单位更正。")


def _locked(actor: User, account_id: int) -> Account:
    find_account(actor=actor, account_id=account_id)
    row = Account.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=account_id).first()
    if row is None:
        raise Missing
    return row


def _changes(account: Account, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise Refused("有不能在这里修改的内容。请刷新页面后再改。")
    return {
        name: [_plain(getattr(account, name)), _plain(value)]
        for name, value in values.items()
        if value != getattr(account, name)
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _apply(account: Account, changes: Mapping[str, list[Any]], values: Mapping[str, Any]) -> None:
    if "name" in changes:
        keep_past_name(account)
    for name in changes:
        setattr(account, name, values[name])
    account.changed_at = clock.now()


def keep_past_name(account: Account) -> None:
    """Keep the name an account bears now, before it gets another."""
    PastName.objects.create(account=account, name=account.name, until=clock.now())


def save_account(account: Account) -> None:
    """Save with the search fields filled anew. Raises Refused when its id, place or flag belongs to another."""
    past = PastName.objects.filter(account=account).values_list("name", flat=True)
    fill_search_fields(account, past)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Refused(_taken(account, error)) from error


def _taken(account: Account, error: IntegrityError) -> str:
    """Say what the database found taken, by the name of its rule."""
    if "registry_one_account_per_platform" in str(error):
        return "该单位在这个平台刚刚登记了另一个账号。请刷新页面，再看怎么办。"
    if "registry_one_main_account" in str(error):
        return "该单位刚刚定了另一个主账号。主账号只能有一个，请刷新页面。"
    return f"这个{platform_label(account.platform, account.kind)}标识已登记在另一个账号上。请核对是不是填错了。"


def _clear_main(actor: User, account: Account) -> None:
    """Take the flag from the body's main account so far: there is one (国办发〔2018〕123号: 做优做强主账号)."""
    others = Account.objects.filter(organisation_id=account.organisation_id, is_main=True).exclude(pk=account.pk)
    for other in others.select_for_update():
        other.is_main, other.changed_at = False, clock.now()
        other.save(update_fields=["is_main", "changed_at"])
        record(
            EventName.ACCOUNT_CHANGED, actor=actor, organisation_id=other.organisation_id, thing_kind=THING_KIND,
            thing_id=other.pk, data={"changes": {"is_main": [True, False]}},
        )  # fmt: skip


def why_not_register(*, actor: User, account: Account) -> list[str]:
    """Give every reason why the actor cannot register this account now."""
    return why_not(Permission.ACCOUNT_REGISTER, actor=actor, thing=account)


@transaction.atomic
def register_account(*, actor: User, account_id: int, platform_uid: str, url: str = "", handle: str = "") -> Account:
    """Write down what the platform gave to an approved account; it is in use from now on.

    Raises Missing, or Refused: not approved, no id, an id that is not of this platform's form or is registered.
    """
    account = _locked(actor, account_id)
    require(Permission.ACCOUNT_REGISTER, actor=actor, thing=account)
    known = load_platforms().platform_kind(account.platform, account.kind)
    if not known.id_fits(platform_uid):
        raise Refused(f"“{platform_uid}”不是{known.name}的{known.kind.id_name}。请到平台后台的账号设置里复制。")
    account.platform_uid, account.url, account.handle = platform_uid, url, handle
    account.state, account.opened_on, account.changed_at = AccountState.ACTIVE, clock.today(), clock.now()
    save_account(account)
    record(
        EventName.ACCOUNT_REGISTERED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"platform": account.platform, "platform_uid": platform_uid},
    )  # fmt: skip
    refresh_findings([account.organisation_id])
    return account


def why_not_give_up(*, actor: User, account: Account) -> list[str]:
    """Give every reason why an approved account cannot be let go."""
    return why_not(Permission.ACCOUNT_REGISTER, actor=actor, thing=account)


@transaction.atomic
def give_up_account(*, actor: User, account_id: int) -> Account:
    """Let an account go that was approved and never registered at its platform; its place or exemption is free again.

    Raises Missing, or Refused when it is registered already: then it is closed with the platform's proof.
    """
    account = _locked(actor, account_id)
    require(Permission.ACCOUNT_REGISTER, actor=actor, thing=account)
    account.state, account.changed_at = AccountState.GIVEN_UP, clock.now()
    Exemption.objects.filter(account=account, ended_at=None).update(ended_at=clock.now())
    save_account(account)
    record(
        EventName.ACCOUNT_GIVEN_UP, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk,
    )  # fmt: skip
    refresh_findings([account.organisation_id])
    return account


def record_export(*, actor: User, what: str, file_format: str, rows: int) -> None:
    """Write down that a file of the register that is no list of the pages left. Raises Refused without the right."""
    require(Permission.ACCOUNT_EXPORT, actor=actor)
    audit.record_export(actor=actor, what=what, file_format=file_format, rows=rows)
