"""Filings (备案): written, through the levels, returned or approved; each kind asks for its own fields."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import find_body
from zhijian.policy.queries import deadline_by_rule, load_calendars
from zhijian.registry.actions.applying import apply_filing
from zhijian.registry.actions.filing_rules import (
    changes_of,
    day_of,
    filing_reasons,
    filing_route,
    obstacles,
    values_now,
)
from zhijian.registry.enums import FilingKind, FilingState
from zhijian.registry.models import Account, Filing
from zhijian.registry.queries.filing_kinds import WITHOUT_ACCOUNT, field_labels, kind_info
from zhijian.registry.queries.filings import OFFICERS, THING_KIND, find_filing, last_act
from zhijian.registry.queries.ruling import Ruling, policy_of
from zhijian.review.actions import submit as submit_review
from zhijian.review.actions import withdraw as withdraw_review
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import Organisation, User


def version_of(form: Mapping[str, Any], *, kind: str, organisation_id: int, account_id: int | None) -> str:
    """Return the digest the reviewers sign: over every field of the form, what it is for, and whose."""
    return digest_of({"form": dict(form), "kind": kind, "organisation": organisation_id, "account": account_id})


@transaction.atomic
def create_filing(
    *,
    actor: User,
    kind: str,
    form: Mapping[str, Any],
    organisation_id: int | None = None,
    account_id: int | None = None,
) -> Filing:
    """Begin a filing as a draft. `form` has the fields of `queries.kind_info(kind)` and `attachments`.

    An opening names the body, an exemption the body or one of its accounts, every other kind the account. Raises
    Missing for what is out of scope; Refused without the right, when the account is in no state for it, or with an
    open filing for the same account or place.
    """
    account = _account(actor, account_id)
    body_id = account.organisation_id if account is not None else (organisation_id or 0)
    body = find_body(actor=actor, organisation_id=body_id, roles=OFFICERS)
    require(Permission.FILING_CREATE, actor=actor, thing=body)
    if account is None and kind not in WITHOUT_ACCOUNT:
        raise Refused("请先选要办备案的账号。")
    info = kind_info(kind)
    if account is not None and account.state not in info.states:
        raise Refused(f"“{account.name}”{account.get_state_display()}，不能{info.act}。")
    filing = Filing(kind=kind, organisation=body, account=account, created_by=actor, created_at=clock.now())
    filing.author_ids = [actor.pk]
    _fill(filing, form, body)
    _save(filing)
    _record(EventName.FILING_CREATED, filing, actor)
    return filing


def _account(actor: User, account_id: int | None) -> Account | None:
    if account_id is None:
        return None
    account = Account.objects.select_related("organisation").filter(pk=account_id).first()
    if account is None:
        raise Missing
    find_body(actor=actor, organisation_id=account.organisation_id, roles=OFFICERS)
    return account


def _fill(filing: Filing, form: Mapping[str, Any], body: Organisation) -> None:
    names = kind_info(filing.kind).fields
    filing.form = {**{name: form.get(name, "") for name in names}, "attachments": list(form.get("attachments", []))}
    account = filing.account
    if filing.kind == FilingKind.CHANGE and account is not None:
        filing.form["before"] = values_now(account, changes_of(filing))
    if account is not None:
        filing.platform, filing.platform_group, filing.name = account.platform, account.platform_group, account.name
    else:
        filing.platform, filing.name = filing.form["platform"], filing.form.get("name", "") or body.short_name
        filing.platform_group = Ruling().group(body, filing.platform, filing.form["kind"]).code
    filing.version_hash = version_of(
        filing.form, kind=filing.kind, organisation_id=body.pk, account_id=filing.account_id
    )
    _set_due(filing)


def _set_due(filing: Filing) -> None:
    """Set until when the rules want an event filed that has happened; nothing where the filing comes before it."""
    happened = day_of(filing, "happened_on")
    filing.due_at, filing.due_text = None, ""
    policy = policy_of(filing.organisation)
    event, level = kind_info(filing.kind).event, filing.organisation.level
    if happened is None or policy.find("filing.deadline_working_days", event=event, level=level) is None:
        return
    ruled = deadline_by_rule(
        policy, "filing.deadline_working_days", start=datetime.combine(happened, time(9), tzinfo=clock.BEIJING),
        calendar=load_calendars(settings.ZHIJIAN_CALENDARS), estimate=True, event=event, level=level,
    )  # fmt: skip
    lines = [ruled.rule.text, ruled.deadline.text, *(step.text for step in ruled.deadline.steps)]
    filing.due_at, filing.due_text = ruled.deadline.due, "\n".join(line for line in lines if line)


def _save(filing: Filing) -> None:
    try:
        with transaction.atomic():
            filing.save()
    except IntegrityError as error:
        if filing.account_id:
            raise Refused("这个账号已有一份没办完的备案。请先办完或撤回那一份。") from error
        raise Refused("该单位在这个平台已有一份没办完的开设备案。请先办完或撤回那一份。") from error


@transaction.atomic
def rewrite_filing(*, actor: User, filing_id: int, form: Mapping[str, Any], seen: str = "") -> Filing:
    """Write a draft or returned filing anew. `seen` = `version_hash` as the form was shown.

    Raises Missing; Refused without the right, or when somebody else was quicker: it says who did what.
    """
    filing = _locked(actor, filing_id)
    _refuse_overtaken(filing, seen)
    require(Permission.FILING_SUBMIT, actor=actor, thing=filing)
    before = dict(filing.form)
    filing.author_ids = sorted({*filing.author_ids, actor.pk})
    _fill(filing, form, filing.organisation)
    _save(filing)
    changed = sorted(name for name, value in filing.form.items() if before.get(name) != value)
    _record(EventName.FILING_CHANGED, filing, actor, changed=changed)
    return filing


def _refuse_overtaken(filing: Filing, seen: str) -> None:
    if seen and seen != filing.version_hash:
        raise Refused(f"您填写期间，{last_act(filing)}。请看过新的内容再改；您填的还在下面。")


def why_not_submit(*, actor: User, filing: Filing) -> list[str]:
    """Give every reason why a filing cannot go to review now: rights, gaps, rules of the place, the account's state."""
    reasons = why_not(Permission.FILING_SUBMIT, actor=actor, thing=filing)
    if reasons:
        act = last_act(filing)
        return [*reasons, f"最近一次：{act}。"] if act and filing.state not in _WRITABLE else reasons
    return filing_reasons(filing)


_WRITABLE = (FilingState.DRAFT, FilingState.RETURNED)


@transaction.atomic
def submit_filing(*, actor: User, filing_id: int, seen: str = "") -> Filing:
    """Send a filing through the levels. `seen` = `version_hash` as the page showed it.

    Raises Missing; Refused with every reason, or when somebody else wrote in it meanwhile.
    """
    filing = _locked(actor, filing_id)
    if seen and seen != filing.version_hash:
        raise Refused(f"您打开页面以后，{last_act(filing)}。请看过新的内容再提交。")
    reasons = why_not_submit(actor=actor, filing=filing)
    if reasons:
        raise Refused(reasons)
    filing.state, filing.submitted_at = FilingState.IN_REVIEW, clock.now()
    filing.return_comment, filing.return_field, filing.closed_at = "", "", None
    filing.save()
    submit_review(
        thing_kind=THING_KIND, thing_id=filing.pk, version_hash=filing.version_hash, title=str(filing),
        url=f"/desk/accounts/filings/{filing.pk}/", item_class="filing", organisation=filing.organisation,
        author_ids=sorted({filing.created_by_id, *filing.author_ids, actor.pk}), route=filing_route(filing),
        actor=actor,
    )  # fmt: skip
    _record(EventName.FILING_SUBMITTED, filing, actor)
    return filing


def why_not_withdraw(*, actor: User, filing: Filing) -> list[str]:
    """Give every reason why the actor cannot take this filing back."""
    reasons = why_not(Permission.FILING_WITHDRAW, actor=actor, thing=filing)
    if not reasons and filing.state == FilingState.IN_REVIEW:
        review = current_review(thing_kind=THING_KIND, thing_id=filing.pk)
        reasons = why_not(Permission.REVIEW_WITHDRAW, actor=actor, thing=review) if review else []
    return reasons


@transaction.atomic
def withdraw_filing(*, actor: User, filing_id: int) -> Filing:
    """Take a filing back for good; an open review of it ends. Raises Missing, Refused."""
    filing = _locked(actor, filing_id)
    reasons = why_not_withdraw(actor=actor, filing=filing)
    if reasons:
        raise Refused(reasons)
    review = current_review(thing_kind=THING_KIND, thing_id=filing.pk)
    if filing.state == FilingState.IN_REVIEW and review is not None:
        withdraw_review(review_id=review.pk, actor=actor)
    else:
        mark_withdrawn(filing_id=filing.pk, actor=actor)
    filing.refresh_from_db()
    return filing


def mark_withdrawn(*, filing_id: int, actor: User | None) -> None:
    """Close a filing that was taken back; heard from the review engine, in its transaction."""
    filing = Filing.objects.select_for_update(no_key=True).get(pk=filing_id)
    filing.state, filing.closed_at = FilingState.WITHDRAWN, clock.now()
    filing.save(update_fields=["state", "closed_at"])
    _record(EventName.FILING_WITHDRAWN, filing, actor)


def mark_returned(*, filing_id: int, comment: str, marked_field: str, actor: User | None) -> None:
    """Give a filing back for correction, with the field the reviewer marked; heard from the review engine."""
    filing = Filing.objects.select_for_update(no_key=True).get(pk=filing_id)
    filing.state, filing.closed_at = FilingState.RETURNED, clock.now()
    filing.return_comment = comment
    filing.return_field = marked_field if marked_field in field_labels(filing.kind) else ""
    filing.save(update_fields=["state", "closed_at", "return_comment", "return_field"])
    _record(EventName.FILING_RETURNED, filing, actor)


def approve_filing(*, filing_id: int, version_hash: str, actor: User | None) -> Account | None:
    """Carry out a filing whose last stage has signed; return its account.

    Heard from the review engine inside the transaction of the last signature: raising Refused takes that back.
    """
    rows = Filing.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "account")
    filing = rows.get(pk=filing_id)
    reasons = obstacles(filing)
    if filing.state != FilingState.IN_REVIEW or filing.version_hash != version_hash:
        reasons.append("这份备案在审核期间有了变化，请退回后重新提交。")
    if reasons:
        raise Refused(reasons)
    filing.state, filing.closed_at = FilingState.APPROVED, clock.now()
    if filing.kind != FilingKind.OPENING:
        # The database lets an account end only by a filing that is approved already.
        filing.save(update_fields=["state", "closed_at"])
    account = apply_filing(filing, actor)
    if filing.kind == FilingKind.OPENING:
        filing.account = account
        filing.save(update_fields=["state", "account", "closed_at"])
    _record(EventName.FILING_APPROVED, filing, actor)
    return account


def _locked(actor: User, filing_id: int) -> Filing:
    find_filing(actor=actor, filing_id=filing_id)
    locked = Filing.objects.select_for_update(of=("self",), no_key=True)
    filing = locked.select_related("organisation", "created_by", "account").filter(pk=filing_id).first()
    if filing is None:
        raise Missing
    return filing


def _record(event: EventName, filing: Filing, actor: User | None, **more: object) -> None:
    record(
        event, actor=actor, organisation_id=filing.organisation_id, thing_kind=THING_KIND, thing_id=filing.pk,
        data={"kind": filing.kind, "platform": filing.platform, "version": filing.version_hash, **more},
    )  # fmt: skip
