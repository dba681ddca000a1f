"""Opening an account (开设备案): written, through the levels, approved; the account then takes the body's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import find_body
from zhijian.registry import signals
from zhijian.registry.actions.accounts import THING_KIND as ACCOUNT_KIND
from zhijian.registry.actions.accounts import take_numbers
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.actions.opening import opening_reasons, opening_route, place_reasons
from zhijian.registry.enums import AccountState, FilingKind, FilingState
from zhijian.registry.models import Account, Filing
from zhijian.registry.queries.filings import OFFICERS, OPENING_FIELDS, THING_KIND, find_filing
from zhijian.registry.queries.ruling import Ruling
from zhijian.registry.queries.searching import fill_search_fields
from zhijian.review.actions import submit as submit_review
from zhijian.review.actions import withdraw as withdraw_review
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import Organisation, User


def version_of(form: Mapping[str, Any], organisation_id: int) -> str:
    """Return the digest the reviewers sign: over every field of the form and the body it is for."""
    return digest_of({"form": dict(form), "organisation": organisation_id})


@transaction.atomic
def create_opening(*, actor: User, organisation_id: int, form: Mapping[str, Any]) -> Filing:
    """Begin an opening as a draft. `form` has the keys of OPENING_FIELDS.

    Raises Missing for a body out of scope, Refused without the right or with an open opening for the same platform.
    """
    body = find_body(actor=actor, organisation_id=organisation_id, roles=OFFICERS)
    require(Permission.FILING_CREATE, actor=actor, thing=body)
    filing = Filing(
        kind=FilingKind.OPENING, organisation=body, created_by=actor, created_at=clock.now(), state=FilingState.DRAFT
    )
    _fill(filing, form, body)
    _save(filing)
    _record(EventName.FILING_CREATED, filing, actor)
    return filing


def _fill(filing: Filing, form: Mapping[str, Any], body: Organisation) -> None:
    filing.form = {name: form.get(name, "") for name in OPENING_FIELDS}
    filing.platform, filing.name = filing.form["platform"], filing.form["name"]
    filing.platform_group = Ruling().group(body, filing.platform, filing.form["kind"]).code
    filing.version_hash = version_of(filing.form, body.pk)


def _save(filing: Filing) -> None:
    try:
        with transaction.atomic():
            filing.save()
    except IntegrityError as error:
        raise Refused("该单位在这个平台已有一份没办完的开设备案。请先办完或撤回那一份。") from error


@transaction.atomic
def change_opening(*, actor: User, filing_id: int, form: Mapping[str, Any]) -> Filing:
    """Write a draft or returned opening anew. Raises Missing, Refused."""
    filing = _locked(actor, filing_id)
    require(Permission.FILING_SUBMIT, actor=actor, thing=filing)
    before = dict(filing.form)
    _fill(filing, form, filing.organisation)
    _save(filing)
    changed = sorted(name for name, value in filing.form.items() if before.get(name) != value)
    _record(EventName.FILING_CHANGED, filing, actor, changed=changed)
    return filing


def why_not_submit(*, actor: User, filing: Filing) -> list[str]:
    """Give every reason why an opening cannot go to review now: rights, rules of the place, name, the taken place."""
    reasons = why_not(Permission.FILING_SUBMIT, actor=actor, thing=filing)
    return reasons or opening_reasons(filing)


@transaction.atomic
def submit_filing(*, actor: User, filing_id: int) -> Filing:
    """Send an opening through the levels. Raises Missing; Refused with every reason."""
    filing = _locked(actor, filing_id)
    reasons = why_not_submit(actor=actor, filing=filing)
    if reasons:
        raise Refused(reasons)
    filing.state, filing.submitted_at = FilingState.IN_REVIEW, clock.now()
    filing.return_comment, filing.return_field, filing.closed_at = "", "", None
    filing.save()
    submit_review(
        thing_kind=THING_KIND, thing_id=filing.pk, version_hash=filing.version_hash, title=str(filing),
        url=f"/desk/accounts/filings/{filing.pk}/", item_class="filing", organisation=filing.organisation,
        author_ids=[filing.created_by_id, actor.pk], route=opening_route(filing.organisation), actor=actor,
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
        filing.refresh_from_db()
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
    filing.return_field = marked_field if marked_field in OPENING_FIELDS else ""
    filing.save(update_fields=["state", "closed_at", "return_comment", "return_field"])
    _record(EventName.FILING_RETURNED, filing, actor)


def approve_opening(*, filing_id: int, version_hash: str, actor: User | None) -> Account:
    """Open the account of an approved filing: it holds the body's place from now on, before it exists at the platform.

    Heard from the review engine inside the transaction of the last signature: raising Refused takes that back.
    """
    filing = (
        Filing.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=filing_id)
    )
    reasons = place_reasons(filing)
    if filing.state != FilingState.IN_REVIEW or filing.version_hash != version_hash:
        reasons.append("这份备案在审核期间有了变化，请退回后重新提交。")
    if reasons:
        raise Refused(reasons)
    account = _new_account(filing)
    filing.state, filing.account, filing.closed_at = FilingState.APPROVED, account, clock.now()
    filing.save(update_fields=["state", "account", "closed_at"])
    _record(EventName.FILING_APPROVED, filing, actor)
    record(
        EventName.ACCOUNT_OPENED, actor=actor, organisation_id=account.organisation_id, thing_kind=ACCOUNT_KIND,
        thing_id=account.pk, data={"filing": filing.pk},
    )  # fmt: skip
    refresh_findings([account.organisation_id])
    signals.account_opened.send(sender=Account, account_id=account.pk)
    return account


def _new_account(filing: Filing) -> Account:
    form = filing.form
    account = Account(
        organisation=filing.organisation, number=take_numbers(1)[0], platform=filing.platform, kind=form["kind"],
        platform_group=filing.platform_group, name=filing.name, positioning=form["positioning"], leader=form["leader"],
        contact=form["contact"], phone=form["phone"], state=AccountState.APPROVED, holds_place=True,
        created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    fill_search_fields(account)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Refused("该单位在这个平台刚刚登记了另一个账号，不能批准。请退回。") from error
    return account


def _locked(actor: User, filing_id: int) -> Filing:
    find_filing(actor=actor, filing_id=filing_id)
    locked = Filing.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "created_by")
    filing = locked.filter(pk=filing_id).first()
    if filing is None:
        raise Missing
    return filing


def _record(event: EventName, filing: Filing, actor: User | None, **more: object) -> None:
    record(
        event, actor=actor, organisation_id=filing.organisation_id, thing_kind=THING_KIND, thing_id=filing.pk,
        data={"kind": filing.kind, "platform": filing.platform, "version": filing.version_hash, **more},
    )  # fmt: skip
