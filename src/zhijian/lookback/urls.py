from django.urls import path

from zhijian.lookback.views import figures, findings, lookbacks

app_name = "lookback"

urlpatterns = [
    path("", lookbacks.look_back_list, name="list"),
    path("new/", lookbacks.new, name="new"),
    path("rules/", figures.figure_list, name="figures"),
    path("findings/", findings.finding_list, name="findings"),
    path("findings/<int:found_id>/", findings.finding_page, name="finding"),
    path("<int:look_back_id>/", lookbacks.look_back_page, name="look_back"),
    path("<int:look_back_id>/findings/", findings.found_in, name="found_in"),
    path("<int:look_back_id>/progress/", lookbacks.progress, name="progress"),
    path("<int:look_back_id>/<slug:act>/", lookbacks.act, name="act"),
]
