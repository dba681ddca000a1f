from django.urls import path

from zhijian.workbench.views import audit, home

app_name = "workbench"

urlpatterns = [
    path("", home.home, name="home"),
    path("audit/", audit.audit_log, name="audit"),
    path("audit/verify/", audit.verify_log, name="audit_verify"),
    path("audit/export/", audit.export_log, name="audit_export"),
]
