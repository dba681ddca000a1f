from django.urls import path

from zhijian.inbox import views

app_name = "inbox"

urlpatterns = [
    path("", views.case_list, name="list"),
    path("new/", views.register, name="register"),
    path("<int:case_id>/", views.show, name="case"),
    path("<int:case_id>/answer/", views.write_answer, name="answer"),
    path("<int:case_id>/publish/", views.publish, name="publish"),
    path("<int:case_id>/hide/", views.hide, name="hide"),
    path("<int:case_id>/contact/", views.contact, name="contact"),
    path("<int:case_id>/destroy/", views.destroy, name="destroy"),
    path("<int:case_id>/photos/<sha256:sha256>", views.photo, name="photo"),
    path("<int:case_id>/do/<slug:name>/", views.act, name="act"),
]
