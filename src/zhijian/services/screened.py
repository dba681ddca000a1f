"""What the rules find in a service before citizens see it: nobody reviews it besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from zhijian.knowledge.queries import judge_writing, ruleset_for
from zhijian.screening import Severity
from zhijian.screening.detectors.links import policy_of
from zhijian.screening.links import judge_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import Organisation
    from zhijian.screening import Finding, RuleSet
    from zhijian.services.queries import ServiceDraft

PLACES: Final = {
    "name": "名称", "words": "群众的说法", "how": "怎么办", "materials": "带什么材料", "phone": "咨询电话",
    "address": "办理地点", "hours": "办理时间", "fee": "收费", "source": "依据或出处",
}  # fmt: skip
ENTRANCE: Final = "网上入口"
SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class ServiceFinding:
    """A finding and the field it stands in, by the name people see."""

    place: str
    finding: Finding


def screen_service(*, organisation: Organisation, draft: ServiceDraft) -> list[ServiceFinding]:
    """Judge everything citizens would read of a service by the rules of its body."""
    parts = [(place, _words_of(draft, name)) for name, place in PLACES.items()]
    starts, text = [], ""
    for place, words in parts:
        text += f"{place}："
        starts.append((len(text), len(text) + len(words), place))
        text += f"{words}\n"
    rules = ruleset_for(organisation)
    found = judge_writing(organisation=organisation, text=text, ruleset=rules)
    placed = ((next((name for start, end, name in starts if start <= one.start < end), ""), one) for one in found)
    return [*(ServiceFinding(place, one) for place, one in placed if place), *_at_the_entrance(draft, rules)]


def _at_the_entrance(draft: ServiceDraft, rules: RuleSet) -> list[ServiceFinding]:
    """Judge the address behind the button as an address; what the body set aside of the rules is left out."""
    if not draft.entrance_url:
        return []
    found = judge_link(draft.entrance_url, policy_of(rules))
    known = {rule.id: rule.severity for rule in rules.rules}
    return [
        ServiceFinding(ENTRANCE, replace(one, severity=known[one.rule_id])) for one in found if one.rule_id in known
    ]


def _words_of(draft: ServiceDraft, name: str) -> str:
    value = getattr(draft, name)
    return value if isinstance(value, str) else "；".join(value)


def unmended_reasons(found: Sequence[ServiceFinding], *, reason: str) -> list[str]:
    """Say what must be mended; findings of the level 错误 may stand with a reason, serious ones may not."""
    serious = [one for one in found if one.finding.severity is Severity.VETO]
    doubtful = [one for one in found if one.finding.severity.blocks]
    if serious:
        return [f"检查发现{_named(serious)}属严重错误，请改正。"]
    if doubtful and not reason.strip():
        return [f"检查发现{_named(doubtful)}。请改正，确属误报的写明理由。"]
    return []


def _named(found: Sequence[ServiceFinding]) -> str:
    more = f"等 {len(found)} 处" if len(found) > SHOWN else ""
    return "、".join(f"{one.place}里的“{one.finding.excerpt[:12]}”" for one in found[:SHOWN]) + more
