"""What the approval of a filing does to the register, in the transaction of the last signature."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry import signals
from zhijian.registry.actions.accounts import keep_past_name, logged, save_account, take_numbers
from zhijian.registry.actions.filing_rules import changes_of, day_of, new_owner
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.enums import AccountState, FilingKind
from zhijian.registry.models import Account, Exemption, Notice
from zhijian.registry.queries.accounts import THING_KIND, place_holder
from zhijian.registry.queries.exemptions import exemption_for
from zhijian.registry.queries.notices import ENDING
from zhijian.registry.queries.ruling import Ruling, policy_of
from zhijian.registry.queries.searching import fill_search_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zhijian.organisations.models import User
    from zhijian.registry.models import Filing

FILLED_BY_FILING = ("positioning", "leader", "contact", "phone")


def apply_filing(filing: Filing, actor: User | None) -> Account | None:
    """Do what an approved filing is for; return its account, None where it made none (an exemption in advance).

    Raises Refused when the register changed so that it cannot be done: the signature is taken back then.
    """
    account = _EFFECTS[FilingKind(filing.kind)](filing, actor)
    bodies = {filing.organisation_id}
    if account is not None:
        bodies.add(account.organisation_id)
        _publish_notice(filing, account, actor)
    refresh_findings(bodies)
    return account


def _open(filing: Filing, actor: User | None) -> Account:
    """Make the account: it holds the body's place from now on, or stands under an exemption, before it exists."""
    form, body = filing.form, filing.organisation
    taken = place_holder(organisation=body, platform_group=filing.platform_group) is not None
    account = Account(
        organisation=body, number=take_numbers(1)[0], platform=filing.platform, kind=form["kind"],
        platform_group=filing.platform_group, name=filing.name, state=AccountState.APPROVED, holds_place=not taken,
        created_at=clock.now(), changed_at=clock.now(), **{name: form[name] for name in FILLED_BY_FILING},
    )  # fmt: skip
    fill_search_fields(account)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Refused("该单位在这个平台刚刚登记了另一个账号，不能批准。请退回。") from error
    if taken:
        _take_exemption(filing, account)
    record(
        EventName.ACCOUNT_OPENED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"filing": filing.pk},
    )  # fmt: skip
    signals.account_opened.send(sender=Account, account_id=account.pk)
    return account


def _take_exemption(filing: Filing, account: Account) -> None:
    exemption = exemption_for(filing.organisation, filing.platform_group, filing.account_id)
    if exemption is None:
        raise Refused("该单位在这个平台已有账号，又没有在期的多开例外，不能批准。请退回。")
    Exemption.objects.filter(pk=exemption.pk).update(account=account)


def _file_late(filing: Filing, actor: User | None) -> Account:
    account = _locked(filing)
    if not account.holds_place and place_holder(organisation=filing.organisation, platform_group=filing.platform_group):
        _take_exemption(filing, account)
    values = {name: filing.form[name] for name in FILLED_BY_FILING}
    return _rewrite(account, filing, actor, {**values, "state": AccountState.ACTIVE})


def _change(filing: Filing, actor: User | None) -> Account:
    """Write the new values; an account that goes to another body takes the place there (or is refused)."""
    account, changes = _locked(filing), changes_of(filing)
    owner = new_owner(filing)
    if owner is None:
        return _rewrite(account, filing, actor, changes)
    values = {
        **changes, "organisation": owner, "is_main": False,
        "platform_group": Ruling().group(owner, account.platform, account.kind).code,
    }  # fmt: skip
    values["holds_place"] = place_holder(organisation=owner, platform_group=values["platform_group"]) is None
    if not values["holds_place"]:
        exemption = exemption_for(owner, values["platform_group"], account.pk)
        if exemption is None:
            raise Refused("新的主办单位在这个平台已有账号，不能批准。请退回。")
        Exemption.objects.filter(pk=exemption.pk).update(account=account)
    # What the old body was allowed ends with its account.
    old = Exemption.objects.filter(account=account, ended_at=None).exclude(organisation=owner)
    old.update(ended_at=clock.now())
    moved = _rewrite(account, filing, actor, values)
    signals.account_moved.send(sender=Account, account_id=moved.pk, organisation_id=owner.pk)
    return moved


def _freeze(filing: Filing, actor: User | None) -> Account:
    return _rewrite(_locked(filing), filing, actor, {"state": AccountState.FROZEN})


def _resume(filing: Filing, actor: User | None) -> Account:
    return _rewrite(_locked(filing), filing, actor, {"state": AccountState.ACTIVE, "merged_into": None})


def _close(filing: Filing, actor: User | None) -> Account:
    return _rewrite(_locked(filing), filing, actor, {"state": AccountState.CLOSING})


def _merge(filing: Filing, actor: User | None) -> Account:
    target = Account.objects.get(pk=filing.form["target"])
    values = {"state": AccountState.CLOSING, "merged_into": target, "is_main": False}
    return _rewrite(_locked(filing), filing, actor, values)


def _deregister(filing: Filing, actor: User | None) -> Account:
    """End the account: its place is free again, its exemption is over; the register keeps all it knew."""
    account = _locked(filing)
    Exemption.objects.filter(account=account, ended_at=None).update(ended_at=clock.now())
    values = {
        "state": AccountState.DEREGISTERED, "closed_on": day_of(filing, "happened_on"), "is_main": False,
    }  # fmt: skip
    ended = _rewrite(account, filing, actor, values)
    signals.account_deregistered.send(sender=Account, account_id=ended.pk)
    return ended


def _exempt(filing: Filing, actor: User | None) -> Account | None:
    """Grant the exemption; one that ran for the same account ends with it (renewal)."""
    if filing.account_id:
        Exemption.objects.filter(account_id=filing.account_id, ended_at=None).update(ended_at=clock.now())
    Exemption.objects.create(
        organisation=filing.organisation, platform_group=filing.platform_group, account=filing.account, filing=filing,
        grounds=filing.form["grounds"][:500], granted_on=clock.today(), valid_until=filing.form["until"],
    )  # fmt: skip
    record(
        EventName.EXEMPTION_GRANTED, actor=actor, organisation_id=filing.organisation_id,
        thing_kind="registry.filing", thing_id=filing.pk,
        data={"account": filing.account_id, "until": filing.form["until"]},
    )  # fmt: skip
    return filing.account


_EFFECTS: dict[FilingKind, Callable[[Filing, User | None], Account | None]] = {
    FilingKind.OPENING: _open,
    FilingKind.LATE: _file_late,
    FilingKind.CHANGE: _change,
    FilingKind.FREEZE: _freeze,
    FilingKind.RESUME: _resume,
    FilingKind.CLOSING: _close,
    FilingKind.MERGING: _merge,
    FilingKind.DEREGISTER: _deregister,
    FilingKind.EXEMPTION: _exempt,
}


def _locked(filing: Filing) -> Account:
    rows = Account.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=filing.account_id or 0)


def _rewrite(account: Account, filing: Filing, actor: User | None, values: Mapping[str, object]) -> Account:
    """Set fields of the account by a filing, keep a past name, and write down what changed."""
    changes = {}
    for name, value in values.items():
        before = getattr(account, name)
        if before != value:
            changes[name] = [_plain(before), _plain(value)]
    if "name" in changes:
        keep_past_name(account)
    for name in changes:
        setattr(account, name, values[name])
    account.changed_at = clock.now()
    save_account(account)
    record(
        EventName.ACCOUNT_CHANGED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"filing": filing.pk, "changes": logged(changes)},
    )  # fmt: skip
    return account


def _plain(value: object) -> object:
    """Return a value as the log keeps it: ids for rows, ISO for days, codes for states."""
    if hasattr(value, "pk"):
        return value.pk
    return (
        value.isoformat() if hasattr(value, "isoformat") else (str(value) if isinstance(value, AccountState) else value)
    )


def _publish_notice(filing: Filing, account: Account, actor: User | None) -> None:
    """Show the notice that was signed with the filing; for closing it stands as long as the local rule says."""
    title, text = filing.form.get("notice_title", ""), filing.form.get("notice_text", "")
    if not title or not text:
        return
    until = None
    if filing.kind in ENDING:
        rule = policy_of(filing.organisation).value(
            "closing.notice_days", subject="account", level=filing.organisation.level
        )
        until = clock.today() + timedelta(days=rule.value)
    notice = Notice.objects.create(
        organisation=filing.organisation, account=account, filing=filing, kind=filing.kind, title=title, text=text,
        published_at=clock.now(), until=until,
    )  # fmt: skip
    record(
        EventName.NOTICE_PUBLISHED, actor=actor, organisation_id=filing.organisation_id, thing_kind="registry.notice",
        thing_id=notice.pk, data={"filing": filing.pk, "account": account.pk},
    )  # fmt: skip
