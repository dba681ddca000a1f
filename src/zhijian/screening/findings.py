"""What a scan gives back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.screening.enums import Category, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhijian.screening.rule import Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of a text that should be looked at.

    `start` and `end` are code points of the original text and `excerpt` is exactly that slice. `message` says what
    is wrong in Chinese, `suggestions` are ready replacements of the excerpt (there may be none; the empty text
    means deleting it), `source` names the
    document behind the rule and `why` how the place was recognised.
    """

    start: int
    end: int
    excerpt: str
    rule_id: str
    category: Category
    severity: Severity
    message: str
    suggestions: tuple[str, ...]
    source: str
    why: str

    def as_data(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return {
            "start": self.start,
            "end": self.end,
            "excerpt": self.excerpt,
            "rule_id": self.rule_id,
            "category": self.category.value,
            "severity": self.severity.value,
            "message": self.message,
            "suggestions": list(self.suggestions),
            "source": self.source,
            "why": self.why,
        }


def finding_of(
    rule: Rule, place: tuple[int, int], excerpt: str, *, suggestions: tuple[str, ...] = (), note: str = "", why: str
) -> Finding:
    """Return the finding of a rule at a place (start, end), its message filled in."""
    message = rule.message
    if "{" in message:
        right = "”或“".join(word or "（删去）" for word in suggestions or rule.right)
        message = message.replace("{right}", right).replace("{note}", note).replace("{found}", excerpt)
    return Finding(*place, excerpt, rule.id, rule.category, rule.severity, message, suggestions, rule.source, why)


@dataclass(frozen=True, slots=True)
class Report:
    """The sum of one or many scans: how many findings of each severity and category."""

    findings: int
    by_severity: Mapping[Severity, int]
    by_category: Mapping[Category, int]
    ruleset_version: str

    @property
    def blocking(self) -> bool:
        """Tell whether anything found needs mending or a signed override before the text goes on."""
        return any(self.by_severity[severity] for severity in Severity if severity.blocks)

    @property
    def sentence(self) -> str:
        """Return the result as one sentence a person reads."""
        if not self.findings:
            return "没有发现问题。"
        parts = [f"{severity.label}{count}处" for severity, count in self.by_severity.items() if count]
        return f"发现{'、'.join(parts)}。"


def report(findings: Iterable[Finding], *, ruleset_version: str) -> Report:
    """Count findings. Every severity has a number, also zero; only categories that occur are listed."""
    listed: Sequence[Finding] = list(findings)
    severities = Counter(finding.severity for finding in listed)
    categories = Counter(finding.category for finding in listed)
    return Report(
        findings=len(listed),
        by_severity={severity: severities[severity] for severity in Severity},
        by_category={category: categories[category] for category in Category if categories[category]},
        ruleset_version=ruleset_version,
    )
