from django.urls import path

from zhijian.notify import views

app_name = "notify"

urlpatterns = [
    path("", views.notice_list, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("<int:notice_id>/", views.open_notice, name="notice"),
    path("settings/", views.preferences, name="preferences"),
    path("channels/", views.channel_list, name="channels"),
    path("channels/new/<str:channel_kind>/", views.new_channel, name="new_channel"),
    path("channels/<int:channel_id>/", views.show_channel, name="channel"),
    path("channels/<int:channel_id>/edit/", views.edit_channel, name="edit_channel"),
    path("channels/<int:channel_id>/test/", views.test_channel, name="test_channel"),
    path("channels/<int:channel_id>/pause/", views.pause_channel, name="pause_channel"),
    path("channels/<int:channel_id>/resume/", views.resume_channel, name="resume_channel"),
]
