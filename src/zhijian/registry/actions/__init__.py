"""Everything that changes the register: ledgers, accounts, filings. Each function is one act in one transaction."""

from zhijian.registry.actions.accounts import (
    edit_account,
    fields_by_filing,
    give_up_account,
    record_export,
    register_account,
    why_not_edit,
    why_not_give_up,
    why_not_register,
)
from zhijian.registry.actions.filing_rules import filing_route, reports_to_make
from zhijian.registry.actions.filings import (
    create_filing,
    rewrite_filing,
    submit_filing,
    why_not_submit,
    why_not_withdraw,
    withdraw_filing,
)
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.actions.identity import Seen, check_identity
from zhijian.registry.actions.ledger_steps import build_preview, layouts_of, run_import, unknown_bodies
from zhijian.registry.actions.ledgers import (
    choose_columns,
    confirm_ledger,
    create_missing_bodies,
    discard_ledger,
    faulty_workbook,
    guess_columns,
    import_ledger_file,
    upload_ledger,
    why_not_confirm,
)
from zhijian.registry.actions.opening import id_help, other_names
from zhijian.registry.actions.terms import begin_day
from zhijian.registry.actions.undoing import changed_accounts, made_accounts, undo_ledger, why_not_undo

__all__ = [
    "Seen",
    "begin_day",
    "build_preview",
    "changed_accounts",
    "check_identity",
    "choose_columns",
    "confirm_ledger",
    "create_filing",
    "create_missing_bodies",
    "discard_ledger",
    "edit_account",
    "faulty_workbook",
    "fields_by_filing",
    "filing_route",
    "give_up_account",
    "guess_columns",
    "id_help",
    "import_ledger_file",
    "layouts_of",
    "made_accounts",
    "other_names",
    "record_export",
    "refresh_findings",
    "register_account",
    "reports_to_make",
    "rewrite_filing",
    "run_import",
    "submit_filing",
    "undo_ledger",
    "unknown_bodies",
    "upload_ledger",
    "why_not_confirm",
    "why_not_edit",
    "why_not_give_up",
    "why_not_register",
    "why_not_submit",
    "why_not_undo",
    "why_not_withdraw",
    "withdraw_filing",
]
