from django.urls import path

from zhijian.review import views

app_name = "review"

urlpatterns = [
    path("", views.waiting, name="list"),
    path("all/", views.all_reviews, name="all"),
    path("delegations/", views.delegations, name="delegations"),
    path("delegations/<int:delegation_id>/end/", views.end_delegation, name="end_delegation"),
    path("together/", views.together, name="together"),
    path("<int:review_id>/", views.review_page, name="page"),
    path("<int:review_id>/withdraw/", views.withdraw, name="withdraw"),
]
