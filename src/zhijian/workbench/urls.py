from django.urls import path

from zhijian.workbench import views

app_name = "workbench"

urlpatterns = [
    path("", views.home, name="home"),
    path("audit/", views.audit_log, name="audit"),
    path("audit/verify/", views.verify_log, name="audit_verify"),
    path("audit/export/", views.export_log, name="audit_export"),
]
