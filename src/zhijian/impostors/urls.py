from django.urls import path

from zhijian.impostors import views

app_name = "impostors"

urlpatterns = [
    path("", views.case_list, name="list"),
    path("compare/", views.compare, name="compare"),
    path("new/", views.new_case, name="new"),
    path("figures/", views.figures, name="figures"),
    path("allowed/", views.allowed_list, name="allowed"),
    path("allowed/new/", views.allow, name="allow"),
    path("allowed/<int:allowed_id>/end/", views.end_allowance, name="end_allowance"),
    path("<int:impostor_id>/", views.case_page, name="case"),
    path("<int:impostor_id>/do/<str:name>/", views.act, name="act"),
    path("<int:impostor_id>/letter/", views.letter, name="letter"),
    path("<int:impostor_id>/evidence/<sha256:sha256>", views.evidence, name="evidence"),
]
