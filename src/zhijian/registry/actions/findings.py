"""What does not fit a rule: opened and closed again from what the register says, never by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows
from zhijian.organisations.enums import BodyKind
from zhijian.policy.queries import NoValue, platform_by_code
from zhijian.registry.actions.bodies import loose
from zhijian.registry.enums import LIVE_STATES, AccountState, FindingKind
from zhijian.registry.models import Account, Exemption, Finding, Notice
from zhijian.registry.queries.accounts import THING_KIND
from zhijian.registry.queries.exemptions import exemptions_in_force
from zhijian.registry.queries.identity import latest_checks
from zhijian.registry.queries.must_have import is_low_body
from zhijian.registry.queries.ruling import Ruling, platform_label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Policy
    from zhijian.registry.models import IdentityCheck

CHUNK = 2_000
OPINION_2018 = "《国务院办公厅关于推进政务新媒体健康有序发展的意见》（国办发〔2018〕123号）"


class Wanted(NamedTuple):
    account: Account
    kind: FindingKind
    detail: str
    rule_source: str


def refresh_findings(organisation_ids: Collection[int]) -> None:
    """Bring places and open findings of these bodies' accounts in line with the register as it is now.

    Called inside the transaction of every act that changes an account; writes nothing where nothing changed.
    """
    ids = sorted(set(organisation_ids))
    _give_free_places(ids)
    ruling = Ruling()
    for start in range(0, len(ids), CHUNK):
        _refresh(ids[start : start + CHUNK], ruling)


def _refresh(ids: list[int], ruling: Ruling) -> None:
    rows = Account.objects.filter(organisation_id__in=ids, state__in=LIVE_STATES).select_related("organisation")
    bodies: dict[int, list[Account]] = {}
    for account in rows.order_by("organisation_id", "pk"):
        bodies.setdefault(account.organisation_id, []).append(account)
    terms, ends, checks = _terms(ids), _notice_ends(ids), latest_checks(ids)
    wanted = {
        (one.account.pk, str(one.kind)): one
        for accounts in bodies.values()
        for one in (
            *_wanted(accounts, ruling.policy(accounts[0].organisation), terms, ends),
            *_seen_otherwise(accounts, checks),
        )
    }
    # An account that changed hands brings its findings along.
    here = Q(organisation_id__in=ids) | Q(account__organisation_id__in=ids)
    still_open = Finding.objects.filter(here, closed_at=None)
    known = {(finding.account_id, finding.kind): finding for finding in still_open}
    gone = [finding.pk for key, finding in known.items() if key not in wanted]
    Finding.objects.filter(pk__in=gone).update(closed_at=clock.now())
    new = [one for key, one in wanted.items() if key not in known]
    copy_rows([_finding(one) for one in new])
    _reword(known, wanted)


def _reword(known: dict[tuple[int, str], Finding], wanted: dict[tuple[int, str], Wanted]) -> None:
    stale = []
    for key, finding in known.items():
        one = wanted.get(key)
        if one is None:
            continue
        now = (one.detail[:300], one.rule_source[:200], one.account.organisation_id)
        if (finding.detail, finding.rule_source, finding.organisation_id) != now:
            finding.detail, finding.rule_source, finding.organisation_id = now
            stale.append(finding)
    Finding.objects.bulk_update(stale, ["detail", "rule_source", "organisation_id"], batch_size=CHUNK)


def _give_free_places(ids: list[int]) -> None:
    """Let the surplus account that stands longest take a place nobody holds any more.

    Otherwise a further account could be opened beside it by the ordinary way. One that stands under an exemption keeps
    to it; when that is over it waits here like the others.
    """
    exempt = exemptions_in_force().filter(organisation_id__in=ids, account__isnull=False).values("account")
    live = Account.objects.filter(state__in=LIVE_STATES)
    holder = live.filter(
        holds_place=True, organisation=OuterRef("organisation"), platform_group=OuterRef("platform_group")
    )
    waiting = live.filter(~Exists(holder), organisation_id__in=ids, holds_place=False).exclude(pk__in=exempt)
    held: set[tuple[int, str]] = set()
    for account in waiting.order_by("pk"):
        place = (account.organisation_id, account.platform_group)
        if place in held:
            continue
        held.add(place)
        account.holds_place, account.changed_at = True, clock.now()
        account.save(update_fields=["holds_place", "changed_at"])
        record(
            EventName.ACCOUNT_CHANGED, actor=None, organisation_id=account.organisation_id,
            thing_kind=THING_KIND, thing_id=account.pk, data={"changes": {"holds_place": [False, True]}},
        )  # fmt: skip


def _finding(one: Wanted) -> Finding:
    return Finding(
        account=one.account, organisation_id=one.account.organisation_id, kind=one.kind, detail=one.detail[:300],
        rule_source=one.rule_source[:200], found_at=clock.now(),
    )  # fmt: skip


def _wanted(
    accounts: list[Account], policy: Policy, terms: Mapping[int, date], ends: Mapping[int, date]
) -> Iterator[Wanted]:
    body = accounts[0].organisation
    yield from _surplus(accounts, policy, body, terms)
    yield from _closing_stuck(accounts, policy, ends)
    yield from _names(accounts, policy)
    for account in accounts:
        yield from _of_one(account, body, policy)


def _surplus(
    accounts: Iterable[Account], policy: Policy, body: Organisation, terms: Mapping[int, date]
) -> Iterator[Wanted]:
    rule = policy.find("account.one_per_platform", level=body.level, body_kind=body.kind)
    if rule is not None and not rule.value:
        return
    source = rule.document.citation if rule else OPINION_2018
    holders = {account.platform_group: account for account in accounts if account.holds_place}
    for account in accounts:
        holder, until = holders.get(account.platform_group), terms.get(account.pk)
        if account.holds_place or holder is None or (until is not None and until >= clock.today()):
            continue
        named = f"同一平台已登记“{holder.name}”（{holder.number}）。"
        if until is None:
            yield Wanted(account, FindingKind.SURPLUS, f"{named}请合并、注销，或按程序申请保留。", source)
        else:
            detail = f"多开例外到 {until.isoformat()} 已到期。{named}请合并、注销，或重新申请。"
            yield Wanted(account, FindingKind.EXEMPTION_EXPIRED, detail, source)


def _terms(organisation_ids: Collection[int]) -> dict[int, date]:
    """Return by account until when it was exempted last, those that are over too."""
    rows = Exemption.objects.filter(organisation_id__in=organisation_ids, account__isnull=False).order_by("valid_until")
    return {account or 0: until for account, until in rows.values_list("account_id", "valid_until")}


def _notice_ends(organisation_ids: Collection[int]) -> dict[int, date]:
    """Return by account the last day of the notice of its closing."""
    rows = Notice.objects.filter(account__organisation_id__in=organisation_ids, until__isnull=False)
    told = rows.order_by("published_at").values_list("account_id", "until")
    return {account: until for account, until in told if until is not None}


def _closing_stuck(accounts: Iterable[Account], policy: Policy, ends: Mapping[int, date]) -> Iterator[Wanted]:
    """Tell of closings whose notice ran out long ago while the account is still there (临沂2025: 公告后未注销)."""
    rule = policy.find("closing.cancel_days")
    if rule is None:
        return
    for account in accounts:
        until = ends.get(account.pk)
        if account.state != AccountState.CLOSING or until is None:
            continue
        if until + timedelta(days=rule.value) < clock.today():
            detail = (
                f"公告期 {until.isoformat()} 已满，超过 {rule.value} 天仍没有注销。请到平台注销，凭证明办注销备案。"
            )
            yield Wanted(account, FindingKind.CLOSING_STUCK, detail, rule.document.citation)


def _names(accounts: list[Account], policy: Policy) -> Iterator[Wanted]:
    """Compare every name with the main account's, or with that of the account registered first (R23: 名称一致)."""
    rule = policy.find("account.same_name_everywhere")
    if rule is None or not rule.value:
        return
    model = next((account for account in accounts if account.is_main), accounts[0])
    for account in accounts:
        if loose(account.name) != loose(model.name):
            label = platform_label(model.platform, model.kind)
            detail = f"与{label}上的“{model.name}”不一致。请统一名称，并办理变更备案。"
            yield Wanted(account, FindingKind.NAME_DIFFERS, detail, rule.document.citation)


def _of_one(account: Account, body: Organisation, policy: Policy) -> Iterator[Wanted]:
    if not account.platform_uid and platform_by_code(account.platform).third_party and account.state != "approved":
        kind = platform_by_code(account.platform).kind(account.kind) if account.kind else None
        word = kind.id_name if kind else "账号标识"
        detail = f"没有登记{word}。改名后将找不到这个账号，请补上。"
        yield Wanted(account, FindingKind.NO_PLATFORM_ID, detail, OPINION_2018)
    subject = account.verified_subject
    if subject and loose(subject) not in {loose(body.name), loose(body.short_name)}:
        detail = f"平台认证主体是“{subject}”，主办单位是“{body.name}”。请在平台变更认证，或核对主办单位。"
        yield Wanted(account, FindingKind.SUBJECT_DIFFERS, detail, OPINION_2018)
    if account.state == AccountState.UNFILED:
        detail = "账号在用，但没有备案。请补办备案；不应当保留的，请关停注销。"
        yield Wanted(account, FindingKind.UNFILED, detail, OPINION_2018)
    yield from _certification(account, policy)
    yield from _may_not(account, body, policy)
    if body.kind == BodyKind.INTERNAL:
        yield Wanted(
            account,
            FindingKind.INTERNAL_BODY,
            "以内设机构名义开设。原有账号可继续登记，不再新开。",
            _internal(policy, body),
        )


def _seen_otherwise(accounts: Iterable[Account], checks: Mapping[int, IdentityCheck]) -> Iterator[Wanted]:
    """Tell where the platform shows another account than the register: renamed, re-certified, gone, name taken."""
    for account in accounts:
        check = checks.get(account.pk)
        if check is None:
            continue
        day = f"{timezone.localdate(check.at).isoformat()} 核对"
        if not check.found:
            detail = f"{day}：按标识在平台上找不到这个账号。已注销的，请办关停和注销备案；换了账号的，请另行备案。"
            yield Wanted(account, FindingKind.NOT_FOUND, detail, OPINION_2018)
        if check.name and loose(check.name) != loose(account.name):
            detail = f"{day}：平台上叫“{check.name}”。真的改了名，请办变更备案；被改的，请改回。"
            yield Wanted(account, FindingKind.RENAMED, detail, OPINION_2018)
        if check.verified_subject and account.verified_subject not in {"", check.verified_subject}:
            detail = f"{day}：平台上的认证主体是“{check.verified_subject}”。请办变更备案，或到平台改正。"
            yield Wanted(account, FindingKind.SUBJECT_CHANGED, detail, OPINION_2018)
        if check.name_taken_by:
            detail = f"{day}：“{account.name}”被别的账号使用（{check.name_taken_by[:80]}）。请在“仿冒账号”里立案。"
            yield Wanted(account, FindingKind.NAME_TAKEN, detail, OPINION_2018)


def _certification(account: Account, policy: Policy) -> Iterator[Wanted]:
    """Tell of a certification (平台认证) that is over or soon will be: without it the name may be taken away."""
    rule, until = policy.find("account.certification_warning_days"), account.certified_until
    if rule is None or until is None or until - timedelta(days=rule.value) > clock.today():
        return
    when = f"{until.isoformat()} 已到期" if until < clock.today() else f"{until.isoformat()} 到期"
    detail = f"平台认证{when}。请到平台办理年审，再更新登记的有效期。"
    yield Wanted(account, FindingKind.CERTIFICATION_ENDS, detail, rule.document.citation)


def _may_not(account: Account, body: Organisation, policy: Policy) -> Iterator[Wanted]:
    """Tell of an account of a county department or a town where the local rule lets none be opened."""
    rule = policy.find("account.county_departments_may_open", level=body.level)
    if rule is not None and rule.value == "no" and is_low_body(body):
        detail = "当地规定县级部门和乡镇不自行开设账号。请并入上级单位的账号，或关停。"
        yield Wanted(account, FindingKind.MAY_NOT, detail, rule.document.citation)


def _internal(policy: Policy, body: Organisation) -> str:
    try:
        return policy.value("account.internal_body_new", level=body.level).document.citation
    except NoValue:
        return OPINION_2018
