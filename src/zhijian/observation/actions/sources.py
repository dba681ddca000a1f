"""Adding, changing, stopping and resuming the ways in which an account is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.fetching import Fetcher, configured_guard
from zhijian.lib.fetching.outcomes import SENTENCES
from zhijian.observation.enums import ADDED_BY_HAND, FETCHED, Health, Method
from zhijian.observation.models import Source
from zhijian.observation.queries.legality import way_of, ways_for
from zhijian.observation.queries.sources import WATCHED_STATES, find_source
from zhijian.registry.queries import find_account, platform_label

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

MOST_HOURS: Final = 168
SHORTEST_BASIS: Final = 4


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A source as a person describes it. `legality` is a code of `legality.toml`."""

    method: str
    legality: str
    url: str = ""
    sees_all: bool = False
    sees_all_basis: str = ""
    every_hours: int = 6


def why_not_source(*, actor: User, account: Account, draft: SourceDraft) -> list[str]:
    """Give every reason why an account cannot be seen in this way."""
    reasons = why_not(Permission.SOURCE_MANAGE, actor=actor, thing=account)
    if draft.sees_all:
        reasons += why_not(Permission.SOURCE_TRUST, actor=actor, thing=account)
    return reasons + [sentence for broken, sentence in _checks(account, draft) if broken]


def _checks(account: Account, draft: SourceDraft) -> list[tuple[bool, str]]:
    open_ways = {way.code for way in ways_for(platform=account.platform, method=draft.method)}
    way = way_of(draft.legality)
    label = platform_label(account.platform, account.kind)
    is_feed = draft.method == Method.FEED
    obstacle = Fetcher(guard=configured_guard()).why_not(draft.url) if is_feed and draft.url else None
    return [
        (draft.method not in ADDED_BY_HAND, "请选择一种方式：平台接口回读、订阅源或人工查看。"),
        (draft.legality not in open_ways, f"{label}不能用这种方式看。请看“怎样合法地看见”一页。"),
        (way is not None and way.method != draft.method, "合法依据和方式对不上，请重新选择。"),
        (is_feed and not draft.url, "请填写订阅源的地址。"),
        (not is_feed and bool(draft.url), "只有订阅源要填地址，请把地址删掉。"),
        (obstacle is not None, SENTENCES[obstacle] if obstacle else ""),
        (draft.sees_all and draft.method == Method.HAND, "人工查看能否看全，在每次登记时凭截图认定，这里不用勾选。"),
        (
            draft.sees_all and len(draft.sees_all_basis.strip()) < SHORTEST_BASIS,
            "请写明为什么能看全，例如“网站说明这是全站订阅源”。",
        ),
        (not 1 <= draft.every_hours <= MOST_HOURS, f"多久看一次请填 1 到 {MOST_HOURS} 小时。"),
        (account.state not in WATCHED_STATES, f"账号{account.get_state_display()}，现在不用看。"),
    ]


@transaction.atomic
def add_source(*, actor: User, account_id: int, draft: SourceDraft) -> Source:
    """Add a way to see an account; what the system looks at itself is due at once. Raises Refused, Missing."""
    account = find_account(actor=actor, account_id=account_id)
    reasons = why_not_source(actor=actor, account=account, draft=draft)
    if reasons:
        raise Refused(reasons)
    moment = clock.now()
    try:
        with transaction.atomic():
            source = Source.objects.create(
                account=account, method=draft.method, health_since=moment, created_by=actor, created_at=moment,
                next_look_at=moment if draft.method in FETCHED else None, **_fields(draft),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("这个账号已有同样的来源，不用再添加。") from error
    _record(EventName.SOURCE_ADDED, source, actor)
    return source


@transaction.atomic
def change_source(*, actor: User, source_id: int, draft: SourceDraft) -> Source:
    """Change a source; its method stays. A changed address is looked at at once. Raises Refused, Missing."""
    source = _locked(actor, source_id)
    reasons = why_not_source(actor=actor, account=source.account, draft=draft)
    if draft.method != source.method:
        reasons.append("来源的方式不能改。请停用后另加一个。")
    reasons += _stopped(source)
    if reasons:
        raise Refused(reasons)
    moved, trusted = source.url != draft.url, source.sees_all
    for name, value in _fields(draft).items():
        setattr(source, name, value)
    if moved:
        source.validators, source.next_look_at = {}, clock.now()
        source.failures = 0
    if moved or source.sees_all != trusted:
        source.lease, source.lease_until = "", None  # what a look under way brings is not kept
        source.health, source.health_since, source.last_error = Health.NEW, clock.now(), ""
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError as error:
        raise Refused("这个账号已有同样地址的来源。") from error
    _record(EventName.SOURCE_CHANGED, source, actor)
    return source


def why_not_stop(*, actor: User, source: Source) -> list[str]:
    """Give every reason why a source cannot be stopped."""
    reasons = why_not(Permission.SOURCE_MANAGE, actor=actor, thing=source.account)
    if source.method not in ADDED_BY_HAND:
        reasons.append("这个来源由系统自己维护，不用停用。")
    return reasons + _stopped(source)


@transaction.atomic
def stop_source(*, actor: User, source_id: int, reason: str) -> Source:
    """Look there no more; what was seen stays. Raises Refused, Missing."""
    source = _locked(actor, source_id)
    reasons = why_not_stop(actor=actor, source=source)
    if not reason.strip():
        reasons.append("请写明为什么停用，以后查得到。")
    if reasons:
        raise Refused(reasons)
    source.health, source.health_since = Health.STOPPED, clock.now()
    source.last_error, source.next_look_at = f"已停用：{reason.strip()}"[:300], None
    source.save(update_fields=["health", "health_since", "last_error", "next_look_at"])
    _record(EventName.SOURCE_STOPPED, source, actor)
    return source


@transaction.atomic
def resume_source(*, actor: User, source_id: int) -> Source:
    """Look there again. Raises Refused when it runs or another one of the kind took its place, Missing."""
    source = _locked(actor, source_id)
    require(Permission.SOURCE_MANAGE, actor=actor, thing=source.account)
    if source.health != Health.STOPPED:
        raise Refused("这个来源没有停用。")
    source.health, source.health_since, source.last_error = Health.NEW, clock.now(), ""
    source.failures, source.next_look_at = 0, clock.now() if source.method in FETCHED else None
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError as error:
        raise Refused("这个账号已另有同样的来源在用，不用恢复。") from error
    _record(EventName.SOURCE_RESUMED, source, actor)
    return source


def why_not_look_now(*, actor: User, source: Source) -> list[str]:
    """Give every reason why the system cannot look at a source right away."""
    reasons = why_not(Permission.SOURCE_MANAGE, actor=actor, thing=source.account)
    if source.method not in FETCHED:
        reasons.append("这种来源不由系统去看。")
    return reasons + _stopped(source)


@transaction.atomic
def ask_for_look(*, actor: User, source_id: int) -> Source:
    """Make a source due at once. Raises Refused, Missing."""
    source = _locked(actor, source_id)
    reasons = why_not_look_now(actor=actor, source=source)
    if reasons:
        raise Refused(reasons)
    source.next_look_at = clock.now()
    source.save(update_fields=["next_look_at"])
    return source


def standing_source(*, account_id: int, method: Method, actor: User | None = None) -> Source:
    """Return the source under which deliveries, imports and hand looks of an account are kept; made at the first."""
    moment = clock.now()
    legality = {Method.OWN_DELIVERY: "own", Method.IMPORT: "handed_over", Method.HAND: "by_eye"}[method]
    existing = Source.objects.filter(account=account_id, method=method).exclude(health=Health.STOPPED).first()
    if existing is not None:
        return existing
    Source.objects.bulk_create(
        [
            Source(
                account_id=account_id, method=method, legality=legality, health_since=moment, created_by=actor,
                created_at=moment,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return Source.objects.exclude(health=Health.STOPPED).get(account=account_id, method=method, url="")


def _fields(draft: SourceDraft) -> dict[str, object]:
    basis = draft.sees_all_basis.strip()[:200] if draft.sees_all else ""
    return {
        "url": draft.url, "legality": draft.legality, "sees_all": draft.sees_all, "sees_all_basis": basis,
        "every_hours": draft.every_hours,
    }  # fmt: skip


def _stopped(source: Source) -> list[str]:
    return ["来源已停用，请先恢复。"] if source.health == Health.STOPPED else []


def _locked(actor: User, source_id: int) -> Source:
    find_source(actor=actor, source_id=source_id)
    rows = Source.objects.select_for_update(of=("self",)).select_related("account", "account__organisation")
    return rows.get(pk=source_id)


def _record(event: EventName, source: Source, actor: User) -> None:
    record(
        event,
        actor=actor,
        organisation_id=source.account.organisation_id,
        thing_kind="observation.source",
        thing_id=source.pk,
        data={"account": source.account_id, "method": source.method, "sees_all": source.sees_all},
    )
