"""Keeping the catalogue: writing, publishing, retiring, bringing lists in, and what looks at entrances brought."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.watched import COULD_NOT_LOOK, GONE, REACHED
from zhijian.organisations.actions import pinyin_key
from zhijian.search.actions import drop_wordings, keep_wordings
from zhijian.search.enums import Topic
from zhijian.services.enums import Audience, Health, ServiceState
from zhijian.services.models import Service
from zhijian.services.queries import THING_KIND, draft_of, find_service
from zhijian.services.screened import screen_service, unmended_reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from zhijian.organisations.models import Organisation, User
    from zhijian.services.queries import ServiceDraft
    from zhijian.services.screened import ServiceFinding

LONGEST = {"name": 120, "entrance_url": 500, "phone": 60, "address": 200, "hours": 200, "fee": 200, "source": 200}
LABELS = {"name": "名称", "entrance_url": "网上入口", "phone": "咨询电话", "address": "办理地点", "hours": "办理时间",
          "fee": "收费", "source": "依据或出处"}  # fmt: skip
LONGEST_TEXT = 5_000
LONGEST_REASON = 200
MOST_WORDS = 20
LONGEST_WORD = 40
MOST_SERVICES = 2_000
RESULTS = {REACHED: Health.OPENS, GONE: Health.BROKEN, COULD_NOT_LOOK: Health.NOT_LOOKED}


def service_problems(draft: ServiceDraft) -> list[str]:
    """Give what is wrong with the fields themselves, whoever writes them."""
    checks = [
        (not draft.name.strip(), "请写服务名称。"),
        (not draft.source.strip(), "请写依据或出处：事项清单、文件名，或本单位。"),
        (max(len(draft.how), len(draft.materials)) > LONGEST_TEXT, f"怎么办、带什么材料最长各 {LONGEST_TEXT:,} 个字。"),
        (len(draft.words) > MOST_WORDS, f"群众的说法最多 {MOST_WORDS} 个。"),
        (any(len(word) > LONGEST_WORD for word in draft.words), f"群众的说法每个最长 {LONGEST_WORD} 个字。"),
        (not _is_address(draft.entrance_url), "网上入口要以 http:// 或 https:// 开头。"),
        (draft.audience not in Audience.values, "谁能办不认识，请重新选择。"),
        (draft.topic not in Topic.values, "主题不认识，请重新选择。"),
    ]  # fmt: skip
    long = [
        f"{LABELS[name]}最长 {most} 个字，现在有 {len(getattr(draft, name))} 个。"
        for name, most in LONGEST.items()
        if len(getattr(draft, name)) > most
    ]
    return [sentence for broken, sentence in checks if broken] + long


def _is_address(url: str) -> bool:
    if not url:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def taken_names(organisation: Organisation, names: Sequence[str]) -> set[str]:
    """Return which of these names a body has services of already, retired ones aside."""
    rows = Service.objects.filter(organisation=organisation, name__in=names).exclude(state=ServiceState.RETIRED)
    return set(rows.values_list("name", flat=True))


@transaction.atomic
def create_service(*, actor: User, organisation: Organisation, draft: ServiceDraft) -> Service:
    """Begin a service of a body. Raises Refused with every reason (one of this name among them)."""
    reasons = [*why_not(Permission.SERVICE_WRITE, actor=actor, thing=organisation), *service_problems(draft)]
    if taken_names(organisation, [draft.name]):
        reasons.append(f"“{draft.name}”已在本单位的服务里，请改原来的一项。")
    if reasons:
        raise Refused(reasons)
    moment = clock.now()
    try:
        with transaction.atomic():
            service = Service.objects.create(
                organisation=organisation, created_by=actor, created_at=moment, changed_at=moment,
                sort_key=pinyin_key(draft.name), **_columns(draft),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"“{draft.name}”刚刚由别人加进了本单位的服务，请刷新后查看。") from error
    _record(EventName.SERVICE_CREATED, service, actor)
    return service


@transaction.atomic
def create_services(*, actor: User, organisation: Organisation, drafts: Sequence[ServiceDraft]) -> list[Service]:
    """Begin a whole list of services, or none of it. Raises Refused naming the rows (counted from 1)."""
    if len(drafts) > MOST_SERVICES:
        raise Refused(f"一次最多导入 {MOST_SERVICES:,} 项，请分几次。")
    made: list[Service] = []
    problems: list[str] = []
    for number, draft in enumerate(drafts, start=1):
        try:
            made.append(create_service(actor=actor, organisation=organisation, draft=draft))
        except Refused as refused:
            problems += [f"第 {number} 项：{reason}" for reason in refused.reasons]
    if problems:
        raise Refused(problems)
    return made


def why_not_edit(*, actor: User, service: Service) -> list[str]:
    """Give every reason why a service cannot be changed now. What citizens see is changed by those who publish."""
    if service.state == ServiceState.RETIRED:
        return ["这项服务已停用，不能再改。要再用请新建一项。"]
    name = Permission.SERVICE_PUBLISH if service.state == ServiceState.PUBLISHED else Permission.SERVICE_WRITE
    return why_not(name, actor=actor, thing=service.organisation)


@transaction.atomic
def save_service(*, actor: User, service_id: int, edition: int, draft: ServiceDraft, reason: str = "") -> Service:
    """Change a service upon `edition`, the one the person was shown. Raises Refused, Missing.

    What citizens see already is judged before it is kept; `reason` says why findings of the level 错误 are none.
    """
    service = _locked(actor, service_id)
    reasons = [*why_not_edit(actor=actor, service=service), *service_problems(draft)]
    if service.edition != edition:
        reasons.append("您打开后，别人改过这项服务。请对照现在的内容，再保存您的修改。")
    if draft.name != service.name and taken_names(service.organisation, [draft.name]):
        reasons.append(f"“{draft.name}”已在本单位的服务里。")
    if service.state == ServiceState.PUBLISHED and not draft.how.strip():
        reasons.append("已上线的服务要写明怎么办。")
    found = _found(service, draft) if service.state == ServiceState.PUBLISHED else []
    reasons += _unmended(found, reason)
    if reasons:
        raise Refused(reasons)
    if draft == draft_of(service):
        return service
    if draft.entrance_url != service.entrance_url:
        service.health, service.health_at, service.health_since, service.health_reason = Health.UNKNOWN, None, None, ""
    for name, value in _columns(draft).items():
        setattr(service, name, value)
    service.edition, service.changed_at, service.sort_key = edition + 1, clock.now(), pinyin_key(draft.name)
    service.override_reason = reason.strip()
    service.save()
    _keep_found(service)
    _record(EventName.SERVICE_CHANGED, service, actor, {"edition": service.edition, **_signed_for(found, reason)})
    return service


def _columns(draft: ServiceDraft) -> dict[str, object]:
    return {**asdict(draft), "words": list(draft.words)}


def _found(service: Service, draft: ServiceDraft) -> list[ServiceFinding]:
    return screen_service(organisation=service.organisation, draft=draft)


def _signed_for(found: Sequence[ServiceFinding], reason: str) -> dict[str, object]:
    """Tell the log which findings stood, by rule and place, and why: the row of the service holds the last reason only.

    The words found are left out: they may be personal.
    """
    stood = sorted({f"{one.finding.rule_id} {one.place}" for one in found if one.finding.severity.blocks})
    return {"override_reason": reason.strip(), "findings": stood} if stood else {}


def _unmended(found: Sequence[ServiceFinding], reason: str) -> list[str]:
    too_long = [f"误报理由最长 {LONGEST_REASON} 个字。"] if len(reason.strip()) > LONGEST_REASON else []
    return [*unmended_reasons(found, reason=reason), *too_long]


def why_not_publish(*, actor: User, service: Service, reason: str = "") -> list[str]:
    """Give every reason why a service cannot be shown to citizens; `reason` as for `publish_service`."""
    reasons = why_not(Permission.SERVICE_PUBLISH, actor=actor, thing=service.organisation)
    if service.state != ServiceState.DRAFT:
        reasons.append(f"这项服务{service.get_state_display()}。")
    if not service.how.strip():
        reasons.append("还没有写怎么办，请先补上。")
    if not (service.entrance_url or service.address or service.phone):
        reasons.append("网上入口、办理地点、咨询电话至少要有一个，群众才知道到哪里办。")
    return reasons or _unmended(_found(service, draft_of(service)), reason)


@transaction.atomic
def publish_service(*, actor: User, service_id: int, reason: str = "") -> Service:
    """Show a service to citizens. Raises Refused, Missing.

    `reason` says why findings of the level 错误 are none; it stays with the service, the name in the log.
    """
    service = _locked(actor, service_id)
    reasons = why_not_publish(actor=actor, service=service, reason=reason)
    if reasons:
        raise Refused(reasons)
    service.state, service.changed_at, service.override_reason = ServiceState.PUBLISHED, clock.now(), reason.strip()
    service.save(update_fields=["state", "changed_at", "override_reason"])
    _keep_found(service)
    _record(EventName.SERVICE_PUBLISHED, service, actor, _signed_for(_found(service, draft_of(service)), reason))
    return service


def why_not_retire(*, actor: User, service: Service) -> list[str]:
    """Give every reason why a service cannot be retired."""
    reasons = why_not(Permission.SERVICE_PUBLISH, actor=actor, thing=service.organisation)
    return [*reasons, "这项服务已停用。"] if service.state == ServiceState.RETIRED else reasons


@transaction.atomic
def retire_service(*, actor: User, service_id: int, reason: str) -> Service:
    """Take a service from citizens' pages, with a word of why. Raises Refused, Missing."""
    service = _locked(actor, service_id)
    reasons = why_not_retire(actor=actor, service=service)
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        reasons.append(f"请写明为什么停用，最多 {LONGEST_REASON} 个字。")
    if reasons:
        raise Refused(reasons)
    service.state, service.changed_at, service.retired_reason = ServiceState.RETIRED, clock.now(), reason.strip()
    service.save(update_fields=["state", "changed_at", "retired_reason"])
    drop_wordings(thing_kind=THING_KIND, thing_id=service.pk)
    _record(EventName.SERVICE_RETIRED, service, actor)
    return service


@transaction.atomic
def note_health(*, service_id: int, url: str, result: str, at: datetime, reason: str = "") -> bool:
    """Keep what a look at the entrance brought (`result` as in `lib.watched`); tell whether it is kept.

    A look at an older address, an older look, and one at a service that is no more shown are not kept. A change is
    written into the log; "could not look" leaves no mark of being broken.
    """
    service = Service.objects.select_for_update(no_key=True).filter(pk=service_id, entrance_url=url).first()
    if service is None or service.state != ServiceState.PUBLISHED:
        return False
    if service.health_at is not None and at < service.health_at:
        return False
    health, before = RESULTS[result], service.health
    service.health, service.health_at, service.health_reason = health, at, reason[:300]
    if before != health:
        service.health_since = at
        _record(EventName.SERVICE_HEALTH_CHANGED, service, None, {"before": before, "after": str(health)})
    service.save(update_fields=["health", "health_at", "health_reason", "health_since"])
    return True


def rebuild_index() -> int:
    """Make the index of all published services again; return how many there are."""
    rows = Service.objects.filter(state=ServiceState.PUBLISHED).select_related("organisation")
    for service in rows:
        _keep_found(service)
    return len(rows)


def _keep_found(service: Service) -> None:
    if service.state == ServiceState.PUBLISHED:
        keep_wordings(
            thing_kind=THING_KIND, thing_id=service.pk, organisation=service.organisation, is_public=True,
            wordings=(service.name, *service.words),
        )  # fmt: skip


def _locked(actor: User, service_id: int) -> Service:
    find_service(actor=actor, service_id=service_id)
    return Service.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=service_id)


def _record(
    event: EventName, service: Service, actor: User | None, data: Mapping[str, object] | None = None
) -> None:  # fmt: skip
    record(
        event,
        actor=actor,
        organisation_id=service.organisation_id,
        thing_kind=THING_KIND,
        thing_id=service.pk,
        data=dict(data or {}),
    )
