from django.urls import path

from zhijian.assessment import views

app_name = "assessment"

urlpatterns = [
    path("", views.bulletin_list, name="list"),
    path("new/", views.new_bulletin, name="new"),
    path("<int:bulletin_id>/", views.bulletin_page, name="bulletin"),
    path("<int:bulletin_id>/edit/", views.edit, name="edit"),
    path("<int:bulletin_id>/submit/", views.submit, name="submit"),
    path("<int:bulletin_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:bulletin_id>/word/", views.word, name="word"),
    path("<int:bulletin_id>/pdf/", views.pdf, name="pdf"),
]
