"""The style page. Its views answer 404 unless DEBUG or ZHIJIAN_STYLE_PAGE is on."""

from __future__ import annotations

from django.urls import path

from zhijian.ui import views

urlpatterns = [
    path("", views.style_page, name="style"),
    path("<slug:layout>/", views.style_layout, name="style-layout"),
]
