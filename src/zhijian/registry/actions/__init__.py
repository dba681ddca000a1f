"""Everything that changes the register: ledgers, accounts, filings. Each function is one act in one transaction."""

from zhijian.registry.actions.accounts import (
    edit_account,
    record_export,
    register_account,
    why_not_edit,
    why_not_register,
)
from zhijian.registry.actions.filings import (
    change_opening,
    create_opening,
    submit_filing,
    why_not_submit,
    why_not_withdraw,
    withdraw_filing,
)
from zhijian.registry.actions.findings import refresh_findings
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
from zhijian.registry.actions.opening import id_help, opening_route, other_names
from zhijian.registry.actions.undoing import changed_accounts, made_accounts, undo_ledger, why_not_undo

__all__ = [
    "build_preview",
    "change_opening",
    "changed_accounts",
    "choose_columns",
    "confirm_ledger",
    "create_missing_bodies",
    "create_opening",
    "discard_ledger",
    "edit_account",
    "faulty_workbook",
    "guess_columns",
    "id_help",
    "import_ledger_file",
    "layouts_of",
    "made_accounts",
    "opening_route",
    "other_names",
    "record_export",
    "refresh_findings",
    "register_account",
    "run_import",
    "submit_filing",
    "undo_ledger",
    "unknown_bodies",
    "upload_ledger",
    "why_not_confirm",
    "why_not_edit",
    "why_not_register",
    "why_not_submit",
    "why_not_undo",
    "why_not_withdraw",
    "withdraw_filing",
]
