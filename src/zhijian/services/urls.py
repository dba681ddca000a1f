from django.urls import path

from zhijian.services import views

app_name = "services"

urlpatterns = [
    path("", views.service_list, name="list"),
    path("new/", views.new_service, name="new"),
    path("import/", views.import_services, name="import"),
    path("import/check/", views.check_import, name="check_import"),
    path("<int:service_id>/", views.show_service, name="service"),
    path("<int:service_id>/edit/", views.edit_service, name="edit"),
    path("<int:service_id>/publish/", views.publish, name="publish"),
    path("<int:service_id>/retire/", views.retire, name="retire"),
]
