from django.urls import path

from zhijian.knowledge import views
from zhijian.knowledge.views import allowances

app_name = "knowledge"

urlpatterns = [
    path("", views.term_list, name="list"),
    path("new/", views.new_term, name="new"),
    path("import/", views.import_terms, name="import"),
    path("allowed/", allowances.allowance_list, name="allowances"),
    path("allowed/new/", allowances.new_allowance, name="new_allowance"),
    path("allowed/<int:allowance_id>/", allowances.show_allowance, name="allowance"),
    path("allowed/<int:allowance_id>/decide/", allowances.decide_allowance, name="decide_allowance"),
    path("allowed/<int:allowance_id>/end/", allowances.end_allowance, name="end_allowance"),
    path("<int:term_id>/", views.show_term, name="term"),
    path("<int:term_id>/decide/", views.decide, name="decide"),
    path("<int:term_id>/retire/", views.retire, name="retire"),
]
