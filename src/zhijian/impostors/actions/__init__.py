"""Reporting, opening, handling cases, and the list of allowed names."""

from zhijian.impostors.actions.allowing import AllowDraft, allow_name, end_allowance, why_not_allow
from zhijian.impostors.actions.evidence import MOST_BYTES, NO_PROOF, Proof, add_evidence, proof_problems
from zhijian.impostors.actions.handling import (
    confirm_case,
    describe_case,
    dismiss_case,
    record_refusal,
    record_removal,
    reopen_case,
    request_removal,
    verify_case,
    why_not_confirm,
    why_not_request,
)
from zhijian.impostors.actions.reporting import (
    Suspect,
    TooOften,
    official_problems,
    open_case,
    report_by_citizen,
    suspect_problems,
    too_often,
)
from zhijian.impostors.actions.telling import tell_overdue_cases

__all__ = [
    "MOST_BYTES",
    "NO_PROOF",
    "AllowDraft",
    "Proof",
    "Suspect",
    "TooOften",
    "add_evidence",
    "allow_name",
    "confirm_case",
    "describe_case",
    "dismiss_case",
    "end_allowance",
    "official_problems",
    "open_case",
    "proof_problems",
    "record_refusal",
    "record_removal",
    "reopen_case",
    "report_by_citizen",
    "request_removal",
    "suspect_problems",
    "tell_overdue_cases",
    "too_often",
    "verify_case",
    "why_not_allow",
    "why_not_confirm",
    "why_not_request",
]
