from django.urls import path

from zhijian.knowledge.views import language_model

app_name = "language_model"

urlpatterns = [
    path("", language_model.show_setting, name="setting"),
    path("edit/", language_model.edit_setting, name="edit"),
    path("try/", language_model.try_model, name="try"),
    path("consent/", language_model.consent, name="consent"),
    path("stop/", language_model.stop, name="stop"),
]
