from django.urls import path

from zhijian.inspection.views import accounts, findings, runs

app_name = "inspection"

urlpatterns = [
    path("", accounts.home, name="home"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/<int:account_id>/", accounts.account_page, name="account"),
    path("accounts/<int:account_id>/check/", accounts.check, name="check"),
    path("findings/", findings.finding_list, name="findings"),
    path("findings/<int:finding_id>/", findings.finding_page, name="finding"),
    path("findings/<int:finding_id>/acts/<slug:name>/", findings.act, name="act"),
    path("findings/<int:finding_id>/evidence/<sha256:sha256>", findings.evidence, name="evidence"),
    path("appeals/", findings.appeal_list, name="appeals"),
    path("appeals/<int:appeal_id>/decide/", findings.decide, name="decide"),
    path("false-alarms/", findings.false_alarms, name="false_alarms"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/<int:run_id>/", runs.run_page, name="run"),
    path("runs/<int:run_id>/progress/", runs.progress, name="progress"),
    path("runs/start/", runs.start, name="start"),
]
