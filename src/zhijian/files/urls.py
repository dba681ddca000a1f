from django.urls import path

from zhijian.files import views

app_name = "files"

urlpatterns = [
    path("<sha256:sha256>", views.show_file, name="file"),
    path("upload/<int:organisation_id>/", views.upload_picture, name="upload"),
]
