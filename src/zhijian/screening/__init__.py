"""Pure judging of text: what is wrong, where exactly, why, after which source, and what to write instead.

No Django, no database, no input or output beyond its own packaged rules (`rules/*.toml`). It checks what is correct;
it does not ban nouns. Rooms above read text and hand it over with a compiled rule set; term tables kept by people
become rules through `rule_from_term` and `rules_from_leaders`.
"""

from zhijian.screening.enums import Category, Disguise, PrivateKind, Severity
from zhijian.screening.findings import Finding, Report, report
from zhijian.screening.masking import mask, plain_digits
from zhijian.screening.reading import default_rules, rules_of_toml
from zhijian.screening.rule import BadRule, Context, Leader, Rule, rule_from_term, rules_from_leaders
from zhijian.screening.ruleset import RuleSet, compile_ruleset
from zhijian.screening.scanning import scan, scan_many

__all__ = [
    "BadRule",
    "Category",
    "Context",
    "Disguise",
    "Finding",
    "Leader",
    "PrivateKind",
    "Report",
    "Rule",
    "RuleSet",
    "Severity",
    "compile_ruleset",
    "default_rules",
    "mask",
    "plain_digits",
    "report",
    "rule_from_term",
    "rules_from_leaders",
    "rules_of_toml",
    "scan",
    "scan_many",
]
