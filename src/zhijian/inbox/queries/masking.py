"""Masking personal information before anything becomes public (`masking.*` of the policy, `screening.mask`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhijian.inbox.queries.clocks import rules_of
from zhijian.knowledge.queries import PRIVATE_LINK, ruleset_for
from zhijian.knowledge.queries import private_findings as private_in
from zhijian.screening import PrivateKind, mask, plain_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Policy
    from zhijian.screening import Finding

KEPT_KEYS: Final = {
    "privacy.mobile": "masking.phone",
    "privacy.resident-id": "masking.id_card",
    "privacy.doubtful-resident-id": "masking.id_card",
    "privacy.bank-card": "masking.bank_card",
}
_SIGNS = re.compile(r"[^0-9A-Za-z]")
_SURNAME_TITLE: Final = "某某"


def mask_text(text: str, *, organisation: Organisation, personal: Mapping[str, str]) -> str:
    """Return a text without personal information: what screening finds, and the citizen's own name, phone, address.

    Numbers keep as many characters as the policy of the body says, other kinds follow `screening.mask`. A person reads
    the result beside the original before it goes to review.
    """
    rules = rules_of(organisation)
    masked = text
    for finding in sorted(privacy_findings(organisation, text), key=lambda one: one.start, reverse=True):
        masked = f"{masked[: finding.start]}{_replacement(finding, rules)}{masked[finding.end :]}"
    return _without(masked, personal, rules)


def privacy_findings(organisation: Organisation, text: str) -> list[Finding]:
    """Return the personal information screening finds in a text, also where something else is wrong with its words."""
    return private_in(text, ruleset_for(organisation))


def _replacement(finding: Finding, rules: Policy) -> str:
    if finding.rule_id == PRIVATE_LINK:
        return f"{finding.excerpt.partition('?')[0]}?***"
    key = KEPT_KEYS.get(finding.rule_id)
    if key is not None:
        kept = rules.table(key)
        return _keep(_SIGNS.sub("", plain_digits(finding.excerpt)).upper(), kept["keep_head"], kept["keep_tail"])
    if finding.suggestions and finding.suggestions[0] != finding.excerpt:
        return finding.suggestions[0]
    return "*" * len(finding.excerpt)


def _keep(signs: str, head: int, tail: int) -> str:
    if len(signs) <= head + tail:
        return "*" * len(signs)
    return signs[:head] + "*" * (len(signs) - head - tail) + signs[len(signs) - tail :]


def _without(text: str, personal: Mapping[str, str], rules: Policy) -> str:
    name, phone, address = (personal.get(key, "").strip() for key in ("name", "phone", "address"))
    if len(name) > 1:
        text = text.replace(name, name[0] + _SURNAME_TITLE)
    if phone:
        kept = rules.table("masking.phone")
        text = text.replace(phone, _keep(_SIGNS.sub("", phone), kept["keep_head"], kept["keep_tail"]))
    if len(address) > 1:
        text = text.replace(address, mask(PrivateKind.ADDRESS, address))
    return text
