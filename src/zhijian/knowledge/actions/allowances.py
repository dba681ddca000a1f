"""Setting rules aside for a body: propose, decide by a second person, end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.knowledge.enums import AllowanceKind, TermSeverity, TermState
from zhijian.knowledge.models import Allowance
from zhijian.knowledge.queries import find_allowance, known_rule
from zhijian.knowledge.queries.allowances import rules_touched
from zhijian.knowledge.rules import who_keeps_allowance
from zhijian.knowledge.signals import allowance_changed
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.screening import Category, Severity
from zhijian.screening.links import LinkPolicy, judge_link, parsed
from zhijian.screening.links.hosts import belongs, group, is_trusted, own_name

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import Organisation, User
    from zhijian.screening import Rule

LONGEST: Final = 80
LONGEST_TIME: Final = timedelta(days=730)
LINK_RULE: Final = "link.outside"
"""The rule a website is set aside of: the one that asks about every link out. The others know the website as well."""
NEVER: Final = ("shorteners", "payments", "closed")
"""Groups of hosts nobody can vouch for: they lead anywhere, take money, or are gone."""
_SUFFIX_LABELS: Final = 2


@dataclass(frozen=True, slots=True)
class AllowanceDraft:
    """What a person sets aside: of which rule, which words or which milder severity, why, and until when."""

    kind: str
    rule_id: str
    reason: str
    valid_to: date
    words: str = ""
    severity: str = ""

    def for_host(self) -> AllowanceDraft:
        """Return it with the host alone of what was written as an address, and the rule that asks about it."""
        host = parsed(self.words.strip()).host.rstrip(".")
        return replace(self, words=host, rule_id=LINK_RULE, severity="")


def why_not_allow(*, actor: User, organisation: Organisation, draft: AllowanceDraft) -> list[str]:
    """Give every reason why this cannot be proposed for the body."""
    if draft.kind not in AllowanceKind.values:
        return ["放行什么不认识，请重新选择。"]
    if draft.kind == AllowanceKind.HOST:
        draft = draft.for_host()
    reasons = why_not(Permission.ALLOWANCE_PROPOSE, actor=actor, thing=_row(organisation, draft))
    rule = known_rule(organisation=organisation, rule_id=draft.rule_id)
    if rule is None:
        return [*reasons, f"没有“{draft.rule_id}”这条规则，请在“规则”里查到编号再填。"]
    reasons += _problems(organisation, draft, rule)
    alive = Allowance.objects.filter(
        organisation=organisation, rule_id=draft.rule_id, kind=draft.kind, words=draft.words,
        state__in=[TermState.PROPOSED, TermState.APPROVED],
    ).first()  # fmt: skip
    if alive is not None:
        reasons.append(f"同样的放行已经有了（{alive.get_state_display()}）。要改请先结束原来的一条。")
    return reasons


def _problems(organisation: Organisation, draft: AllowanceDraft, rule: Rule) -> list[str]:
    today = clock.today()
    is_term = rule.id.startswith("term.")
    sealed = rule.category == Category.STATE_NAME and rule.severity == Severity.VETO
    checks = [
        (not draft.reason.strip(), "请写明理由。"),
        (not today <= draft.valid_to <= today + LONGEST_TIME, "请写放行到哪天止：从今天起，最长两年。"),
        (sealed and organisation.parent_id is not None, "国名、国家机关名称的严重错误不能放行，请改正文字。"),
        (draft.kind != AllowanceKind.WORDS and is_term, "用语不用在这里停用，请在用语页停用。"),
    ]
    return [sentence for broken, sentence in checks if broken] + _problems_of_kind(draft, rule)


def host_problems(host: str) -> list[str]:
    """Give what is wrong with a website as one to vouch for: no name, a whole suffix, known anyway, or a bad one."""
    labels = host.split(".")
    bare = len(labels) == _SUFFIX_LABELS and len(labels[1]) == _SUFFIX_LABELS and labels[0] in group("known_second")
    if not own_name(host) or not host.isascii() or labels[-1].isdigit() or "" in labels or bare or len(host) > LONGEST:
        return [f"请写网站的主机名，例如 www.example-school.cn，不写路径，最长 {LONGEST} 个字。"]
    checks = [
        (host in group("shared"), f"{host} 下面是许多互不相干的网站，整段不能列入。请写到具体的那一个。"),
        (is_trusted(host), f"{host} 是政府网站或账号平台，本来就认，不用列。"),
        (
            any(belongs(host, name) for name in NEVER),
            f"{host} 是短链接、收款或已停办的网站，不能列入。请改用办事单位自己的网址。",
        ),
    ]
    left = judge_link(f"https://{host}/", LinkPolicy(approved=frozenset({host})))
    faults = [one.message for one in left if one.severity in {Severity.VETO, Severity.ERROR}]
    return [sentence for broken, sentence in checks if broken] + faults


def _problems_of_kind(draft: AllowanceDraft, rule: Rule) -> list[str]:
    if draft.kind == AllowanceKind.HOST:
        return host_problems(draft.words)
    return _problems_of_words(draft, rule)


def _problems_of_words(draft: AllowanceDraft, rule: Rule) -> list[str]:
    if draft.kind == AllowanceKind.WORDS:
        if not draft.words.strip() or len(draft.words) > LONGEST:
            return [f"请写放行的说法，最长 {LONGEST} 个字。"]
        if rule.wrong and not any(form in draft.words for form in rule.wrong):
            return [f"“{draft.words}”里没有这条规则管的词（{'、'.join(rule.wrong[:5])}），放行了也不起作用。"]
        return []
    if draft.words:
        return ["停用规则、降低级别不用写说法。"]
    if draft.kind == AllowanceKind.LOWER:
        known = draft.severity in TermSeverity.values
        milder = known and Severity(draft.severity).rank > rule.severity.rank
        return [] if milder else [f"这条规则现在是“{rule.severity.label}”，请选更低的级别。"]
    return []


def _row(organisation: Organisation, draft: AllowanceDraft) -> Allowance:
    return Allowance(
        organisation=organisation, kind=draft.kind, rule_id=draft.rule_id, words=draft.words,
        severity=draft.severity if draft.kind == AllowanceKind.LOWER else "", reason=draft.reason.strip(),
        valid_to=draft.valid_to,
    )  # fmt: skip


@transaction.atomic
def propose_allowance(*, actor: User, organisation: Organisation, draft: AllowanceDraft) -> Allowance:
    """Put it up for decision. Raises Refused with every reason."""
    if draft.kind == AllowanceKind.HOST:
        draft = draft.for_host()
    reasons = why_not_allow(actor=actor, organisation=organisation, draft=draft)
    if reasons:
        raise Refused(reasons)
    row = _row(organisation, draft)
    row.proposed_by, row.proposed_at = actor, clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("同样的放行刚刚由别人提出，请刷新后查看。") from error
    _record(EventName.ALLOWANCE_PROPOSED, row, actor)
    return row


@transaction.atomic
def approve_allowance(*, actor: User, allowance_id: int, comment: str = "") -> Allowance:
    """Let it count for its body and all below it, until its day. Raises Refused, Missing."""
    row = _locked(actor, allowance_id)
    require(Permission.ALLOWANCE_DECIDE, actor=actor, thing=row)
    if row.valid_to < clock.today():
        raise Refused("期限已经过了，请另提一条。")
    _decide(row, TermState.APPROVED, EventName.ALLOWANCE_APPROVED, actor, comment)
    _tell(row)
    return row


@transaction.atomic
def reject_allowance(*, actor: User, allowance_id: int, comment: str) -> Allowance:
    """Turn it down with a word of why. Raises Refused, Missing."""
    row = _locked(actor, allowance_id)
    require(Permission.ALLOWANCE_DECIDE, actor=actor, thing=row)
    if not comment.strip():
        raise Refused("请写明为什么不同意，提出的人好修改。")
    return _decide(row, TermState.REJECTED, EventName.ALLOWANCE_REJECTED, actor, comment)


def _decide(row: Allowance, state: TermState, event: EventName, actor: User, comment: str) -> Allowance:
    row.state, row.decided_by, row.decided_at = state, actor, clock.now()
    row.decision_comment = comment.strip()[:200]
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_comment"])
    _record(event, row, actor)
    return row


def why_not_end_allowance(*, actor: User, row: Allowance) -> list[str]:
    """Give every reason why it cannot be ended: its proposer may while it waits, who decides always."""
    if row.state not in {TermState.PROPOSED, TermState.APPROVED}:
        return [f"这条放行{row.get_state_display()}，不用再结束。"]
    if row.state == TermState.PROPOSED and row.proposed_by_id == actor.pk:
        return []
    return who_keeps_allowance(actor=actor, thing=row)


@transaction.atomic
def end_allowance(*, actor: User, allowance_id: int, reason: str) -> Allowance:
    """Let the rule count as before. Raises Refused, Missing."""
    row = _locked(actor, allowance_id)
    reasons = why_not_end_allowance(actor=actor, row=row)
    if not reason.strip():
        reasons.append("请写明为什么结束。")
    if reasons:
        raise Refused(reasons)
    was_in_force = row.state == TermState.APPROVED
    row.state, row.retired_by, row.retired_at = TermState.RETIRED, actor, clock.now()
    row.retired_reason = reason.strip()[:200]
    row.save(update_fields=["state", "retired_by", "retired_at", "retired_reason"])
    _record(EventName.ALLOWANCE_ENDED, row, actor)
    if was_in_force:
        _tell(row)
    return row


def _tell(row: Allowance) -> None:
    """Tell which rules count otherwise now."""
    for rule_id in rules_touched(row.kind, row.rule_id):
        allowance_changed.send(Allowance, rule_id=rule_id, organisation_id=row.organisation_id)


def _locked(actor: User, allowance_id: int) -> Allowance:
    find_allowance(actor=actor, allowance_id=allowance_id)
    return Allowance.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=allowance_id)


def _record(event: EventName, row: Allowance, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind="knowledge.allowance", thing_id=row.pk,
        data={"kind": row.kind, "rule": row.rule_id},
    )  # fmt: skip
