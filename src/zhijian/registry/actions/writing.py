"""Writing a confirmed ledger into the register, in bulk and inside the transaction of the import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from zhijian.audit.actions import record_many
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows
from zhijian.lib.errors import Refused
from zhijian.registry.actions.accounts import logged, take_numbers
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.actions.matching import CARRIED, Supervised, set_value
from zhijian.registry.enums import LIVE_STATES, AccountState, Outcome
from zhijian.registry.models import Account, LedgerRow, PastName
from zhijian.registry.queries.accounts import THING_KIND
from zhijian.registry.queries.ruling import Ruling
from zhijian.registry.queries.searching import fill_search_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.organisations.models import User
    from zhijian.registry.actions.matching import Place
    from zhijian.registry.models import Ledger

CHUNK = 2_000
IMPORT_LOCK = 0x5A4A_1E06
# Stands in the table of places for an account that has no key yet.
UNSAVED = 0
_REWRITTEN = (*CARRIED, "platform_group", "sort_key", "initials", "grams", "url_key", "holds_place", "changed_at")


def write_rows(*, ledger: Ledger, actor: User) -> dict[str, int]:
    """Write the new and changed rows of a judged ledger; return how many accounts are new, changed and surplus.

    Raises Refused when the database finds a contradiction the preview did not show; nothing stays written then.
    """
    hold_imports()
    ruling = Ruling()
    touched: set[int] = set()
    surplus = 0
    try:
        with transaction.atomic():
            for rows in _chunks(ledger):
                surplus += _write(rows, ruling, actor, ledger)
                touched.update(row.organisation_id for row in rows if row.organisation_id)
    except IntegrityError as error:
        raise Refused("台账与登记册有冲突（同一标识或主账号重复），没有导入。请重新预览。") from error
    refresh_findings(touched)
    return {"surplus": surplus}


def hold_imports() -> None:
    """Let one ledger be written at a time: the others wait until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _chunks(ledger: Ledger) -> Iterator[list[LedgerRow]]:
    """Walk the rows by key: the rows of an open cursor would not see what is written beside it."""
    last = 0
    wanted = LedgerRow.objects.filter(ledger=ledger, outcome__in=[Outcome.NEW, Outcome.UPDATE])
    while rows := list(wanted.filter(pk__gt=last).select_related("organisation").order_by("pk")[:CHUNK]):
        yield rows
        last = rows[-1].pk


def _write(rows: Sequence[LedgerRow], ruling: Ruling, actor: User, ledger: Ledger) -> int:
    _clear_mains(rows, actor, ledger)
    places = _places(rows)
    changed = _changed(rows, ruling, places)
    new = _new(rows, ruling, places, Supervised(actor))
    _link(rows)
    source = {"ledger": ledger.pk}
    record_many(
        EventName.ACCOUNT_IMPORTED, actor=actor, thing_kind=THING_KIND,
        rows=((account.organisation_id, account.pk, source) for account in new),
    )  # fmt: skip
    record_many(
        EventName.ACCOUNT_CHANGED, actor=actor, thing_kind=THING_KIND,
        rows=((row.organisation_id, row.account_id, {**source, "changes": logged(row.changes)}) for row in changed),
    )  # fmt: skip
    return sum(not account.holds_place for account in new)


def _link(rows: Sequence[LedgerRow]) -> None:
    """Tell each new row the account it became, in one statement."""
    new = [row for row in rows if row.outcome == Outcome.NEW]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_ledgerrow SET account_id = made.account FROM unnest(%s::bigint[], %s::bigint[])"
            " AS made (id, account) WHERE registry_ledgerrow.id = made.id",
            [[row.pk for row in new], [row.account_id for row in new]],
        )


def _clear_mains(rows: Sequence[LedgerRow], actor: User, ledger: Ledger) -> None:
    """Where the ledger names another main account, the one so far gives the flag up."""
    named = {row.organisation_id or 0: row.account_id for row in rows if row.values.get("is_main")}
    mains = Account.objects.filter(organisation_id__in=named, is_main=True).order_by("pk")
    stale = [(pk, body) for pk, body in mains.values_list("pk", "organisation_id") if named[body] != pk]
    Account.objects.filter(pk__in=[pk for pk, _ in stale]).update(is_main=False, changed_at=clock.now())
    change = {"ledger": ledger.pk, "changes": {"is_main": [True, False]}}
    record_many(
        EventName.ACCOUNT_CHANGED, actor=actor, thing_kind=THING_KIND, rows=((body, pk, change) for pk, body in stale)
    )


def _places(rows: Sequence[LedgerRow]) -> dict[Place, int]:
    """Return who holds which place of these bodies now."""
    bodies = {row.organisation_id or 0 for row in rows}
    live = Account.objects.filter(organisation_id__in=bodies, holds_place=True, state__in=LIVE_STATES)
    return {(body, group): pk for body, group, pk in live.values_list("organisation_id", "platform_group", "pk")}


def _changed(rows: Sequence[LedgerRow], ruling: Ruling, places: dict[Place, int]) -> list[LedgerRow]:
    changed = [row for row in rows if row.outcome == Outcome.UPDATE]
    accounts = Account.objects.select_for_update().in_bulk([row.account_id for row in changed if row.account_id])
    past: dict[int, list[str]] = {}
    for name in PastName.objects.filter(account_id__in=accounts).order_by("pk"):
        past.setdefault(name.account_id, []).append(name.name)
    old_names = []
    for row in changed:
        account = accounts[row.account_id or 0]
        if "name" in row.changes:
            old_names.append(PastName(account=account, name=account.name, until=clock.now()))
            past.setdefault(account.pk, []).append(account.name)
        for name, (_, after) in row.changes.items():
            set_value(account, name, after)
        _settle(account, row, ruling, places)
        fill_search_fields(account, past.get(account.pk, ()))
    PastName.objects.bulk_create(old_names, batch_size=CHUNK)
    # Who gives a place up is written before who takes it: the unique index looks at every row as it is written.
    in_order = sorted(accounts.values(), key=lambda account: account.holds_place and account.state in LIVE_STATES)
    Account.objects.bulk_create(
        in_order, update_conflicts=True, unique_fields=["id"], update_fields=list(_REWRITTEN), batch_size=CHUNK
    )
    return changed


def _settle(account: Account, row: LedgerRow, ruling: Ruling, places: dict[Place, int]) -> None:
    """Give or take the place of the body on this platform by what the account is now."""
    if row.organisation is None:
        return
    account.platform_group = ruling.group(row.organisation, account.platform, account.kind).code
    account.changed_at = clock.now()
    place = (account.organisation_id, account.platform_group)
    if account.state not in LIVE_STATES:
        if row.outcome == Outcome.UPDATE and places.get(place) == account.pk:
            del places[place]
        return
    if row.outcome == Outcome.NEW:
        account.holds_place = place not in places
        places.setdefault(place, UNSAVED)
    else:
        account.holds_place = places.setdefault(place, account.pk) == account.pk


def _new(rows: Sequence[LedgerRow], ruling: Ruling, places: dict[Place, int], supervised: Supervised) -> list[Account]:
    """Make the new accounts; what a body brings in by itself is not filed yet, whatever its ledger says."""
    fresh = [row for row in rows if row.outcome == Outcome.NEW]
    accounts = []
    for row, number in zip(fresh, take_numbers(len(fresh)), strict=True):
        values = row.values
        account = Account(
            organisation=row.organisation, number=number, platform=values["platform"], kind=values.get("kind", ""),
            state=AccountState.ACTIVE, created_at=clock.now(),
        )  # fmt: skip
        for name in CARRIED:
            if values.get(name) not in (None, ""):
                set_value(account, name, values[name])
        if not supervised(row.organisation):
            account.state = AccountState.UNFILED
        _settle(account, row, ruling, places)
        fill_search_fields(account)
        accounts.append(account)
    copy_rows(accounts)
    for row, account in zip(fresh, accounts, strict=True):
        row.account = account
    return accounts
