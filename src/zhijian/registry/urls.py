from django.urls import path

from zhijian.registry.views import accounts, exemptions, filing_forms, filings, ledgers, must_have, notices

app_name = "registry"

urlpatterns = [
    path("", accounts.account_list, name="list"),
    path("<int:account_id>/", accounts.account_page, name="account"),
    path("<int:account_id>/edit/", accounts.edit, name="edit"),
    path("<int:account_id>/register/", accounts.register, name="register"),
    path("findings/", accounts.finding_list, name="findings"),
    path("filings/", filings.filing_list, name="filings"),
    path("filings/new/", filing_forms.new, name="new_filing"),
    path("filings/<int:filing_id>/", filings.filing_page, name="filing"),
    path("filings/<int:filing_id>/edit/", filing_forms.edit, name="edit_filing"),
    path("filings/<int:filing_id>/papers/<sha256:sha256>", filings.paper, name="filing_paper"),
    path("filings/<int:filing_id>/submit/", filings.submit, name="submit_filing"),
    path("filings/<int:filing_id>/withdraw/", filings.withdraw, name="withdraw_filing"),
    path("<int:account_id>/check/", accounts.check, name="check"),
    path("<int:account_id>/give-up/", accounts.give_up, name="give_up"),
    path("exemptions/", exemptions.exemption_list, name="exemptions"),
    path("must-have/", must_have.must_have, name="must_have"),
    path("notices/", notices.notice_list, name="notices"),
    path("ledgers/", ledgers.ledger_list, name="ledgers"),
    path("ledgers/new/", ledgers.upload, name="new_ledger"),
    path("ledgers/<int:ledger_id>/", ledgers.ledger_page, name="ledger"),
    path("ledgers/<int:ledger_id>/columns/", ledgers.columns, name="ledger_columns"),
    path("ledgers/<int:ledger_id>/guess/", ledgers.guess, name="ledger_guess"),
    path("ledgers/<int:ledger_id>/progress/", ledgers.progress, name="ledger_progress"),
    path("ledgers/<int:ledger_id>/bodies/", ledgers.bodies, name="ledger_bodies"),
    path("ledgers/<int:ledger_id>/confirm/", ledgers.confirm, name="ledger_confirm"),
    path("ledgers/<int:ledger_id>/discard/", ledgers.discard, name="ledger_discard"),
    path("ledgers/<int:ledger_id>/undo/", ledgers.undo, name="ledger_undo"),
    path("ledgers/<int:ledger_id>/faulty.xlsx", ledgers.faulty, name="ledger_faulty"),
]
