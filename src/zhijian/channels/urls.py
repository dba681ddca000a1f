from django.urls import path

from zhijian.channels import views

app_name = "channels"

urlpatterns = [
    path("", views.connection_list, name="list"),
    path("new/", views.choose_account, name="choose"),
    path("new/<int:account_id>/", views.connect, name="connect"),
    path("<int:connection_id>/", views.show, name="connection"),
    path("<int:connection_id>/secrets/", views.change_secrets, name="secrets"),
    path("<int:connection_id>/probe/", views.probe, name="probe"),
    path("<int:connection_id>/pause/", views.pause, name="pause"),
    path("<int:connection_id>/resume/", views.resume, name="resume"),
]
