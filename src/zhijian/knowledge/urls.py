from django.urls import path

from zhijian.knowledge import views

app_name = "knowledge"

urlpatterns = [
    path("", views.term_list, name="list"),
    path("new/", views.new_term, name="new"),
    path("import/", views.import_terms, name="import"),
    path("<int:term_id>/", views.show_term, name="term"),
    path("<int:term_id>/decide/", views.decide, name="decide"),
    path("<int:term_id>/retire/", views.retire, name="retire"),
]
