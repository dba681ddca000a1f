"""Taking an imported ledger back, whole: somebody imported the wrong file and saw it too late.

The accounts it made go, as long as nothing has been built on any of them; the accounts it changed get their earlier
values from its rows, except those that somebody changed again since. Statements work on sets, never row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record_many
from zhijian.audit.events import EventName
from zhijian.audit.queries import all_events
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import bodies_in_scope
from zhijian.registry.actions.accounts import logged
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.actions.ledger_steps import lock_ledger, record_ledger
from zhijian.registry.actions.matching import set_value
from zhijian.registry.actions.writing import hold_imports
from zhijian.registry.enums import LIVE_STATES, LedgerState, Outcome
from zhijian.registry.models import Account, Finding, LedgerRow, PastName
from zhijian.registry.queries.accounts import THING_KIND
from zhijian.registry.queries.filings import OFFICERS
from zhijian.registry.queries.ruling import Ruling
from zhijian.registry.queries.searching import fill_search_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Ledger

CHUNK = 2_000
MOST_NAMED = 3
# What an import itself hangs on an account; anything else has been built on it since.
_OWN = (Finding, PastName, LedgerRow)
_RESTORED = (
    "name", "kind", "platform_uid", "handle", "url", "positioning", "state", "verified_subject", "certified_until",
    "opened_on", "followers", "leader", "contact", "phone", "vendor", "update_frequency", "remark", "platform_group",
    "sort_key", "initials", "grams", "url_key", "changed_at",
)  # fmt: skip


class Held(NamedTuple):
    """What an account held when the undoing began."""

    body: int
    place: bool
    is_main: bool


def made_accounts(ledger: Ledger) -> QuerySet[Account]:
    """Return the accounts an imported ledger made."""
    return Account.objects.filter(pk__in=_rows(ledger, Outcome.NEW).values("account_id"))


def changed_accounts(ledger: Ledger) -> QuerySet[Account]:
    """Return the accounts an imported ledger changed and nobody has changed since: these get their values back."""
    changed = Account.objects.filter(pk__in=_rows(ledger, Outcome.UPDATE).values("account_id"))
    return changed.filter(changed_at__lte=ledger.imported_at)


def _rows(ledger: Ledger, *outcomes: Outcome) -> QuerySet[LedgerRow]:
    return LedgerRow.objects.filter(ledger=ledger, outcome__in=outcomes, account__isnull=False)


def why_not_undo(*, actor: User, ledger: Ledger) -> list[str]:
    """Give every reason why the actor cannot take an imported ledger back."""
    if ledger.state != LedgerState.IMPORTED:
        return [f"这份台账{ledger.get_state_display()}，没有可以撤回的导入。"]
    reasons = why_not(Permission.LEDGER_IMPORT, actor=actor, thing=ledger.organisation)
    kept = bodies_in_scope(actor=actor, roles=OFFICERS)
    if _rows(ledger, Outcome.NEW, Outcome.UPDATE).exclude(account__organisation__in=kept).exists():
        reasons.append("这次导入写了您管理范围以外的单位。请由主管这些单位的人撤回。")
        return reasons
    made = made_accounts(ledger)
    edited = _named(made.filter(changed_at__gt=ledger.imported_at))
    if edited:
        reasons.append(f"导入后又改过{edited}，不能整份撤回。请到账号页逐个更正。")
    built = [f"导入建立的{names}已有{thing}，不能整份撤回。请到账号页逐个更正。" for thing, names in _built(made)]
    return [*reasons, *built]


def _built(made: QuerySet[Account]) -> list[tuple[str, str]]:
    """Return (what, names of accounts) for all that any room keeps about these accounts."""
    built: dict[str, str] = {}
    for relation in Account._meta.related_objects:  # noqa: SLF001 - Django's name for the documented options of a model
        options = relation.related_model._meta  # noqa: SLF001 - as above
        if options.model in _OWN or options.default_manager is None:
            continue
        holding = options.default_manager.filter(**{f"{relation.field.name}__in": made})
        names = _named(made.filter(pk__in=holding.values(relation.field.attname)))
        if names:
            built.setdefault(str(options.verbose_name), names)
    return list(built.items())


def _named(accounts: QuerySet[Account]) -> str:
    """Name some accounts in a sentence; "" when there are none."""
    number = accounts.count()
    names = "".join(f"“{name}”" for name in accounts.order_by("pk").values_list("name", flat=True)[:MOST_NAMED])
    return f"{names}等 {number:,} 个账号" if number > MOST_NAMED else names


def undo_ledger(*, actor: User, ledger_id: int) -> Ledger:
    """Take an imported ledger back, in one transaction. The bodies made for it stay.

    Raises Missing outside the scope; Refused with every reason, and when the earlier values no longer fit the
    register (somebody else has the id by now).
    """
    try:
        with transaction.atomic():
            return _undo(actor, ledger_id)
    except IntegrityError as error:
        raise Refused("原来的账号标识现在登记在别的账号上，没有撤回。请到账号页逐个更正。") from error


def _undo(actor: User, ledger_id: int) -> Ledger:
    ledger = lock_ledger(actor, ledger_id)
    hold_imports()
    # A lock on the whole row: whoever is about to hang something on one of these accounts waits, and finds it gone.
    made = list(made_accounts(ledger).select_for_update().order_by("pk").values_list("organisation_id", "pk", "number"))
    reasons = why_not_undo(actor=actor, ledger=ledger)
    if reasons:
        raise Refused(reasons)
    total = _rows(ledger, Outcome.UPDATE).count()
    _remove(ledger, made, actor)
    restored, bodies = _restore(ledger, actor)
    refresh_findings({body for body, *_ in made} | bodies)
    ledger.state = LedgerState.UNDONE
    ledger.summary = {**ledger.summary, "removed": len(made), "restored": restored, "kept": total - restored}
    ledger.save(update_fields=["state", "summary"])
    record_ledger(EventName.LEDGER_UNDONE, ledger, actor)
    return ledger


def _remove(ledger: Ledger, made: Sequence[tuple[int, int, str]], actor: User) -> None:
    record_many(
        EventName.ACCOUNT_IMPORT_UNDONE, actor=actor, thing_kind=THING_KIND,
        rows=((body, pk, {"ledger": ledger.pk, "number": number}) for body, pk, number in made),
    )  # fmt: skip
    ids = [pk for _, pk, _ in made]
    Finding.objects.filter(account__in=ids).delete()
    PastName.objects.filter(account__in=ids).delete()
    LedgerRow.objects.filter(account__in=ids).update(account=None)
    with connection.cursor() as cursor:
        # Django would read every row and delete a hundred at a time; foreign keys hold here as they do there.
        cursor.execute("DELETE FROM registry_account WHERE id = ANY(%s)", [ids])


def _restore(ledger: Ledger, actor: User) -> tuple[int, set[int]]:
    """Give the changed accounts their earlier values; return how many rows that undid, and of which bodies.

    Places and main flags are laid down first and given again last: within one statement two accounts could swap them.
    """
    stripped = _stripped_mains(ledger)
    held = _held(ledger, stripped)
    Account.objects.filter(pk__in=held).update(holds_place=False, is_main=False, changed_at=clock.now())
    mains = {pk for pk, one in held.items() if one.is_main} | (stripped & held.keys())
    restored, ruling = 0, Ruling()
    untold = set(stripped)
    for rows in _chunks(ledger, held):
        _restore_values(rows, ruling)
        _log(ledger, actor, ((row.organisation_id, row.account_id, _back(row)) for row in rows))
        untold -= {row.account_id or 0 for row in rows if "is_main" in row.changes}
        mains -= {row.account_id or 0 for row in rows if row.changes.get("is_main") == [False, True]}
        restored += len(rows)
    _give_places(held)
    given = _give_mains(mains)
    _log(ledger, actor, ((held[pk].body, pk, {"is_main": [False, True]}) for pk in sorted(given & untold)))
    return restored, {one.body for one in held.values()}


def _stripped_mains(ledger: Ledger) -> set[int]:
    """Return the accounts that gave the main flag up in this import: the log knows, for not all have a row."""
    events = all_events().filter(
        actor_id=ledger.run_by_id, name=EventName.ACCOUNT_CHANGED, thing_kind=THING_KIND, at__gte=ledger.uploaded_at,
        data__ledger=ledger.pk, data__changes__is_main=[True, False],
    )  # fmt: skip
    return {int(thing) for thing in events.values_list("thing_id", flat=True)}


def _held(ledger: Ledger, stripped: Collection[int]) -> dict[int, Held]:
    """Lock the accounts that go back to what they were, and tell what they hold now."""
    untouched = Account.objects.filter(changed_at__lte=ledger.imported_at)
    mine = untouched.filter(Q(pk__in=changed_accounts(ledger).values("pk")) | Q(pk__in=stripped))
    rows = mine.select_for_update().order_by("pk").values_list("pk", "organisation_id", "holds_place", "is_main")
    return {pk: Held(body, place, is_main) for pk, body, place, is_main in rows}


def _chunks(ledger: Ledger, held: Collection[int]) -> Iterator[list[LedgerRow]]:
    last = 0
    wanted = _rows(ledger, Outcome.UPDATE).select_related("account__organisation").order_by("pk")
    while rows := list(wanted.filter(pk__gt=last)[:CHUNK]):
        yield [row for row in rows if row.account_id in held]
        last = rows[-1].pk


def _back(row: LedgerRow) -> dict[str, list[Any]]:
    return {name: [after, before] for name, (before, after) in row.changes.items()}


def _log(ledger: Ledger, actor: User, told: Iterable[tuple[int | None, int | None, dict[str, list[Any]]]]) -> None:
    record_many(
        EventName.ACCOUNT_CHANGED, actor=actor, thing_kind=THING_KIND,
        rows=((body, pk, {"ledger": ledger.pk, "undone": True, "changes": logged(back)}) for body, pk, back in told),
    )  # fmt: skip


def _restore_values(rows: Sequence[LedgerRow], ruling: Ruling) -> None:
    past = _past_names(rows)
    accounts = []
    for row in rows:
        account = row.account
        if account is None:
            continue
        for name, (before, _) in row.changes.items():
            set_value(account, name, before)
        account.platform_group = ruling.group(account.organisation, account.platform, account.kind).code
        account.changed_at = clock.now()
        fill_search_fields(account, past.get(account.pk, ()))
        accounts.append(account)
    Account.objects.bulk_create(
        accounts, update_conflicts=True, unique_fields=["id"], update_fields=list(_RESTORED), batch_size=CHUNK
    )


def _past_names(rows: Sequence[LedgerRow]) -> dict[int, list[str]]:
    """Drop the past name each renaming of this import left, and return those from before it."""
    past: dict[int, list[PastName]] = {}
    for name in PastName.objects.filter(account__in=[row.account_id for row in rows]).order_by("pk"):
        past.setdefault(name.account_id, []).append(name)
    gone = [past[row.account_id or 0].pop().pk for row in rows if "name" in row.changes]
    PastName.objects.filter(pk__in=gone).delete()
    return {pk: [name.name for name in names] for pk, names in past.items()}


def _give_places(held: Mapping[int, Held]) -> None:
    """Give the free places back: first to those that held one, then to whoever came first."""
    bodies = {one.body for one in held.values()}
    live = Account.objects.filter(organisation_id__in=bodies, state__in=LIVE_STATES)
    taken = set(live.filter(holds_place=True).values_list("organisation_id", "platform_group"))
    rows = live.filter(pk__in=held).values_list("pk", "organisation_id", "platform_group")
    winners = []
    for pk, body, group in sorted(rows, key=lambda row: (not held[row[0]].place, row[0])):
        if (body, group) not in taken:
            taken.add((body, group))
            winners.append(pk)
    gone = Account.objects.filter(pk__in=[pk for pk, one in held.items() if one.place]).exclude(state__in=LIVE_STATES)
    Account.objects.filter(Q(pk__in=winners) | Q(pk__in=gone.values("pk"))).update(holds_place=True)


def _give_mains(wanted: Collection[int]) -> set[int]:
    """Give the flag back where no other account of the body has got it since; return to whom."""
    mains = Account.objects.filter(is_main=True).values("organisation_id")
    rows = Account.objects.filter(pk__in=wanted).exclude(organisation_id__in=mains)
    first = dict(rows.order_by("-pk").values_list("organisation_id", "pk"))
    Account.objects.filter(pk__in=first.values()).update(is_main=True)
    return set(first.values())
