from __future__ import annotations

from django.urls import path

from zhijian.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.set_appearance, name="appearance"),
]
