from django.urls import path

from zhijian.reform import views

app_name = "reform"

urlpatterns = [
    path("", views.reform_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:reform_id>/", views.reform_page, name="reform"),
    path("<int:reform_id>/parts/<int:part_id>/remove/", views.remove_part, name="remove_part"),
    path("<int:reform_id>/parts/<int:part_id>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:reform_id>/plans/<int:plan_id>/", views.change_plan, name="change_plan"),
    path("<int:reform_id>/start/", views.start, name="start"),
    path("<int:reform_id>/discard/", views.discard, name="discard"),
    path("<int:reform_id>/finish/", views.finish, name="finish"),
]
