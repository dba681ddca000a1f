from django.urls import path

from zhijian.workbench.views import audit, checking, home, saved

app_name = "workbench"

urlpatterns = [
    path("", home.home, name="home"),
    path("check/", checking.check_file, name="check"),
    path("audit/", audit.audit_log, name="audit"),
    path("audit/verify/", audit.verify_log, name="audit_verify"),
    path("audit/export/", audit.export_log, name="audit_export"),
    path("views/", saved.views, name="views"),
    path("views/save/", saved.save_view, name="save_view"),
    path("views/<int:view_id>/drop/", saved.drop_view, name="drop_view"),
]
